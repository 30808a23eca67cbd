// One scenario for one agent, made ready to run, and what counts as right there.

import Agents
import Exploration
import Faultline
import Primitives
import Reporting
import Simulation

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
    if let workflows = situation.scenario.rollout.workflows, workflows > setup.mostTogether {
      throw Refusal.badInput(
        "\(situation.path) can't have \(workflows) workflows at once",
        remedy: setup.mostTogether == 1
          ? "it takes an input 'customer', and no tickets of the scenario's own"
          : "it can have \(setup.mostTogether)")
    }
  }

  /// The search for the runs that the user asked for: with the scenario's own faults, or with random ones.
  func search(maxFaults: Int?, rechecksAll: Bool = false) -> RandomSearch {
    RandomSearch(
      setup: setup, agent: agent, faults: maxFaults.map { .random(atMost: $0) } ?? .scenario,
      shape: maxFaults == nil ? situation.shape : nil, recheckPercent: rechecksAll ? 100 : 0)
  }

  /// Plays once, with the scenario's own faults or with a plan in a shape.
  func play(
    seed: UInt64, plan: Plan? = nil, shape: RunShape = .nominal, isRecording: Bool = false
  ) throws -> RunRecord {
    let input = RunInput(
      scenario: scenario, agent: agent, seed: seed, chance: plan.map { .plan($0) }, shape: shape,
      isRecording: isRecording)
    let record = try Runner.run(input, in: setup)
    if let site = record.repeatedSite { throw Mismatch.repeatedSite(site, seed: seed) }
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

  /// Plays a run once more, with its events.
  func replay(_ verdict: Verdict) throws -> RunRecord {
    var record = try play(seed: verdict.seed, plan: verdict.plan, shape: verdict.shape, isRecording: true)
    record.verdict.expectation = verdict.expectation
    record.verdict.reasons = verdict.reasons
    return record
  }

  /// A run that failed, at its place in the scenario's file.
  func finding(
    _ record: RunRecord, command: String, knownReason: String? = nil, investigation: Investigation? = nil
  ) -> Finding {
    Finding(
      record, of: scenario, catalogue: setup.catalogue, source: (try? Files.read(scenario.path)) ?? "",
      command: command, knownReason: knownReason, investigation: investigation)
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
