// Billing's smaller objects.

import Operations
import Primitives

/// A customer; `owner` is the natural key that callers gave as its reference.
struct BillingCustomer: Record {
  let id: String
  let owner: Name
  let email: String?
  let createdAt: Instant
  var kept = KeptBody()

  var shown: Fields {
    [.id: .text(id), .reference: .name(owner), .email: .optional(email), .created: .instant(createdAt)]
  }

  func hash(into hasher: inout StableHasher) {
    hasher.combine(id)
    hasher.combine(owner)
    hasher.combine(email)
    hasher.combine(createdAt)
  }
}

/// A customer's subscription to a plan.
struct Subscription: Record {
  enum Status: String, Sendable { case active, canceled }

  let id: String
  let owner: Name
  var plan: String
  let period: String?
  let reference: String?
  let createdAt: Instant
  var status = Status.active
  var kept = KeptBody()

  var shown: Fields {
    [
      .id: .text(id), .customer: .name(owner), .plan: .text(plan), .period: .optional(period),
      .reference: .optional(reference), .status: .text(status.rawValue), .created: .instant(createdAt),
    ]
  }

  var attributes: Fields {
    [
      .status: .text(status.rawValue), .plan: .text(plan), .period: .optional(period),
      .reference: .optional(reference),
    ]
  }

  func hash(into hasher: inout StableHasher) {
    hasher.combine(id)
    hasher.combine(owner)
    hasher.combine(plan)
    hasher.combine(period)
    hasher.combine(reference)
    hasher.combine(createdAt)
    hasher.combine(status.rawValue)
  }
}

/// A captured payment of an invoice.
struct Charge: Record {
  let id: String
  let invoice: String
  let owner: Name
  let period: String?
  let reference: String?
  let amount: Money
  let createdAt: Instant
  var refunded: Money

  var refundable: Money { amount - refunded }
  var status: String { refunded == amount ? "refunded" : "succeeded" }
  var kept = KeptBody()

  var shown: Fields {
    [
      .id: .text(id), .customer: .name(owner), .invoice: .text(invoice), .period: .optional(period),
      .reference: .optional(reference), .amount: .money(amount), .amountRefunded: .money(refunded),
      .status: .text(status), .created: .instant(createdAt),
    ]
  }

  var attributes: Fields {
    [
      .status: .text(status), .period: .optional(period), .reference: .optional(reference),
      .invoice: .text(invoice),
    ]
  }

  func hash(into hasher: inout StableHasher) {
    hasher.combine(id)
    hasher.combine(invoice)
    hasher.combine(owner)
    hasher.combine(period)
    hasher.combine(reference)
    hasher.combine(amount)
    hasher.combine(createdAt)
    hasher.combine(refunded)
  }
}

/// A credit note on an invoice.
struct CreditNote: Record {
  let id: String
  let invoice: String
  let owner: Name
  let period: String?
  /// The caller's own name for it.
  let reference: String?
  /// What it credits, refunded parts included.
  let amount: Money
  /// The part of it that went back to the card.
  let refunded: Money
  let createdAt: Instant
  var kept = KeptBody()

  var shown: Fields {
    [
      .id: .text(id), .customer: .name(owner), .invoice: .text(invoice), .period: .optional(period),
      .reference: .optional(reference), .amount: .money(amount), .refundAmount: .money(refunded), .status: "issued",
      .created: .instant(createdAt),
    ]
  }

  func hash(into hasher: inout StableHasher) {
    hasher.combine(id)
    hasher.combine(invoice)
    hasher.combine(owner)
    hasher.combine(period)
    hasher.combine(reference)
    hasher.combine(amount)
    hasher.combine(refunded)
    hasher.combine(createdAt)
  }
}
