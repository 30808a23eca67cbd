// The careful agent's money: one account, one invoice for the period, one payment.

import Faultline
import Operations
import Primitives

extension CarefulWork {
  mutating func openAccount() async throws -> String {
    let account = try await perform(
      Deed(
        step: "account", kind: "billing.customer", operation: "billing.create_customer",
        arguments: ["reference": .text(customer)],
        find: Deed.Find("billing.get_customer", ["customer": .text(customer)]),
        undo: ("billing.delete_customer", "customer")))
    _ = try await perform(
      Deed(
        step: "subscription", kind: "billing.subscription", operation: "billing.create_subscription",
        arguments: ["customer": .text(account), "plan": .text(plan), "period": .text(period)],
        find: Deed.Find("billing.list_subscriptions", ["customer": .text(account)], in: "subscriptions") {
          $0.text("status") == "active"
        },
        undo: ("billing.cancel_subscription", "subscription")))
    return account
  }

  mutating func collect(from account: String) async throws {
    let invoice = try await settleInvoice(of: account)
    let charge = Deed(
      step: "payment", kind: "billing.charge", operation: "billing.pay_invoice",
      arguments: ["invoice": .text(invoice)],
      find: Deed.Find("billing.list_charges", ["customer": .text(account)], in: "charges") {
        $0.text("invoice") == invoice
      }, made: "charge")
    _ = try await perform(charge)
  }

  /// The period's only invoice, open: metering's where there is one, else one of its own.
  private mutating func settleInvoice(of account: String) async throws -> String {
    let written = Deed(
      step: "invoice", kind: "billing.invoice", operation: "billing.create_invoice",
      arguments: [
        "customer": .text(account), "period": .text(period), "amount": .money(price),
        "reference": .text("\(customer)-\(period)"),
      ],
      find: Deed.Find(
        "billing.list_invoices", ["customer": .text(account), "period": .text(period)], in: "invoices",
        where: CarefulWork.isLive),
      undo: ("billing.void_invoice", "invoice"))
    if journal[written.step] == nil {
      let there = try await invoices(of: account)
      guard there.count < 2 else { throw Stop.unknown("\(customer) has \(there.count) invoices for \(period)") }
      if let invoice = there.first?.text("id") {
        context.observe(.adopted(step: written.step, object: invoice))
        journal[written.step] = Journal.Entry(
          step: written.step, kind: written.kind, state: .done, object: invoice, handle: invoice,
          undo: written.undo?.operation, undoArgument: "invoice")
        try await save()
      }
    }
    let invoice = try await perform(written)
    let shown = try await read("billing.get_invoice", ["invoice": .text(invoice)])
    if habits.compares, shown?["total"] != .money(price) {
      throw Stop.unknown("the invoice for \(period) does not ask for \(price)")
    }
    if shown?.text("status") == "draft" {
      _ = try await perform(
        Deed(
          step: "finalize", kind: "billing.invoice", operation: "billing.finalize_invoice",
          arguments: ["invoice": .text(invoice)],
          find: Deed.Find("billing.get_invoice", ["invoice": .text(invoice)]) { $0.text("status") == "open" },
          isChange: true))
    }
    return invoice
  }

  /// The period's live invoices. That there is none is believed only after metering had its time.
  private func invoices(of account: String) async throws -> [Fields] {
    let find = Deed.Find(
      "billing.list_invoices", ["customer": .text(account), "period": .text(period)], in: "invoices",
      where: CarefulWork.isLive)
    let first = try await self.find(find)
    guard first.isEmpty else { return first }
    try await context.sleep(hiding(from: find.operation))
    return try await self.find(find)
  }

  static let isLive: @Sendable (Fields) -> Bool = { $0.text("status") != "void" }

  private var price: Money {
    switch plan {
    case "starter": Money(minorUnits: 300_00, currency: .eur)
    case "enterprise": Money(minorUnits: 4_800_00, currency: .eur)
    default: Money(minorUnits: 1_200_00, currency: .eur)
    }
  }
}
