// The score of Faultline itself: how long it takes to catch an agent whose defect is known.

import Faultline
import Primitives
import Simulation

/// Looks for a plan under which an oracle tells a wrong agent from a right one.
///
/// The order is fixed: first the written scenarios, each as it stands; then every plan of one fault in the searched
/// ones; then random plans of two. What it finds is a function of the agents and the scenarios.
public struct BugHunt: Sendable {
  /// How a bug was caught.
  public enum Method: String, Sendable, CaseIterable {
    /// By a scenario with its own faults.
    case scenario
    /// Among all plans of one fault.
    case exhaustive
    /// By a random plan of two faults.
    case random
  }

  /// A wrong agent, and one that is right and else like it: what both trip catches nothing.
  public struct Pair: Sendable {
    public var bug: any AgentUnderTest
    public var control: any AgentUnderTest

    public init(_ bug: any AgentUnderTest, control: any AgentUnderTest) {
      self.bug = bug
      self.control = control
    }
  }

  /// The first run that told two agents apart.
  public struct Catch: Sendable {
    /// The number of the pair that it told apart.
    public var pair: Int
    /// The oracle that found something in the wrong agent and not in the right one.
    public var oracle: Name
    public var scenario: Name
    public var method: Method
    /// Runs of the wrong agent, the one that caught it included.
    public var plansTried: Int
    /// The smallest run that was found to show the same.
    public var smallest: Verdict
  }

  /// Scenarios that are played as they stand.
  public let written: [WorldSetup]
  /// Scenarios that are searched, without their own faults.
  public let searched: [WorldSetup]
  /// Random plans that are tried in each searched scenario.
  public let randomRuns: UInt64

  public init(written: [WorldSetup], searched: [WorldSetup], randomRuns: UInt64 = 2_000) {
    self.written = written
    self.searched = searched
    self.randomRuns = randomRuns
  }

  /// - Parameters:
  ///   - pairs: the bug as it is, and, where something else stands behind what is wrong with it, the same without
  ///     that. Only the first pair is searched beyond the written scenarios.
  ///   - oracle: The only oracle that counts; nil for any.
  /// - Returns: nil where nothing told a pair apart.
  /// - Throws: what setting up the agents throws.
  public func hunt(_ pairs: [Pair], by oracle: Name? = nil) throws -> Catch? {
    var tried = 0
    for (number, pair) in pairs.enumerated() {
      let chase = Chase(pair: pair, number: number, oracle: oracle)
      for setup in written {
        tried += 1
        let verdict = try Runner.run(RunInput(scenario: setup.scenario, agent: pair.bug, seed: 1), in: setup).verdict
        if let found = try chase.look(at: verdict, by: .scenario, tried, in: setup) { return found }
      }
    }
    guard let pair = pairs.first else { return nil }
    let chase = Chase(pair: pair, number: 0, oracle: oracle)
    for setup in searched {
      if let found = try searchSingles(chase, in: setup, &tried) { return found }
    }
    for setup in searched {
      for seed in 1...randomRuns {
        tried += 1
        let chance = RunInput.Chance.swarm(Swarm(seed: seed, budget: 2))
        let verdict = try Runner.run(
          RunInput(scenario: setup.scenario, agent: pair.bug, seed: seed, chance: chance), in: setup
        ).verdict
        if let found = try chase.look(at: verdict, by: .random, tried, in: setup) { return found }
      }
    }
    return nil
  }

  private func searchSingles(_ chase: Chase, in setup: WorldSetup, _ tried: inout Int) throws -> Catch? {
    let search = ExhaustiveSearch(setup: setup, agent: chase.pair.bug, maxFaults: 1)
    for unit in try search.units() {
      var verdicts: [Verdict] = []
      _ = try search.play(unit) { verdicts.append($0) }
      for verdict in verdicts {
        tried += 1
        if let found = try chase.look(at: verdict, by: .exhaustive, tried, in: setup) { return found }
      }
    }
    return nil
  }

  /// One pair on one hunt.
  private struct Chase {
    let pair: Pair
    let number: Int
    let oracle: Name?

    /// What a run of the wrong agent catches, shrunk; nil for nothing.
    func look(
      at verdict: Verdict, by method: Method, _ tried: Int, in setup: WorldSetup
    ) throws -> Catch? {
      guard let target = try difference(verdict, in: setup) else { return nil }
      var shrinker = Shrinker(setup: setup, agent: pair.bug, target: target)
      return Catch(
        pair: number, oracle: target.oracle, scenario: setup.scenario.name, method: method, plansTried: tried,
        smallest: try shrinker.shrink(verdict))
    }

    /// The first violation, harm before conduct, whose oracle finds nothing in the right agent under the same plan.
    private func difference(_ verdict: Verdict, in setup: WorldSetup) throws -> Shrinker.Target? {
      var own = verdict
      if let oracle { own.violations.removeAll { $0.oracle != oracle } }
      guard !own.violations.isEmpty else { return nil }
      let twin = try Runner.run(
        RunInput(replaying: verdict, agent: pair.control, in: setup.scenario), in: setup
      ).verdict
      let common = Set(twin.violations.map(\.oracle))
      own.violations.removeAll { common.contains($0.oracle) }
      return Shrinker.Target(of: own)
    }
  }
}
