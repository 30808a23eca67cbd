// A ticket, the states it can be in, and its comments.

import Operations
import Primitives

/// A ticket with a status machine, a set of tags and a version.
struct Ticket: Record {
  enum Status: String, Sendable, CaseIterable {
    case new, open, pending, hold, solved, closed

    /// A ticket is new until someone touches it, and closed only once it was solved
    /// (https://support.zendesk.com/hc/en-us/articles/4408832492570).
    func canBecome(_ next: Status) -> Bool {
      switch (self, next) {
      case (.closed, _): false
      case (_, .new): self == .new
      case (_, .closed): self == .solved
      default: true
      }
    }
  }

  let id: String
  /// The customer's natural key.
  let customer: Name
  /// The principal that filed it; nil where the customer did. Zendesk has it as `submitter_id`
  /// (https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/), Jira as the issue's `creator`.
  let submitter: Name?
  var externalID: String?
  let subject: String
  let text: String
  let createdAt: Instant
  var status: Status
  /// Ordered alphabetically, so that one set has one representation.
  var tags: [String]
  var version: Version
  /// When the status changed last; nil before the first change.
  var movedAt: Instant?
  var kept = KeptBody()

  var shown: Fields {
    [
      .id: .text(id), .externalID: .optional(externalID), .customer: .name(customer), .subject: .text(subject),
      .ticketText: .text(text), .status: .text(status.rawValue), .tags: .list(tags.map(Value.text)),
      .created: .instant(createdAt), .updatedAt: .instant(version.changedAt),
    ]
  }

  /// What the ledger shows of it.
  var attributes: Fields { [.status: .text(status.rawValue), .externalID: .optional(externalID)] }

  func hash(into hasher: inout StableHasher) {
    hasher.combine(id)
    hasher.combine(customer)
    hasher.combine(externalID)
    hasher.combine(subject)
    hasher.combine(text)
    hasher.combine(createdAt)
    hasher.combine(status.rawValue)
    hasher.combine(tags)
    hasher.combine(version)
    hasher.combine(movedAt)
    if let submitter { hasher.combine(submitter) }
  }
}

/// A comment; there is no way to take one back.
struct TicketComment: Record {
  let id: String
  let ticket: String
  let text: String
  let isPublic: Bool
  /// The principal, or nil for the customer.
  let author: Name?
  let createdAt: Instant
  var kept = KeptBody()

  var shown: Fields {
    [
      .id: .text(id), .ticket: .text(ticket), .ticketText: .text(text), .isPublic: .bool(isPublic),
      "author": .text(author?.text ?? "customer"), .created: .instant(createdAt),
    ]
  }

  func hash(into hasher: inout StableHasher) {
    hasher.combine(id)
    hasher.combine(ticket)
    hasher.combine(text)
    hasher.combine(isPublic)
    hasher.combine(author?.hash ?? 0)
    hasher.combine(createdAt)
  }
}
