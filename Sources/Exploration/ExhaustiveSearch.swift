// Exhaustive search: every plan with at most K faults, each counted once, with a denominator.

import Faultline
import Operations
import Primitives
import Simulation

/// Enumerates every plan of at most `maxFaults` non-default answers, from the empty plan on.
///
/// A schedule is a list of (site, answer) pairs, each met, in order, in the run of those before it: a
/// tree. Each counts once; sites that a fault opened count. An answer that can change nothing at its
/// site is not offered. Agents that are values are forked with their world just before the step in which
/// a site is met, and the prefix is never played again; all others are run again from the start.
public struct ExhaustiveSearch: Sendable {
  public var scenario: Scenario
  public var agent: any AgentUnderTest
  public var maxFaults: Int
  /// 0 is the nominal run: every draw answers with the middle of its band.
  public var seed: UInt64
  /// Runs every plan from the start also where forking would do; for comparing the two.
  public var neverForks: Bool

  public init(
    scenario: Scenario, agent: any AgentUnderTest, maxFaults: Int, seed: UInt64 = 0, neverForks: Bool = false
  ) {
    self.scenario = scenario
    self.agent = agent
    self.maxFaults = maxFaults
    self.seed = seed
    self.neverForks = neverForks
  }

  /// Plays every plan.
  ///
  /// - Parameter onRun: called after each run; returning false ends the search early.
  /// - Throws: what building the world or setting up the agent throws.
  public func play(onRun: @escaping (Verdict) -> Bool = { _ in true }) throws -> Coverage {
    let setup = try WorldSetup(scenario: scenario)
    var walk = Walk(search: self, onRun: onRun)
    let root = try World(
      setup: setup, agent: agent, seed: seed, driver: .enumerating(after: Plan()), isRecording: false)
    if root.isForkable, !neverForks {
      walk.descend(root, budget: maxFaults)
    } else {
      try walk.replay(Plan(), budget: maxFaults, setup: setup)
    }
    return walk.coverage
  }

  /// One pass over the tree of schedules, depth first, in the order in which sites are met.
  private struct Walk {
    let search: ExhaustiveSearch
    let onRun: (Verdict) -> Bool
    var coverage = Coverage()
    var hasEnded = false

    /// Plays a world to its end, and from each site that it meets every alternative to its end.
    mutating func descend(_ start: World, budget: Int) {
      var world = start
      var branches: [(World, Plan.Entry)] = []
      while true {
        let before = world
        let continues = world.step()
        if budget > 0 {
          for fork in world.takeForks() {
            coverage.sites += 1
            for answer in fork.alternatives {
              branches.append((before, Plan.Entry(at: SitePattern(fork.site), choose: answer)))
            }
          }
        }
        if !continues { break }
      }
      count(Runner.record(of: world, agent: search.agent).verdict)
      for (before, entry) in branches where !hasEnded {
        var branch = before
        branch.branch(to: entry, isEnumerating: budget > 1)
        descend(branch, budget: budget - 1)
      }
    }

    /// The same tree, every plan from the start.
    mutating func replay(_ plan: Plan, budget: Int, setup: WorldSetup) throws {
      let driver = budget > 0 ? Driver.enumerating(after: plan) : Driver.planned(plan)
      var world = try World(
        setup: setup, agent: search.agent, seed: search.seed, driver: driver, isRecording: false)
      world.run()
      let forks = world.takeForks()
      count(Runner.record(of: world, agent: search.agent).verdict)
      coverage.sites += forks.count
      for fork in forks {
        for answer in fork.alternatives where !hasEnded {
          let entry = Plan.Entry(at: SitePattern(fork.site), choose: answer)
          try replay(Plan(plan.entries + [entry]), budget: budget - 1, setup: setup)
        }
      }
    }

    private mutating func count(_ verdict: Verdict) {
      coverage.add(verdict)
      if !onRun(verdict) { hasEnded = true }
    }
  }
}

/// What an exhaustive search covered.
public struct Coverage: Sendable {
  /// Sites met with budget left, over all runs.
  public var sites = 0
  /// Schedules enumerated, the empty one included: the denominator.
  public private(set) var schedules = 0
  public private(set) var violations = 0
  /// Runs that were given up at a limit.
  public private(set) var undecided = 0
  /// Plans that fail and no shorter prefix of which failed, the first hundred.
  public private(set) var minimalPlans: [Verdict] = []
  /// Equal for equal searches, in whatever order the plans were played.
  public private(set) var digest: UInt64 = 0

  public init() {}

  mutating func add(_ verdict: Verdict) {
    schedules += 1
    digest &+= Draw.mix(verdict.traceHash)
    guard verdict.result == .fail else { return }
    violations += 1
    if verdict.violations.contains(where: { $0.oracle == "stuck" }) { undecided += 1 }
    if minimalPlans.count < 100 { minimalPlans.append(verdict) }
  }
}
