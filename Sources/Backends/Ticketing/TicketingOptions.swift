// What a scenario may set about ticketing.

import Operations
import Primitives

/// The options of a ticketing profile.
struct TicketingOptions: Sendable, StableHashable {
  /// A ticket that is there when the world begins.
  struct Seed: Sendable, StableHashable {
    var id: String
    var externalID: String?
    var customer: Name
    var subject: String
    var text: String
    var status: Ticket.Status
    var tags: [String]

    func hash(into hasher: inout StableHasher) {
      hasher.combine(id)
      hasher.combine(externalID)
      hasher.combine(customer)
      hasher.combine(subject)
      hasher.combine(text)
      hasher.combine(status.rawValue)
      hasher.combine(tags)
    }
  }

  var start: Instant
  var seeds: [Seed] = []
  /// How often the system sends each of its deliveries.
  var deliveries: Int64 = 1
  /// The time between two deliveries of one event.
  var deliveryGap = TimeSpan.seconds(5)
  /// When the automation closes a ticket after it was solved; nil for never.
  var closesAfter: TimeSpan?
  /// When the customer answers after a ticket was solved, which reopens it; nil for never.
  var repliesAfter: TimeSpan?

  static let parameters: [Parameter] = [
    Parameter(
      "tickets", .list,
      "Tickets that are there at the start, each a record of id, customer, external_id, subject, text, status "
        + "and tags; id and customer are required.", required: false),
    Parameter(
      "deliveries", .int, "How often the system sends each of its own messages; 1 by default.", required: false),
    Parameter("delivery_gap_seconds", .int, "The time between two sendings; 5 by default.", required: false),
    Parameter(
      "close_after_hours", .int, "When an automation closes a solved ticket; never by default.", required: false),
    Parameter(
      "reply_after_minutes", .int, "When the customer replies to a solved ticket; never by default.",
      required: false),
  ]

  init(start: Instant) { self.start = start }

  /// - Throws: ``BackendConfigurationError`` where a ticket lacks its id or customer or has an unknown status.
  init(_ options: Fields) throws {
    start = options["start"]?.instant ?? Instant(nanoseconds: 0)
    deliveries = max(1, options.int("deliveries") ?? 1)
    deliveryGap = .seconds(options.int("delivery_gap_seconds") ?? 5)
    closesAfter = options.int("close_after_hours").map(TimeSpan.hours)
    repliesAfter = options.int("reply_after_minutes").map(TimeSpan.minutes)
    seeds = try (options["tickets"]?.list ?? []).map(Self.seed)
  }

  private static func seed(_ value: Value) throws -> Seed {
    let fields = value.record ?? [:]
    guard let id = fields.text(.id), let customer = fields.text(.customer) else {
      throw BackendConfigurationError("The ticket \(value) needs a text for 'id' and one for 'customer'.")
    }
    let word = fields.text(.status) ?? "new"
    guard let status = Ticket.Status(rawValue: word) else {
      let known = Ticket.Status.allCases.map(\.rawValue).joined(separator: ", ")
      throw BackendConfigurationError("The ticket '\(id)' has the status '\(word)'. Known states: \(known).")
    }
    return Seed(
      id: id, externalID: fields.text(.externalID), customer: Name(customer),
      subject: fields.text(.subject) ?? "Request from \(customer)", text: fields.text(.ticketText) ?? "",
      status: status, tags: (fields[.tags]?.list ?? []).compactMap(\.text).sorted())
  }

  func hash(into hasher: inout StableHasher) {
    hasher.combine(start)
    hasher.combine(seeds)
    hasher.combine(Int(deliveries))
    hasher.combine(deliveryGap)
    hasher.combine(closesAfter)
    hasher.combine(repliesAfter)
  }
}
