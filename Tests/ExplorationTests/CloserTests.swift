// What the omniscient closer can still save, and what nobody can.

import Agents
import Exploration
import Faultline
import Operations
import Primitives
import Simulation
import Testing

@Suite struct CloserTests {
  /// A finished run of naive in which one answer never came.
  private static func world(
    losing operation: Name, in scenario: Scenario? = nil, until isEnough: (World) -> Bool = { _ in false }
  ) throws -> (World, WorldSetup) {
    let scenario = try scenario ?? ExhaustiveSearchTests.scenario("timeout-after-create")
    let setup = try WorldSetup(scenario: scenario)
    let plan = Plan([Plan.Entry(at: SitePattern(point: operation, aspect: .answer), choose: "response-lost")])
    var world = try World(
      setup: setup, agent: AgentRegistry.make(name: "naive"), seed: 1, driver: .planned(plan), isRecording: false)
    while !isEnough(world), world.step() {}
    return (world, setup)
  }

  @Test func aSecondClusterAndASecondChargeAreTakenBackThroughTheSystems() throws {
    let (world, setup) = try Self.world(losing: "cloud.create_cluster")
    let closing = Closer(setup: setup).close(world)
    #expect(closing.isGood)
    #expect(!closing.isClean, "captured money can only be balanced")
    #expect(closing.steps.map(\.request.operation) == ["billing.create_credit_note", "cloud.terminate_cluster"])
    #expect(closing.steps.map(\.isBalancing) == [true, false])
    #expect(closing.steps.last?.isReferenced == false, "the cluster that access was granted to stays")
    #expect(closing.steps.allSatisfy { $0.request.principal != "root" })
  }

  @Test func beforeAnythingIsPaidTheSecondClusterIsAllThatGoes() throws {
    let (world, setup) = try Self.world(losing: "cloud.create_cluster") { world in
      world.facts.objects.count { $0.kind == "cloud.cluster" } == 2
    }
    let closing = Closer(setup: setup).close(world)
    #expect(closing.isClean)
    #expect(closing.steps.map(\.kind).contains("cloud.cluster"))
  }

  @Test func aSecondMailIsPastSaving() throws {
    let (world, setup) = try Self.world(losing: "notify.send_mail")
    let closing = Closer(setup: setup).close(world)
    #expect(!closing.isGood)
    #expect(closing.remaining.map(\.oracle) == ["duplicate-resource"])
    #expect(closing.remaining.map(\.intent) == ["welcome"])
  }

  @Test func whatNobodyMayDoTheCloserCannot() throws {
    var scenario = try ExhaustiveSearchTests.scenario("timeout-after-create")
    scenario.principals = try WorldSetup(scenario: scenario).principals.map { principal in
      Principal(principal.name, scopes: principal.scopes.filter { $0 != "billing.refund" })
    }
    let (world, setup) = try Self.world(losing: "cloud.create_cluster", in: scenario)
    let closing = Closer(setup: setup).close(world)
    #expect(closing.steps.map(\.request.operation) == ["cloud.terminate_cluster"])
    #expect(closing.remaining.map(\.oracle) == ["double-billing"])
  }

  @Test func aGoodRunNeedsNothing() throws {
    let scenario = try ExhaustiveSearchTests.scenario("happy-path")
    let setup = try WorldSetup(scenario: scenario)
    var world = try World(
      setup: setup, agent: AgentRegistry.make(name: "reference"), seed: 1, driver: .planned(Plan()),
      isRecording: false)
    world.run()
    let closing = Closer(setup: setup).close(world)
    #expect(closing.isClean)
    #expect(closing.steps.isEmpty)
  }
}

/// Law 6: what nobody could have ended well is not the agent's fault.
@Suite struct FairnessTests {
  /// Waits for ever, without a word.
  private struct Idle: AsyncAgent {
    func run(_ context: AgentContext) async throws -> Claim? {
      try await context.sleep(.hours(1_000))
      return nil
    }
  }

  private static func verdict(
    of agent: any AgentUnderTest, _ entries: [Plan.Entry], limit: TimeSpan? = nil
  ) throws -> (Verdict, WorldSetup) {
    var scenario = try ExhaustiveSearchTests.scenario("happy-path")
    if let limit { scenario.limits.virtualTime = limit }
    let setup = try WorldSetup(scenario: scenario)
    let input = RunInput(scenario: scenario, agent: agent, seed: 1, chance: .plan(Plan(entries)))
    return (try Runner.run(input, in: setup).verdict, setup)
  }

  private static let idle = AsyncAgentUnderTest(Idle(), name: "idle", summary: "Waits.")
  private static let paused = Plan.Entry(
    at: SitePattern(point: "cloud.create_cluster", aspect: .crash), choose: "pause:after-timeout")

  @Test func anAgentThatWaitsForEverCouldHaveHandedOver() throws {
    let (verdict, setup) = try Self.verdict(of: Self.idle, [])
    #expect(verdict.violations.map(\.oracle) == ["stuck"])
    #expect(try Closer.isFair(verdict, setup: setup, agent: Self.idle))
  }

  @Test func anAgentThatIsPausedUntilTheTimeIsOverCouldNot() throws {
    let reference = try AgentRegistry.make(name: "reference")
    let (verdict, setup) = try Self.verdict(of: reference, [Self.paused], limit: .seconds(20))
    #expect(verdict.violations.map(\.oracle) == ["stuck"])
    #expect(try !Closer.isFair(verdict, setup: setup, agent: reference))
  }

  @Test func harmAlwaysCounts() throws {
    let naive = try AgentRegistry.make(name: "naive")
    let lost = Plan.Entry(at: SitePattern(point: "notify.send_mail", aspect: .answer), choose: "response-lost")
    let (verdict, setup) = try Self.verdict(of: naive, [lost])
    #expect(verdict.result == .fail)
    #expect(try Closer.isFair(verdict, setup: setup, agent: naive))
  }
}
