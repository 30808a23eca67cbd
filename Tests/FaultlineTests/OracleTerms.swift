// The systems and intents that oracle tests speak of: small, and no system of ours.

import Operations
import Primitives

@testable import Faultline

extension JudgingTerms {
  /// One network, cluster, binding, customer, invoice, charge and mail for acme, in systems made up for tests.
  static func onboarding(
    _ intents: [Intent] = Intent.onboarding, limits: Scenario.Limits = Scenario.Limits(), isDryRun: Bool = false,
    judged: Set<Practice> = [], rules: [Scenario.Rule] = []
  ) -> JudgingTerms {
    JudgingTerms(
      rules: rules, limits: limits,
      tables: JudgingTables(
        catalogue: .oracleTests, intents: intents,
        principals: [
          Principal("onboarding", scopes: ["cloud.write", "billing.write"]),
          Principal("billing-only", scopes: ["billing.write"]),
          Principal("root", scopes: ["cloud.write", "billing.write", "account.delete"]),
        ]),
      isDryRun: isDryRun, judged: judged)
  }
}

extension Intent {
  static let onboarding: [Intent] = [
    Intent(name: "acme-network", kind: "cloud.network", owner: "acme"),
    Intent(name: "acme-cluster", kind: "cloud.cluster", owner: "acme", dependsOn: ["acme-network"]),
    Intent(name: "acme-access", kind: "identity.binding", owner: "acme", dependsOn: ["acme-cluster"]),
    Intent(name: "acme-customer", kind: "billing.customer", owner: "acme"),
    Intent(name: "acme-invoice", kind: "billing.invoice", owner: "acme", period: "2026-11"),
    Intent(name: "acme-november", kind: "billing.charge", owner: "acme", period: "2026-11", total: .eur(1_200)),
    Intent(name: "welcome", kind: "notify.mail", owner: "acme"),
    Intent(name: "notes", kind: "ticketing.comment", owner: "acme", times: 0...9),
  ]

  static func only(_ names: Name...) -> [Intent] { onboarding.filter { names.contains($0.name) } }
}

extension Catalogue {
  static let oracleTests = Catalogue([
    service(
      "cloud",
      [
        mutation("cloud.create_network", "cloud.network", .created, readBack: "cloud.list_networks"),
        mutation("cloud.delete_network", "cloud.network", .ended, subject: nil, readBack: "cloud.list_networks"),
        mutation("cloud.create_cluster", "cloud.cluster", .created, key: true, readBack: "cloud.list_clusters"),
        mutation("cloud.terminate_cluster", "cloud.cluster", .ended, subject: nil, readBack: "cloud.list_clusters"),
        read("cloud.list_networks"), read("cloud.list_clusters"), read("cloud.list_zones"),
      ],
      errors: [
        ErrorCode("Throttled", 503, .notNow), ErrorCode("Capacity", 500, .refused),
        ErrorCode("Forbidden", 403, .forbidden), ErrorCode("NotFound", 404, .notFound),
      ]),
    service(
      "identity",
      [
        mutation("identity.create_binding", "identity.binding", .created, readBack: "identity.list_bindings"),
        mutation("identity.delete_binding", "identity.binding", .ended, subject: nil),
        read("identity.list_bindings"),
      ],
      errors: [ErrorCode("EntityAlreadyExists", 409, .alreadyExists)]),
    service(
      "billing",
      [
        mutation("billing.create_customer", "billing.customer", .created, key: true),
        mutation("billing.delete_customer", "billing.customer", .ended, subject: nil),
        mutation("billing.create_invoice", "billing.invoice", .created, key: true),
        mutation("billing.void_invoice", "billing.invoice", .ended, subject: nil),
        mutation("billing.pay_invoice", "billing.charge", .created, key: true, permanence: .permanent),
        mutation("billing.refund", "billing.refund", .created, key: true),
        mutation("billing.credit", "billing.credit_note", .created, key: true),
        read("billing.get_invoice"),
      ],
      errors: [ErrorCode("rate_limit", 429, .notNow), ErrorCode("card_declined", 402, .refused)]),
    service(
      "notify", [mutation("notify.send_mail", "notify.mail", .happened, key: true, permanence: .permanent)]),
    service(
      "ticketing",
      [
        mutation("ticketing.add_comment", "ticketing.comment", .happened),
        mutation("ticketing.update_ticket", "ticketing.status", .updated, subject: nil, condition: "version"),
        mutation("ticketing.move_ticket", "ticketing.status", .updated, subject: nil), read("ticketing.get_ticket"),
      ]),
  ])

  private static func service(_ name: Name, _ operations: [Operation], errors: [ErrorCode] = []) -> ServiceDescription {
    ServiceDescription(
      backend: name, profile: "made-up", operations: operations, errors: errors,
      bounds: ServiceBounds(staleness: .seconds(2), lateness: .minutes(5), keyWindow: .hours(24)))
  }

  private static func mutation(
    _ name: Name, _ kind: Name, _ change: Effect.Change, subject: Name? = "customer", key: Bool = false,
    permanence: EffectClass.Permanence = .reversible, readBack: Name? = nil, condition: Name? = nil
  ) -> Operation {
    Operation(
      name, "A mutation of the tests.", effect: EffectClass(kind, change, permanence),
      scope: Name(name.text.prefix { $0 != "." } + ".write"), subject: subject, takesKey: key, readBack: readBack,
      condition: condition)
  }

  private static func read(_ name: Name) -> Operation {
    Operation(name, "A read of the tests.", scope: Name(name.text.prefix { $0 != "." } + ".read"), subject: "customer")
  }
}
