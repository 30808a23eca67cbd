// Billing's answers as Stripe's objects.

import Faultline
import Operations
import Primitives

/// Writes bodies as Stripe documents its objects (https://docs.stripe.com/api).
struct StripeObject {
  /// By which id Stripe shows whom billing's answers call by their reference; nil where nobody is named.
  var customer: (owner: String, id: String)?

  /// Whom an answer is about, where it says so by reference.
  static func owner(in body: Fields) -> String? {
    if let owner = body.text("customer") { return owner }
    return body.entries.lazy.compactMap { $0.value.list?.first?.record?.text("customer") }.first
  }

  static func list(_ items: [JSON], hasMore: Bool, at path: String) -> JSON {
    ["object": .text(path.hasSuffix("/search") ? "search_result" : "list"), "url": .text("/\(path)"),
      "has_more": .bool(hasMore), "data": .list(items)]
  }

  func document(_ body: Fields, _ resource: StripeResource, of call: VendorCall, at path: String) -> JSON {
    if let items = body.entries.lazy.compactMap({ $0.value.list }).first, body.bool("has_more") != nil {
      return Self.list(
        items.map { item($0.record ?? [:], resource, call) }, hasMore: body.bool("has_more") ?? false, at: path)
    }
    let shown = item(body, resource, call)
    return path.hasSuffix("/search") ? Self.list([shown], hasMore: false, at: path) : shown
  }

  private func item(_ body: Fields, _ resource: StripeResource, _ call: VendorCall) -> JSON {
    var members: [String: JSON] = ["livemode": false]
    if let id = body.text("id") { members["id"] = .text(id) }
    if body.bool("deleted") == true {
      return ["id": members["id"] ?? .null, "object": .text(resource.object), "deleted": true]
    }
    members["created"] = body["created"]?.instant.map { .int($0.unixSeconds) }
    if let owner = body.text("customer") {
      members["customer"] = .text(owner == customer?.owner ? customer?.id ?? owner : owner)
    }
    members["status"] = body.text("status").map { .text($0) }
    var metadata: [String: JSON] = [:]
    for name in ["reference", "period", "source"] as [Name] {
      if let text = body.text(name) { metadata[name.text] = .text(text) }
    }
    members["metadata"] = .object(metadata)
    members["object"] = .text(resource.object)
    if let currency = body.entries.lazy.compactMap({ $0.value.money?.currency }).first {
      members["currency"] = .text(currency.code.lowercased())
    }
    for entry in body.entries {
      guard let money = entry.value.money else { continue }
      members[Self.amounts[entry.name.text] ?? entry.name.text] = .int(money.minorUnits)
    }
    switch resource {
    case .customers:
      members["name"] = body.text("reference").map { .text($0) } ?? .null
      members["email"] = body.text("email").map { .text($0) } ?? .null
    case .subscriptions:
      let plan = JSON.text(body.text("plan") ?? "")
      members["items"] = [
        "object": "list", "has_more": false,
        "url": .text("/v1/subscription_items?subscription=\(body.text("id") ?? "")"),
        "data": [["object": "subscription_item", "quantity": 1, "price": ["id": plan, "object": "price"]]],
      ]
    case .invoices:
      members["amount_due"] = members["total"]
      members["charge"] = body.text("charge").map { .text($0) }
      members["paid"] = .bool(body.text("status") == "paid")
      members["lines"] = [
        "object": "list", "data": [], "has_more": false, "url": .text("/v1/invoices/\(body.text("id") ?? "")/lines"),
      ]
    case .invoiceItems:
      // Billing answers with the invoice that the item is now on.
      members["invoice"] = members["id"]
      members["id"] = .text("ii_" + (body.text("id") ?? "").dropFirst(3))
      members["amount"] = call.arguments.money("amount").map { .int($0.minorUnits) }
      let invoices: Set = ["total", "amount_paid", "amount_remaining", "amount_credited", "status"]
      members = members.filter { !invoices.contains($0.key) }
    case .charges:
      members["refunded"] = .bool(body.text("status") == "refunded")
      // A charge that was paid back has succeeded all the same.
      members["status"] = "succeeded"
      members["captured"] = true
      members["paid"] = true
      members["amount_captured"] = members["amount"]
      members["invoice"] = body.text("invoice").map { .text($0) }
    case .refunds: members["charge"] = body.text("charge").map { .text($0) }
    case .creditNotes:
      members["invoice"] = body.text("invoice").map { .text($0) }
      members["total"] = members["amount"]
    }
    return .object(members)
  }

  /// What Stripe calls amounts that have another name here.
  private static let amounts = ["amount_credited": "post_payment_credit_notes_amount"]
}
