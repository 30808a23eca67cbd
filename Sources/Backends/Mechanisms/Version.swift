// Optimistic concurrency: a writer says which version it read, and a stale one is refused.

import Operations
import Primitives

/// How often and when an object changed last; the stamp that a careful writer sends back.
struct Version: Hashable, Sendable {
  private(set) var number: Int64
  private(set) var changedAt: Instant

  /// The first version.
  init(at now: Instant) {
    number = 1
    changedAt = now
  }

  mutating func advance(at now: Instant) {
    number += 1
    changedAt = now
  }

  /// Whether a writer who read `stamp` read this version: an instant compares with the time of change, a
  /// number with the count of changes. Anything else was not read from here.
  func isCurrent(_ stamp: Value) -> Bool {
    switch stamp {
    case .instant(let instant): instant == changedAt
    case .int(let count): count == number
    case .text(let text): text == changedAt.description
    default: false
    }
  }
}

extension Version: StableHashable {
  func hash(into hasher: inout StableHasher) {
    hasher.combine(number)
    hasher.combine(changedAt)
  }
}
