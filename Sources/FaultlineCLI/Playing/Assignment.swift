// One scenario for one agent, made ready to run, and what counts as right there.

import Agents
import Exploration
import Faultline
import Primitives
import Reporting
import Simulation

/// Where the faults of a run come from.
enum FaultSource: Sendable {
  /// The scenario's own faults.
  case scenario
  /// At random, at most so many a run; each seed has a shape of its own.
  case random(atMost: Int)

  init(maxFaults: Int?) { self = maxFaults.map { .random(atMost: $0) } ?? .scenario }

  /// Who answers the choices of the run with this seed; nil leaves it to the scenario.
  func chance(for assignment: Assignment, seed: UInt64) -> RunInput.Chance? {
    guard case .random(let maxFaults) = self else { return nil }
    let campaign = Campaign(
      scenario: assignment.scenario, agent: assignment.agent, runs: 1, maxFaults: maxFaults)
    return .swarm(campaign.swarm(seed: seed))
  }
}

/// What is to be played.
struct Assignment: Sendable {
  let situation: Situation
  let setup: WorldSetup
  let agent: any AgentUnderTest
  /// Whether the scenario's expectation decides; otherwise the verdict does.
  let isChecked: Bool

  var scenario: Scenario { situation.scenario }
  /// The file that the user named.
  var path: String { situation.path }

  init(_ situation: Situation, agent: any AgentUnderTest, isChecked: Bool) throws {
    self.situation = situation
    self.agent = agent
    self.isChecked = isChecked
    do {
      setup = try WorldSetup(scenario: situation.scenario)
    } catch {
      throw Refusal.badInput(
        "\(situation.path): \(error)", remedy: "'faultline list profiles' shows the systems of this build")
    }
  }

  /// Plays once.
  func play(seed: UInt64, chance: RunInput.Chance? = nil, isRecording: Bool = false) throws -> RunRecord {
    let input = RunInput(
      scenario: scenario, agent: agent, seed: seed, chance: chance, isRecording: isRecording)
    var record = try Runner.run(input, in: setup)
    if let site = record.repeatedSite {
      throw Refusal.defect("the site \(site) was met twice in \(scenario.name) with seed \(seed).")
    }
    if case .swarm = chance {
      // What a scenario expects, it expects of its own faults.
      record.verdict.expectation = .none
      record.verdict.reasons = []
    }
    return record
  }

  /// What is known about a failing run; nil for one without a violation.
  ///
  /// - Throws: what setting up an agent throws.
  func investigate(
    _ verdict: Verdict, telling subject: Investigation.Subject = .given
  ) throws -> Investigation? {
    try Investigation(setup: setup, agent: agent, verdict: verdict, telling: subject, model: ReferenceAgent())
  }

  /// Plays the run's plan again and compares the hashes.
  ///
  /// - Throws: a defect with the first event at which the two runs differ.
  func verifyReplay(of verdict: Verdict, chance: RunInput.Chance?) throws {
    let again = try play(seed: verdict.seed, chance: .plan(verdict.plan))
    guard again.verdict.traceHash != verdict.traceHash else { return }
    let first = try play(seed: verdict.seed, chance: chance, isRecording: true)
    let second = try play(seed: verdict.seed, chance: .plan(verdict.plan), isRecording: true)
    let difference =
      TraceDifference.text(first.trace, second.trace) ?? "both traces are equal when they are recorded"
    throw Refusal.defect(
      "\(scenario.name) with \(agent.name) and seed \(verdict.seed) hashes \(verdict.traceHash.hexadecimal), "
        + "its replay \(again.verdict.traceHash.hexadecimal); \(difference)")
  }

  func isAsExpected(_ verdict: Verdict) -> Bool {
    isChecked ? verdict.expectation == .met : verdict.result == .pass
  }

  /// The assignments of the agents that a scenario names.
  static func expected(of situation: Situation, store: AgentStore) throws -> [Assignment] {
    let scenario = situation.scenario
    guard !scenario.expectations.isEmpty else {
      throw Refusal.badInput(
        "\(situation.path) names no agent that is expected to do something in it",
        remedy: "add an expectation, or choose an agent with --agent")
    }
    return try scenario.expectations.map { expectation in
      let agent = try Library.agent(
        expectation.agent.text, without: expectation.without.map(\.text), store: store)
      return try Assignment(situation, agent: agent, isChecked: true)
    }
  }
}
