// A run written by hand, event by event: the war story, in which nothing depends on simulator or agents.

import Faultline
import Operations
import Primitives
import Simulation

@testable import Reporting

/// The naive agent's story: a cluster created, its answer lost, a second one created, both paid for.
enum WarStory {
  static let start = Instant(year: 2026, month: 11, day: 1, hour: 9)

  static let catalogue = Catalogue([
    ServiceDescription(
      backend: "cloud", profile: "ec2",
      operations: [
        Operation(
          "cloud.create_cluster", "Creates a cluster.", effect: EffectClass("cloud.cluster", .created),
          compensation: "cloud.delete_cluster", scope: "cloud.write", subject: "customer", takesKey: true,
          readBack: "cloud.list_clusters"),
        Operation(
          "cloud.delete_cluster", "Deletes a cluster.", effect: EffectClass("cloud.cluster", .ended),
          scope: "cloud.write"),
        Operation("cloud.list_clusters", "Lists clusters.", scope: "cloud.read", subject: "customer"),
      ],
      errors: [], bounds: ServiceBounds(staleness: .seconds(2), lateness: .seconds(60), keyWindow: .hours(24))),
    ServiceDescription(
      backend: "billing", profile: "stripe-v1",
      operations: [
        Operation(
          "billing.pay_invoice", "Pays an invoice.", effect: EffectClass("billing.charge", .happened, .permanent),
          compensation: "billing.create_credit_note", scope: "billing.write", takesKey: true)
      ],
      errors: [], bounds: ServiceBounds(staleness: .zero, lateness: .seconds(60), keyWindow: .hours(24))),
  ])

  static let scenario = Scenario(
    name: "timeout-after-create", title: "The cluster was created, the answer never came", systems: [],
    start: start, workflow: "customer-onboarding", input: ["customer": "acme"],
    intents: [
      Intent(name: "acme-cluster", kind: "cloud.cluster", owner: "acme"),
      Intent(
        name: "acme-november", kind: "billing.charge", owner: "acme", period: "2026-11",
        total: Money(minorUnits: 120_000, currency: .eur)),
      Intent(name: "welcome", kind: "notify.mail", owner: "acme"),
    ],
    path: "scenarios/timeout-after-create.yaml")

  static let site = Site(
    process: "agent-0", incarnation: 1, run: "customer-onboarding:acme", point: "cloud.create_cluster",
    subject: "acme", call: 1, aspect: .answer)

  static func call(_ number: UInt16) -> CallID { CallID(process: 0, incarnation: 1, number: number) }

  static func create(_ number: UInt16, attempt: UInt8 = 1, key: String?) -> WorldEvent {
    .sent(
      Wire(call: call(number), attempt: attempt),
      request: Request("cloud.create_cluster", ["customer": "acme"], principal: "agent", idempotencyKey: key),
      step: "create-cluster", isCompensation: false)
  }

  static func pay(_ number: UInt16, _ invoice: String) -> WorldEvent {
    .sent(
      Wire(call: call(number), attempt: 1),
      request: Request("billing.pay_invoice", ["invoice": .text(invoice)], principal: "agent"), step: "pay",
      isCompensation: false)
  }

  static func cluster(_ id: String, by number: UInt16) -> WorldEvent {
    .effect(
      Effect(
        backend: "cloud", kind: "cloud.cluster", change: .created, object: id, owner: "acme", cause: call(number)))
  }

  static func invoice(_ id: String) -> WorldEvent {
    .effect(Effect(backend: "billing", kind: "billing.invoice", change: .created, object: id, owner: "acme"))
  }

  static func charge(_ id: String, by number: UInt16) -> WorldEvent {
    .effect(
      Effect(
        backend: "billing", kind: "billing.charge", change: .happened, object: id, owner: "acme",
        amount: Money(minorUnits: 120_000, currency: .eur), attributes: ["period": "2026-11"],
        permanence: .permanent, cause: call(number)))
  }

  /// The events with the milliseconds at which they happen; numbered from 1.
  static let events: [(Int64, WorldEvent)] = [
    (0, .processStarted(ProcessID(index: 0, incarnation: 1), trigger: "ticketing.ticket.created")),
    (0, create(1, key: "sdk-1")),
    (41, .fault(FaultRecord(site: site, answer: "response-lost"))),
    (41, .handled(Wire(call: call(1), attempt: 1), response: .ok(["id": "i-0a1"]), isCopy: false)),
    (41, cluster("i-0a1", by: 1)),
    (50, invoice("in_1")),
    (10_000, .attemptEnded(Wire(call: call(1), attempt: 1), .none(.timedOut))),
    (10_100, create(1, attempt: 2, key: "sdk-1")),
    (30_000, .answered(call(1), operation: "cloud.create_cluster", .none(.timedOut))),
    (30_200, create(2, key: "sdk-2")),
    (30_241, .handled(Wire(call: call(2), attempt: 1), response: .ok(["id": "i-0b2"]), isCopy: false)),
    (30_241, cluster("i-0b2", by: 2)),
    (30_260, .answered(call(2), operation: "cloud.create_cluster", .response(.ok(["id": "i-0b2"])))),
    (31_000, pay(3, "in_1")),
    (31_020, charge("ch_1", by: 3)),
    (31_200, pay(4, "in_2")),
    (31_300, charge("ch_2", by: 4)),
    (
      32_000,
      .claimed(
        ProcessID(index: 0, incarnation: 1),
        Claim(.completed, text: "onboarded", holdings: [.init(kind: "cloud.cluster", object: "i-0b2")]))
    ),
    (32_000, .ended(.quiet)),
  ]

  static let violations = [
    Violation(
      "double-billing", intent: "acme-november", expected: 1, observed: 2, message: "acme paid twice.",
      objects: ["ch_1", "ch_2"], evidence: [15, 17]),
    Violation(
      "duplicate-resource", intent: "acme-cluster", expected: 1, observed: 2, message: "Two clusters.",
      objects: ["i-0a1", "i-0b2"], evidence: [5, 12]),
  ]

  static func trace(_ events: [(Int64, WorldEvent)]) -> Trace<WorldEvent> {
    var trace = Trace<WorldEvent>(isRecording: true)
    for (milliseconds, event) in events { trace.append(event, at: start + .milliseconds(milliseconds)) }
    return trace
  }

  static func record(
    _ events: [(Int64, WorldEvent)] = events, violations: [Violation] = violations,
    result: Verdict.Result = .fail, agent: Name = "naive"
  ) -> RunRecord {
    let trace = trace(events)
    var metrics = Verdict.Metrics()
    metrics.mutations = 4
    metrics.calls = 4
    metrics.attempts = 5
    let verdict = Verdict(
      scenario: scenario.name, agent: agent, without: [], seed: 7,
      plan: Plan([Plan.Entry(at: SitePattern(site), choose: "response-lost")]), outcome: .completed,
      result: result, expectation: .none, reasons: [], violations: violations, advice: [], metrics: metrics,
      events: trace.count, virtualTime: .milliseconds(32_000), traceHash: trace.hash,
      faults: [.init(record: FaultRecord(site: site, answer: "response-lost"), tookEffect: true)])
    return RunRecord(verdict: verdict, trace: trace, start: start, explanation: [])
  }

  static func report(_ record: RunRecord) -> RunReport {
    RunReport(record, of: scenario, catalogue: catalogue, exit: 1)
  }
}
