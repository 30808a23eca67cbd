// Random search: many seeds, each with a swarm shape of its own, every run replayed from its plan.

import Faultline
import Operations
import Primitives
import Simulation

/// A number of random runs of one agent in one scenario.
///
/// The scenario's own faults are left out: a campaign looks for plans that nobody thought of.
public struct Campaign: Sendable {
  public var scenario: Scenario
  public var agent: any AgentUnderTest
  /// The first seed; run n has seed `firstSeed + n`.
  public var firstSeed: UInt64
  public var runs: Int
  /// How many faults one run may have.
  public var maxFaults: Int
  /// How often an answer of weight 1 is given where it is possible, in millionths.
  public var rate: UInt64
  /// Whether each run is played again from its plan and must give the same hash.
  public var replaysEveryRun: Bool

  public init(
    scenario: Scenario, agent: any AgentUnderTest, firstSeed: UInt64 = 1, runs: Int, maxFaults: Int,
    rate: UInt64 = Swarm.usualRate, replaysEveryRun: Bool = false
  ) {
    self.scenario = scenario
    self.agent = agent
    self.firstSeed = firstSeed
    self.runs = runs
    self.maxFaults = maxFaults
    self.rate = rate
    self.replaysEveryRun = replaysEveryRun
  }

  public func swarm(seed: UInt64) -> Swarm { Swarm(seed: seed, budget: maxFaults, rate: rate) }

  /// The input of the run with this seed.
  public func input(seed: UInt64, isRecording: Bool = false) -> RunInput {
    RunInput(
      scenario: scenario, agent: agent, seed: seed, chance: .swarm(swarm(seed: seed)), isRecording: isRecording)
  }

  /// Plays all runs in the order of their seeds.
  ///
  /// - Parameter onRun: called after each run; returning false ends the campaign early.
  /// - Throws: what building the world or setting up the agent throws, and ``Mismatch`` where a replay
  ///   gives another hash, which is a defect of Faultline.
  public func play(onRun: (Verdict) throws -> Bool) throws {
    let setup = try WorldSetup(scenario: scenario)
    for offset in 0..<UInt64(runs) {
      let record = try Runner.run(input(seed: firstSeed + offset), in: setup)
      try check(record, in: setup)
      guard try onRun(record.verdict) else { return }
    }
  }

  private func check(_ record: RunRecord, in setup: WorldSetup) throws {
    let verdict = record.verdict
    if let site = record.repeatedSite { throw Mismatch.repeatedSite(site, seed: verdict.seed) }
    guard replaysEveryRun else { return }
    let again = try Runner.run(
      RunInput(scenario: scenario, agent: agent, seed: verdict.seed, chance: .plan(verdict.plan)), in: setup)
    guard again.verdict.traceHash == verdict.traceHash else {
      throw try Mismatch.find(self, seed: verdict.seed, plan: verdict.plan, in: setup)
    }
  }
}

/// Two runs of one input that differ, or a site met twice: a defect of Faultline, exit status 3.
public enum Mismatch: Error, Sendable, CustomStringConvertible {
  case hashes(seed: UInt64, plan: Plan, index: Int, first: String, second: String)
  case repeatedSite(Site, seed: UInt64)

  /// Plays both runs again with their events kept and finds the first that differs.
  static func find(_ campaign: Campaign, seed: UInt64, plan: Plan, in setup: WorldSetup) throws -> Mismatch {
    let first = try Runner.run(campaign.input(seed: seed, isRecording: true), in: setup).trace.entries
    let second = try Runner.run(
      RunInput(
        scenario: campaign.scenario, agent: campaign.agent, seed: seed, chance: .plan(plan), isRecording: true),
      in: setup
    ).trace.entries
    for (a, b) in zip(first, second) where a.event != b.event || a.at != b.at {
      return .hashes(seed: seed, plan: plan, index: a.index, first: "\(a.at) \(a.event)", second: "\(b.at) \(b.event)")
    }
    return .hashes(
      seed: seed, plan: plan, index: min(first.count, second.count) + 1, first: "\(first.count) events",
      second: "\(second.count) events")
  }

  public var description: String {
    switch self {
    case .hashes(let seed, let plan, let index, let first, let second):
      "Two runs of seed \(seed) with the plan below differ first at event \(index):\n  \(first)\n  \(second)\n\(plan)"
    case .repeatedSite(let site, let seed): "The run of seed \(seed) met the site \(site) twice."
    }
  }
}
