// The reference agent in the simulated world: whole, with parts taken out, and under every single fault.

import Agents
import Faultline
import OpsAgent
import Operations
import Primitives
import Simulation
import Testing

@Suite struct ReferenceAgentTests {
  @Test func completesTheOnboardingInAnUndisturbedWorld() throws {
    let run = try Onboarding().play(ReferenceAgent())
    #expect(run.verdict.outcome == .completed)
    expectOneOfEach(run)
  }

  @Test func playsTheSameRunTwiceWithTheSameHash() throws {
    let first = try Onboarding().play(ReferenceAgent())
    let second = try Onboarding().play(ReferenceAgent())
    #expect(first.verdict.traceHash == second.verdict.traceHash)
  }

  @Test(arguments: Safeguard.allCases)
  func staysGreenWithoutAnyOnePart(safeguard: Safeguard) throws {
    var world = Onboarding()
    // Who pays first pays an invoice of their own; metering would then write another.
    if safeguard == .pivotLast { world.metering = "none" }
    let run = try world.play(ReferenceAgent(without: [safeguard]))
    #expect(run.verdict.outcome == .completed)
    expectOneOfEach(run)
  }

  @Test func explainsItselfFromItsStore() throws {
    let run = try Onboarding().play(ReferenceAgent())
    #expect(run.explanation.contains { $0.contains("provision-cluster: about to call cloud.create_cluster") })
    #expect(run.explanation.contains { $0.contains("said: completed") })
  }

  /// The names that version 1 of the workflow gives put the customer last, those of version 2 first.
  private func clusterNames(_ run: RunRecord) -> [String] {
    run.trace.entries.compactMap { entry in
      guard case .sent(_, let request, _, _) = entry.event, request.operation == "cloud.create_cluster" else {
        return nil
      }
      return request.arguments.text("name")
    }
  }

  @Test func aRunThatBeganBeforeADeployGoesOnUnderItsOwnVersion() throws {
    let deploy = Plan([
      Plan.Entry(at: SitePattern(point: "checkpoint:provision-cluster.result", aspect: .crash), choose: "deploy:after")
    ])
    let pinned = try Onboarding().play(ReferenceAgent(), .plan(deploy))
    #expect(pinned.verdict.outcome == .completed)
    #expect(clusterNames(pinned) == ["cluster-acme"])
    expectOneOfEach(pinned)
    let mixed = try Onboarding().play(ReferenceAgent(without: [.versionPinning]), .plan(deploy))
    #expect(clusterNames(mixed).contains("acme-cluster"), "it goes on under the next version")
    #expect(alive("cloud.cluster", in: mixed) == 2)
  }

  @Test func aRunThatBeginsAfterADeployIsTheNextVersionsFromTheStart() throws {
    let deploy = Plan([Plan.Entry(at: SitePattern(point: "lease", aspect: .crash), choose: "deploy:before")])
    let run = try Onboarding().play(ReferenceAgent(), .plan(deploy))
    #expect(run.verdict.outcome == .completed)
    #expect(clusterNames(run) == ["acme-cluster"])
    expectOneOfEach(run)
  }

  @Test func twoReplicasCanBeStoppedForTheSameDeploy() throws {
    let deploys = ["agent-0", "agent-1"].map { process in
      Plan.Entry(at: SitePattern(process: Name(process), point: "lease", aspect: .crash), choose: "deploy:before")
    }
    var world = Onboarding()
    world.deliveries = 2
    let run = try world.play(ReferenceAgent(), .plan(Plan(deploys)))
    #expect(run.verdict.plan.entries.count == 2)
    #expect(run.verdict.outcome == .completed)
    expectOneOfEach(run)
  }

