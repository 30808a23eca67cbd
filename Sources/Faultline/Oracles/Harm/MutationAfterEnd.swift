// Still working after the work was said to be over.

import Operations
import Primitives

/// A call changed something although it was sent after the run's ending had been claimed.
///
/// Fires by send time, for any process: after one said how the run ended, no other may go on. Silent about a
/// request that was under way when the claim was made and arrived later, about reads, and about calls that
/// changed nothing: refused by a fence, recognised by their key.
/// Source: quiescence; stale plan wins, https://aws.amazon.com/message/101925/
public struct MutationAfterEnd: Oracle {
  public static let name: Name = "mutation-after-end"
  public static let summary = "A call that was sent after the run's end was claimed changed something."

  public init() {}

  public func conclude(facts: Facts, terms: JudgingTerms) -> [Violation] {
    guard let claim = facts.claims.first else { return [] }
    let late = facts.calls.filter { $0.sentIndex > claim.index && $0.effects > 0 }
    guard !late.isEmpty else { return [] }
    return [
      Violation(
        Self.name, intent: late[0].intent.map { terms.intents[$0].name }, expected: 0, observed: late.count,
        message: "The run was said to be \(claim.claim.ending.rawValue), and then "
          + "\(Phrase.list(late.map { "\($0.name)" })) changed something.",
        evidence: [claim.index] + late.flatMap { [$0.sentIndex] + ($0.effectIndex.map { [$0] } ?? []) })
    ]
  }
}
