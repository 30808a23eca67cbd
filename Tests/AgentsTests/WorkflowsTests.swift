// The three workflows in the world that each begins with: what is planned, what is left, and what a file may say of it.

import Agents
import Faultline
import Operations
import Primitives
import Simulation
import Testing

@Suite("Workflows that begin with a customer")
struct WorkflowsTests {
  private static let head = """
    title: A test
    world: {cloud: ec2, identity: iam, billing: stripe-v1, ticketing: zendesk, notify: email}

    """
  private static let leaving = head + """
    workflow: customer-offboarding
    input: {customer: acme, plan: pro, period: 2026-12, effective: 2026-12-15}

    """
  private static let dearer = head + """
    workflow: plan-change
    input: {customer: acme, from: pro, plan: enterprise, period: 2026-11, effective: 2026-11-16}

    """
  private static let onboarding = head + """
    workflow: customer-onboarding
    input: {customer: acme, plan: pro, period: 2026-11}

    """

  private func read(_ text: String) throws -> Scenario {
    try ScenarioReader(.standard()).read(text: text, path: "test.yaml")
  }

  /// With the words of the ticket that the workflow wants.
  private func play(_ text: String, ticket: String) throws -> RunRecord {
    var scenario = try read(text)
    scenario.input["ticket_text"] = .text(ticket)
    return try Runner.run(
      RunInput(scenario: scenario, agent: ReferenceAgent(), seed: 1, isRecording: true))
  }

  private func claim(_ record: RunRecord) -> Faultline.Claim? {
    record.trace.entries.compactMap { if case .claimed(_, let claim) = $0.event { claim } else { nil } }.last
  }

  private func effects(_ record: RunRecord) -> [Effect] {
    record.trace.entries.compactMap { if case .effect(let effect) = $0.event { effect } else { nil } }
  }

  @Test("a dry run plans every effect in order and the ledgers stay as they were")
  func plansCauseNothing() throws {
    let plans: [(String, String, [Name])] = [
      (
        Self.onboarding, "Customer: acme\nPlan: pro\nPeriod: 2026-11",
        [
          "cloud.create_network", "cloud.create_cluster", "identity.create_role", "identity.create_policy",
          "identity.create_binding", "billing.create_customer", "billing.create_subscription",
          "billing.create_invoice", "billing.finalize_invoice", "billing.pay_invoice", "notify.send_mail",
          "ticketing.update_ticket",
        ]
      ),
      (
        Self.leaving, "Please offboard acme, their last day is 2026-12-15.",
        [
          "identity.delete_binding", "identity.update_access_key", "cloud.create_snapshot", "billing.create_invoice",
          "billing.finalize_invoice", "billing.pay_invoice", "cloud.terminate_cluster", "cloud.delete_network",
          "identity.delete_access_key", "identity.delete_policy", "identity.delete_role",
          "billing.cancel_subscription", "billing.delete_customer", "notify.send_mail", "ticketing.update_ticket",
        ]
      ),
      (
        Self.dearer, "They want an upgrade to the enterprise plan.",
        [
          "cloud.modify_cluster", "billing.update_subscription", "billing.create_invoice", "billing.finalize_invoice",
          "billing.pay_invoice", "notify.send_mail", "ticketing.update_ticket",
        ]
      ),
    ]
    for (text, ticket, operations) in plans {
      let record = try play(text + "dry_run: true\n", ticket: ticket)
      #expect(record.verdict.result == .pass)
      #expect(effects(record) == [], "\(record.verdict.reasons)")
      let plan = try #require(claim(record)?.plan)
      #expect(plan.map(\.operation) == operations)
      for planned in plan {
        #expect(planned.principal == Name("agent-\(planned.operation.text.prefix { $0 != "." })"))
        #expect(!planned.reversal.isEmpty && !planned.protection.isEmpty)
      }
    }
  }

