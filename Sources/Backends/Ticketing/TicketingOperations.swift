// Ticketing's part of the catalogue.

import Operations
import Primitives

/// The operations of ticketing as a profile offers them.
enum TicketingOperations {
  private static let ticket = Parameter(.ticket, .text, "The ticket's id.")
  private static let externalID = Parameter(
    .externalID, .text, "The caller's own name for the ticket.", required: false)
  private static let tags = Parameter(.tags, .list, "All tags that the ticket shall have.", required: false)
  private static let customer = Parameter(.customer, .text, "The customer's natural key.")

  /// - Parameters:
  ///   - keyOnCreate: whether creating takes an idempotency key.
  ///   - hasSafeUpdate: whether an update can be made conditional on the version that was read.
  ///   - searchTakesFields: whether a search answers with ids unless it is asked for fields.
  static func all(keyOnCreate: Bool, hasSafeUpdate: Bool, searchTakesFields: Bool) -> [Operation] {
    reads(searchTakesFields) + [
      Operation(
        .createTicket, "Creates a ticket.",
        parameters: [
          customer, externalID, Parameter(.subject, .text, "The subject line."),
          Parameter(.ticketText, .text, "The description.", required: false), tags,
        ],
        effect: EffectClass(.ticketKind, .created), compensation: .deleteTicket, scope: .ticketingWrite,
        subject: .customer, takesKey: keyOnCreate, readBack: .searchTickets),
      Operation(
        .updateTicket, "Changes a ticket's status, tags (as a whole) or external id.",
        parameters: update + (hasSafeUpdate ? safe : []), effect: EffectClass(.ticketStatusKind, .updated),
        compensation: .updateTicket, scope: .ticketingWrite, readBack: .getTicket,
        condition: hasSafeUpdate ? .updatedStamp : nil),
      Operation(
        .deleteTicket, "Deletes a ticket.", parameters: [ticket], effect: EffectClass(.ticketKind, .ended),
        scope: .ticketingWrite, readBack: .getTicket),
      Operation(
        .addComment, "Adds a comment, which can't be taken back; a public one is mailed to the customer.",
        parameters: [
          ticket, Parameter(.ticketText, .text, "What it says."),
          Parameter(.isPublic, .bool, "Whether the customer sees it; true by default.", required: false),
        ],
        effect: EffectClass(.commentKind, .happened, .permanent), scope: .ticketingWrite, readBack: .listComments),
    ]
  }

  private static let update = [
    ticket,
    Parameter(
      .status, .text, "The new status.", required: false, allowed: Ticket.Status.allCases.map(\.rawValue)),
    tags, Parameter(.addTags, .list, "Tags to add to those that are there.", required: false), externalID,
  ]

  private static let safe = [
    Parameter(.safeUpdate, .bool, "Refuse if the ticket changed since it was read.", required: false),
    Parameter(.updatedStamp, .instant, "The updated_at that was read.", required: false),
  ]

  private static func reads(_ searchTakesFields: Bool) -> [Operation] {
    let fields = Parameter(.fields, .list, "Which fields to return; the id alone by default.", required: false)
    return [
      Operation(.getTicket, "Returns a ticket by id.", parameters: [ticket], scope: .ticketingRead),
      Operation(
        .searchTickets, "Finds tickets, newest first; the index lags behind writes.",
        parameters: [
          externalID, Parameter(.customer, .text, "The customer's natural key.", required: false),
          Parameter(
            .status, .text, "Only those in this state.", required: false,
            allowed: Ticket.Status.allCases.map(\.rawValue)),
        ] + (searchTakesFields ? [fields] : []), scope: .ticketingRead, subject: .customer),
      Operation(
        .listComments, "Lists a ticket's comments, oldest first.", parameters: [ticket], scope: .ticketingRead),
    ]
  }
}
