// An invoice and the states it can be in.

import Operations
import Primitives

/// An invoice with its items and what was paid or credited on it.
///
/// Transitions as in https://docs.stripe.com/invoicing/integration/workflow-transitions.
struct Invoice: Record {
  enum Status: String, Sendable {
    case draft, open, paid, void, uncollectible
  }

  struct Item: Hashable, Sendable, StableHashable {
    let id: String
    let amount: Money

    func hash(into hasher: inout StableHasher) {
      hasher.combine(id)
      hasher.combine(amount)
    }
  }

  let id: String
  /// The customer's natural key.
  let owner: Name
  /// `2026-11`
  let period: String?
  /// The caller's own name for it.
  let reference: String?
  /// The cluster whose usage it bills; nil where a caller made it.
  let source: String?
  let currency: Currency
  let createdAt: Instant
  var status = Status.draft
  var items: [Item] = []
  var paid: Money
  /// Credited before payment: reduces what remains to be paid.
  var reduced: Money
  /// Credited or refunded by credit notes after payment.
  var credited: Money

  init(
    id: String, owner: Name, period: String?, reference: String?, source: String? = nil, currency: Currency,
    createdAt: Instant
  ) {
    self.id = id
    self.owner = owner
    self.period = period
    self.reference = reference
    self.source = source
    self.currency = currency
    self.createdAt = createdAt
    paid = .zero(currency)
    reduced = .zero(currency)
    credited = .zero(currency)
  }

  var total: Money { items.reduce(.zero(currency)) { $0 + $1.amount } }
  var remaining: Money { total - reduced - paid }
  /// Whether it claims money or has it.
  var isLive: Bool { status != .void }
  var kept = KeptBody()

  var shown: Fields {
    [
      .id: .text(id), .customer: .name(owner), .period: .optional(period), .status: .text(status.rawValue),
      .reference: .optional(reference), .source: .optional(source), .total: .money(total),
      .amountPaid: .money(paid), .amountRemaining: .money(remaining), .amountCredited: .money(credited),
      .created: .instant(createdAt),
    ]
  }

  /// What the ledger shows of it.
  var attributes: Fields {
    [
      .status: .text(status.rawValue), .period: .optional(period), .reference: .optional(reference),
      .source: .optional(source),
    ]
  }

  func hash(into hasher: inout StableHasher) {
    hasher.combine(id)
    hasher.combine(owner)
    hasher.combine(period)
    hasher.combine(reference)
    hasher.combine(source)
    hasher.combine(Money.zero(currency))
    hasher.combine(createdAt)
    hasher.combine(status.rawValue)
    hasher.combine(items)
    hasher.combine(paid)
    hasher.combine(reduced)
    hasher.combine(credited)
  }
}
