// A rollback that was left half done.

import Operations
import Primitives

/// The run ended in a rollback, and something of it is left.
///
/// Fires when the last claim says rolled back, or when calls took things back and nobody made a claim, and an
/// object of the run is still live, money is not given back, an invoice still stands, or what was there before is gone or
/// changed. Silent in a run that
/// completed or escalated, about refunded charges and credited invoices, and about notes and pages that the
/// intents merely allow.
/// Source: Garcia-Molina and Salem, "Sagas", doi:10.1145/38713.38742
public struct IncompleteRollback: Oracle {
  public static let name: Name = "incomplete-rollback"
  public static let summary = "The run was rolled back, and something of it is left."

  public init() {}

  public func conclude(facts: Facts, terms: JudgingTerms) -> [Violation] {
    guard isRollback(facts) else { return [] }
    let left = facts.leftovers(terms: terms)
    var found: [Violation] = []
    for number in left {
      let intent = facts.objects[number].claimedBy
      let peers = left.filter { facts.objects[$0].claimedBy == intent }.map { facts.objects[$0] }
      guard peers[0].firstIndex == facts.objects[number].firstIndex else { continue }
      found.append(
        Violation(
          Self.name, intent: intent.map { terms.intents[$0].name }, expected: 0, observed: peers.count,
          message: "The run was rolled back, and \(Phrase.left(peers)).",
          objects: peers.map(\.id), evidence: peers.map(\.firstIndex) + (facts.claims.last.map { [$0.index] } ?? [])))
    }
    return found
  }

  private func isRollback(_ facts: Facts) -> Bool {
    if let claim = facts.claim { return claim.ending == .rolledBack }
    return facts.end != nil && facts.takeBacks.contains { !$0.wasInExcess }
  }
}
