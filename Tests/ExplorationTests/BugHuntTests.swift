// The hunt for planted bugs: what it catches, in which order, and what it leaves alone.

import Agents
import Exploration
import Faultline
import Primitives
import Simulation
import Testing

@Suite struct BugHuntTests {
  private static let right = "careful-keys"

  private static func setup(_ name: String) throws -> WorldSetup {
    try WorldSetup(scenario: ExhaustiveSearchTests.scenario(name))
  }

  private static func hunt(written: [String], searched: [String] = [], randomRuns: UInt64 = 1) throws -> BugHunt {
    BugHunt(
      written: try written.map(setup), searched: try searched.map(setup).map(\.withoutFaults), randomRuns: randomRuns)
  }

  private static func hunt(_ hunt: BugHunt, _ bug: Name) throws -> BugHunt.Catch? {
    try hunt.hunt([BugHunt.Pair(AgentRegistry.make(name: bug), control: AgentRegistry.make(name: Name(right)))])
  }

  @Test func aBugThatAlwaysShowsIsCaughtByTheFirstScenarioWithoutAnyChoice() throws {
    let found = try #require(try Self.hunt(Self.hunt(written: ["happy-path"]), "sends-no-keys"))
    #expect(found.oracle == "unkeyed-mutation")
    #expect(found.method == .scenario)
    #expect(found.plansTried == 1)
    #expect(found.smallest.plan.isEmpty)
  }

  @Test func theScenarioThatTellsIsNamedAndItsPlanIsShrunk() throws {
    let hunt = try Self.hunt(written: ["happy-path", "timeout-after-create"])
    let found = try #require(try Self.hunt(hunt, "fresh-key-per-retry"))
    #expect(found.oracle == "duplicate-resource")
    #expect(found.scenario == "timeout-after-create")
    #expect(found.plansTried == 2)
    #expect(found.smallest.plan.entries.map(\.choose) == ["response-lost"])
  }

  @Test func whatNoScenarioShowsIsLookedForAmongAllSingleFaults() throws {
    let hunt = try Self.hunt(written: ["happy-path"], searched: ["happy-path"])
    let found = try #require(try Self.hunt(hunt, "writes-down-afterwards"))
    #expect(found.method == .exhaustive)
    #expect(found.plansTried > 2)
    #expect(found.smallest.plan.entries.count == 1)
  }

  @Test func aRightAgentIsCaughtByNothing() throws {
    let hunt = try Self.hunt(written: ["happy-path", "timeout-after-create", "desk-puts-ticket-on-hold"])
    #expect(try Self.hunt(hunt, "careful-read-back") == nil)
  }

  /// Naive falls in every one of these; what its control falls to as well catches nothing.
  @Test func whatTheControlTripsAsWellCatchesNothing() throws {
    let hunt = try Self.hunt(written: ["timeout-after-create", "invoice-paid-by-hand"])
    let naive = try AgentRegistry.make(name: "naive")
    let right = try AgentRegistry.make(name: Name(Self.right))
    #expect(try hunt.hunt([BugHunt.Pair(naive, control: naive)]) == nil)
    #expect(try hunt.hunt([BugHunt.Pair(naive, control: right)]) != nil)
    #expect(try hunt.hunt([BugHunt.Pair(naive, control: right)], by: "scope-violation") == nil)
  }

  /// Without keys the reference looks before it repeats, which is as good; without both it is wrong.
  @Test func whatStandsBehindASafeguardIsTakenAwayInASecondPass() throws {
    let hunt = try Self.hunt(written: ["happy-path", "timeout-after-create"])
    func pair(_ bug: [Name], _ control: [Name]) throws -> BugHunt.Pair {
      BugHunt.Pair(
        try AgentRegistry.make(name: "reference", without: bug),
        control: try AgentRegistry.make(name: "reference", without: control))
    }
    let alone = try pair(["idempotency-keys"], [])
    let both = try pair(["idempotency-keys", "read-back"], ["read-back"])
    #expect(try hunt.hunt([alone]) == nil)
    let found = try #require(try hunt.hunt([alone, both]))
    #expect(found.pair == 1)
    #expect(found.plansTried == 4)
  }

  /// Its defect needs an answer that is lost and a crash while that is found out.
  @Test func oneBugShowsOnlyWhenARecoveryIsInterrupted() throws {
    let lost = Plan.Entry(at: SitePattern(point: "cloud.create_cluster", call: 1, aspect: .answer), choose: "response-lost")
    let crash = Plan.Entry(at: SitePattern(point: "cloud.list_clusters", call: 1, aspect: .crash), choose: "crash:before")
    let setup = try Self.setup("happy-path")
    let agent = try AgentRegistry.make(name: "forgets-in-recovery")
    for plan in [[lost], [crash], [lost, crash]] {
      let verdict = try Runner.run(
        RunInput(scenario: setup.scenario, agent: agent, seed: 1, chance: .plan(Plan(plan))), in: setup
      ).verdict
      #expect(verdict.violations.contains { $0.oracle == "duplicate-resource" } == (plan.count == 2))
    }
  }
}
