// Random search: one run for each seed, each with a shape of its own, a share of them played again from its plan.

import Faultline
import Primitives
import Simulation

/// Runs of one agent in one scenario, one for each seed.
///
/// A seed decides everything that a run has by chance: its ``RunShape``, which kinds of fault are on and how strong,
/// and then the plan. So a range of seeds is a unit of work that can be claimed, played anywhere and merged with
/// others; ``RandomCoverage`` comes out the same.
public struct RandomSearch: Sendable {
  /// Where the faults of the runs come from.
  public enum Faults: Hashable, Sendable {
    /// The scenario's own; a seed then decides the draws alone.
    case scenario
    /// At random, at most so many a run. The scenario's own are left out: what is looked for are plans that nobody
    /// thought of.
    case random(atMost: Int)
  }

  public let setup: WorldSetup
  public let agent: any AgentUnderTest
  public let faults: Faults
  /// The shape of every run; nil where each seed has its own, and the scenario's own faults the nominal one.
  public let shape: RunShape?
  /// How often an answer of weight 1 is given where it is possible, in millionths.
  public let rate: UInt64
  /// How many of a hundred runs are played again from their plans and must give the same hash. Which ones, their
  /// seeds decide.
  public let recheckPercent: Int

  public init(
    setup: WorldSetup, agent: any AgentUnderTest, faults: Faults, shape: RunShape? = nil,
    rate: UInt64 = Swarm.usualRate, recheckPercent: Int = 0
  ) {
    self.setup = setup
    self.agent = agent
    self.faults = faults
    self.shape = shape
    self.rate = rate
    self.recheckPercent = recheckPercent
  }

  /// The input of the run with this seed.
  public func input(seed: UInt64, isRecording: Bool = false) -> RunInput {
    let chance: RunInput.Chance? =
      switch faults {
      case .scenario: nil
      case .random(let budget): .swarm(Swarm(seed: seed, budget: budget, rate: rate))
      }
    return RunInput(
      scenario: setup.scenario, agent: agent, seed: seed, chance: chance, shape: shape, isRecording: isRecording)
  }

  /// Plays one seed.
  ///
  /// - Throws: what setting up the agent throws, and ``Mismatch``.
  public func play(seed: UInt64, isRecording: Bool = false) throws -> RunRecord {
    let record = try Runner.run(input(seed: seed, isRecording: isRecording), in: setup)
    if let site = record.repeatedSite { throw Mismatch.repeatedSite(site, seed: seed) }
    if isRechecked(seed) { try recheck(record.verdict) }
    return record
  }

  /// Plays the seeds in their order.
  ///
  /// - Parameters:
  ///   - onRun: called after each run.
  ///   - isCancelled: asked before each run; the coverage then is of the runs played so far.
  /// - Throws: what setting up the agent throws, what `onRun` throws, and ``Mismatch`` where a replay gives another
  ///   hash, which is a defect of Faultline.
  public func play(
    _ seeds: Range<UInt64>, onRun: (Verdict) throws -> Void = { _ in }, isCancelled: () -> Bool = { false }
  ) throws -> RandomCoverage {
    var coverage = RandomCoverage()
    coverage.declare(declared)
    var passed: Set<UInt64> = []
    for seed in seeds {
      guard !isCancelled() else { break }
      let record = try play(seed: seed)
      coverage.add(record.verdict, wasRechecked: isRechecked(seed))
      for place in record.places where passed.insert(place.hash).inserted { coverage.declare([Marks.crash(at: place)]) }
      try onRun(record.verdict)
    }
    return coverage
  }

  /// What the runs may touch, as far as it is known before they are played.
  private var declared: [Name] {
    guard case .random(atMost: 1...) = faults else { return [] }
    return Marks.faults + agent.marks(in: setup.scenario.workflow)
  }

  private func isRechecked(_ seed: UInt64) -> Bool {
    recheckPercent > 0 && Draw(seed: seed, key: Name("recheck").hash).below(100) < UInt64(recheckPercent)
  }

  /// Plays a run again from its plan and compares the hashes.
  ///
  /// - Throws: ``Mismatch`` with the traces of both.
  public func recheck(_ verdict: Verdict) throws {
    func replay(isRecording: Bool) throws -> RunRecord {
      let input = RunInput(replaying: verdict, agent: agent, in: setup.scenario, isRecording: isRecording)
      return try Runner.run(input, in: setup)
    }
    let again = try replay(isRecording: false).verdict
    guard again.traceHash != verdict.traceHash else { return }
    throw Mismatch.hashes(
      verdict, again: again.traceHash,
      first: try Runner.run(input(seed: verdict.seed, isRecording: true), in: setup).trace,
      second: try replay(isRecording: true).trace)
  }
}

/// Two runs of one input that differ, or a site met twice: a defect of Faultline, exit status 3.
public enum Mismatch: Error, Sendable, CustomStringConvertible {
  case hashes(Verdict, again: UInt64, first: Trace<WorldEvent>, second: Trace<WorldEvent>)
  case repeatedSite(Site, seed: UInt64)

  public var description: String {
    switch self {
    case .hashes(let verdict, let again, _, _):
      "\(verdict.scenario) with \(verdict.agent) and seed \(verdict.seed) hashes \(verdict.traceHash.hexadecimal), "
        + "its replay \(again.hexadecimal)"
    case .repeatedSite(let site, let seed): "the site \(site) was met twice with seed \(seed)"
    }
  }
}
