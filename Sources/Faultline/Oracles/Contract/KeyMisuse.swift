// Keys that say "the same" of different things, or "another" of the same.

import Operations
import Primitives

/// One key stood for two wishes, or one wish of unknown outcome got a second key.
///
/// Fires when two calls to one system carry the same key and differ in operation or arguments, and when a wish
/// of unknown outcome is sent again under another key without a read-back in between. Silent about a repetition
/// that is the same in all, about a new key after a definite answer (a new attempt wants a new key), and about
/// equal keys in different systems.
/// Source: "same client request ID, different intent",
/// https://aws.amazon.com/builders-library/making-retries-safe-with-idempotent-APIs/
public struct KeyMisuse: Oracle {
  public static let name: Name = "key-misuse"
  public static let summary = "One key stood for two different wishes, or one unknown wish got a second key."
  public static let practice: Practice? = .keyedMutations
  public static let interests: EventKinds = .sent

  private struct Offence: Hashable, Sendable, StableHashable {
    var first: Int
    var index: Int
    var isNewKey: Bool

    func hash(into hasher: inout StableHasher) {
      hasher.combine(first)
      hasher.combine(index)
      hasher.combine(isNewKey)
    }
  }
  private var offences: [Offence] = []

  public init() {}

  public mutating func observe(
    _ event: WorldEvent, index: Int, at now: Instant, facts: Facts, terms: JudgingTerms
  ) {
    guard let begun = facts.begun(at: index), let key = facts.calls[begun].key,
      let operation = facts.calls[begun].operation
    else { return }
    for number in facts.calls.indices where facts.calls[number].key == key && number != begun {
      let other = facts.calls[number]
      let call = facts.calls[begun]
      guard let earlier = other.operation, terms.operations[earlier].service == terms.operations[operation].service
      else { continue }
      if other.name != call.name || !other.arguments.matches(call.arguments) {
        offences.append(Offence(first: number, index: index, isNewKey: false))
        return
      }
    }
    guard let unknown = facts.guess(by: begun, terms: terms), facts.calls[unknown].key != nil,
      facts.calls[unknown].operation == operation
    else { return }
    offences.append(Offence(first: unknown, index: index, isNewKey: true))
  }

  public func conclude(facts: Facts, terms: JudgingTerms) -> [Violation] {
    offences.map { offence in
      let call = facts.calls[offence.first]
      return Violation(
        Self.name, intent: call.intent.map { terms.intents[$0].name }, expected: 1, observed: 2,
        message: offence.isNewKey
          ? "\(call.name) was sent again under another key although its outcome was unknown."
          : "The key of \(call.name) was used again for something else.",
        evidence: [call.sentIndex, offence.index])
    }
  }

  public func hash(into hasher: inout StableHasher) { hasher.combine(offences) }

  /// By the call, not by its position: calls that no verdict depends on any more are not counted.
  func combineState(into hasher: inout StableHasher, _ facts: Facts) {
    hasher.combine(offences.count)
    for offence in offences {
      hasher.combine(facts.calls[offence.first].id)
      hasher.combine(offence.isNewKey)
    }
  }
}
