// What an investigation tells about known failures, and what it says where there is little to tell.

import Agents
import Exploration
import Faultline
import Operations
import Primitives
import Simulation
import Testing

@Suite struct ExplanationTests {
  static func investigate(
    _ agent: any AgentUnderTest, in scenario: String, _ entries: [Plan.Entry]? = nil, model: (any ModularAgent)? = nil
  ) throws -> (found: Investigation, trace: [Trace<WorldEvent>.Entry]) {
    let scenario = try ExhaustiveSearchTests.scenario(scenario)
    let setup = try WorldSetup(scenario: scenario)
    let plan = entries.map { Plan($0) } ?? scenario.faults
    let input = RunInput(scenario: scenario, agent: agent, seed: 1, chance: .plan(plan), isRecording: true)
    let record = try Runner.run(input, in: setup)
    let found = try Investigation(
      setup: setup, agent: agent, verdict: record.verdict, telling: .given, model: model)
    return (try #require(found), record.trace.entries)
  }

  private static func operation(_ event: Int, in trace: [Trace<WorldEvent>.Entry]) -> Name? {
    if case .sent(_, let request, _, _) = trace[event - 1].event { request.operation } else { nil }
  }

  @Test func theWarStoryIsSavedUntilTheSecondClusterAndLostWithTheSecondPayment() throws {
    let (found, trace) = try Self.investigate(AgentRegistry.make(name: "naive"), in: "timeout-after-create")
    let explanation = found.explanation
    let early = explanation.rescues.filter { $0.until == explanation.rescues.first?.until }
    #expect(early.map(\.remedy) == [.sameKey, .readBack(after: .seconds(5)), .escalation])
    let again = try #require(early.first?.until)
    #expect(Self.operation(again, in: trace) == "cloud.create_cluster")
    #expect(trace[..<(again - 1)].contains { entry in
      if case .answered(_, "cloud.create_cluster", .none) = entry.event { true } else { false }
    })
    let point = try #require(explanation.pointOfNoReturn)
    #expect(Self.operation(point.event, in: trace) == "billing.pay_invoice")
    #expect(point.kind == "billing.charge")
    #expect(point.remedy == "billing.credit_note")
    #expect(
      trace[..<(point.event - 1)].contains { Self.operation($0.index, in: trace) == "billing.pay_invoice" },
      "one payment is right")
    #expect(explanation.rescues.last?.until == point.event)
    #expect(explanation.remaining.isEmpty)
    #expect(explanation.cleaning.map(\.kind) == ["billing.charge", "cloud.cluster"])
  }

  @Test func theChainLeadsFromTheFaultToWhatTheViolationShows() throws {
    let (found, trace) = try Self.investigate(AgentRegistry.make(name: "naive"), in: "timeout-after-create")
    let oracles = found.verdict.violations.map(\.oracle)
    let cluster = try #require(oracles.firstIndex(of: "duplicate-resource"))
    #expect(found.explanation.chains[cluster].map(\.part) == [.committed, .hid, .tookForFailed, .showed])
    let money = try #require(oracles.firstIndex(of: "double-billing"))
    let parts = found.explanation.chains[money].map(\.part)
    #expect(parts.starts(with: [.committed, .hid, .tookForFailed, .wentOn, .followed]))
    #expect(parts.last == .showed)
    for chain in found.explanation.chains {
      for link in chain { #expect(link.event >= 1 && link.event <= trace.count) }
    }
  }

  @Test func aSecondMailIsNotSavedByTakingBack() throws {
    let lost = Plan.Entry(at: SitePattern(point: "notify.send_mail", aspect: .answer), choose: "response-lost")
    let (found, trace) = try Self.investigate(AgentRegistry.make(name: "naive"), in: "happy-path", [lost])
    let point = try #require(found.explanation.pointOfNoReturn)
    #expect(Self.operation(point.event, in: trace) == "notify.send_mail")
    #expect(point.kind == "notify.mail")
    #expect(point.remedy == nil)
    #expect(found.explanation.cleaning.isEmpty)
    #expect(found.explanation.remaining.map(\.oracle) == ["duplicate-resource"])
  }

  @Test func whatIsOnlyTwoClustersCanBeTakenBackToTheEnd() throws {
    let lost = Plan.Entry(at: SitePattern(point: "cloud.create_cluster", aspect: .answer), choose: "response-lost")
    let agent = try AgentRegistry.make(name: "reference", without: ["idempotency-keys", "read-back"])
    let (found, _) = try Self.investigate(agent, in: "happy-path", [lost])
    #expect(found.explanation.pointOfNoReturn == nil)
    #expect(found.explanation.rescues.last?.remedy == .takingBack(["cloud.terminate_cluster"]))
    #expect(found.explanation.rescues.last?.until == nil)
  }

  @Test func theReferenceGetsThroughByTheSafeguardsThatItNeeds() throws {
    let (found, _) = try Self.investigate(
      AgentRegistry.make(name: "naive"), in: "timeout-after-create", model: ReferenceAgent())
    let comparison = try #require(found.comparison)
    #expect(comparison.verdict.result == .pass)
    #expect(comparison.meetsPlan)
    #expect(Set(comparison.parts).isSuperset(of: ["unknown-is-not-failed", "idempotency-keys", "read-back"]))
    #expect(!comparison.parts.contains("audit-log"))
  }

  @Test func whatWasTakenFromTheReferenceIsWhatTheWholeOneGetsThroughBy() throws {
    let lost = Plan.Entry(at: SitePattern(point: "cloud.create_cluster", aspect: .answer), choose: "response-lost")
    let bad = try AgentRegistry.make(name: "reference", without: ["idempotency-keys", "read-back"])
    let (found, _) = try Self.investigate(bad, in: "happy-path", [lost], model: ReferenceAgent())
    let parts = Set(try #require(found.comparison).parts)
    #expect(parts.isSuperset(of: ["idempotency-keys", "read-back"]))
    #expect(try Self.investigate(bad, in: "happy-path", [lost]).found.comparison == nil, "nothing to compare with")
  }
}
