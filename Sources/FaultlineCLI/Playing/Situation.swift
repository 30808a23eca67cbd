// What a path on the command line stands for: a scenario, or a saved run's plan in its scenario.

import Faultline
import Primitives
import Simulation

/// A scenario to play, and how the user named it.
struct Situation: Sendable {
  let scenario: Scenario
  /// The file that the user named.
  let path: String
  /// The seed that a saved run had; nil for a scenario.
  let seed: UInt64?
  /// The shape that a saved run had; nil for a scenario.
  let shape: RunShape?
  /// The answers from which a search goes on.
  let origin: Plan

  /// The same, where effects are planned and none is caused: nothing may change, and nothing goes wrong.
  var withoutEffects: Situation {
    var scenario = scenario
    scenario.isDryRun = true
    scenario.intents = []
    scenario.faults = Plan()
    scenario.decisions = []
    scenario.expectations = []
    return Situation(scenario, path: path, seed: seed, shape: shape, origin: Plan())
  }

  /// Whether the scenario's own faults are played.
  var isScenario: Bool { path == scenario.path }

  init(
    _ scenario: Scenario, path: String? = nil, seed: UInt64? = nil, shape: RunShape? = nil, origin: Plan = Plan()
  ) {
    self.scenario = scenario
    self.path = path ?? scenario.path
    self.seed = seed
    self.shape = shape
    self.origin = origin
  }

  /// The same with so many replicas of the agent, and so many workflows under way at once; as it is where nothing was
  /// chosen.
  func with(replicas: Int?, workflows: Int? = nil) -> Situation {
    guard replicas != nil || workflows != nil else { return self }
    var scenario = scenario
    if let replicas { scenario.rollout.chosen = replicas }
    if let workflows { scenario.rollout.workflows = workflows }
    return Situation(scenario, path: path, seed: seed, shape: shape, origin: origin)
  }
}
