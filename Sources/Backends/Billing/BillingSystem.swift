// Billing: customers, subscriptions, invoices and the money that moves.

import Operations
import Primitives

/// What a billing profile fixes.
struct BillingRules: Sendable {
  var description: ServiceDescription
  var dialect: SystemDialect
  var options: BillingOptions
  /// Whether a replay answers with the object as it is now (Stripe v2) or as it was (v1).
  var replaysCurrentState: Bool
}

/// A billing system of record in one of Stripe's dialects.
struct BillingSystem: RecordSystem {
  /// What it does by itself later: a metered draft opens.
  struct Step: Sendable, StableHashable {
    let invoice: String
    func hash(into hasher: inout StableHasher) { hasher.combine(invoice) }
  }

  /// What is left of a deleted customer: its history goes by its id.
  struct Departed: Hashable, Sendable, StableHashable {
    var id: String
    var owner: Name

    func hash(into hasher: inout StableHasher) {
      hasher.combine(id)
      hasher.combine(owner)
    }
  }

  private let fixed: Constant<BillingRules>
  var customers: RecordTable<BillingCustomer>
  var subscriptions: RecordTable<Subscription>
  var invoices: RecordTable<Invoice>
  var charges: RecordTable<Charge>
  var creditNotes: RecordTable<CreditNote>
  /// Customers that were deleted.
  var departed: [Departed] = []
  var lifecycle = Lifecycle<Step>()
  /// Meter events that were taken: the same may arrive twice.
  var meterEvents: [String] = []

  init(_ rules: BillingRules) {
    fixed = Constant(rules)
    let retention = rules.description.bounds.staleness
    customers = RecordTable(retention: retention)
    subscriptions = RecordTable(retention: retention)
    invoices = RecordTable(retention: retention)
    charges = RecordTable(retention: retention)
    creditNotes = RecordTable(retention: retention)
  }

  var rules: BillingRules { fixed.value }
  var options: BillingOptions { fixed.value.options }
  var description: ServiceDescription { fixed.value.description }
  var dialect: SystemDialect { fixed.value.dialect }
  var nextDue: Instant? { lifecycle.nextDue }

  func read(_ call: Call) -> Response {
    switch call.request.operation {
    case .getCustomer: getCustomer(call)
    case .listSubscriptions: listSubscriptions(call)
    case .getInvoice: getInvoice(call)
    case .listInvoices: listInvoices(call)
    case .listCharges: listCharges(call)
    case .listCreditNotes: listCreditNotes(call)
    default: preconditionFailure("billing lists \(call.request.operation) as a read but does not answer it")
    }
  }

  mutating func write(_ call: Call, effects: inout EffectWriter) -> Handling {
    if call.conditions.refusesCompensation, Self.compensations.contains(call.request.operation) {
      return .invalid(BillingRefusal.locked, "this object")
    }
    return switch call.request.operation {
    case .createCustomer: createCustomer(call, &effects)
    case .deleteCustomer: deleteCustomer(call, &effects)
    case .createSubscription: createSubscription(call, &effects)
    case .cancelSubscription: cancelSubscription(call, &effects)
    case .updateSubscription: updateSubscription(call, &effects)
    case .createInvoice: createInvoice(call, &effects)
    case .addInvoiceItem: addInvoiceItem(call, &effects)
    case .finalizeInvoice: finalizeInvoice(call, &effects)
    case .voidInvoice: voidInvoice(call, &effects)
    case .markUncollectible: markUncollectible(call, &effects)
    case .deleteInvoice: deleteInvoice(call, &effects)
    case .payInvoice: payInvoice(call, &effects)
    case .refundCharge: refundCharge(call, &effects)
    case .createCreditNote: createCreditNote(call, &effects)
    default: preconditionFailure("billing lists \(call.request.operation) as a mutation but does not do it")
    }
  }

  mutating func advance(to now: Instant, effects: inout EffectWriter) -> [Delivery] {
    while let (step, due) = lifecycle.next(upTo: now) { open(step.invoice, at: due, &effects) }
    return []
  }

