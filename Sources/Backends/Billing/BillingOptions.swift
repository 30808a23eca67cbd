// What a scenario may set about billing.

import Operations
import Primitives

/// The options of a billing profile.
struct BillingOptions: Sendable, StableHashable {
  /// Whether every running cluster of a customer is billed by the system itself.
  var metersClusters = false
  /// What a running cluster costs a customer in one period.
  var price = Money(minorUnits: 120_000, currency: .eur)
  /// The same by plan, where the meter event names one.
  var prices: [(plan: String, price: Money)] = []
  /// How long a metered invoice stays a draft; a cluster that ends before then costs nothing.
  var draftTime = TimeSpan.zero
  /// Whether a second live object with the same external reference is refused.
  var hasUniqueReferences = false
  /// Customers whose card is declined, and from when on: what was paid before the world begins was paid.
  var declined: [String] = []
  var start = Instant(nanoseconds: 0)

  static let parameters: [Parameter] = [
    Parameter(
      "metering", .text, "Whether billing opens an invoice for each running cluster by itself; none by default.",
      required: false, allowed: ["none", "per-cluster"]),
    Parameter(
      "price", .money, "What a running cluster costs in one period; 1200.00 EUR by default.", required: false),
    Parameter("prices", .record, "The same by plan, where the cluster names its plan.", required: false),
    Parameter(
      "draft_minutes", .int, "How long a metered invoice stays a draft before it opens; 0 by default.",
      required: false),
    Parameter(
      "unique_reference", .bool,
      "Whether a second live customer, subscription or invoice with one external reference is refused; "
        + "false by default.", required: false),
    Parameter("declines", .list, "Customers whose card is declined; none by default.", required: false),
  ]

  init() {}

  /// - Throws: ``BackendConfigurationError`` where a value inside a list or record is of the wrong kind.
  init(_ options: Fields) throws {
    metersClusters = options.text("metering") == "per-cluster"
    hasUniqueReferences = options.bool("unique_reference") ?? false
    draftTime = .minutes(options.int("draft_minutes") ?? 0)
    start = options["start"]?.instant ?? start
    if let money = options.money("price") { price = money }
    prices = try (options["prices"]?.record ?? [:]).entries.map { entry in
      guard let price = entry.value.money ?? entry.value.text.flatMap({ Money($0) }) else {
        throw BackendConfigurationError(
          "The price of the plan '\(entry.name)' is \(entry.value), but takes an amount such as 1200.00 EUR.")
      }
      return (entry.name.text, price)
    }
    declined = try (options["declines"]?.list ?? []).map { value in
      guard let customer = value.text else {
        throw BackendConfigurationError("The option 'declines' holds \(value), but takes names of customers.")
      }
      return customer
    }
  }

  func declines(_ customer: Name, at now: Instant) -> Bool { now >= start && declined.contains(customer.text) }

  func price(of plan: String?) -> Money { prices.first { $0.plan == plan }?.price ?? price }

  func hash(into hasher: inout StableHasher) {
    hasher.combine(metersClusters)
    hasher.combine(price)
    hasher.combine(prices.count)
    for entry in prices {
      hasher.combine(entry.plan)
      hasher.combine(entry.price)
    }
    hasher.combine(draftTime)
    hasher.combine(hasUniqueReferences)
    hasher.combine(declined)
    hasher.combine(start)
  }
}
