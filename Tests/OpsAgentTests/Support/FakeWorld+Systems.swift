// What each operation of the small world does.

import Operations
import Primitives

extension FakeWorld {
  @discardableResult
  mutating func add(_ kind: String, _ fields: Fields) -> Response {
    made += 1
    var fields = fields
    let id = fields.text("name").map { kind == "role" || kind == "policy" || kind == "binding" ? $0 : nil } ?? nil
    fields["id"] = .text(id ?? "\(kind)_\(made)")
    before = things
    things.append(Thing(kind: kind, id: fields.text("id") ?? "", fields: fields))
    return .ok(fields)
  }

  private mutating func end(_ kind: String, _ id: String?, _ status: String) -> Response {
    guard let index = things.firstIndex(where: { $0.kind == kind && $0.id == id && $0.isAlive }) else {
      return .refused(404, "missing", "no such \(kind)")
    }
    before = things
    things[index].isAlive = false
    things[index].fields[kind == "cluster" ? "state" : "status"] = .text(status)
    return .ok(things[index].fields)
  }

  private func list(_ kind: String, as name: Name, where matches: (Thing) -> Bool) -> Response {
    .ok([name: .list(things.filter { $0.kind == kind && matches($0) }.map { .record($0.fields) })])
  }

  private func get(_ kind: String, _ id: String?) -> Response {
    things.first { $0.kind == kind && $0.id == id && $0.isAlive }.map { .ok($0.fields) }
      ?? .refused(404, "missing", "no such \(kind)")
  }

  private mutating func named(_ kind: String, _ request: Request) -> Response {
    if things.contains(where: { $0.kind == kind && $0.id == request.arguments.text("name") && $0.isAlive }) {
      return .refused(409, "exists", "there is one")
    }
    return add(kind, request.arguments)
  }

  /// The natural key behind a customer's id.
  private func owner(_ text: String?) -> String? {
    things.first { $0.kind == "account" && $0.id == text }?.fields.text("reference") ?? text
  }

  mutating func handle(_ request: Request) -> Response {
    let arguments = request.arguments
    switch request.operation.text {
    case "ticketing.get_ticket": return get("ticket", arguments.text("ticket"))
    case "ticketing.update_ticket": return updateTicket(arguments)
    case "cloud.create_network": return add("network", arguments)
    case "cloud.describe_networks":
      return list("network", as: "networks") { $0.isAlive && $0.customer == arguments.text("customer") }
    case "cloud.delete_network":
      if alive("cluster").contains(where: { $0.fields["network"] == arguments["network"] }) {
        return .refused(400, "busy", "in use")
      }
      return end("network", arguments.text("network"), "deleted")
    case "cloud.create_cluster":
      var fields = arguments
      fields["state"] = "pending"
      fields["launched"] = .instant(now)
      return add("cluster", fields)
    case "cloud.describe_cluster":
      return things.first { $0.id == arguments.text("cluster") }.map { .ok($0.fields) }
        ?? .refused(404, "missing", "no such cluster")
    case "cloud.list_clusters":
      return list("cluster", as: "clusters") { $0.customer == arguments.text("customer") }
    case "cloud.terminate_cluster": return end("cluster", arguments.text("cluster"), "terminated")
    case "identity.create_role": return named("role", request)
    case "identity.create_policy": return named("policy", request)
    case "identity.create_binding": return named("binding", request)
    case "identity.get_role": return get("role", arguments.text("name"))
    case "identity.get_policy": return get("policy", arguments.text("name"))
    case "identity.list_bindings":
      return list("binding", as: "bindings") { $0.isAlive && $0.id == arguments.text("name") }
    case "identity.delete_role":
      if !alive("binding").isEmpty { return .refused(400, "busy", "bound") }
      return end("role", arguments.text("name"), "gone")
    case "identity.delete_policy":
      if !alive("binding").isEmpty { return .refused(400, "busy", "bound") }
      return end("policy", arguments.text("name"), "gone")
    case "identity.delete_binding": return end("binding", arguments.text("name"), "gone")
    case "notify.send_mail": return add("mail", arguments)
    case "notify.list_mails": return list("mail", as: "mails") { $0.customer == arguments.text("customer") }
    default: return handleBilling(request)
    }
  }

