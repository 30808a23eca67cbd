// Oracles read ledger, state and trace, never the agent's own word; the word is checked against them.

import Operations
import Primitives
import Simulation

/// What an oracle may know: the terms of the scenario, never the agent's insides.
public struct JudgingTerms: Sendable {
  public var intents: [Intent]
  public var rules: [Scenario.Rule]
  public var limits: Scenario.Limits
  public var catalogue: Catalogue
  /// The scopes that the scenario granted to the workflow.
  public var principals: [Principal]
  public var isDryRun: Bool
  /// Practices that are judged: declared by the agent or demanded by the scenario.
  public var judged: Set<Practice>

  public init(
    intents: [Intent], rules: [Scenario.Rule], limits: Scenario.Limits, catalogue: Catalogue,
    principals: [Principal], isDryRun: Bool, judged: Set<Practice>
  ) {
    self.intents = intents
    self.rules = rules
    self.limits = limits
    self.catalogue = catalogue
    self.principals = principals
    self.isDryRun = isDryRun
    self.judged = judged
  }
}

/// Something that watches a run and says at its end what was wrong.
///
/// A hashable value, so that its state can be part of a search key. It sees every event once, in order,
/// after ``Facts`` took it in.
public protocol Oracle: Sendable, StableHashable {
  static var name: Name { get }
  /// One sentence for `faultline list oracles`.
  static var summary: String { get }
  /// The practice that makes it judge rather than advise; nil for harm, which is judged in every agent.
  static var practice: Practice? { get }

  init()
  mutating func observe(_ event: WorldEvent, index: Int, at now: Instant, facts: Facts, terms: JudgingTerms)
  /// What was wrong, in the order of the evidence. Called once, after the run ended.
  func conclude(facts: Facts, terms: JudgingTerms) -> [Violation]
}
