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
  /// How often a site deviates, in 65,536ths.
  public var rate: UInt64
  /// Whether each run is played again from its plan and must give the same hash.
  public var replaysEveryRun: Bool

  public init(
    scenario: Scenario, agent: any AgentUnderTest, firstSeed: UInt64 = 1, runs: Int, maxFaults: Int,
    rate: UInt64 = 1_400, replaysEveryRun: Bool = false
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
  public func play(onRun: (Verdict) throws -> Bool = { _ in true }) throws -> CampaignReport {
    let setup = try WorldSetup(scenario: scenario)
    var report = CampaignReport(requested: runs)
    for offset in 0..<UInt64(runs) {
      let record = try Runner.run(input(seed: firstSeed + offset), in: setup)
      try check(record, in: setup)
      report.add(record.verdict)
      guard try onRun(record.verdict) else { break }
    }
    return report
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

/// What a campaign found, in numbers.
public struct CampaignReport: Sendable {
  public var requested: Int
  public private(set) var runs = 0
  public private(set) var events = 0
  /// The runs that did not pass, in order, the first hundred of them.
  public private(set) var failures: [Verdict] = []
  public private(set) var failed = 0
  public private(set) var inconclusive = 0
  /// Runs per ending; nil for runs in which the agent said nothing.
  public private(set) var endings: [(ending: Ending?, runs: Int)] = []
  /// Runs per number of faults that took effect; index is the number.
  public private(set) var effectiveFaults: [Int] = []
  /// Per kind of fault, by name: how often it was injected and how often it changed something.
  public private(set) var kinds: [(fault: Name, injected: Int, tookEffect: Int)] = []
  /// A digest of all trace hashes in order: equal for equal campaigns.
  public private(set) var digest: UInt64 = 0

  public init(requested: Int) { self.requested = requested }

  /// Faults that took effect, per run, in thousandths.
  public var effectiveFaultsPerThousandRuns: Int {
    let total = effectiveFaults.enumerated().reduce(0) { $0 + $1.offset * $1.element }
    return runs == 0 ? 0 : total * 1_000 / runs
  }

  mutating func add(_ verdict: Verdict) {
    runs += 1
    events += verdict.events
    digest = Draw.mix(digest ^ verdict.traceHash)
    switch verdict.result {
    case .pass: break
    case .fail:
      failed += 1
      if failures.count < 100 { failures.append(verdict) }
    case .inconclusive: inconclusive += 1
    }
    if let index = endings.firstIndex(where: { $0.ending == verdict.outcome }) {
      endings[index].runs += 1
    } else {
      endings.append((verdict.outcome, 1))
    }
    var effective = 0
    for fault in verdict.faults {
      let kind = CampaignReport.kind(of: fault.record.answer)
      if fault.tookEffect { effective += 1 }
      if let index = kinds.firstIndex(where: { $0.fault == kind }) {
        kinds[index].injected += 1
        kinds[index].tookEffect += fault.tookEffect ? 1 : 0
      } else {
        kinds.append((kind, 1, fault.tookEffect ? 1 : 0))
        kinds.sort { $0.fault < $1.fault }
      }
    }
    while effectiveFaults.count <= effective { effectiveFaults.append(0) }
    effectiveFaults[effective] += 1
  }

  /// The fault that users type, without the moment or landmark behind the colon.
  static func kind(of answer: Name) -> Name {
    guard let colon = answer.text.firstIndex(of: ":") else { return answer }
    return Name(String(answer.text[..<colon]))
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
