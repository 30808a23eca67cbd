// Agents that are wrong in one way each, so that every oracle can be seen to fire.

import Faultline
import Operations
import Primitives
import Simulation

/// An agent with one bad habit, and the circumstances in which it shows.
public struct PlantedBug: Sendable {
  /// What users type after `--agent`.
  public let name: Name
  /// What its author does, in one sentence.
  public let summary: String
  /// The oracle that fires.
  public let oracle: Name
  /// Where it fires. The careful agent comes to a good end in the same circumstances.
  public let circumstances: Circumstances
  let habits: Habits

  init(
    _ name: Name, _ summary: String, trips oracle: Name, in circumstances: Circumstances = Circumstances(),
    habits: Habits
  ) {
    self.name = name
    self.summary = summary
    self.oracle = oracle
    self.circumstances = circumstances
    self.habits = habits
  }

  /// The right agent in the same style, as users type it.
  public var control: Name { habits.style.agent }

  /// The agent, ready to be put into a world.
  public var agent: any AgentUnderTest { CarefulAgent(habits: habits).underTest(name: name, summary: summary) }

  /// What has to be so in a world for a bug to show.
  public struct Circumstances: Sendable {
    /// The plan of the run.
    public var faults: [Plan.Entry] = []
    /// Options of systems, beside those that the scenario sets.
    public var options: [(system: Name, option: Name, value: Value)] = []
    /// Whether the run is a dry one.
    public var isDryRun = false
    /// Rules of the house.
    public var rules: [Scenario.Rule] = []
    /// Who takes over what is handed over; nil leaves that to the scenario.
    public var desk: Scenario.Desk?
    /// Mutations that the scenario allows; nil leaves its own limit.
    public var mutations: Int?
    /// How long the run may take; nil leaves the scenario's own limit.
    public var virtualTime: TimeSpan?
    /// Fields that an effect must have to be what is wanted, beside what the scenario asks of it.
    public var wants: [(kind: Name, field: Name, value: Value)] = []
    /// How many workflows are under way at once; nil leaves that to the scenario.
    public var workflows: Int?
    /// Whether a principal is within reach that may do everything.
    public var hasWidePrincipal = false

    /// Changes a scenario in which nothing goes wrong.
    ///
    /// - Throws: what the scenario's systems say about wrong options.
    public func applied(to scenario: Scenario) throws -> Scenario {
      var scenario = scenario
      scenario.faults = Plan(faults)
      scenario.isDryRun = isDryRun
      scenario.rules += rules
      if let desk { scenario.desk = desk }
      if let workflows { scenario.rollout.workflows = workflows }
      if isDryRun {
        for index in scenario.intents.indices {
          scenario.intents[index].times = 0...scenario.intents[index].times.upperBound
        }
      }
      for (kind, field, value) in wants {
        for index in scenario.intents.indices where scenario.intents[index].kind == kind {
          scenario.intents[index].selector[field] = value
        }
      }
      if let virtualTime { scenario.limits.virtualTime = virtualTime }
      if let mutations { scenario.limits.mutations = mutations }
      for (system, option, value) in options {
        guard let index = scenario.systems.firstIndex(where: { $0.system == system }) else { continue }
        scenario.systems[index].options[option] = value
      }
      if hasWidePrincipal {
        let narrow = try WorldSetup(scenario: scenario).principals
        let all = Set(narrow.flatMap(\.scopes)).sorted()
        scenario.principals = narrow + [Principal("root", scopes: all)]
      }
      return scenario
    }
  }
}
