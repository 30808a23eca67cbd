// Fencing: a paused holder of a lease that wakes up must not overwrite its successor.

import Primitives

/// The largest fence that each subject has seen.
///
/// Leases alone can't stop a holder that slept past its expiry; the resource has to refuse smaller tokens
/// (https://martin.kleppmann.com/2016/02/08/how-to-do-distributed-locking.html). No vendor that we model
/// documents a fencing token: this is our extension, in the manner of a conditional write.
struct FenceTable: Sendable {
  private struct Entry: Sendable {
    let subject: Name
    var fence: Int64
  }

  private var entries: [Entry] = []

  init() {}

  /// Notes a fence; false where a larger one was seen for that subject.
  mutating func admit(_ fence: Int64, for subject: Name) -> Bool {
    guard let index = entries.firstIndex(where: { $0.subject == subject }) else {
      entries.append(Entry(subject: subject, fence: fence))
      return true
    }
    guard fence >= entries[index].fence else { return false }
    entries[index].fence = fence
    return true
  }
}

extension FenceTable: StableHashable {
  func hash(into hasher: inout StableHasher) {
    hasher.combine(entries.count)
    for entry in entries {
      hasher.combine(entry.subject)
      hasher.combine(entry.fence)
    }
  }
}
