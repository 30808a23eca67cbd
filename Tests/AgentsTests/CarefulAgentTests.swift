// Three styles that are all right: whatever happens once, nothing is done twice and nothing is said falsely.

import Faultline
import Operations
import Primitives
import Simulation
import Testing

@testable import Agents

@Suite("Careful agents")
struct CarefulAgentTests {
  static let styles: [CarefulStyle] = [.keys, .readBack, .halt]

  private func play(
    _ style: CarefulStyle, _ faults: [Plan.Entry] = [], billing: Fields = ["metering": "per-cluster"],
    isDryRun: Bool = false
  ) throws -> RunRecord {
    try Acme.play(
      CarefulAgent(habits: Habits(style)).underTest(name: "careful", summary: ""),
      in: Acme.scenario(faults, billing: billing, isDryRun: isDryRun))
  }

  /// What must hold for every ending.
  private func expectGoodEnd(_ record: RunRecord, _ what: String) {
    #expect(record.claims.count == 1, "\(what)\n\(record.story)")
    #expect(record.verdict.violations.isEmpty, "\(what)\n\(record.verdict.violations)\n\(record.story)")
    for intent in Acme.intents {
      let count = record.live(intent.kind)
      switch record.claims.last?.ending {
      case .completed: #expect(count == 1, "\(what): \(intent.kind)\n\(record.story)")
      case .rolledBack: #expect(count == 0, "\(what): \(intent.kind)\n\(record.story)")
      case .escalated, nil: #expect(count <= 1, "\(what): \(intent.kind)\n\(record.story)")
      }
    }
  }

  @Test("The happy path completes", arguments: styles, ["per-cluster", "none"])
  func happyPath(style: CarefulStyle, metering: String) throws {
    let record = try play(style, billing: ["metering": .text(metering)])
    #expect(record.claims.map(\.ending) == [.completed])
    expectGoodEnd(record, "happy path")
    #expect(Set(record.claims[0].holdings.map(\.kind)) == Set(Acme.intents.map(\.kind)))
  }

  static let mutations: [Name] = [
    "cloud.create_network", "cloud.create_cluster", "identity.create_role", "identity.create_policy",
    "identity.create_binding", "billing.create_customer", "billing.create_subscription", "billing.pay_invoice",
    "notify.send_mail",
  ]

  @Test("Every single trouble of every mutation comes to a good end", arguments: styles, mutations)
  func singleFaults(style: CarefulStyle, operation: Name) throws {
    let troubles: [(Name, Aspect)] = [
      ("rate-limited", .request), ("request-lost", .request), ("outage", .request),
      ("duplicate-delivery", .request), ("late-arrival:after-timeout", .request),
      ("late-arrival:after-retry", .request), ("response-lost", .answer), ("error-after-commit", .answer),
      ("truncated-response", .answer), ("crash:before", .crash), ("crash:after", .crash),
      ("crash:on-answer", .crash),
    ]
    for (fault, aspect) in troubles {
      let record = try play(style, [Acme.fault(operation, fault, aspect)])
      expectGoodEnd(record, "\(style) \(fault) at \(operation)")
    }
  }

  @Test("Random trouble in random places comes to a good end", arguments: styles, 1...15 as ClosedRange<UInt64>)
  func randomFaults(style: CarefulStyle, seed: UInt64) throws {
    var scenario = Acme.scenario()
    // What is counted below is acme's.
    scenario.rollout.workflows = 1
    let record = try Runner.run(
      RunInput(
        scenario: scenario, agent: CarefulAgent(habits: Habits(style)).underTest(name: "careful", summary: ""),
        seed: seed, chance: .swarm(Swarm(seed: seed, budget: 3, rate: 4_000)), isRecording: true))
    expectGoodEnd(record, "\(style) \(record.verdict.plan)")
  }

  @Test("A lost answer completes by key and by read-back, and is handed over by the one that halts")
  func lostAnswer() throws {
    let fault = Acme.fault("cloud.create_cluster", "response-lost", .answer)
    #expect(try play(.keys, [fault]).claims.map(\.ending) == [.completed])
    #expect(try play(.readBack, [fault]).claims.map(\.ending) == [.completed])
    let halted = try play(.halt, [fault]).claims
    #expect(halted.map(\.ending) == [.escalated])
    #expect(halted.first?.possibly == [Claim.Holding(kind: "cloud.cluster", object: nil)])
  }

  @Test("A cluster that does not come up is taken back, network and all", arguments: styles)
  func asyncFailure(style: CarefulStyle) throws {
    let record = try play(style, [Acme.fault("cloud.create_cluster", "async-failure", .lifecycle)])
    #expect(record.claims.map(\.ending) == [.rolledBack])
    expectGoodEnd(record, "async failure")
  }

  @Test("A declined card takes everything back", arguments: styles)
  func declined(style: CarefulStyle) throws {
    let record = try play(style, billing: ["metering": "per-cluster", "declines": ["acme"]])
    #expect(record.claims.map(\.ending) == [.rolledBack], "\(record.story)")
    expectGoodEnd(record, "declined")
  }

  @Test("A dry run changes nothing", arguments: styles)
  func dryRun(style: CarefulStyle) throws {
    let record = try play(style, isDryRun: true)
    #expect(record.claims.map(\.ending) == [.completed])
    #expect(record.verdict.metrics.mutations == 0)
  }
}
