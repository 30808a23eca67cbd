// Shrinking: from a plan that fails to a locally minimal one that fails for the same reason.

import Faultline
import Operations
import Primitives
import Simulation

/// Makes a failing plan smaller: fewer faults first, then simpler ones.
///
/// Everything is keyed by site, so taking one fault out leaves every other decision as it was; a handful
/// of runs is enough. The result is locally minimal: without any one of its faults, or with a simpler one
/// in its place, the run no longer shows the same violation.
public struct Shrinker: Sendable {
  public let setup: WorldSetup
  public let agent: any AgentUnderTest
  public let seed: UInt64
  /// The oracle that a smaller plan must still trip.
  public let oracle: Name
  public private(set) var runs = 0

  public init(setup: WorldSetup, agent: any AgentUnderTest, seed: UInt64, oracle: Name) {
    self.setup = setup
    self.agent = agent
    self.seed = seed
    self.oracle = oracle
  }

  /// - Returns: the smallest plan found, which may be the one given.
  /// - Throws: what setting up the agent throws.
  public mutating func shrink(_ plan: Plan) throws -> Plan {
    var smallest = plan
    var isSmaller = true
    while isSmaller {
      isSmaller = false
      for candidate in Shrinker.simpler(smallest) where try stillFails(candidate) {
        smallest = candidate
        isSmaller = true
        break
      }
    }
    return smallest
  }

  /// Whether a plan trips the oracle, with every one of its faults met.
  public mutating func stillFails(_ plan: Plan) throws -> Bool {
    runs += 1
    let input = RunInput(scenario: setup.scenario, agent: agent, seed: seed, chance: .plan(plan))
    let record = try Runner.run(input, in: setup)
    return record.verdict.plan.entries.count == plan.entries.count
      && record.verdict.violations.contains { $0.oracle == oracle }
  }

  /// The plans that are one move smaller: all but one fault first, then one fault made simpler.
  static func simpler(_ plan: Plan) -> [Plan] {
    var candidates: [Plan] = []
    for index in plan.entries.indices {
      var shorter = plan
      shorter.entries.remove(at: index)
      candidates.append(shorter)
    }
    for index in plan.entries.indices {
      let family = families.first { $0.contains(plan.entries[index].choose) } ?? []
      for answer in family.prefix(while: { $0 != plan.entries[index].choose }) {
        var simpler = plan
        simpler.entries[index].choose = answer
        candidates.append(simpler)
      }
    }
    return candidates
  }

  /// Answers of one aspect, the ones that are easiest to picture first.
  private static let families: [[Name]] = [
    [
      RequestFault.requestLost, .rateLimited, .outage, .compensationRefused, .duplicateDelivery, .lateAfterTimeout,
      .lateAfterRetry, .lateAfterCompensation, .lateAfterRestart, .lateAtEnd,
    ].map(\.name),
    [AnswerFault.responseLost, .errorAfterCommit, .truncatedResponse].map(\.name),
    [CrashFault.crashBefore, .crashAfter, .crashOnAnswer, .pauseAfterTimeout, .pauseAfterTakeover, .pauseUnsent].map(\.name),
  ]
}
