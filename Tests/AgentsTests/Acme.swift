// The onboarding of acme in the systems that Faultline simulates, for tests of agents.

import Faultline
import Operations
import Primitives
import Simulation

@testable import Agents

/// Builds scenarios and plays them.
enum Acme {
  static let systems: [Scenario.SystemChoice] = [
    Scenario.SystemChoice(
      system: "billing", profile: "stripe-v1", options: ["metering": "per-cluster"]),
    Scenario.SystemChoice(system: "cloud", profile: "ec2"),
    Scenario.SystemChoice(system: "identity", profile: "iam"),
    Scenario.SystemChoice(system: "notify", profile: "email"),
    Scenario.SystemChoice(system: "ticketing", profile: "zendesk"),
  ]

  static let intents: [Intent] = [
    Intent(name: "acme-network", kind: "cloud.network", owner: "acme"),
    Intent(name: "acme-cluster", kind: "cloud.cluster", owner: "acme", dependsOn: ["acme-network"]),
    Intent(name: "acme-role", kind: "identity.role", owner: "acme"),
    Intent(name: "acme-policy", kind: "identity.policy", owner: "acme"),
    Intent(name: "acme-access", kind: "identity.binding", owner: "acme", dependsOn: ["acme-role", "acme-policy"]),
    Intent(name: "acme-account", kind: "billing.customer", owner: "acme"),
    Intent(
      name: "acme-subscription", kind: "billing.subscription", owner: "acme", dependsOn: ["acme-account"]),
    Intent(name: "acme-invoice", kind: "billing.invoice", owner: "acme", period: "2026-11"),
    Intent(
      name: "acme-november", kind: "billing.charge", owner: "acme", period: "2026-11",
      total: Money(minorUnits: 120_000, currency: .eur)),
    Intent(name: "welcome", kind: "notify.mail", owner: "acme"),
  ]

  /// Beside those, what a ticket's course leaves, and a page where a system is not what it was.
  static let supporting: [Intent] = [
    Intent(name: "acme-comment", kind: "ticketing.comment", owner: "acme", times: 0...2),
    Intent(name: "acme-status", kind: "ticketing.status", owner: "acme", times: 0...1),
    Intent(name: "acme-page", kind: "notify.page", owner: "acme", times: 0...1),
  ]

  static func scenario(
    _ faults: [Plan.Entry] = [], billing: Fields = ["metering": "per-cluster"], isDryRun: Bool = false,
    limits: Scenario.Limits = Scenario.Limits(), principals: [Principal] = []
  ) -> Scenario {
    var systems = systems
    systems[0].options = billing
    return Scenario(
      name: "onboarding", title: "acme is onboarded", systems: systems,
      start: Instant(year: 2026, month: 11, day: 20, hour: 9), workflow: "customer-onboarding",
      input: ["customer": "acme", "plan": "pro", "period": "2026-11", "region": "eu-central-1"],
      isDryRun: isDryRun, intents: intents + supporting, faults: Plan(faults), limits: limits, principals: principals)
  }

  static func fault(_ point: Name, _ choose: Name, _ aspect: Aspect, call: Int = 1) -> Plan.Entry {
    Plan.Entry(at: SitePattern(point: point, call: call, aspect: aspect), choose: choose)
  }

  static func play(
    _ agent: any AgentUnderTest, in scenario: Scenario = scenario(), seed: UInt64 = 1
  ) throws -> RunRecord {
    try Runner.run(RunInput(scenario: scenario, agent: agent, seed: seed, isRecording: true))
  }
}

extension RunRecord {
  var events: [WorldEvent] { trace.entries.map(\.event) }

  /// Objects of a kind that began and have not ended.
  func live(_ kind: Name) -> Int {
    var objects: [String] = []
    for case .effect(let effect) in events where effect.kind == kind {
      switch effect.change {
      case .created, .happened: objects.append(effect.object)
      case .ended: objects.removeAll { $0 == effect.object }
      case .updated: break
      }
    }
    return objects.count
  }

  var claims: [Claim] {
    events.compactMap { event in
      if case .claimed(_, let claim) = event { claim } else { nil }
    }
  }

  /// Oracles that judged something wrong.
  var violated: Set<Name> { Set(verdict.violations.map(\.oracle)) }

  /// The story in short, for a failing test.
  var story: String {
    trace.entries.map { "\($0.at) \($0.event)" }.joined(separator: "\n")
  }
}
