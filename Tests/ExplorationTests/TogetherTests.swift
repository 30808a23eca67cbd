// Several workflows in one world: each is judged by its own wishes, and what they share they really share.

import Agents
import Exploration
import Faultline
import Operations
import Primitives
import Simulation
import Testing

@Suite struct TogetherTests {
  private static func setup(_ workflows: Int) throws -> WorldSetup {
    var scenario = try ExhaustiveSearchTests.scenario("happy-path")
    scenario.rollout.workflows = workflows
    return try WorldSetup(scenario: scenario)
  }

  @Test(arguments: [2, 3]) func theReferenceServesSeveralCustomersAtOnce(workflows: Int) throws {
    let search = RandomSearch(
      setup: try Self.setup(workflows), agent: try AgentRegistry.make(name: "reference"), faults: .random(atMost: 2),
      recheckPercent: 5)
    var effective = 0
    let coverage = try search.play(1..<1_001) { verdict in
      #expect(verdict.shape.workflows == workflows)
      effective += verdict.faults.count { $0.tookEffect }
    }
    #expect(coverage.failures == [])
    #expect(coverage.runs == 1_000)
    #expect(effective > 1_000)
  }

  /// What the systems hold at the end of a run without faults is once more for each customer.
  @Test func everyCustomerGetsTheirOwn() throws {
    let agent = try AgentRegistry.make(name: "reference")
    func play(_ workflows: Int) throws -> RunRecord {
      let setup = try Self.setup(workflows)
      return try Runner.run(RunInput(scenario: setup.scenario, agent: agent, seed: 1, isRecording: true), in: setup)
    }
    let (one, three) = (try play(1), try play(3))
    #expect(three.verdict.result == .pass)
    #expect(three.verdict.outcome == .completed)
    // One system sends their mails, and takes so many of them at once from all.
    #expect(three.verdict.metrics.mutations > 3 * one.verdict.metrics.mutations)
    var owners: [String: Int] = [:]
    for entry in three.trace.entries {
      guard case .effect(let effect) = entry.event, effect.kind == "cloud.cluster", effect.change == .created else {
        continue
      }
      owners[effect.owner?.text ?? "nobody", default: 0] += 1
    }
    #expect(owners == ["acme": 1, "bolt": 1, "crux": 1])
    var alone = RunShape.nominal
    alone.workflows = 1
    #expect(one.verdict.shape == alone)
    #expect(one.verdict.traceHash != three.verdict.traceHash)
  }

  /// Alone it completes under every seed; beside another customer it gives somebody no access.
  @Test func whoMixesUpCustomersIsCaughtOnlyWhereThereAreTwo() throws {
    let agent = try AgentRegistry.make(name: "names-after-the-plan")
    func coverage(_ workflows: Int) throws -> RandomCoverage {
      try RandomSearch(setup: try Self.setup(workflows), agent: agent, faults: .random(atMost: 0)).play(1..<21)
    }
    #expect(try coverage(1).failed == 0)
    let together = try coverage(2)
    #expect(together.failed == 20)
    #expect(together.violations.contains { $0.name == "missing-effect" })
    let right = try AgentRegistry.make(name: "careful-keys")
    #expect(
      try RandomSearch(setup: try Self.setup(2), agent: right, faults: .random(atMost: 0)).play(1..<21).failed == 0)
  }

  /// A violation says which workflow it is about, and shrinking finds that one customer is enough for it.
  @Test func aFailureOfOneOfThemIsToldAsTheirsAndShrunkToOne() throws {
    let scenario = try ExhaustiveSearchTests.scenario("happy-path")
    let setup = try WorldSetup(scenario: scenario)
    let agent = try AgentRegistry.make(name: "naive")
    let plan = Plan([
      Plan.Entry(
        at: SitePattern(run: "customer-onboarding:bolt", point: "cloud.create_cluster", aspect: .answer),
        choose: "response-lost")
    ])
    let shape = RunShape(workflows: 2)
    let verdict = try Runner.run(
      RunInput(scenario: scenario, agent: agent, seed: 1, chance: .plan(plan), shape: shape), in: setup
    ).verdict
    #expect(verdict.result == .fail)
    #expect(Set(verdict.violations.map(\.workflow)) == [1])
    #expect(verdict.violations.contains { $0.oracle == "duplicate-resource" && $0.intent == "bolt-cluster" })
    #expect(verdict.plan.entries.first?.at.process == "agent-16")
    let explanation = try Explanation(setup: setup, agent: agent, verdict: verdict)
    #expect(explanation.cleaning.contains { $0.request.operation == "cloud.terminate_cluster" })
  }

  /// Each of them has a card that is declined, and nothing of either is left.
  @Test func whatASystemListsOfOneHoldsForAll() throws {
    var scenario = try ExhaustiveSearchTests.scenario("declined-card")
    scenario.rollout.workflows = 2
    let setup = try WorldSetup(scenario: scenario)
    let verdict = try Runner.run(
      RunInput(scenario: scenario, agent: try AgentRegistry.make(name: "reference"), seed: 1), in: setup
    ).verdict
    #expect(verdict.shape.workflows == 2)
    #expect(verdict.violations == [])
    #expect(verdict.outcome == .rolledBack)
  }

  @Test func whatHasNoCustomerIsThereOnce() throws {
    var scenario = try ExhaustiveSearchTests.scenario("happy-path")
    #expect(try WorldSetup(scenario: scenario).mostTogether == 3)
    scenario.input["customer"] = nil
    #expect(scenario.mostTogether == 1)
  }

  /// Every plan of one fault with two customers: forked or played from the start, pruned or not, it is the same.
  @Test func everyPlanOfTwoWorkflowsIsSearchedByForking() throws {
    let agent = try AgentRegistry.make(name: "reference")
    var search = ExhaustiveSearch(setup: try Self.setup(2), agent: agent, maxFaults: 1)
    let pruned = try search.play()
    search.prunes = false
    let forked = try search.play()
    search.neverForks = true
    let replayed = try search.play()
    #expect(forked.digest == replayed.digest)
    #expect(forked.traceDigest == replayed.traceDigest)
    #expect(forked.forks == forked.schedules - 1)
    for coverage in [pruned, forked, replayed] {
      #expect(coverage.schedules == forked.schedules)
      #expect(coverage.violations == 0)
      #expect(coverage.undecided == 0)
    }
    let alone = try ExhaustiveSearch(setup: Self.setup(1), agent: agent, maxFaults: 1).play()
    #expect(forked.schedules > alone.schedules * 3 / 2, "each of them can be hit")
  }

  @Test func theNumberIsDrawnAndHashedOnlyWhereItIsNotOne() {
    let shapes = (1...300 as ClosedRange<UInt64>).map { RunShape(seed: $0) }
    #expect(Set(shapes.map(\.workflows)) == [1, 2, 3])
    #expect(shapes.count { $0.workflows == 1 } > 180)
    #expect(RunShape(workflows: 1).stableDigest == RunShape().stableDigest)
    #expect(RunShape(workflows: 2).stableDigest != RunShape().stableDigest)
  }
}
