// All oracles of a run, and the facts that they share.

import Operations
import Primitives
import Simulation

/// What the events so far add up to; computed once and read by every oracle.
public struct Facts: Sendable, StableHashable {
  public init(terms: JudgingTerms) {}

  mutating func observe(_ event: WorldEvent, index: Int, at now: Instant, terms: JudgingTerms) {}

  public func hash(into hasher: inout StableHasher) {}
}

/// The oracles that watch one run.
public struct OracleBench: Sendable, StableHashable {
  public let terms: JudgingTerms
  public private(set) var facts: Facts

  public init(terms: JudgingTerms) {
    self.terms = terms
    facts = Facts(terms: terms)
  }

  public mutating func observe(_ event: WorldEvent, index: Int, at now: Instant) {
    facts.observe(event, index: index, at: now, terms: terms)
  }

  /// Everything that was wrong, judged and advised, in the order of the first evidence.
  public func conclude() -> [Violation] { [] }

  public func hash(into hasher: inout StableHasher) { facts.hash(into: &hasher) }
}
