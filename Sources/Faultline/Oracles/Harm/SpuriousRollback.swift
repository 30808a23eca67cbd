// Taking things back though nothing went wrong.

import Operations
import Primitives

/// A call took something back although nothing had failed and nothing was unknown.
///
/// Fires when a call ends a resource of the run, or gives its money back, while every call so far had succeeded
/// in the end, no process had died, no guard had failed, no decision had come from outside, and no system had
/// ended anything by itself. Silent when a surplus is cleaned up, when any failure stands unhealed, and about
/// pages and notes. A refusal that a later call of the same kind for the same intent healed is no reason.
/// Source: https://github.com/langchain4j/langchain4j/pull/5823 (rollback on a recoverable tool error)
public struct SpuriousRollback: Oracle {
  public static let name: Name = "spurious-rollback"
  public static let summary = "Things were taken back although nothing had failed and nothing was unknown."
  public static let interests: EventKinds = .effects

  /// Positions in ``Facts/takeBacks``.
  private var offences: [Int] = []

  public init() {}

  public mutating func observe(
    _ event: WorldEvent, index: Int, at now: Instant, facts: Facts, terms: JudgingTerms
  ) {
    guard let last = facts.takeBacks.last, last.index == index, !last.wasInExcess else { return }
    guard facts.objects[last.object].role != .message, !Self.isTrouble(facts) else { return }
    offences.append(facts.takeBacks.count - 1)
  }

  /// Whether there is any reason to take things back.
  private static func isTrouble(_ facts: Facts) -> Bool {
    if facts.doubtIndex != nil { return true }
    if facts.objects.contains(where: { $0.endIndex != nil && $0.endedBy == nil }) { return true }
    return facts.calls.contains { call in
      guard call.view != .succeeded, call.view != .unanswered else { return false }
      if !call.isMutation && call.nature == .notFound { return false }
      let isHealed = facts.calls.contains {
        $0.view == .succeeded && $0.name == call.name && $0.intent == call.intent && $0.viewIndex > call.viewIndex
      }
      return !isHealed
    }
  }

  public func conclude(facts: Facts, terms: JudgingTerms) -> [Violation] {
    guard let first = offences.first else { return [] }
    let takeBacks = offences.map { facts.takeBacks[$0] }
    let ids = takeBacks.map { facts.objects[$0.object].id }
    return [
      Violation(
        Self.name, intent: facts.takeBacks[first].intent.map { terms.intents[$0].name }, expected: 0,
        observed: ids.count,
        message: "Nothing had failed, and \(Phrase.list(takeBacks.map { Phrase.thing(facts.objects[$0.object]) })) "
          + "\(ids.count == 1 ? "was" : "were") taken back.",
        objects: ids, evidence: takeBacks.map(\.index))
    ]
  }

  public func hash(into hasher: inout StableHasher) {
    hasher.combine(offences.count)
    for offence in offences { hasher.combine(offence) }
  }
}
