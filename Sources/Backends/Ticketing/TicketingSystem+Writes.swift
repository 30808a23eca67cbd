// What agents may do to tickets.

import Operations
import Primitives

extension TicketingSystem {
  mutating func createTicket(_ call: Call, _ effects: inout EffectWriter) -> Handling {
    let ticket = tickets.insert(
      Ticket(
        id: call.newID("T-"), customer: Name(call.text(.customer) ?? ""), submitter: call.request.principal,
        externalID: call.text(.externalID), subject: call.text(.subject) ?? "", text: call.text(.ticketText) ?? "",
        createdAt: call.now, status: .new, tags: Self.set(call.arguments[.tags]), version: Version(at: call.now)),
      at: call.now)
    lifecycle.plan(.announce(ticket: ticket.id, round: 1), at: call.now)
    effects.record(
      .created, .ticketKind, object: ticket.id, owner: ticket.customer, attributes: ticket.attributes)
    return .done(ticket.body, status: 201)
  }

  mutating func updateTicket(_ call: Call, _ effects: inout EffectWriter) -> Handling {
    let id = call.text(.ticket) ?? ""
    guard let ticket = tickets[id] else { return .refused(rules.refusals.missing, id) }
    if rules.locksClosed, ticket.status == .closed { return .refused(rules.refusals.invalid, "\(id) is closed") }
    if call.bool(.safeUpdate) == true {
      guard let stamp = call.arguments[.updatedStamp] else {
        return .invalid(rules.refusals.invalid, "safe_update needs an updated_stamp")
      }
      guard ticket.version.isCurrent(stamp) else { return .refused(rules.refusals.conflict, id) }
    }
    var changed = ticket
    if let status = call.text(.status).flatMap(Ticket.Status.init(rawValue:)), status != ticket.status {
      guard ticket.status.canBecome(status) || !rules.locksClosed else {
        return .refused(rules.refusals.invalid, "\(ticket.status.rawValue) can't become \(status.rawValue)")
      }
      if rules.statusChangesCollide, collides(ticket, at: call) { return .refused(rules.refusals.conflict, id) }
      changed.status = status
    }
    if let tags = call.arguments[.tags] { changed.tags = Self.set(tags) }
    if let more = call.arguments[.addTags] { changed.tags = Self.set(.list(changed.tags.map(Value.text)), more) }
    if let external = call.text(.externalID) { changed.externalID = external }
    // An update that changes nothing makes no event, and the stamp stays.
    guard changed != ticket else { return .done(ticket.body) }
    return .done(save(changed, over: ticket, at: call.now, &effects).body)
  }

  /// Stores a changed ticket under a new version and records what changed about it.
  @discardableResult
  mutating func save(
    _ changed: Ticket, over ticket: Ticket, at now: Instant, _ effects: inout EffectWriter
  ) -> Ticket {
    var changed = changed
    let isTransition = changed.status != ticket.status
    changed.version.advance(at: now)
    if isTransition { changed.movedAt = now }
    tickets.update(ticket.id, at: now) { $0 = changed }
    effects.record(
      .updated, isTransition ? .ticketStatusKind : .ticketKind, object: ticket.id, owner: ticket.customer,
      attributes: changed.attributes)
    if isTransition { plan(after: changed, at: now) }
    return tickets[ticket.id] ?? changed
  }

  mutating func deleteTicket(_ call: Call, _ effects: inout EffectWriter) -> Handling {
    let id = call.text(.ticket) ?? ""
    guard let ticket = tickets[id] else { return .refused(rules.refusals.missing, id) }
    if call.conditions.refusesCompensation { return .refused(rules.refusals.conflict, id) }
    tickets.remove(id, at: call.now)
    lifecycle.cancel { $0.ticket == id }
    effects.record(.ended, .ticketKind, object: id, owner: ticket.customer, attributes: ticket.attributes)
    return .done(status: 204)
  }

  mutating func addComment(_ call: Call, _ effects: inout EffectWriter) -> Handling {
    let id = call.text(.ticket) ?? ""
    guard let ticket = tickets[id] else { return .refused(rules.refusals.missing, id) }
    if rules.locksClosed, ticket.status == .closed { return .refused(rules.refusals.invalid, "\(id) is closed") }
    let comment = comments.insert(
      TicketComment(
        id: call.newID("cm-"), ticket: id, text: call.text(.ticketText) ?? "", isPublic: call.bool(.isPublic) ?? true,
        author: call.request.principal, createdAt: call.now), at: call.now)
    tickets.update(id, at: call.now) { $0.version.advance(at: call.now) }
    effects.record(
      .happened, comment.isPublic ? .commentKind : .noteKind, object: comment.id, owner: ticket.customer,
      attributes: [.ticket: .text(id), .isPublic: .bool(comment.isPublic), .ticketText: .text(comment.text)],
      permanence: .permanent)
    return .done(comment.body, status: 201)
  }

  /// Whether another transition of this ticket is still being handled.
  private func collides(_ ticket: Ticket, at call: Call) -> Bool {
    ticket.movedAt.map { call.now - $0 < dialect.handlingTime } ?? false
  }

  /// The texts of the lists, each once, in alphabetical order.
  private static func set(_ lists: Value?...) -> [String] {
    var set: [String] = []
    for case let list? in lists.map({ $0?.list }) {
      for text in list.compactMap(\.text) where !set.contains(text) { set.append(text) }
    }
    return set.sorted()
  }
}
