// A subscription gets another plan in the middle of a month.

import Operations
import Primitives

extension BillingSystem {
  /// As Stripe updates a subscription (https://docs.stripe.com/api/subscriptions/update): with `none` nothing is
  /// charged or credited for the month that has begun; with `always_invoice` the rest of it is prorated and settled
  /// at once (https://docs.stripe.com/billing/subscriptions/prorations). Where the new plan costs less, the
  /// difference is credited to the customer's balance: Stripe pays nothing back by itself.
  ///
  /// Stripe prorates to the second; we prorate by whole days of the calendar month in UTC, the day of the change
  /// included, and round each of the two parts half up to a minor unit. Stripe's default, `create_prorations`, keeps
  /// the parts until the next invoice and is not modelled.
  mutating func updateSubscription(_ call: Call, _ effects: inout EffectWriter) -> Handling {
    let id = call.text(.subscription) ?? ""
    guard let before = subscriptions[id], before.status == .active else { return .refused(BillingRefusal.missing, id) }
    let plan = call.text(.plan) ?? ""
    guard before.plan != plan else { return .done(before.body) }
    subscriptions.update(id, at: call.now) { $0.plan = plan }
    guard let after = subscriptions[id] else { preconditionFailure("a subscription vanished while it was changed") }
    effects.record(
      .updated, .subscriptionKind, object: id, owner: after.owner, attributes: after.attributes)
    if call.text(.prorationBehavior) == "always_invoice" { settle(from: before, to: after, call, &effects) }
    return .done(after.body)
  }

  private mutating func settle(
    from before: Subscription, to after: Subscription, _ call: Call, _ effects: inout EffectWriter
  ) {
    let month = Month(of: call.now)
    let rest = month.days - month.day + 1
    let old = options.price(of: before.plan).share(rest, of: month.days)
    let new = options.price(of: after.plan).share(rest, of: month.days)
    guard old.currency == new.currency, old != new else { return }
    if new.minorUnits > old.minorUnits {
      let invoice = Invoice(
        id: call.newID("in_", 2), owner: after.owner, period: month.text, reference: after.reference,
        currency: new.currency, createdAt: call.now)
      draft(invoice, item: Invoice.Item(id: call.newID("ii_", 3), amount: new - old), at: call.now, &effects)
      open(invoice.id, at: call.now, &effects)
    } else {
      effects.record(
        .created, .balanceCreditKind, object: call.newID("cbtxn_", 4), owner: after.owner, amount: old - new,
        attributes: [.subscription: .text(after.id), .period: .text(month.text)], permanence: .permanent)
    }
  }
}

/// A calendar month in UTC, and a day of it.
private struct Month {
  let text: String
  /// From 1.
  let day: Int64
  let days: Int64

  init(of instant: Instant) {
    let (year, month, day) = CivilDate.from(daysSinceEpoch: instant.nanoseconds / 86_400_000_000_000)
    self.day = day
    days = CivilDate.days(inMonth: month, of: year)
    text = String(instant.description.prefix(7))
  }
}
