// How billing answers questions: by id from the fresh state, by reference through a search that lags.

import Operations
import Primitives

extension BillingSystem {
  func getCustomer(_ call: Call) -> Response {
    let text = call.text(.customer) ?? ""
    guard let customer = customer(text, at: call) else { return BillingRefusal.missing.response(text) }
    return .ok(customer.body)
  }

  func getInvoice(_ call: Call) -> Response {
    let id = call.text(.invoice) ?? ""
    guard let invoice = invoices[id] else { return BillingRefusal.missing.response(id) }
    return .ok(invoice.body)
  }

  func listSubscriptions(_ call: Call) -> Response {
    list(call, subscriptions, as: "subscriptions", \.owner, { $0.body }) { _ in true }
  }

  func listInvoices(_ call: Call) -> Response {
    let period = call.text(.period)
    let status = call.text(.status)
    return list(call, invoices, as: "invoices", \.owner, { $0.body }) {
      (period == nil || $0.period == period) && (status == nil || $0.status.rawValue == status)
    }
  }

  func listCharges(_ call: Call) -> Response { list(call, charges, as: "charges", \.owner, { $0.body }) { _ in true } }

  /// A customer by id, or the newest with that reference as the searching replica knows it.
  private func customer(_ text: String, at call: Call) -> BillingCustomer? {
    if let customer = customers[text] { return customer }
    let owner = Name(text)
    return customers.records(asOf: call.readAt) { $0.owner == owner }.last
  }

  /// A page of a customer's objects, newest first.
  private func list<Item: Record>(
    _ call: Call, _ table: RecordTable<Item>, as name: Name, _ owner: KeyPath<Item, Name>,
    _ body: (Item) -> Fields, where isWanted: (Item) -> Bool
  ) -> Response {
    let text = call.text(.customer) ?? ""
    let byID = customers[text]
    let wanted = byID?.owner ?? Name(text)
    // Addressed by id it is a list, which is consistent; by reference it is a search.
    let instant = byID == nil ? call.readAt : call.now
    var found = table.records(asOf: instant) { $0[keyPath: owner] == wanted && isWanted($0) }
    found.reverse()
    if let after = call.text(.startingAfter), let index = found.firstIndex(where: { $0.id == after }) {
      found.removeFirst(index + 1)
    }
    let limit = Int(min(100, max(1, call.int(.limit) ?? 10)))
    return .ok([
      name: .list(found.prefix(limit).map { .record(body($0)) }), .count: .int(Int64(min(found.count, limit))),
      "has_more": .bool(found.count > limit),
    ])
  }
}
