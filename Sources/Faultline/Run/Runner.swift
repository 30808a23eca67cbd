// A run is a function: (scenario, agent, seed, plan) -> (trace, final world, verdict).

import Operations
import Primitives
import Simulation

/// Everything that a run depends on. Two runs of equal inputs have equal trace hashes.
public struct RunInput: Sendable {
  public var scenario: Scenario
  public var agent: any AgentUnderTest
  public var seed: UInt64
  public var shape: RunShape
  public var chance: Chance
  /// Whether the trace keeps its events for reading; the hash and the verdict do not depend on it.
  public var isRecording: Bool

  /// Who answers the choices.
  public enum Chance: Sendable {
    /// The plan, and by default elsewhere.
    case plan(Plan)
    /// At random, with the weights of the swarm; the scenario's own faults are left out.
    case swarm(Swarm)
  }

  /// - Parameters:
  ///   - chance: the scenario's own faults where nothing is given.
  ///   - shape: the one drawn from the seed for a swarm, the nominal one for a plan, where nothing is given. A plan
  ///     that a random run met is played in the shape of that run; ``init(replaying:agent:in:plan:isRecording:)``.
  public init(
    scenario: Scenario, agent: any AgentUnderTest, seed: UInt64, chance: Chance? = nil, shape: RunShape? = nil,
    isRecording: Bool = false
  ) {
    self.scenario = scenario
    self.agent = agent
    self.seed = seed
    self.chance = chance ?? .plan(scenario.faults)
    self.isRecording = isRecording
    if let shape {
      self.shape = shape
    } else {
      self.shape = if case .swarm = chance { RunShape(seed: seed) } else { .nominal }
    }
  }

  /// The run of a verdict once more, or the same with another plan.
  public init(
    replaying verdict: Verdict, agent: any AgentUnderTest, in scenario: Scenario, plan: Plan? = nil,
    isRecording: Bool = false
  ) {
    self.init(
      scenario: scenario, agent: agent, seed: verdict.seed, chance: .plan(plan ?? verdict.plan), shape: verdict.shape,
      isRecording: isRecording)
  }
}

/// What a run leaves behind.
public struct RunRecord: Sendable {
  public var verdict: Verdict
  /// Empty of entries unless the input asked for recording.
  public var trace: Trace<WorldEvent>
  /// When the run began, for times relative to it.
  public var start: Instant
  /// What the agent thought it was doing, from its store alone; empty unless recorded.
  public var explanation: [String]
  /// A site that was met twice: a defect of Faultline, exit status 3.
  public var repeatedSite: Site?
  /// Where processes could have died: the operations, checkpoints and decisions that they passed.
  public var places: [Name]
  /// What the systems held when the run began, each object by its last effect.
  public var given: [Effect]

  public init(
    verdict: Verdict, trace: Trace<WorldEvent>, start: Instant, explanation: [String], repeatedSite: Site? = nil,
    places: [Name] = [], given: [Effect] = []
  ) {
    self.given = given
    self.verdict = verdict
    self.trace = trace
    self.start = start
    self.explanation = explanation
    self.repeatedSite = repeatedSite
    self.places = places
  }
}

extension RunRecord {
  /// What a dry run would do, as its last claim says; empty for every other run, and for one that was not recorded.
  public var planned: [Claim.Planned] {
    for entry in trace.entries.reversed() {
      if case .claimed(_, let claim) = entry.event { return claim.plan }
    }
    return []
  }
}

/// Plays runs.
public enum Runner {
  /// Plays one run from its start to its end and judges it.
  ///
  /// - Throws: ``ScenarioErrors`` where the scenario's world can't be built, and what the agent throws
  ///   when it can't be set up. A run that has begun always ends in a verdict.
  public static func run(_ input: RunInput) throws -> RunRecord {
    try run(input, in: WorldSetup(scenario: input.scenario))
  }

  /// Plays one run in a world that was set up before; a campaign sets up once and runs many times.
  public static func run(_ input: RunInput, in setup: WorldSetup) throws -> RunRecord {
    var world = try World(
      setup: setup, agent: input.agent, seed: input.seed, driver: input.driver, shape: input.shape,
      isRecording: input.isRecording)
    world.run()
    var record = record(
      of: world, agent: input.agent, isExpected: !input.isRandom, wantsExplanation: input.isRecording)
    if input.isRandom { record.places = world.places }
    return record
  }

  /// Judges a world that has run to its end.
  ///
  /// - Parameter isExpected: whether the scenario's expectations are about this run.
  public static func record(
    of world: World, agent: any AgentUnderTest, isExpected: Bool = true, wantsExplanation: Bool = false
  ) -> RunRecord {
    RunRecord(
      verdict: Judge.verdict(on: world, agent: agent, isExpected: isExpected), trace: world.trace,
      start: world.setup.scenario.start, explanation: wantsExplanation ? world.deployment.explanation() : [],
      repeatedSite: world.repeatedSite, given: world.setup.flows.flatMap(\.judging.given))
  }
}

extension RunInput {
  var isRandom: Bool { if case .swarm = chance { true } else { false } }

  var driver: Driver {
    switch chance {
    case .plan(let plan): .planned(plan)
    case .swarm(let swarm): .seeded(swarm)
    }
  }
}
