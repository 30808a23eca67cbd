// The operations of the small world that these tests put the agent into.

import Operations
import Primitives

enum FakeCatalogue {
  static let staleness = TimeSpan.seconds(5)
  static let lateness = TimeSpan.minutes(1)
  static let keyWindow = TimeSpan.hours(24)

  static let catalogue = make()

  /// - Parameter keyless: operations that take no key after all.
  static func make(keyless: [Name] = []) -> Catalogue {
    func service(_ backend: Name, _ operations: [Operation]) -> ServiceDescription {
      ServiceDescription(
        backend: backend, profile: "fake", operations: operations, errors: backend == "cloud" ? errors : [],
        bounds: ServiceBounds(staleness: staleness, lateness: lateness, keyWindow: keyWindow))
    }
    func read(_ name: Name, _ scope: Name) -> Operation { Operation(name, "reads", scope: scope) }
    func change(_ name: Name, _ scope: Name, key: Bool = false) -> Operation {
      let words = name.text.split { $0 == "." || $0 == "_" }
      return Operation(
        name, "changes", effect: EffectClass(Name("\(words[0]).\(words[2])"), .created), scope: scope,
        takesKey: key && !keyless.contains(name))
    }
    return Catalogue([
      service(
        "ticketing",
        [read("ticketing.get_ticket", "ticketing.read"), updateTicket]),
      service(
        "cloud",
        [
          change("cloud.create_network", "cloud.write"), read("cloud.describe_networks", "cloud.read"),
          change("cloud.delete_network", "cloud.write"), change("cloud.create_cluster", "cloud.write", key: true),
          read("cloud.describe_cluster", "cloud.read"), read("cloud.list_clusters", "cloud.read"),
          change("cloud.terminate_cluster", "cloud.write"),
        ]),
      service(
        "identity",
        [
          change("identity.create_role", "identity.write"), read("identity.get_role", "identity.read"),
          change("identity.delete_role", "identity.write"), change("identity.create_policy", "identity.write"),
          read("identity.get_policy", "identity.read"), change("identity.delete_policy", "identity.write"),
          change("identity.create_binding", "identity.write"), read("identity.list_bindings", "identity.read"),
          change("identity.delete_binding", "identity.write"),
        ]),
      service(
        "billing",
        [
          change("billing.create_customer", "billing.write", key: true), read("billing.get_customer", "billing.read"),
          change("billing.delete_customer", "billing.write"),
          change("billing.create_subscription", "billing.write", key: true),
          read("billing.list_subscriptions", "billing.read"),
          change("billing.cancel_subscription", "billing.write"),
          change("billing.create_invoice", "billing.write", key: true),
          change("billing.finalize_invoice", "billing.write", key: true),
          read("billing.get_invoice", "billing.read"), read("billing.list_invoices", "billing.read"),
          change("billing.pay_invoice", "billing.pay", key: true), read("billing.list_charges", "billing.read"),
          change("billing.void_invoice", "billing.write", key: true),
          change("billing.delete_invoice", "billing.write"),
          change("billing.create_credit_note", "billing.refund", key: true),
        ]),
      service(
        "notify", [change("notify.send_mail", "notify.send", key: true), read("notify.list_mails", "notify.send")]),
    ])
  }

  private static let updateTicket = Operation(
    "ticketing.update_ticket", "changes",
    parameters: [Parameter("safe_update", .bool, "conditional"), Parameter("updated_stamp", .int, "as read")],
    effect: EffectClass("ticketing.status", .updated), scope: "ticketing.write")

  static let errors: [ErrorCode] = [
    ErrorCode("missing", 404, .notFound), ErrorCode("exists", 409, .alreadyExists),
    ErrorCode("busy", 400, .dependency), ErrorCode("throttled", 429, .notNow), ErrorCode("broken", 500, .indeterminate),
    ErrorCode("declined", 402, .refused), ErrorCode("not_editable", 400, .refused), ErrorCode("stale", 409, .conflict),
    ErrorCode("mismatch", 400, .keyMismatch), ErrorCode("forbidden", 403, .forbidden),
  ]
}
