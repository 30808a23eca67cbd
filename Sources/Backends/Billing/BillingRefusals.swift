// What billing's handlers refuse, and under which codes.

import Operations
import Primitives

/// The documented errors of billing's handlers (https://docs.stripe.com/error-codes). Where Stripe sends only
/// a message, the code is ours and its line says so.
enum BillingRefusal {
  static let missing = Refusal(404, "resource_missing", .notFound, "No such object: {}.")
  /// The same code with 400, for a parameter that names a missing object.
  static let missingParameter = Refusal(400, "resource_missing", .notFound, "A parameter names no object: {}.")
  static let exists = Refusal(
    400, "resource_already_exists", .alreadyExists, "There is a live object with the reference {}.")
  static let declined = Refusal(402, "card_declined", .refused, "The card of {} was declined.")
  static let notEditable = Refusal(400, "invoice_not_editable", .refused, "The invoice is {}.")
  /// Stripe sends a message; the code is ours.
  static let alreadyPaid = Refusal(400, "invoice_already_paid", .alreadyExists, "The invoice {} is paid.")
  static let noItems = Refusal(
    400, "invoice_no_customer_line_items", .refused, "There is nothing on the invoice {}.")
  static let alreadyRefunded = Refusal(
    400, "charge_already_refunded", .alreadyExists, "The charge {} was refunded in full.")
  /// Stripe sends `invalid_request_error` and a message; the code is ours.
  static let amount = Refusal(400, "amount_invalid", .refused, "The amount does not fit: {}.")
  /// A lock, not a limiter: no `stripe-rate-limited-reason` (https://docs.stripe.com/rate-limits).
  static let locked = Refusal(
    429, "lock_timeout", .notNow, "Another request holds {}; try again.", headers: ["stripe-should-retry": "true"])

  static let all = [
    missing, missingParameter, exists, declined, notEditable, alreadyPaid, noItems, alreadyRefunded, amount, locked,
  ]
}
