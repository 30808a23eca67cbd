// Metering: a running cluster costs its owner money whether or not anyone remembers it.

import Operations
import Primitives

extension BillingSystem {
  mutating func receive(_ delivery: Delivery, at now: Instant, effects: inout EffectWriter) {
    guard options.metersClusters, !meterEvents.contains(delivery.id) else { return }
    guard let cluster = delivery.body.text(.cluster) else { return }
    switch delivery.topic {
    case .clusterRunning:
      guard let owner = delivery.body.text(.owner) ?? delivery.body.text(.customer) else { return }
      meterEvents.append(delivery.id)
      bill(cluster, owner: Name(owner), delivery, at: now, &effects)
    case .clusterTerminated:
      meterEvents.append(delivery.id)
      for draft in invoices.all(where: { $0.source == cluster && $0.status == .draft }) {
        delete(draft, at: now, &effects)
      }
    default: break
    }
  }

  private mutating func bill(
    _ cluster: String, owner: Name, _ delivery: Delivery, at now: Instant, _ effects: inout EffectWriter
  ) {
    // The ids come from the event, so that they depend on nothing but what is billed.
    let draw = Draw(seed: delivery.id.stableDigest, key: cluster.stableDigest)
    let seal = Seal(of: cluster)
    let began = delivery.body[.periodStart]?.instant ?? now
    let price = options.price(of: delivery.body.text(.plan))
    let invoice = Invoice(
      id: draw.identifier("in_", seal: seal), owner: owner, period: delivery.body.text(.period) ?? began.month,
      reference: nil, source: cluster, currency: price.currency, createdAt: now)
    let item = Invoice.Item(id: draw.derived(1).identifier("ii_", seal: seal), amount: price)
    draft(invoice, item: item, at: now, &effects)
    if options.draftTime > .zero {
      lifecycle.plan(Step(invoice: invoice.id), at: now + options.draftTime)
    } else {
      open(invoice.id, at: now, &effects)
    }
  }
}

extension Instant {
  /// The calendar month in UTC, `2026-11`.
  fileprivate var month: String { String(description.prefix(7)) }
}
