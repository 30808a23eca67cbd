// Billing's words, interned once: the hot path compares numbers and hashes no text.

import Primitives

extension Name {
  static let billing: Name = "billing"

  static let createCustomer: Name = "billing.create_customer"
  static let getCustomer: Name = "billing.get_customer"
  static let deleteCustomer: Name = "billing.delete_customer"
  static let createSubscription: Name = "billing.create_subscription"
  static let listSubscriptions: Name = "billing.list_subscriptions"
  static let cancelSubscription: Name = "billing.cancel_subscription"
  static let createInvoice: Name = "billing.create_invoice"
  static let addInvoiceItem: Name = "billing.add_invoice_item"
  static let finalizeInvoice: Name = "billing.finalize_invoice"
  static let getInvoice: Name = "billing.get_invoice"
  static let listInvoices: Name = "billing.list_invoices"
  static let payInvoice: Name = "billing.pay_invoice"
  static let voidInvoice: Name = "billing.void_invoice"
  static let markUncollectible: Name = "billing.mark_uncollectible"
  static let deleteInvoice: Name = "billing.delete_invoice"
  static let listCharges: Name = "billing.list_charges"
  static let refundCharge: Name = "billing.refund_charge"
  static let createCreditNote: Name = "billing.create_credit_note"

  static let billingRead: Name = "billing.read"
  static let billingWrite: Name = "billing.write"
  static let billingPay: Name = "billing.pay"
  static let billingRefund: Name = "billing.refund"

  static let customerKind: Name = "billing.customer"
  static let subscriptionKind: Name = "billing.subscription"
  static let invoiceKind: Name = "billing.invoice"
  static let invoiceItemKind: Name = "billing.invoice_item"
  static let chargeKind: Name = "billing.charge"
  static let refundKind: Name = "billing.refund"
  static let creditNoteKind: Name = "billing.credit_note"

  static let invoice: Name = "invoice"
  static let subscription: Name = "subscription"
  static let charge: Name = "charge"
  static let source: Name = "source"
  static let email: Name = "email"
  static let refundAmount: Name = "refund_amount"
  static let creditAmount: Name = "credit_amount"
  static let outOfBandAmount: Name = "out_of_band_amount"
  static let limit: Name = "limit"
  static let startingAfter: Name = "starting_after"
}
