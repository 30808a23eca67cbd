// Guessing after an answer that never came.

import Operations
import Primitives

/// After an outcome that the caller can't know, the same wish was sent again as if it had failed.
///
/// Fires, by send time, when a call that brings something about follows one for the same intent whose outcome is
/// unknown (no usable answer, or its process died before the answer), the intent may already have all it wants,
/// and the system had in fact done it, or did it later. Silent when the first call never took effect, which was
/// luck and no harm; when the new call carries the same key; when it repeats the same arguments to a system that
/// refuses what is there already; when a read that could see the effect was answered in between; when the
/// unknown was settled otherwise; and when nothing further is sent, as after an escalation. A call that takes
/// back what may be there is not a guess.
/// Source: outcome lattice of https://aws.amazon.com/builders-library/making-retries-safe-with-idempotent-APIs/
public struct WriteAfterUnknown: Oracle {
  public static let name: Name = "write-after-unknown"
  public static let summary = "A wish of unknown outcome was sent again without its key, a read-back or an escalation."
  public static let interests: EventKinds = .sent

  private struct Offence: Hashable, Sendable, StableHashable {
    var unknown: Int
    var index: Int

    func hash(into hasher: inout StableHasher) {
      hasher.combine(unknown)
      hasher.combine(index)
    }
  }
  private var offences: [Offence] = []

  public init() {}

  public mutating func observe(
    _ event: WorldEvent, index: Int, at now: Instant, facts: Facts, terms: JudgingTerms
  ) {
    guard let number = facts.begun(at: index), facts.calls[number].isMutation,
      let unknown = facts.guess(by: number, terms: terms)
    else { return }
    offences.append(Offence(unknown: unknown, index: index))
  }

  public func conclude(facts: Facts, terms: JudgingTerms) -> [Violation] {
    var found: [Violation] = []
    for (position, offence) in offences.enumerated() where facts.calls[offence.unknown].effects > 0 {
      let call = facts.calls[offence.unknown]
      guard offences.firstIndex(where: { $0.unknown == offence.unknown }) == position else { continue }
      let repeats = offences.filter { $0.unknown == offence.unknown }
      found.append(
        Violation(
          Self.name, intent: call.intent.map { terms.intents[$0].name }, expected: 0, observed: repeats.count,
          message: "The outcome of \(call.name) was unknown, and it was sent again as if it had failed.",
          evidence: [call.sentIndex] + (call.viewIndex > 0 ? [call.viewIndex] : []) + repeats.map(\.index)))
    }
    return found
  }

  public func hash(into hasher: inout StableHasher) { hasher.combine(offences) }

  /// By the call, not by its position: calls that no verdict depends on any more are not counted.
  func combineState(into hasher: inout StableHasher, _ facts: Facts) {
    hasher.combine(offences.count)
    for offence in offences { hasher.combine(facts.calls[offence.unknown].id) }
  }
}
