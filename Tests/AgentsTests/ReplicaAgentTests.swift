// Replicas of real agents on one store: one workflow comes of it, whoever starts and whoever sleeps.

import Agents
import Exploration
import Faultline
import OpsAgent
import Operations
import Primitives
import Simulation
import Testing

@Suite struct ReplicaAgentTests {
  private func scenario(_ rollout: Scenario.Rollout, text: String? = nil) -> Scenario {
    var scenario = Acme.scenario()
    scenario.rollout = rollout
    if let text {
      scenario.input["ticket_text"] = .text(text)
      scenario.input["plan"] = nil
    }
    return scenario
  }

  private func play(
    _ rollout: Scenario.Rollout, _ faults: [Plan.Entry] = [], without removed: [Safeguard] = [], text: String? = nil,
    store: AgentStore = .model, seed: UInt64 = 0
  ) throws -> RunRecord {
    try Runner.run(
      RunInput(
        scenario: scenario(rollout, text: text), agent: ReferenceAgent(without: removed, store: store), seed: seed,
        chance: .plan(Plan(faults)), isRecording: true))
  }

  private func pause(_ point: Name, process: Name? = nil) -> Plan.Entry {
    Plan.Entry(
      at: SitePattern(process: process, point: point, call: 1, aspect: .crash), choose: "pause:after-takeover-unsent")
  }

  private func reason(_ run: RunRecord) -> String {
    run.events.compactMap { if case .claimed(_, let claim) = $0 { claim.reason } else { nil } }.first ?? ""
  }

  private func names(of operation: Name, in run: RunRecord) -> [String] {
    run.events.compactMap {
      guard case .sent(_, let request, _, _) = $0, request.operation == operation else { return nil }
      return request.arguments.text("name")
    }
  }

  // MARK: Duplicate start

  @Test(arguments: [
    Scenario.Rollout(replicas: 2), Scenario.Rollout(replicas: 4),
    Scenario.Rollout(starts: [.init(by: .cron, times: 2)]),
    Scenario.Rollout(starts: [.init(by: .session, times: 2, gap: .seconds(5))]),
    Scenario.Rollout(replicas: 2, starts: [.init(by: .session, times: 3, gap: .milliseconds(1))]),
  ])
  func howeverOftenItIsStartedOneWorkflowResults(rollout: Scenario.Rollout) throws {
    for store in AgentStore.allCases {
      for seed in 0...3 as ClosedRange<UInt64> {
        let run = try play(rollout, store: store, seed: seed)
        #expect(run.verdict.result == .pass, "\(run.verdict.violations)")
        #expect(run.verdict.outcome == .completed)
        expectOneOfEach(run)
      }
    }
    // Who comes five seconds later finds what the first has made, and looks before each step.
    guard rollout.starts.allSatisfy({ $0.gap < .seconds(1) }) else { return }
    let freely = try play(rollout, without: [.singleFlightLease])
    #expect(freely.verdict.violations.contains { $0.oracle == "split-brain" })
  }

  @Test func whichOfTwoReplicasGetsTheLeaseIsAChoice() throws {
    func holder(_ faults: [Plan.Entry]) throws -> ProcessID? {
      try play(Scenario.Rollout(replicas: 2), faults).events.compactMap {
        if case .sent(let wire, let request, _, _) = $0, request.operation == "cloud.create_network" {
          ProcessID(index: wire.call.process, incarnation: wire.call.incarnation)
        } else {
          nil
        }
      }.first
    }
    #expect(try holder([])?.index == 0)
    let yields = Plan.Entry(at: SitePattern(process: "agent-0", point: "lease", call: 1, aspect: .order), choose: "yield")
    #expect(try holder([yields])?.index == 1)
  }

  // MARK: Leases and fences

  @Test(arguments: ["cloud.create_network", "billing.pay_invoice", "notify.send_mail"])
  func aReplicaThatSleepsPastItsLeaseIsRefusedWhenItWakesUp(point: String) throws {
    let run = try play(Scenario.Rollout(replicas: 2), [pause(Name(point), process: "agent-0")])
    #expect(run.verdict.result == .pass, "\(run.verdict.violations)")
    expectOneOfEach(run)
    #expect(run.verdict.marks.contains("safeguard:fencing"), "a refusal is recorded")
    #expect(run.verdict.marks.contains("recovery:took-over"))
    let refused = run.events.contains {
      if case .handled(let wire, let response, _) = $0, wire.call.process == 0 {
        response.error?.code == "StaleFence"
      } else {
        false
      }
    }
    #expect(refused)
  }