  private mutating func updateTicket(_ arguments: Fields) -> Response {
    guard let index = things.firstIndex(where: { $0.id == arguments.text("ticket") }) else {
      return .refused(404, "missing", "no such ticket")
    }
    if let version = arguments["updated_stamp"], version != things[index].fields["updated_at"] {
      return .refused(409, "stale", "the ticket has changed")
    }
    before = things
    things[index].fields["status"] = arguments["status"] ?? "open"
    things[index].fields["updated_at"] = .int((things[index].fields.int("updated_at") ?? 0) + 1)
    return .ok(things[index].fields)
  }

  private mutating func handleBilling(_ request: Request) -> Response {
    let arguments = request.arguments
    let customer = owner(arguments.text("customer"))
    var owned = arguments
    owned["customer"] = customer.map { .text($0) }
    switch request.operation.text {
    case "billing.create_customer": return add("account", arguments)
    case "billing.get_customer":
      return things.first { $0.kind == "account" && $0.isAlive && $0.fields.text("reference") == customer }
        .map { .ok($0.fields) } ?? .refused(404, "missing", "no such customer")
    case "billing.delete_customer": return end("account", arguments.text("customer"), "deleted")
    case "billing.create_subscription":
      owned["status"] = "active"
      return add("subscription", owned)
    case "billing.list_subscriptions": return list("subscription", as: "subscriptions") { $0.customer == customer }
    case "billing.cancel_subscription": return end("subscription", arguments.text("subscription"), "canceled")
    case "billing.create_invoice":
      owned["status"] = "draft"
      owned["total"] = arguments["amount"]
      return add("invoice", owned)
    case "billing.get_invoice": return get("invoice", arguments.text("invoice"))
    case "billing.list_invoices":
      return list("invoice", as: "invoices") {
        $0.isAlive && $0.customer == customer && $0.fields["period"] == arguments["period"]
      }
    case "billing.finalize_invoice": return move(arguments.text("invoice"), from: "draft", to: "open")
    case "billing.void_invoice": return end("invoice", arguments.text("invoice"), "void")
    case "billing.delete_invoice": return end("invoice", arguments.text("invoice"), "deleted")
    case "billing.pay_invoice":
      var response = move(arguments.text("invoice"), from: "open", to: "paid")
      guard response.isSuccess else { return response }
      let charge = add(
        "charge",
        [
          "customer": response.body["customer"] ?? .null, "invoice": arguments["invoice"] ?? .null,
          "amount": response.body["total"] ?? .null, "status": "succeeded",
        ])
      response.body["charge"] = charge.body["id"]
      return response
    case "billing.list_charges": return list("charge", as: "charges") { $0.customer == customer }
    case "billing.create_credit_note":
      let paid = things.firstIndex { $0.kind == "charge" && $0.fields["invoice"] == arguments["invoice"] }
      guard let index = paid else { return .refused(404, "missing", "no charge") }
      before = things
      things[index].fields["status"] = "refunded"
      return add("credit", owned)
    default: preconditionFailure("the small world has no \(request.operation)")
    }
  }

  private mutating func move(_ id: String?, from: String, to: String) -> Response {
    guard let index = things.firstIndex(where: { $0.kind == "invoice" && $0.id == id && $0.isAlive }) else {
      return .refused(404, "missing", "no such invoice")
    }
    guard things[index].status == from else { return .refused(400, "not_editable", "it is \(things[index].status)") }
    before = things
    things[index].fields["status"] = .text(to)
    return .ok(things[index].fields)
  }
}
