// All oracles of a run, and the facts that they share.

import Operations
import Primitives
import Simulation

/// The oracles that watch one run.
///
/// Each is a stored value of its own type, so that no event is dispatched at run time to an oracle that does
/// not care about its kind.
public struct OracleBench: Sendable, StableHashable {
  public let terms: JudgingTerms
  public private(set) var facts: Facts

  private var duplicateResource = DuplicateResource()
  private var doubleBilling = DoubleBilling()
  private var unintendedEffect = UnintendedEffect()
  private var missingEffect = MissingEffect()
  private var silentFailure = SilentFailure()
  private var untruthfulClaim = UntruthfulClaim()

  public init(terms: JudgingTerms) {
    self.terms = terms
    facts = Facts(terms: terms)
  }

  public mutating func observe(_ event: WorldEvent, index: Int, at now: Instant) {
    facts.observe(event, index: index, at: now, terms: terms)
  }

  /// The ending that really holds, by what the systems hold; nil where the run ended badly.
  public func truth() -> Ending? { facts.truth(under: terms) }

  /// Everything that was wrong, judged and advised, in the order of the first evidence.
  public func conclude() -> [Violation] {
    var found: [Violation] = []
    ask(duplicateResource, &found)
    ask(doubleBilling, &found)
    ask(unintendedEffect, &found)
    ask(missingEffect, &found)
    ask(silentFailure, &found)
    ask(untruthfulClaim, &found)
    return Self.ordered(found)
  }

  private func ask<O: Oracle>(_ oracle: O, _ found: inout [Violation]) {
    let violations = oracle.conclude(facts: facts, terms: terms)
    guard !violations.isEmpty else { return }
    let isAdvice = O.practice.map { !terms.judged.contains($0) } ?? false
    for var violation in violations {
      violation.isAdvice = isAdvice
      found.append(violation)
    }
  }

  /// By first evidence; where that is the same, in the order in which the oracles were asked.
  private static func ordered(_ found: [Violation]) -> [Violation] {
    guard found.count > 1 else { return found }
    return found.enumerated().sorted { first, second in
      let left = first.element.evidence.first ?? .max
      let right = second.element.evidence.first ?? .max
      return left == right ? first.offset < second.offset : left < right
    }.map(\.element)
  }

  public func hash(into hasher: inout StableHasher) {
    facts.hash(into: &hasher)
  }
}
