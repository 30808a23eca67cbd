// What happens to tickets without any agent: deliveries that repeat, replies that reopen, automations that close.

import Operations
import Primitives

extension TicketingSystem {
  mutating func advance(to now: Instant, effects: inout EffectWriter) -> [Delivery] {
    var deliveries: [Delivery] = []
    while let (step, due) = lifecycle.next(upTo: now) {
      guard let ticket = tickets[step.ticket] else { continue }
      switch step {
      case .announce(let id, let round):
        deliveries.append(announcement(of: ticket))
        if round < rules.options.deliveries {
          lifecycle.plan(.announce(ticket: id, round: round + 1), at: due + rules.options.deliveryGap)
        }
      case .close:
        guard ticket.status == .solved else { continue }
        var changed = ticket
        changed.status = .closed
        save(changed, over: ticket, at: due, &effects)
      case .reply(let id):
        let draw = Draw(seed: ticket.version.stableDigest, key: id.stableDigest)
        reply(to: ticket, "It still does not work.", id: draw.identifier("cm-"), at: due, &effects)
      }
    }
    return deliveries
  }

  /// Takes a customer's reply from outside: `{ticket, text}`.
  mutating func receive(_ delivery: Delivery, at now: Instant, effects: inout EffectWriter) {
    guard delivery.topic == .customerReplied, let id = delivery.body.text(.ticket), let ticket = tickets[id] else {
      return
    }
    let comment = Draw(seed: delivery.id.stableDigest, key: id.stableDigest).identifier("cm-")
    // The same message again is the same comment.
    guard comments[comment] == nil else { return }
    reply(to: ticket, delivery.body.text(.ticketText) ?? "", id: comment, at: now, &effects)
  }

  /// What the system will do by itself about a ticket that has just changed its status.
  mutating func plan(after ticket: Ticket, at now: Instant) {
    lifecycle.cancel {
      switch $0 {
      case .announce: false
      case .close(let id), .reply(let id): id == ticket.id
      }
    }
    guard ticket.status == .solved else { return }
    if let span = rules.options.repliesAfter { lifecycle.plan(.reply(ticket: ticket.id), at: now + span) }
    if let span = rules.options.closesAfter { lifecycle.plan(.close(ticket: ticket.id), at: now + span) }
  }

  /// A reply opens a ticket that was solved or waited for it; a closed one stays closed.
  private mutating func reply(
    to ticket: Ticket, _ text: String, id: String, at now: Instant, _ effects: inout EffectWriter
  ) {
    guard ticket.status != .closed else { return }
    comments.insert(
      TicketComment(id: id, ticket: ticket.id, text: text, isPublic: true, author: nil, createdAt: now), at: now)
    guard ticket.status == .solved || ticket.status == .pending else {
      tickets.update(ticket.id, at: now) { $0.version.advance(at: now) }
      return
    }
    var changed = ticket
    changed.status = .open
    save(changed, over: ticket, at: now, &effects)
  }

  /// Every delivery of one event has the same id, by which a listener can tell a repetition. It says who filed the
  /// ticket where that was not the customer, so that listeners can tell their own.
  private func announcement(of ticket: Ticket) -> Delivery {
    let id = Draw(seed: Name.ticketCreated.hash, key: ticket.id.stableDigest).identifier("evt-")
    var body = ticket.body
    body[.id] = nil
    body[.ticket] = .text(ticket.id)
    if let submitter = ticket.submitter { body[.submitter] = .name(submitter) }
    return Delivery(topic: .ticketCreated, id: id, body: body)
  }
}
