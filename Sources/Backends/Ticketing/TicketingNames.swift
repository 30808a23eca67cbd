// Ticketing's words, interned once: the hot path compares numbers and hashes no text.

import Primitives

extension Name {
  static let ticketing: Name = "ticketing"

  static let getTicket: Name = "ticketing.get_ticket"
  static let searchTickets: Name = "ticketing.search_tickets"
  static let createTicket: Name = "ticketing.create_ticket"
  static let updateTicket: Name = "ticketing.update_ticket"
  static let deleteTicket: Name = "ticketing.delete_ticket"
  static let addComment: Name = "ticketing.add_comment"
  static let listComments: Name = "ticketing.list_comments"

  static let ticketingRead: Name = "ticketing.read"
  static let ticketingWrite: Name = "ticketing.write"

  static let ticketKind: Name = "ticketing.ticket"
  static let ticketStatusKind: Name = "ticketing.status"
  static let commentKind: Name = "ticketing.comment"
  static let noteKind: Name = "ticketing.note"

  static let ticketCreated: Name = "ticketing.ticket.created"
  static let customerReplied: Name = "ticketing.customer.replied"

  static let ticket: Name = "ticket"
  static let ticketText: Name = "text"
  static let submitter: Name = "submitter"
  static let externalID: Name = "external_id"
  static let isPublic: Name = "public"
  static let addTags: Name = "add_tags"
  static let safeUpdate: Name = "safe_update"
  static let updatedStamp: Name = "updated_stamp"
  static let updatedAt: Name = "updated_at"
  static let fields: Name = "fields"
}