  @Test("an offboarding leaves the export and the money, and nothing else")
  func leavesNothing() throws {
    let record = try play(Self.leaving, ticket: "Please offboard acme, their last day is 2026-12-15.")
    #expect(record.verdict.result == .pass)
    #expect(record.verdict.outcome == .completed)
    let all = effects(record)
    let ended = all.filter { $0.change == .ended }.map(\.kind)
    // What depends on something goes before it.
    #expect(
      ended == [
        "identity.binding", "cloud.cluster", "cloud.network", "identity.access_key", "identity.policy",
        "identity.role", "billing.subscription", "billing.customer",
      ])
    let paid = all.filter { $0.kind == "billing.charge" }
    // 15 of 31 days of 1,200.00.
    #expect(paid.map(\.amount) == [Money(minorUnits: 580_65, currency: .eur)])
  }

  @Test("an access key that nobody is to use again is made inactive before anything is deleted")
  func revokesFirst() throws {
    let record = try play(Self.leaving, ticket: "Please offboard acme, their last day is 2026-12-15.")
    let kinds = effects(record).map { ($0.kind, $0.change) }
    let suspended = try #require(kinds.firstIndex { $0 == ("identity.access_key", .updated) })
    let snapshot = try #require(kinds.firstIndex { $0 == ("cloud.snapshot", .created) })
    #expect(suspended < snapshot)
  }

  @Test(
    "a change of plan settles the month in one document",
    arguments: [
      ("starter", "They want to downgrade to the starter plan.", "billing.refund", 450_00),
      ("enterprise", "They want an upgrade to the enterprise plan.", "billing.charge", 1_800_00),
    ] as [(String, String, Name, Int64)])
  func settles(plan: String, ticket: String, kind: Name, amount: Int64) throws {
    let record = try play(Self.dearer.replacing("plan: enterprise", with: "plan: \(plan)"), ticket: ticket)
    #expect(record.verdict.outcome == .completed)
    let moved = effects(record).filter { $0.kind == "billing.refund" || $0.kind == "billing.charge" }
    #expect(moved.map(\.kind) == [kind])
    #expect(moved.map(\.amount) == [Money(minorUnits: amount, currency: .eur)])
  }

  @Test(
    "what asks for something else is handed over before anything is touched",
    arguments: [
      "There is an incident, please get everybody on one call.", "How do we interpret the residency clause?",
      "Give them a goodwill refund, please.", "Please upgrade them.", "Just say hello.",
      "Please offboard them, or upgrade them, whatever is cheaper.",
    ])
  func staysWithPeople(ticket: String) throws {
    let record = try play(Self.leaving, ticket: ticket)
    #expect(record.verdict.outcome == .escalated)
    #expect(record.verdict.result == .pass)
    #expect(effects(record) == [])
    #expect(claim(record)?.reason?.isEmpty == false)
  }

  // MARK: What was there before

  @Test("what a file gives is there when the run begins, and is no effect of it")
  func givenByTheFile() throws {
    let text = Self.onboarding + """
      given:
        - {call: cloud.create_network, with: {name: old, customer: $customer, region: eu-central-1}, as: net}
        - call: cloud.create_cluster
          with: {name: old, customer: $customer, network: $net, plan: pro, region: eu-central-1}

      """
    let record = try play(text, ticket: "Customer: acme\nPlan: pro\nPeriod: 2026-11")
    #expect(record.given.map(\.kind) == ["cloud.network", "cloud.cluster"])
    #expect(record.given.allSatisfy { $0.owner == "acme" })
    // The network and the cluster of somebody else's making have other names: the agent makes its own beside them.
    #expect(effects(record).contains { $0.kind == "cloud.cluster" && $0.change == .created })
  }

  @Test("a call that its system refuses makes no world")
  func refusedCall() throws {
    let text = Self.onboarding + "given: [{call: cloud.delete_network, with: {network: vpc-0}}]\n"
    let error = #expect(throws: (any Error).self) { _ = try WorldSetup(scenario: self.read(text)) }
    #expect("\(error.map { "\($0)" } ?? "")".contains("cloud.delete_network, which 'given' calls, was refused"))
  }

  @Test("bad given calls and goals are told with their lines")
  func badFiles() throws {
    let text = Self.onboarding + """
      given:
        - {call: cloud.create_netwrk, with: {name: a}}
        - {call: cloud.delete_network, with: {network: $net}}
      intents:
        paid: {effect: billing.charge, for: acme, ends: gone}
        cluster: {effect: cloud.cluster, for: acme, ends: gone, times: 1}

      """
    do throws(ScenarioErrors) {
      _ = try ScenarioReader(.standard()).read(text: text, path: "test.yaml")
      Issue.record("the file was read")
    } catch {
      #expect(error.diagnostics.map(\.line) == [6, 7, 9, 10])
      #expect(error.description.contains("did you mean 'cloud.create_network'?"))
    }
  }
}
