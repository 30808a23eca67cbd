// Shrinking against known minima: what was added to a plan goes away, what the failure needs stays.

import Agents
import Exploration
import Faultline
import Primitives
import Simulation
import Testing

@Suite struct ShrinkerTests {
  private static let lost = Plan.Entry(
    at: SitePattern(point: "cloud.create_cluster", aspect: .answer), choose: "response-lost")
  private static let limited = Plan.Entry(
    at: SitePattern(point: "identity.create_role", aspect: .request), choose: "rate-limited")
  private static let mailLost = Plan.Entry(
    at: SitePattern(point: "notify.send_mail", aspect: .request), choose: "request-lost")
  private static let slowNetwork = Plan.Entry(
    at: SitePattern(point: "cloud.create_network", aspect: .request), choose: "rate-limited")

  /// The run of an agent on the happy path with these faults.
  private static func failure(
    _ agent: any AgentUnderTest, _ entries: [Plan.Entry], seed: UInt64 = 7
  ) throws -> (WorldSetup, Verdict) {
    let scenario = try ExhaustiveSearchTests.scenario("happy-path")
    let setup = try WorldSetup(scenario: scenario)
    let input = RunInput(scenario: scenario, agent: agent, seed: seed, chance: .plan(Plan(entries)))
    return (setup, try Runner.run(input, in: setup).verdict)
  }

  private static func shrink(
    _ agent: any AgentUnderTest, _ entries: [Plan.Entry], keeping target: Shrinker.Target? = nil
  ) throws -> (smallest: Verdict, runs: Int) {
    let (setup, verdict) = try failure(agent, entries)
    try #require(verdict.plan.entries.count == entries.count, "each of the faults is met")
    var shrinker = Shrinker(
      setup: setup, agent: agent, target: try #require(target ?? Shrinker.Target(of: verdict)))
    return (try shrinker.shrink(verdict), shrinker.runs)
  }

  @Test func irrelevantFaultsGoAway() throws {
    let naive = try AgentRegistry.make(name: "naive")
    let (smallest, runs) = try Self.shrink(
      naive, [Self.slowNetwork, Self.limited, Self.lost, Self.mailLost],
      keeping: Shrinker.Target(oracle: "duplicate-resource", intent: "acme-cluster"))
    #expect(smallest.plan.entries.map(\.choose) == ["response-lost"])
    #expect(smallest.plan.entries.first?.at.point == "cloud.create_cluster")
    #expect(runs <= 12)
  }

  @Test func theNominalSeedIsTakenWhereItFailsToo() throws {
    let naive = try AgentRegistry.make(name: "naive")
    let (smallest, _) = try Self.shrink(naive, [Self.lost])
    #expect(smallest.seed == 0)
    #expect(smallest.plan.entries.count == 1)
  }

  @Test func aSimplerAnswerOfTheSameAspectIsTaken() throws {
    let naive = try AgentRegistry.make(name: "naive")
    var truncated = Self.lost
    truncated.choose = "truncated-response"
    // Cut off once, the answer comes with the client's next attempt; only the other answer shows two clusters.
    let reference = try AgentRegistry.make(name: "reference", without: ["idempotency-keys", "read-back"])
    let (smallest, _) = try Self.shrink(
      reference, [truncated], keeping: Shrinker.Target(oracle: "duplicate-resource", intent: "acme-cluster"))
    #expect(smallest.plan.entries.map(\.choose) == ["response-lost"])
    let (control, _) = try Self.shrink(naive, [Self.lost])
    #expect(control.plan.entries.map(\.choose) == ["response-lost"])
  }

  @Test func everyChoiceThatTheFailureNeedsStays() throws {
    let bug = try AgentRegistry.make(name: "naive")
    let (setup, verdict) = try Self.failure(bug, [Self.lost, Self.limited])
    let found = try #require(try Investigation(setup: setup, agent: bug, verdict: verdict))
    #expect(found.verdict.plan.entries.count == 1)
    #expect(found.needs.allSatisfy { $0.isNeeded && $0.without == .pass && $0.oracles.isEmpty })
    #expect(found.isMinimal)
  }

  @Test func anInvestigationOfTheGivenRunSaysWhichChoicesItDoesNotNeed() throws {
    let naive = try AgentRegistry.make(name: "naive")
    let (setup, verdict) = try Self.failure(naive, [Self.limited, Self.lost])
    let found = try #require(try Investigation(setup: setup, agent: naive, verdict: verdict, telling: .given))
    #expect(found.verdict.traceHash == verdict.traceHash)
    let needed = Dictionary(uniqueKeysWithValues: found.needs.map { ($0.entry.choose, $0.isNeeded) })
    #expect(needed == ["response-lost": true, "rate-limited": false])
    #expect(!found.isMinimal)
    #expect(found.smallest.plan.entries.count == 1)
  }

  @Test func aRunWithoutViolationIsNothingToInvestigate() throws {
    let reference = try AgentRegistry.make(name: "reference")
    let (setup, verdict) = try Self.failure(reference, [Self.lost])
    #expect(try Investigation(setup: setup, agent: reference, verdict: verdict) == nil)
  }
}
