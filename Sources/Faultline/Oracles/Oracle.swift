// Oracles read ledger, state and trace, never the agent's own word; the word is checked against them.

import Operations
import Primitives
import Simulation

/// Something that watches a run and says at its end what was wrong.
///
/// A hashable value, so that its state can be part of a search key. It sees the events of its interest once, in
/// order, after ``Facts`` took them in. Most oracles keep nothing and read everything from the facts.
public protocol Oracle: Sendable, StableHashable {
  static var name: Name { get }
  /// One sentence for `faultline list oracles`.
  static var summary: String { get }
  /// The practice that makes it judge rather than advise; nil for harm, which is judged in every agent.
  static var practice: Practice? { get }
  /// The events that it wants to see; none by default.
  static var interests: EventKinds { get }

  init()
  mutating func observe(_ event: WorldEvent, index: Int, at now: Instant, facts: Facts, terms: JudgingTerms)
  /// What was wrong, in the order of the evidence. Called once, after the run ended.
  func conclude(facts: Facts, terms: JudgingTerms) -> [Violation]
}

extension Oracle {
  public static var practice: Practice? { nil }
  @inlinable public static var interests: EventKinds { [] }
  public mutating func observe(
    _ event: WorldEvent, index: Int, at now: Instant, facts: Facts, terms: JudgingTerms
  ) {}
  public func hash(into hasher: inout StableHasher) {}
}
