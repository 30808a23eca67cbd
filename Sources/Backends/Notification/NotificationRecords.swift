// What the notification system keeps: mails that left, and pages.

import Operations
import Primitives

/// A mail that was accepted and has left; nothing takes it back.
struct Mail: Record, Hashable {
  let id: String
  let to: String
  let template: String
  /// The customer tag; nil where the caller set none.
  let customer: Name?
  let sentAt: Instant
  var kept = KeptBody()

  var shown: Fields {
    [
      .id: .text(id), .to: .text(to), .template: .text(template), .customer: .name(customer),
      .createdAt: .instant(sentAt), .lastEvent: "sent",
    ]
  }
}

extension Mail: StableHashable {
  func hash(into hasher: inout StableHasher) {
    hasher.combine(id)
    hasher.combine(to)
    hasher.combine(template)
    hasher.combine(customer)
    hasher.combine(sentAt)
  }
}

/// A page: one incident, open until it is resolved. An open one swallows further triggers with its key.
struct Page: Record, Hashable {
  let id: String
  let dedupKey: String
  let summary: String
  let severity: String
  /// The customer tag; nil where the caller set none.
  let customer: Name?
  /// How many trigger events it took, the first one included.
  var triggers: Int64 = 1
  var isOpen = true
  var kept = KeptBody()

  var shown: Fields {
    [
      .id: .text(id), .dedupKey: .text(dedupKey), .summary: .text(summary), .severity: .text(severity),
      .customer: .name(customer), .triggers: .int(triggers), .status: isOpen ? "triggered" : "resolved",
    ]
  }
}

extension Page: StableHashable {
  func hash(into hasher: inout StableHasher) {
    hasher.combine(id)
    hasher.combine(dedupKey)
    hasher.combine(summary)
    hasher.combine(severity)
    hasher.combine(customer)
    hasher.combine(triggers)
    hasher.combine(isOpen)
  }
}
