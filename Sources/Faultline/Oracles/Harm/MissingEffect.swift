// "Done", with something not done.

import Operations
import Primitives

/// The run claimed completed, and an intent has less than it wants.
///
/// Fires only where the last claim says completed. For charges the sum decides: captured − refunded − credited
/// below the total. For what is to be gone it fires while any of it is there. Silent in a run that rolled back, escalated or made no claim, and for intents whose lower
/// bound is 0.
/// Source: invariant I9, agent's final claim == world state; "Failing Tools", silent no-ops.
public struct MissingEffect: Oracle {
  public static let name: Name = "missing-effect"
  public static let summary = "The run claimed completed, and something that an intent wants is not there."

  public init() {}

  public func conclude(facts: Facts, terms: JudgingTerms) -> [Violation] {
    guard let fact = facts.claims.last, fact.claim.ending == .completed else { return [] }
    var found: [Violation] = []
    for number in terms.intents.indices where facts.isShort(number, terms: terms) {
      let intent = terms.intents[number]
      if intent.isRemoval {
        found.append(remainder(of: number, claimed: fact, facts: facts, terms: terms))
        continue
      }
      let gone = facts.objects.filter { $0.claimedBy == number }
      let count = facts.count(of: number, terms: terms)
      let wanted = Phrase.count(intent.times.lowerBound, intent.kind)
      found.append(
        Violation(
          Self.name, intent: intent.name, expected: intent.times.lowerBound, observed: count,
          message: "\(Phrase.wish(intent)) should have \(wanted) and has \(count == 0 ? "none" : "\(count)").",
          objects: gone.map(\.id), evidence: gone.compactMap(\.endIndex) + [fact.index]))
    }
    return found
  }

  /// What should be gone and is there.
  private func remainder(of number: Int, claimed fact: ClaimFact, facts: Facts, terms: JudgingTerms) -> Violation {
    let left = facts.objects.filter { $0.intent == number && $0.isLive }
    return Violation(
      Self.name, intent: terms.intents[number].name, expected: 0, observed: left.count,
      message: "\(Phrase.wish(terms.intents[number])) should have \(Phrase.count(0, terms.intents[number].kind)) any "
        + "more and has \(left.count): \(Phrase.list(left.map(\.id))).",
      objects: left.map(\.id), evidence: left.map(\.firstIndex) + [fact.index])
  }
}
