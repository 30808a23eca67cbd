// Customers and their subscriptions.

import Operations
import Primitives

extension BillingSystem {
  mutating func createCustomer(_ call: Call, _ effects: inout EffectWriter) -> Handling {
    let reference = call.text(.reference) ?? ""
    let owner = Name(reference)
    if options.hasUniqueReferences, customers.first(where: { $0.owner == owner }) != nil {
      return .refused(BillingRefusal.exists, reference)
    }
    let customer = customers.insert(
      BillingCustomer(
        id: call.newID("cus_"), owner: owner, email: call.text(.email), createdAt: call.now), at: call.now)
    effects.record(
      .created, .customerKind, object: customer.id, owner: owner, attributes: [.reference: .text(reference)])
    return .done(customer.body)
  }

  /// Deleting a customer cancels its active subscriptions. By its id it can be retrieved still, to track its history
  /// (https://docs.stripe.com/api/customers/delete).
  mutating func deleteCustomer(_ call: Call, _ effects: inout EffectWriter) -> Handling {
    let text = call.text(.customer) ?? ""
    guard let customer = addressed(text) else { return .refused(BillingRefusal.missing, text) }
    customers.remove(customer.id, at: call.now)
    departed.append(Departed(id: customer.id, owner: customer.owner))
    effects.record(
      .ended, .customerKind, object: customer.id, owner: customer.owner,
      attributes: [.reference: .name(customer.owner)])
    let hasTwin = customers.first { $0.owner == customer.owner } != nil
    if !hasTwin {
      for subscription in subscriptions.all(where: { $0.owner == customer.owner && $0.status == .active }) {
        cancel(subscription.id, at: call.now, &effects)
      }
    }
    return .done([.id: .text(customer.id), "deleted": true])
  }

  mutating func createSubscription(_ call: Call, _ effects: inout EffectWriter) -> Handling {
    let text = call.text(.customer) ?? ""
    guard let customer = addressed(text) else { return .invalid(BillingRefusal.missingParameter, text) }
    if options.hasUniqueReferences, let reference = call.text(.reference),
      subscriptions.first(where: { $0.reference == reference && $0.status == .active }) != nil
    {
      return .refused(BillingRefusal.exists, reference)
    }
    let subscription = subscriptions.insert(
      Subscription(
        id: call.newID("sub_"), owner: customer.owner, plan: call.text(.plan) ?? "", period: call.text(.period),
        reference: call.text(.reference), createdAt: call.now), at: call.now)
    effects.record(
      .created, .subscriptionKind, object: subscription.id, owner: subscription.owner,
      attributes: subscription.attributes)
    return .done(subscription.body)
  }

  /// A canceled subscription can't be found again by its canceller, as at Stripe.
  mutating func cancelSubscription(_ call: Call, _ effects: inout EffectWriter) -> Handling {
    let id = call.text(.subscription) ?? ""
    guard subscriptions[id]?.status == .active else { return .refused(BillingRefusal.missing, id) }
    cancel(id, at: call.now, &effects)
    return .done(subscriptions[id]?.body ?? [:])
  }

  private mutating func cancel(_ id: String, at now: Instant, _ effects: inout EffectWriter) {
    subscriptions.update(id, at: now) { $0.status = .canceled }
    guard let subscription = subscriptions[id] else { return }
    effects.record(
      .ended, .subscriptionKind, object: id, owner: subscription.owner, attributes: subscription.attributes)
  }

  /// The customer that a mutation is addressed to: by id, or the newest with that reference.
  func addressed(_ text: String) -> BillingCustomer? {
    if let customer = customers[text] { return customer }
    let owner = Name(text)
    return customers.all { $0.owner == owner }.last
  }
}