  @Test(arguments: 1...150 as ClosedRange<UInt64>)
  func comesToAGoodEndUnderAnyThreeFaults(seed: UInt64) throws {
    let run = try Onboarding().play(ReferenceAgent(), seed: seed, .swarm(Swarm(seed: seed, budget: 3, rate: 3_000)))
    switch run.verdict.outcome {
    case .completed: expectOneOfEach(run)
    case .rolledBack: expectNothingLeft(run)
    case .escalated: break
    case nil: Issue.record("it said nothing: \(run.verdict.plan)")
    }
  }
}

/// A small scenario, written in code.
struct Onboarding {
  var metering: Value = "per-cluster"
  /// How often the ticket's webhook is delivered; nil for a world without tickets.
  var deliveries: Int64?

  func play(
    _ agent: any AgentUnderTest, seed: UInt64 = 1, _ chance: RunInput.Chance = .plan(Plan())
  ) throws -> RunRecord {
    let scenario = Scenario(
      name: "onboarding", title: "An onboarding",
      systems: [
        .init(system: "billing", profile: "stripe-v1", options: ["metering": metering]),
        .init(system: "cloud", profile: "ec2"), .init(system: "identity", profile: "iam"),
        .init(system: "notify", profile: "email"),
      ] + (deliveries.map {
        [.init(
          system: "ticketing", profile: "zendesk", options: ["deliveries": .int($0), "delivery_gap_seconds": 0])]
      } ?? []),
      start: Instant(year: 2026, month: 11, day: 20), workflow: "customer-onboarding",
      input: [
        "customer": "acme", "plan": "pro", "period": "2026-11",
        "ticket_text": "Please onboard us.\nCustomer: acme\nPlan: pro\nPeriod: 2026-11",
      ], intents: [], rollout: Scenario.Rollout(workflows: 1))
    return try Runner.run(
      RunInput(scenario: scenario, agent: agent, seed: seed, chance: chance, isRecording: true))
  }
}

/// Objects of a kind that were made and not ended.
func alive(_ kind: Name, in run: RunRecord) -> Int {
  var count = 0
  for entry in run.trace.entries {
    guard case .effect(let effect) = entry.event, effect.kind == kind else { continue }
    switch effect.change {
    case .created, .happened: count += 1
    case .ended: count -= 1
    case .updated: break
    }
  }
  return count
}

private let kinds: [Name] = [
  "cloud.network", "cloud.cluster", "identity.role", "identity.policy", "identity.binding", "billing.customer",
  "billing.subscription", "billing.invoice", "billing.charge", "notify.mail",
]

func expectOneOfEach(_ run: RunRecord, sourceLocation: SourceLocation = #_sourceLocation) {
  for kind in kinds {
    let count = alive(kind, in: run)
    #expect(count == 1, "\(count) of \(kind) under \(run.verdict.plan)", sourceLocation: sourceLocation)
  }
}

func expectNothingLeft(_ run: RunRecord, sourceLocation: SourceLocation = #_sourceLocation) {
  for kind in kinds {
    let count = alive(kind, in: run)
    #expect(count == 0, "\(count) of \(kind) under \(run.verdict.plan)", sourceLocation: sourceLocation)
  }
}

@Suite struct ReferenceStoreTests {
  @Test(arguments: 1...40 as ClosedRange<UInt64>)
  func bothStoresGiveTheSameRun(seed: UInt64) throws {
    let chance = RunInput.Chance.swarm(Swarm(seed: seed, budget: 3, rate: 3_000))
    let model = try Onboarding().play(ReferenceAgent(store: .model), seed: seed, chance)
    let sqlite = try Onboarding().play(ReferenceAgent(store: .sqlite), seed: seed, chance)
    #expect(model.verdict.traceHash == sqlite.verdict.traceHash)
    #expect(model.explanation == sqlite.explanation)
  }

  @Test func oneDatabaseServesManyRunsAndRemembersNone() throws {
    let agent = ReferenceAgent(store: .sqlite)
    let first = try Onboarding().play(agent)
    let second = try Onboarding().play(agent)
    #expect(first.verdict.traceHash == second.verdict.traceHash)
    #expect(first.explanation == second.explanation)
  }
}
