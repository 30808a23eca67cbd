// What one notification vendor documents, as data: refusals and spans of each channel that it has.

import Operations
import Primitives

/// A notification vendor's wording and numbers. It has one front end for all of its channels.
struct NotificationDialect: Sendable {
  /// A channel that sends mail.
  struct MailRules: Sendable {
    var invalidAddress: Refusal
    /// A key that is empty; one that is too long is refused in front of the handler.
    var invalidKey: Refusal
    /// How old the state may be that a listing answers from.
    var staleness: TimeSpan
  }

  /// A channel that pages people.
  struct PageRules: Sendable {
    var invalidEvent: Refusal
    var longestSummary: Int
    var longestKey: Int
    /// How long an accepted event takes until a listing can show it, even a fresh one.
    var ingestion: TimeSpan
    /// How old the state may be that a listing answers from, ingestion included.
    var staleness: TimeSpan
  }

  var profile: Name
  var front: SystemDialect
  var bounds: ServiceBounds
  /// Nil where the vendor sends no mail.
  var mail: MailRules?
  /// Nil where the vendor pages nobody.
  var pages: PageRules?

  var takesKeys: Bool { front.idempotency != nil }

  /// The refusals of the handlers, for the table of errors.
  var refusals: [Refusal] {
    (mail.map { [$0.invalidAddress, $0.invalidKey] } ?? []) + (pages.map { [$0.invalidEvent] } ?? [])
  }

  var operations: [Operation] {
    (mail == nil ? [] : NotificationSystem.mailOperations(takesKey: takesKeys))
      + (pages == nil ? [] : NotificationSystem.pageOperations)
  }
}
