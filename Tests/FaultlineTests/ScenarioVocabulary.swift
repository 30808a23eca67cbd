// A small vocabulary with the names of the design's example, so that reading is tested on its own.

import Operations
import Primitives

@testable import Faultline

extension Vocabulary {
  static let example = Vocabulary(
    systems: [
      System(
        "cloud",
        profiles: [
          Profile(
            "ec2",
            options: [
              Parameter("quota", .int, "Instances an account may have.", required: false),
              Parameter(
                "dead_tokens", .text, "What a dead token does.", required: false, allowed: ["refused", "returned"]),
            ],
            operations: [
              made("cloud.create_network", "cloud.network"), made("cloud.create_cluster", "cloud.cluster"),
              Operation("cloud.describe_cluster", "Reads a cluster.", scope: "cloud.read"),
            ])
        ]),
      System(
        "identity",
        profiles: [
          Profile(
            "iam",
            operations: [
              made("identity.create_role", "identity.role"), made("identity.create_policy", "identity.policy"),
              made("identity.bind_role", "identity.binding"),
            ])
        ]),
      System(
        "billing",
        profiles: [
          Profile("stripe-v1", options: billingOptions, operations: billing),
          Profile("stripe-v2", operations: billing),
        ]),
      System(
        "ticketing",
        profiles: [
          Profile(
            "zendesk",
            operations: [
              made("ticketing.add_comment", "ticketing.comment"), made("ticketing.set_status", "ticketing.status"),
            ]),
          Profile("jira", options: jiraOptions),
        ]),
      System(
        "notify",
        profiles: [
          Profile("email", operations: [made("notify.send_mail", "notify.mail")]),
          Profile("pager", operations: [made("notify.page", "notify.page")]),
        ]),
    ],
    agents: [Agent("reference", safeguards: ["idempotency-keys", "read-back", "compensation"]), Agent("naive")],
    oracles: ["duplicate-resource", "double-billing", "unintended-effect"])

  private static let billing = [
    made("billing.create_customer", "billing.customer"), made("billing.create_invoice", "billing.invoice"),
    made("billing.pay_invoice", "billing.charge"),
  ]
  private static let jiraOptions = [
    Parameter("deliveries", .int, "How often a webhook comes.", required: false),
    Parameter("tickets", .list, "Tickets that are there at the start.", required: false),
  ]
  private static let billingOptions = [
    Parameter("metering", .text, "Who opens invoices.", required: false, allowed: ["off", "per-cluster"]),
    Parameter("unique_reference", .bool, "Whether references are unique.", required: false),
  ]

  private static func made(_ name: Name, _ kind: Name) -> Operation {
    let system = name.text.prefix { $0 != "." }
    return Operation(
      name, "Makes it.", effect: EffectClass(kind, .created), scope: Name("\(system).write"), takesKey: true)
  }
}

/// A file that reads without error, to be bent in one place per test.
let plainScenario = """
  title: A plain run
  world: {cloud: ec2, identity: iam, billing: stripe-v1, ticketing: zendesk, notify: email}
  workflow: customer-onboarding
  input: {customer: acme, plan: pro, period: 2026-11}
  """

/// The mistakes in `text`, as the reader tells them.
func mistakesOf(_ text: String, path: String = "a.yaml") -> [Diagnostic] {
  do throws(ScenarioErrors) {
    _ = try ScenarioReader(.example).read(text: text, path: path)
    return []
  } catch {
    return error.diagnostics
  }
}
