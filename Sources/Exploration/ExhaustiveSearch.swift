// Exhaustive search: every plan with at most K faults, each counted once, with a denominator.

import Faultline
import Operations
import Primitives
import Simulation

/// Enumerates every plan of at most `maxFaults` non-default answers, from the empty plan or a given one on.
///
/// A schedule is a list of (site, answer) pairs, each met, in order, in the run of those before it: a
/// tree. Each counts once; sites that a fault opened count. An answer that can change nothing at its
/// site is not offered. Agents that are values are forked with their world just before the step in which
/// a site is met, and the prefix is never played again; all others are run again from the start.
///
/// The work is cut into units that are played one by one, in any order and by any number of workers. What
/// is remembered for pruning lives no longer than a unit, so the sum of their coverages never depends on
/// who played which.
public struct ExhaustiveSearch: Sendable {
  public let setup: WorldSetup
  public let agent: any AgentUnderTest
  public let maxFaults: Int
  /// What every plan begins with; its own answers do not count as faults of the search.
  public let origin: Plan
  /// 0 is the nominal run: every draw answers with the middle of its band.
  public let seed: UInt64
  /// Runs every plan from the start also where forking would do; for comparing the two.
  public var neverForks = false
  /// Whether a state that was finished before is answered for by its twin; off for comparing the two. Only
  /// what is forked can be pruned.
  public var prunes = true

  public init(
    setup: WorldSetup, agent: any AgentUnderTest, maxFaults: Int, from origin: Plan = Plan(), seed: UInt64 = 0
  ) {
    self.setup = setup
    self.agent = agent
    self.maxFaults = maxFaults
    self.origin = origin
    self.seed = seed
  }

  /// - Throws: what building the scenario's world throws.
  public init(
    scenario: Scenario, agent: any AgentUnderTest, maxFaults: Int, from origin: Plan = Plan(), seed: UInt64 = 0
  ) throws {
    self.init(
      setup: try WorldSetup(scenario: scenario), agent: agent, maxFaults: maxFaults, from: origin, seed: seed)
  }

  /// A share of the search that is claimed, played and recorded as one: neighbouring alternatives of the
  /// root's own run with everything below them. The root's own run belongs to the first unit.
  public struct Unit: Hashable, Sendable {
    /// Its position among the units, from 0.
    public let index: Int
    /// The root's alternatives, by their number in the order in which the root's run meets them.
    public let branches: Range<Int>
  }

  /// How many of the root's alternatives make a unit: small enough that little is lost with one, large
  /// enough that twins, which are neighbours more often than not, find each other.
  static let branchesInUnit = 16

  /// All units, in their order. Equal searches have equal units.
  ///
  /// - Throws: what setting up the agent throws, and ``ExplorationError/unmet(_:)`` where the root's own
  ///   run does not meet all of ``origin``.
  public func units() throws -> [Unit] {
    var root = try world(after: origin, budget: maxFaults)
    root.run()
    guard root.unmet.isEmpty else { throw ExplorationError.unmet(root.unmet) }
    let count = root.takeForks().reduce(0) { $0 + $1.alternatives.count }
    let size = Self.branchesInUnit
    return (0..<max(1, (count + size - 1) / size)).map {
      Unit(index: $0, branches: $0 * size..<min(count, ($0 + 1) * size))
    }
  }

  /// Plays one unit.
  ///
  /// - Parameters:
  ///   - onRun: called after each run that was played, not for those that pruning saved.
  ///   - isCancelled: asked before each run; a unit that is cancelled leaves nothing.
  /// - Throws: what setting up the agent throws, ``Mismatch/repeatedSite(_:seed:)``, which is a defect of
  ///   Faultline, and `CancellationError` where it was cancelled.
  public func play(
    _ unit: Unit, onRun: (Verdict) -> Void = { _ in }, isCancelled: () -> Bool = { false }
  ) throws -> Coverage {
    try withoutActuallyEscaping(onRun) { onRun in
      try withoutActuallyEscaping(isCancelled) { isCancelled in
        var walk = Walk(search: self, onRun: onRun, isCancelled: isCancelled)
        try walk.play(unit)
        return walk.coverage
      }
    }
  }

  /// Plays all units, one after the other.
  public func play(
    onRun: (Verdict) -> Void = { _ in }, isCancelled: () -> Bool = { false }
  ) throws -> Coverage {
    var coverage = Coverage()
    for unit in try units() { coverage.merge(try play(unit, onRun: onRun, isCancelled: isCancelled)) }
    return coverage
  }

  /// Whether a bad end of this agent counts (law 6).
  func isFair(_ verdict: Verdict) throws -> Bool { try Closer.isFair(verdict, setup: setup, agent: agent) }

  /// A world at its beginning, that will note alternatives after the plan if there is budget for any.
  func world(after plan: Plan, budget: Int) throws -> World {
    let driver = budget > 0 ? Driver.enumerating(after: plan) : Driver.planned(plan)
    return try World(setup: setup, agent: agent, seed: seed, driver: driver, isRecording: false)
  }
}

/// Why a search can't begin.
public enum ExplorationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Answers of the plan to start from that its own run never met.
  case unmet([Plan.Entry])

  public var description: String {
    switch self {
    case .unmet(let entries):
      "The plan to start from was not met: no site of its run matches "
        + entries.map { "\($0.at) \($0.choose)" }.joined(separator: ", ")
        + ". Play it with `faultline replay` to see which sites there are."
    }
  }
}