  func subject(of request: Request) -> Name? {
    let arguments = request.arguments
    if let id = arguments.text(.invoice) { return invoices[id]?.owner }
    if let id = arguments.text(.charge) { return charges[id]?.owner }
    if let id = arguments.text(.subscription) { return subscriptions[id]?.owner }
    guard let text = arguments.text(.customer) else { return nil }
    return customers[text]?.owner ?? formerOwner(text)
  }

  /// The longest that a search lags: "less than 1 minute" (https://docs.stripe.com/search). Lists and
  /// retrievals by id are consistent; those handlers read the state of now.
  func staleness(of operation: Operation) -> TimeSpan {
    operation.isMutation ? .zero : description.bounds.staleness
  }

  func isFresh(for call: Call) -> Bool {
    switch call.request.operation {
    case .getCustomer: customers.isFresh(asOf: call.readAt)
    case .listSubscriptions: subscriptions.isFresh(asOf: call.readAt)
    case .listInvoices: invoices.isFresh(asOf: call.readAt)
    case .listCharges: charges.isFresh(asOf: call.readAt)
    default: true
    }
  }

  func applicable(to call: Call) -> ApplicableConditions {
    Self.compensations.contains(call.request.operation) ? .compensationRefusal : []
  }

  var bystander: Name { "finance-desk" }

  /// Somebody pays the invoice by hand, writes another one under a reference that is kept unique, or takes back by
  /// hand what is being taken back.
  func outOfBandChanges(before call: Call) -> OutOfBandChanges {
    switch call.operation.name {
    case .createInvoice:
      guard options.hasUniqueReferences, call.money(.amount) != nil, let reference = call.text(.reference),
        addressed(call.text(.customer) ?? "") != nil
      else { return [] }
      return invoices.first { $0.reference == reference && $0.isLive } == nil ? .altered : []
    case .payInvoice:
      guard let invoice = invoices[call.text(.invoice) ?? ""], !options.declines(invoice.owner, at: call.now)
      else {
        return []
      }
      return invoice.status == .open ? .settled : []
    case .voidInvoice: return invoices[call.text(.invoice) ?? ""]?.status == .open ? .settled : []
    case .deleteInvoice: return invoices[call.text(.invoice) ?? ""]?.status == .draft ? .settled : []
    case .cancelSubscription:
      return subscriptions[call.text(.subscription) ?? ""]?.status == .active ? .settled : []
    case .deleteCustomer: return addressed(call.text(.customer) ?? "") != nil ? .settled : []
    default: return []
    }
  }

  mutating func apply(_ change: OutOfBandChange, before call: Call, effects: inout EffectWriter) {
    var request = call.request
    if change == .altered, let amount = call.money(.amount) {
      // The price of another plan.
      request.arguments[.amount] = .money(Money(minorUnits: max(1, amount.minorUnits / 4), currency: amount.currency))
    }
    let byHand = Call(
      request: request, operation: call.operation, now: call.now, conditions: call.conditions, readAt: call.readAt)
    _ = write(byHand, effects: &effects)
  }

  func replay(_ kept: Response, to call: Call) -> Response {
    guard rules.replaysCurrentState, let id = kept.body.text(.id), let body = body(of: id) else { return kept }
    var response = kept
    response.body = body
    return response
  }

  /// Mutations that take something back; Stripe refuses them for a while where the object is locked.
  private static let compensations: [Name] = [
    .deleteCustomer, .cancelSubscription, .voidInvoice, .deleteInvoice, .refundCharge, .createCreditNote,
  ]

  private func body(of id: String) -> Fields? {
    customers[id]?.body ?? subscriptions[id]?.body ?? invoices[id]?.body ?? charges[id]?.body
      ?? creditNotes[id]?.body
  }

  func hash(into hasher: inout StableHasher) {
    hasher.combine(options)
    hasher.combine(customers)
    hasher.combine(subscriptions)
    hasher.combine(invoices)
    hasher.combine(charges)
    hasher.combine(creditNotes)
    hasher.combine(departed)
    hasher.combine(lifecycle)
    hasher.combine(meterEvents)
  }
}
