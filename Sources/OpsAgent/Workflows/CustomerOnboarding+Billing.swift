// Billing: the customer's account, the period's one invoice, and its payment.

import Operations
import Primitives

extension CustomerOnboarding {
  private static let accountLookup = Lookup(
    "billing.get_customer", [.fact(.customer)], .object, identity: [Match(.reference, .fact(.customer))],
    outputs: [Output(.account, .id)])

  private static let subscriptionLookup = Lookup(
    "billing.list_subscriptions", [.fact(.customer, .account)], .list("subscriptions"),
    identity: [Match(.customer, .fact(.customer)), Match(.status, .oneOf(["active"]))],
    agreement: [Match(.plan, .fact(.plan))], outputs: [Output(.subscription, .id)])

  /// The period's living invoice, whoever wrote it. By the customer's reference: it has to be found also
  /// before billing knows the customer and after it has forgotten it.
  private static let invoiceLookup = Lookup(
    "billing.list_invoices", [.fact(.customer), .fact(.period)], .list("invoices"),
    identity: [
      Match(.customer, .fact(.customer)), Match(.period, .fact(.period)), Match(.status, .noneOf(["void"])),
    ],
    outputs: invoiceOutputs)

  private static let invoiceOutputs = [
    Output(.invoice, .id), Output(.invoiceStatus, .status), Output(.invoiceTotal, .total),
  ]

  private static let openedLookup = Lookup(
    "billing.get_invoice", [.fact(.invoice)], .object, identity: [Match(.status, .oneOf(["open", "paid"]))],
    outputs: invoiceOutputs)

  /// By the account's id: a list, which is consistent, and not a search.
  private static let payableLookup = Lookup(
    "billing.list_invoices", [.fact(.customer, .account), .fact(.period)], .list("invoices"),
    identity: [Match(.period, .fact(.period)), Match(.status, .noneOf(["void"]))],
    agreement: [
      Match(.id, .fact(.invoice)), Match(.customer, .fact(.customer)), Match(.total, .fact(.price)),
      Match(.status, .oneOf(["open"])),
    ],
    outputs: invoiceOutputs)

  private static let chargeLookup = Lookup(
    "billing.list_charges", [.fact(.customer, .account)], .list("charges"),
    identity: [Match(.invoice, .fact(.invoice)), Match(.status, .oneOf(["succeeded"]))],
    agreement: [Match(.amount, .fact(.price))], outputs: [Output(.charge, .id)])

  private static let isDraft = Condition(.invoiceStatus, .oneOf(["draft"]))

  static let billingEntries: [Playbook.Entry] = [
    Playbook.Entry(
      "register-customer",
      [
        Act(
          "register-customer", .change, "billing.create_customer",
          [.fact(.reference, .customer), .fact(.email)], outputs: [Output(.account, .id)], protection: .key,
          checks: [Check("not known to billing yet", .absent, accountLookup)], lookup: accountLookup,
          undo: Undo([Undo.Way("billing.delete_customer", [.fact(.customer, .account)])]))
      ]),
    Playbook.Entry(
      "subscribe",
      [
        Act(
          "subscribe", .change, "billing.create_subscription",
          [.fact(.customer, .account), .fact(.plan), .fact(.period), .fact(.reference, .customer)],
          outputs: [Output(.subscription, .id)], protection: .key,
          checks: [Check("no living subscription yet", .absent, subscriptionLookup)], lookup: subscriptionLookup,
          undo: Undo([Undo.Way("billing.cancel_subscription", [.fact(.subscription)])]))
      ]),
    Playbook.Entry("ensure-invoice", [writeInvoice, openInvoice]),
    Playbook.Entry("collect-payment", [payment]),
  ]

  private static let writeInvoice = Act(
    "write-invoice", .change, "billing.create_invoice",
    [
      .fact(.customer, .account), .fact(.period), .fact(.amount, .price), .fact(.reference, .invoiceReference),
    ],
    outputs: invoiceOutputs, protection: .key,
    // Metering may have written it: it is then found here, adopted, and no second one is written.
    checks: [
      Check(
        "no invoice for the period yet", .absent, invoiceLookup, waitsForStaleness: true, isEssential: true)
    ],
    lookup: invoiceLookup,
    undo: Undo(
      [
        Undo.Way("billing.delete_invoice", [.fact(.invoice)], when: [isDraft]),
        Undo.Way(
          "billing.void_invoice", [.fact(.invoice)],
          when: [Condition(.invoiceStatus, .oneOf(["open", "uncollectible"]))]),
      ],
      readsState: true, alsoAfter: ["provision-cluster"],
      // What was paid is credited where the payment is taken back.
      nothingLeft: [Condition(.invoiceStatus, .oneOf(["paid"]))]))

  private static let openInvoice = Act(
    "open-invoice", .change, "billing.finalize_invoice", [.fact(.invoice)],
    outputs: [Output(.invoiceStatus, .status)], protection: .key,
    checks: [Check("not opened yet", .absent, openedLookup)], lookup: openedLookup, when: [isDraft])

  private static let payment = Act(
    "collect-payment", .change, "billing.pay_invoice", [.fact(.invoice)], outputs: [Output(.charge, .charge)],
    protection: .key,
    checks: [
      Check("not paid yet", .absent, chargeLookup),
      Check("one open invoice, of the right amount", .present, payableLookup),
    ],
    lookup: chargeLookup,
    undo: Undo(
      [
        Undo.Way(
          "billing.create_credit_note",
          [.fact(.invoice), .fact(.amount, .price), .fact("refund_amount", .price)])
      ], readsState: true))
}
