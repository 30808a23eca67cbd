// Billing's part of the catalogue.

import Operations
import Primitives

/// The operations of billing as a profile offers them.
enum BillingOperations {
  /// - Parameter keysOnDelete: whether operations that are DELETE requests on the wire honour a key.
  static func all(keysOnDelete: Bool) -> [Operation] {
    customers(keysOnDelete) + invoices(keysOnDelete) + money + [
      // https://docs.stripe.com/stripe-apps/api-authentication/oauth: an access token is good for an hour.
      .renewal(of: .billing, by: "a refresh token", scope: .billingRead)
    ]
  }

  private static let customer = Parameter(.customer, .text, "The customer's reference, or its id.")
  private static let invoice = Parameter(.invoice, .text, "The invoice's id.")
  private static let period = Parameter(.period, .text, "The billed period, such as 2026-11.", required: false)
  private static let reference = Parameter(
    .reference, .text, "The caller's own reference, kept with the object.", required: false)
  private static let page = [
    Parameter(.limit, .int, "How many to return, 1 to 100; 10 by default.", required: false),
    Parameter(.startingAfter, .text, "The id after which to go on.", required: false),
  ]

  private static func customers(_ keysOnDelete: Bool) -> [Operation] {
    [
      Operation(
        .createCustomer, "Creates a customer under the caller's own reference.",
        parameters: [
          Parameter(.reference, .text, "The customer's natural key, such as acme."),
          Parameter(.email, .text, "Where invoices are sent.", required: false),
        ],
        effect: EffectClass(.customerKind, .created), compensation: .deleteCustomer, scope: .billingWrite,
        subject: .reference, takesKey: true, readBack: .getCustomer),
      Operation(
        .getCustomer, "Finds a customer by reference (a search, which lags behind writes) or by id.",
        parameters: [customer], scope: .billingRead, subject: .customer),
      Operation(
        .deleteCustomer, "Deletes a customer and cancels its subscriptions.", parameters: [customer],
        effect: EffectClass(.customerKind, .ended), scope: .billingWrite, subject: .customer,
        takesKey: keysOnDelete, readBack: .getCustomer),
      Operation(
        .createSubscription, "Subscribes a customer to a plan.",
        parameters: [customer, Parameter(.plan, .text, "The plan's name."), period, reference],
        effect: EffectClass(.subscriptionKind, .created), compensation: .cancelSubscription,
        scope: .billingWrite, subject: .customer, takesKey: true, readBack: .listSubscriptions),
      Operation(
        .listSubscriptions, "Lists a customer's subscriptions, newest first.", parameters: [customer] + page,
        scope: .billingRead, subject: .customer),
      Operation(
        .cancelSubscription, "Cancels a subscription at once.",
        parameters: [Parameter(.subscription, .text, "The subscription's id.")],
        effect: EffectClass(.subscriptionKind, .ended), scope: .billingWrite, takesKey: keysOnDelete,
        readBack: .listSubscriptions),
      Operation(
        .updateSubscription,
        "Changes the plan of an active subscription. With always_invoice the rest of the month is settled at once: "
          + "an open invoice for what it costs more, a credit to the customer's balance for what it costs less.",
        parameters: [
          Parameter(.subscription, .text, "The subscription's id."), Parameter(.plan, .text, "The new plan's name."),
          Parameter(
            .prorationBehavior, .text, "What becomes of the month that has begun.",
            allowed: ["none", "always_invoice"]),
        ],
        effect: EffectClass(.subscriptionKind, .updated), compensation: .updateSubscription, scope: .billingWrite,
        takesKey: true, readBack: .listSubscriptions),
    ]
  }

  private static func invoices(_ keysOnDelete: Bool) -> [Operation] {
    [
      Operation(
        .createInvoice, "Drafts an invoice, with a first item where an amount is given.",
        parameters: [
          customer, period, Parameter(.amount, .money, "The amount of the first item.", required: false), reference,
        ],
        effect: EffectClass(.invoiceKind, .created), compensation: .deleteInvoice, scope: .billingWrite,
        subject: .customer, takesKey: true, readBack: .listInvoices),
      Operation(
        .addInvoiceItem, "Adds an item to a draft.",
        parameters: [invoice, Parameter(.amount, .money, "The item's amount.")],
        effect: EffectClass(.invoiceItemKind, .created), compensation: .deleteInvoice, scope: .billingWrite,
        takesKey: true, readBack: .getInvoice),
      Operation(
        .finalizeInvoice, "Opens a draft for payment.", parameters: [invoice],
        effect: EffectClass(.invoiceKind, .updated), compensation: .voidInvoice, scope: .billingWrite,
        takesKey: true, readBack: .getInvoice),
      Operation(.getInvoice, "Returns an invoice by id.", parameters: [invoice], scope: .billingRead),
      Operation(
        .listInvoices, "Lists a customer's invoices, newest first; by reference it is a search, which lags.",
        parameters: [
          customer, period,
          Parameter(
            .status, .text, "Only those in this state.", required: false,
            allowed: ["draft", "open", "paid", "void", "uncollectible"]),
        ] + page, scope: .billingRead, subject: .customer),
      Operation(
        .voidInvoice, "Voids an open or uncollectible invoice; a paid one needs a credit note.",
        parameters: [invoice], effect: EffectClass(.invoiceKind, .ended), scope: .billingWrite, takesKey: true,
        readBack: .getInvoice),
      Operation(
        .markUncollectible, "Gives an open invoice up as a bad debt.", parameters: [invoice],
        effect: EffectClass(.invoiceKind, .updated), compensation: .voidInvoice, scope: .billingWrite,
        takesKey: true, readBack: .getInvoice),
      Operation(
        .deleteInvoice, "Deletes a draft.", parameters: [invoice], effect: EffectClass(.invoiceKind, .ended),
        scope: .billingWrite, takesKey: keysOnDelete, readBack: .getInvoice),
    ]
  }

  private static let money: [Operation] = [
    Operation(
      .payInvoice, "Charges the customer what remains to be paid on an invoice.", parameters: [invoice],
      effect: EffectClass(.chargeKind, .happened, .permanent), compensation: .createCreditNote, scope: .billingPay,
      takesKey: true, readBack: .getInvoice),
    Operation(
      .listCharges, "Lists a customer's payments, newest first.", parameters: [customer] + page,
      scope: .billingRead, subject: .customer),
    Operation(
      .refundCharge, "Pays a charge back, in full where no amount is given.",
      parameters: [
        Parameter(.charge, .text, "The charge's id."),
        Parameter(.amount, .money, "How much of it.", required: false),
      ],
      effect: EffectClass(.refundKind, .happened, .permanent), scope: .billingRefund, takesKey: true,
      readBack: .listCharges),
    Operation(
      .createCreditNote,
      "Credits an invoice. What exceeds the unpaid rest must be covered exactly by the three parts together.",
      parameters: [
        invoice, Parameter(.amount, .money, "The amount of the note."),
        Parameter(.refundAmount, .money, "The part that is paid back to the card.", required: false),
        Parameter(.creditAmount, .money, "The part that is credited to the customer's balance.", required: false),
        Parameter(.outOfBandAmount, .money, "The part that was settled elsewhere.", required: false),
        reference,
      ],
      effect: EffectClass(.creditNoteKind, .created, .permanent), scope: .billingRefund, takesKey: true,
      readBack: .listCreditNotes),
    Operation(
      .listCreditNotes, "Lists the credit notes of an invoice, newest first.", parameters: [invoice] + page,
      scope: .billingRead),
  ]
}
