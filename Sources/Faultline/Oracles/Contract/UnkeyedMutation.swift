// A mutation that its system can't tell from the next one.

import Operations
import Primitives

/// A mutation was sent without a key to an operation that takes one.
///
/// Fires once for each operation, whatever became of the call. Silent about reads and about operations that
/// take no key: there the natural key and a read-back have to do.
/// Source: https://docs.stripe.com/api/idempotent_requests
public struct UnkeyedMutation: Oracle {
  public static let name: Name = "unkeyed-mutation"
  public static let summary = "A mutation was sent without an idempotency key to an operation that takes one."
  public static let practice: Practice? = .keyedMutations

  public init() {}

  public func conclude(facts: Facts, terms: JudgingTerms) -> [Violation] {
    var bare: [CallFact] = []
    for number in facts.calls.indices where facts.calls[number].isMutation && facts.calls[number].key == nil {
      guard let operation = facts.calls[number].operation, terms.operations[operation].takesKey else { continue }
      bare.append(facts.calls[number])
    }
    return Phrase.byOperation(bare) { calls in
      Violation(
        Self.name, intent: calls[0].intent.map { terms.intents[$0].name }, expected: 0, observed: calls.count,
        message: "\(calls[0].name) takes a key and was sent without one.", evidence: calls.map(\.sentIndex))
    }
  }
}
