// A run is a function: (scenario, agent, seed, plan) -> (trace, final world, verdict).

import Operations
import Primitives
import Simulation

/// Everything that a run depends on. Two runs of equal inputs have equal trace hashes.
public struct RunInput: Sendable {
  public var scenario: Scenario
  public var agent: any AgentUnderTest
  public var seed: UInt64
  public var chance: Chance
  /// Whether the trace keeps its events for reading; the hash and the verdict do not depend on it.
  public var isRecording: Bool

  /// Who answers the choices.
  public enum Chance: Sendable {
    /// The plan, and by default elsewhere.
    case plan(Plan)
    /// At random, under the swarm shape of the seed; the scenario's own faults are left out.
    case swarm(Swarm)
  }

  public init(
    scenario: Scenario, agent: any AgentUnderTest, seed: UInt64, chance: Chance? = nil, isRecording: Bool = false
  ) {
    self.scenario = scenario
    self.agent = agent
    self.seed = seed
    self.chance = chance ?? .plan(scenario.faults)
    self.isRecording = isRecording
  }
}

/// What a run leaves behind.
public struct RunRecord: Sendable {
  public var verdict: Verdict
  /// Empty of entries unless the input asked for recording.
  public var trace: Trace<WorldEvent>
  /// When the run began, for times relative to it.
  public var start: Instant
  /// What the agent thought it was doing, from its store alone.
  public var explanation: [String]

  public init(verdict: Verdict, trace: Trace<WorldEvent>, start: Instant, explanation: [String]) {
    self.verdict = verdict
    self.trace = trace
    self.start = start
    self.explanation = explanation
  }
}
