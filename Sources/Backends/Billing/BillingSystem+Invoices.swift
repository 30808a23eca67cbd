// The life of an invoice up to payment.

import Operations
import Primitives

extension BillingSystem {
  mutating func createInvoice(_ call: Call, _ effects: inout EffectWriter) -> Handling {
    let text = call.text(.customer) ?? ""
    guard let customer = addressed(text) else { return .invalid(BillingRefusal.missingParameter, text) }
    let amount = call.money(.amount)
    if let amount, amount.minorUnits <= 0 { return .invalid(BillingRefusal.amount, "\(amount)") }
    if options.hasUniqueReferences, let reference = call.text(.reference),
      invoices.first(where: { $0.reference == reference && $0.isLive }) != nil
    {
      return .refused(BillingRefusal.exists, reference)
    }
    let invoice = Invoice(
      id: call.newID("in_"), owner: customer.owner, period: call.text(.period), reference: call.text(.reference),
      currency: amount?.currency ?? options.price.currency, createdAt: call.now)
    draft(invoice, item: amount.map { Invoice.Item(id: call.newID("ii_", 1), amount: $0) }, at: call.now, &effects)
    return .done(invoices[invoice.id]?.body ?? [:])
  }

  /// Inserts a draft, with its first item where it has one.
  mutating func draft(_ invoice: Invoice, item: Invoice.Item?, at now: Instant, _ effects: inout EffectWriter) {
    var invoice = invoice
    if let item { invoice.items.append(item) }
    invoices.insert(invoice, at: now)
    effects.record(
      .created, .invoiceKind, object: invoice.id, owner: invoice.owner, amount: invoice.total,
      attributes: invoice.attributes)
    if let item { record(item, on: invoice, &effects) }
  }

  mutating func addInvoiceItem(_ call: Call, _ effects: inout EffectWriter) -> Handling {
    edit(call, from: [.draft]) { system, invoice in
      guard let amount = call.money(.amount), amount.minorUnits > 0, amount.currency == invoice.currency else {
        return .invalid(BillingRefusal.amount, "an item of this invoice is in \(invoice.currency.code)")
      }
      let item = Invoice.Item(id: call.newID("ii_"), amount: amount)
      system.invoices.update(invoice.id, at: call.now) { $0.items.append(item) }
      system.record(item, on: invoice, &effects)
      return system.recorded(.updated, invoice.id, &effects)
    }
  }

  mutating func finalizeInvoice(_ call: Call, _ effects: inout EffectWriter) -> Handling {
    edit(call, from: [.draft]) { system, invoice in
      if invoice.items.isEmpty { return .refused(BillingRefusal.noItems, invoice.id) }
      system.open(invoice.id, at: call.now, &effects)
      return .done(system.invoices[invoice.id]?.body ?? [:])
    }
  }

  /// Opens a draft for payment; anything else stays as it is.
  mutating func open(_ id: String, at now: Instant, _ effects: inout EffectWriter) {
    guard invoices[id]?.status == .draft else { return }
    invoices.update(id, at: now) { $0.status = .open }
    _ = recorded(.updated, id, &effects)
  }

  mutating func voidInvoice(_ call: Call, _ effects: inout EffectWriter) -> Handling {
    edit(call, from: [.open, .uncollectible]) { system, invoice in
      system.invoices.update(invoice.id, at: call.now) { $0.status = .void }
      return system.recorded(.ended, invoice.id, &effects)
    }
  }

  mutating func markUncollectible(_ call: Call, _ effects: inout EffectWriter) -> Handling {
    edit(call, from: [.open]) { system, invoice in
      system.invoices.update(invoice.id, at: call.now) { $0.status = .uncollectible }
      return system.recorded(.updated, invoice.id, &effects)
    }
  }

  mutating func deleteInvoice(_ call: Call, _ effects: inout EffectWriter) -> Handling {
    edit(call, from: [.draft]) { system, invoice in
      system.delete(invoice, at: call.now, &effects)
      return .done([.id: .text(invoice.id), "deleted": true])
    }
  }

  /// Deletes a draft.
  mutating func delete(_ invoice: Invoice, at now: Instant, _ effects: inout EffectWriter) {
    invoices.remove(invoice.id, at: now)
    lifecycle.cancel { $0.invoice == invoice.id }
    effects.record(
      .ended, .invoiceKind, object: invoice.id, owner: invoice.owner, amount: invoice.total,
      attributes: invoice.attributes)
  }

  // MARK: -

  /// Looks an invoice up and checks that it is in one of the states from which the transition leads.
  mutating func edit(
    _ call: Call, from states: [Invoice.Status],
    _ change: (inout BillingSystem, Invoice) -> Handling
  ) -> Handling {
    let id = call.text(.invoice) ?? ""
    guard let invoice = invoices[id] else { return .refused(BillingRefusal.missing, id) }
    guard states.contains(invoice.status) else {
      return .refused(BillingRefusal.notEditable, invoice.status.rawValue)
    }
    return change(&self, invoice)
  }

  /// Records what became of an invoice and answers with it.
  func recorded(_ change: Effect.Change, _ id: String, _ effects: inout EffectWriter) -> Handling {
    guard let invoice = invoices[id] else { preconditionFailure("an invoice vanished while it was changed") }
    effects.record(
      change, .invoiceKind, object: id, owner: invoice.owner, amount: invoice.total, attributes: invoice.attributes)
    return .done(invoice.body)
  }

  private func record(_ item: Invoice.Item, on invoice: Invoice, _ effects: inout EffectWriter) {
    effects.record(
      .created, .invoiceItemKind, object: item.id, owner: invoice.owner, amount: item.amount,
      attributes: [.invoice: .text(invoice.id), .period: .optional(invoice.period)])
  }
}
