// How billing answers questions: by id from the fresh state, by reference through a search that lags.

import Operations
import Primitives

extension BillingSystem {
  func getCustomer(_ call: Call) -> Response {
    let text = call.text(.customer) ?? ""
    if formerOwner(text) != nil { return .ok([.id: .text(text), "deleted": true]) }
    guard let customer = customer(text, at: call) else { return BillingRefusal.missing.response(text) }
    return .ok(customer.body)
  }

  func getInvoice(_ call: Call) -> Response {
    let id = call.text(.invoice) ?? ""
    guard let invoice = invoices[id] else { return BillingRefusal.missing.response(id) }
    return .ok(invoice.body)
  }

  func listSubscriptions(_ call: Call) -> Response {
    list(call, subscriptions, as: .subscriptions) { $0.owner == $1 }
  }

  func listInvoices(_ call: Call) -> Response {
    let period = call.text(.period)
    let status = call.text(.status)
    return list(call, invoices, as: .invoices) {
      $0.owner == $1 && (period == nil || $0.period == period) && (status == nil || $0.status.rawValue == status)
    }
  }

  func listCharges(_ call: Call) -> Response { list(call, charges, as: .charges) { $0.owner == $1 } }

  /// Listed by invoice id: a list, which is consistent.
  func listCreditNotes(_ call: Call) -> Response {
    let id = call.text(.invoice) ?? ""
    guard invoices[id] != nil else { return BillingRefusal.missing.response(id) }
    return .ok(page(call, creditNotes.bodies(asOf: call.now) { $0.invoice == id }, as: .creditNotes))
  }

  /// A customer by id, or the newest with that reference as the searching replica knows it.
  private func customer(_ text: String, at call: Call) -> BillingCustomer? {
    if let customer = customers[text] { return customer }
    let owner = Name(text)
    return customers.records(asOf: call.readAt) { $0.owner == owner }.last
  }

  /// Whose customer had this id, before it was deleted.
  func formerOwner(_ id: String) -> Name? {
    departed.isEmpty ? nil : departed.first { $0.id == id }?.owner
  }

  /// A page of a customer's objects, newest first.
  private func list<Item: Record>(
    _ call: Call, _ table: RecordTable<Item>, as name: Name, where isWanted: (Item, _ owner: Name) -> Bool
  ) -> Response {
    let text = call.text(.customer) ?? ""
    let byID = customers[text]?.owner ?? formerOwner(text)
    let wanted = byID ?? Name(text)
    // Addressed by id it is a list, which is consistent; by reference it is a search.
    let instant = byID == nil ? call.readAt : call.now
    return .ok(page(call, table.bodies(asOf: instant) { isWanted($0, wanted) }, as: name))
  }

  /// A page of what was found, newest first.
  private func page(_ call: Call, _ oldestFirst: [Value], as name: Name) -> Fields {
    var found = oldestFirst
    found.reverse()
    if let after = call.text(.startingAfter), let index = found.firstIndex(where: { $0.record?.text(.id) == after }) {
      found.removeFirst(index + 1)
    }
    let limit = Int(min(100, max(1, call.int(.limit) ?? 10)))
    return [
      name: .list(Array(found.prefix(limit))), .count: .int(Int64(min(found.count, limit))),
      .hasMore: .bool(found.count > limit),
    ]
  }
}
