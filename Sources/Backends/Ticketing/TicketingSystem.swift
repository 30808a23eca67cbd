// Ticketing: tickets, their comments, and what happens to them behind an agent's back.

import Operations
import Primitives

/// What a ticketing profile fixes.
struct TicketingRules: Sendable {
  /// The refusals of the handlers in the vendor's codes.
  struct Refusals: Sendable {
    var missing: Refusal
    /// A status that can't follow, a closed ticket, a conditional update without its stamp.
    var invalid: Refusal
    /// A version that was overtaken, or another writer at the same moment.
    var conflict: Refusal

    var all: [Refusal] { [missing, invalid, conflict] }
  }

  var description: ServiceDescription
  var dialect: SystemDialect
  var options: TicketingOptions
  var refusals: Refusals
  /// Whether nothing about a closed ticket can be changed any more.
  var locksClosed: Bool
  /// Whether two changes of one ticket's status that overlap in time collide.
  var statusChangesCollide: Bool
  /// Whether a search answers with ids alone unless it is asked for fields.
  var searchAnswersWithIDs: Bool
}

/// A ticketing system of record.
struct TicketingSystem: RecordSystem {
  /// What it does by itself.
  enum Step: Sendable, StableHashable {
    /// Tells listeners that a ticket exists, for the n-th time.
    case announce(ticket: String, round: Int64)
    case close(ticket: String)
    case reply(ticket: String)

    var ticket: String {
      switch self {
      case .announce(let ticket, _), .close(let ticket), .reply(let ticket): ticket
      }
    }

    func hash(into hasher: inout StableHasher) {
      switch self {
      case .announce(let ticket, let round):
        hasher.combine(1)
        hasher.combine(ticket)
        hasher.combine(round)
      case .close(let ticket):
        hasher.combine(2)
        hasher.combine(ticket)
      case .reply(let ticket):
        hasher.combine(3)
        hasher.combine(ticket)
      }
    }
  }

  private let fixed: Constant<TicketingRules>
  var tickets: RecordTable<Ticket>
  var comments: RecordTable<TicketComment>
  var lifecycle = Lifecycle<Step>()

  init(_ rules: TicketingRules) {
    fixed = Constant(rules)
    tickets = RecordTable(retention: rules.description.bounds.staleness)
    comments = RecordTable(retention: rules.description.bounds.staleness)
    for seed in rules.options.seeds {
      tickets.seed(
        Ticket(
          id: seed.id, customer: seed.customer, submitter: nil, externalID: seed.externalID, subject: seed.subject,
          text: seed.text, createdAt: rules.options.start, status: seed.status, tags: seed.tags,
          version: Version(at: rules.options.start)))
      lifecycle.plan(.announce(ticket: seed.id, round: 1), at: rules.options.start)
    }
  }

  var rules: TicketingRules { fixed.value }
  var description: ServiceDescription { fixed.value.description }
  var dialect: SystemDialect { fixed.value.dialect }
  var nextDue: Instant? { lifecycle.nextDue }

  func read(_ call: Call) -> Response {
    switch call.request.operation {
    case .getTicket: getTicket(call)
    case .searchTickets: searchTickets(call)
    case .listComments: listComments(call)
    default: preconditionFailure("ticketing lists \(call.request.operation) as a read but does not answer it")
    }
  }

  mutating func write(_ call: Call, effects: inout EffectWriter) -> Handling {
    switch call.request.operation {
    case .createTicket: createTicket(call, &effects)
    case .updateTicket: updateTicket(call, &effects)
    case .deleteTicket: deleteTicket(call, &effects)
    case .addComment: addComment(call, &effects)
    default: preconditionFailure("ticketing lists \(call.request.operation) as a mutation but does not do it")
    }
  }

  func subject(of request: Request) -> Name? {
    if let id = request.arguments.text(.ticket) { return tickets[id]?.customer }
    guard request.operation == .searchTickets, let external = request.arguments.text(.externalID) else { return nil }
    return tickets.first { $0.externalID == external }?.customer
  }

  /// Only the search index lags; retrieval by id is fresh.
  func staleness(of operation: Operation) -> TimeSpan {
    operation.name == .searchTickets ? description.bounds.staleness : .zero
  }

  func isFresh(for call: Call) -> Bool { tickets.isFresh(asOf: call.readAt) }

  func applicable(to call: Call) -> ApplicableConditions {
    call.request.operation == .deleteTicket ? .compensationRefusal : []
  }

  var bystander: Name { "support-desk" }

  func outOfBandChanges(before call: Call) -> OutOfBandChanges {
    guard call.operation.name == .updateTicket, let ticket = tickets[call.text(.ticket) ?? ""],
      let status = call.text(.status), status != ticket.status.rawValue
    else { return [] }
    switch ticket.status {
    case .new, .open, .pending: return status == Ticket.Status.hold.rawValue ? .settled : [.settled, .altered]
    case .hold: return .settled
    case .solved, .closed: return []
    }
  }

  /// Somebody at the desk moves the ticket: to where the request wants it, or on hold.
  mutating func apply(_ change: OutOfBandChange, before call: Call, effects: inout EffectWriter) {
    guard let ticket = tickets[call.text(.ticket) ?? ""] else { return }
    var changed = ticket
    let asked = call.text(.status).flatMap(Ticket.Status.init(rawValue:))
    changed.status = change == .altered ? .hold : asked ?? ticket.status
    save(changed, over: ticket, at: call.now, &effects)
  }

  func hash(into hasher: inout StableHasher) {
    hasher.combine(rules.options)
    hasher.combine(tickets)
    hasher.combine(comments)
    hasher.combine(lifecycle)
  }
}