  @Test(arguments: ["checkpoint:lay-network.intent", "checkpoint:provision-cluster.result", "checkpoint:finished"])
  func aWriteOfASleeperIsRefusedByTheStore(point: String) throws {
    for store in AgentStore.allCases {
      let run = try play(Scenario.Rollout(replicas: 2), [pause(Name(point), process: "agent-0")], store: store)
      #expect(run.verdict.result == .pass, "\(run.verdict.violations)")
      expectOneOfEach(run)
      let outcomes = run.events.compactMap { event -> StaleWrite? in
        if case .staleWrite(_, _, let outcome) = event { outcome } else { nil }
      }
      #expect(outcomes == [.refused], "it is recorded")
      #expect(run.verdict.marks.contains("safeguard:fencing"))
      let unfenced = try play(
        Scenario.Rollout(replicas: 2), [pause(Name(point), process: "agent-0")], without: [.fencing], store: store)
      #expect(unfenced.verdict.violations.contains { $0.oracle == "split-brain" })
    }
  }

  // MARK: Releases

  @Test func aNewerReplicaGoesOnUnderTheVersionThatTheRunBeganWith() throws {
    let run = try play(Scenario.Rollout(replicas: 2, releases: [1, 2]), [pause("checkpoint:await-cluster.result", process: "agent-0")])
    #expect(run.verdict.result == .pass, "\(run.verdict.violations)")
    #expect(run.verdict.outcome == .completed)
    expectOneOfEach(run)
    #expect(names(of: "cloud.create_cluster", in: run) == ["cluster-acme"], "version 1 puts the customer last")
    let mixed = try play(
      Scenario.Rollout(replicas: 2, releases: [1, 2]), [pause("checkpoint:await-cluster.result", process: "agent-0")],
      without: [.versionPinning])
    #expect(names(of: "cloud.create_cluster", in: mixed).contains("acme-cluster"))
  }

  @Test func anOlderReplicaHandsOverWhatANewerOneBegan() throws {
    let run = try play(Scenario.Rollout(replicas: 2, releases: [2, 1]), [pause("checkpoint:provision-cluster.result", process: "agent-0")])
    #expect(run.verdict.result == .pass, "\(run.verdict.violations)")
    #expect(run.verdict.outcome == .escalated)
    #expect(reason(run) == "this agent no longer has customer-onboarding version 2")
  }

  @Test func anOlderReplicaHandsOverWhatWasBegunUnderNewerInstructions() throws {
    let run = try play(Scenario.Rollout(replicas: 2, releases: [3, 2]), [pause("checkpoint:provision-cluster.result", process: "agent-0")])
    #expect(run.verdict.result == .pass, "\(run.verdict.violations)")
    #expect(run.verdict.outcome == .escalated)
    #expect(reason(run) == "this agent does not have version 2 of the decider's instructions")
  }

  @Test func aRunKeepsWhatItsOwnInstructionsRead() throws {
    let text = "Customer: acme\nPlan: pro\nPeriod: 2026-11\nRemarks: from next summer on they may want enterprise"
    let deploy = Plan.Entry(
      at: SitePattern(point: "checkpoint:provision-cluster.result", call: 1, aspect: .crash), choose: "deploy:after")
    let run = try play(Scenario.Rollout(releases: [2]), [deploy], text: text)
    #expect(run.verdict.result == .pass, "\(run.verdict.violations)")
    #expect(run.verdict.outcome == .completed)
    expectOneOfEach(run)
    let mixed = try play(Scenario.Rollout(releases: [2]), [deploy], without: [.versionPinning], text: text)
    #expect(!mixed.verdict.violations.isEmpty || mixed.verdict.outcome != .completed)
  }

  // MARK: Other agents

  @Test func asyncAgentsRunAsReplicasToo() throws {
    for seed in 0...2 as ClosedRange<UInt64> {
      let naive = try Runner.run(
        RunInput(scenario: scenario(Scenario.Rollout(replicas: 2)), agent: NaiveAgent.underTest, seed: seed, isRecording: true))
      let violated = Set(naive.verdict.violations.map(\.oracle))
      #expect(violated.isSuperset(of: ["split-brain", "duplicate-resource"]), "\(violated)")
      let again = try Runner.run(
        RunInput(scenario: scenario(Scenario.Rollout(replicas: 2)), agent: NaiveAgent.underTest, seed: seed, isRecording: true))
      #expect(naive.verdict.traceHash == again.verdict.traceHash)
    }
  }

  @Test func everyPlanOfOneFaultWithTwoReplicasComesToAGoodEnd() throws {
    var scenario = scenario(Scenario.Rollout(replicas: 2))
    // An agent that meets a system it does not know pages the owner of the workflow.
    scenario.intents.append(Intent(name: "acme-page", kind: "notify.page", owner: "acme", times: 0...1))
    let search = try ExhaustiveSearch(scenario: scenario, agent: ReferenceAgent(), maxFaults: 1)
    var orders = 0
    var oracles: Set<Name> = []
    let coverage = try search.play { verdict in
      oracles.formUnion(verdict.violations.map(\.oracle))
      if verdict.plan.entries.contains(where: { $0.at.aspect == .order }) { orders += 1 }
    }
    #expect(coverage.violations == 0, "\(oracles) \(coverage.minimalPlans.prefix(3).map(\.plan))")
    #expect(coverage.undecided == 0)
    #expect(orders > 0, "the order of the two at the store is among the choices")
    #expect(coverage.schedules > 400)
  }
}
