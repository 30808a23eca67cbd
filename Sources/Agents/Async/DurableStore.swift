// What an `async` agent can keep beyond the life of a process.

import Operations
import Primitives

/// A durable table of values by key, shared by all processes of one deployment.
struct DurableStore: StableHashable {
  private(set) var entries: [(key: Name, value: Value)] = []
  /// Every write, so that the table can be put back to an earlier one.
  private var log: [(key: Name, value: Value?)] = []

  /// How many writes there were.
  var writes: Int { log.count }

  /// Puts the table back to what it was after so many writes.
  mutating func restore(writes: Int) {
    let kept = log.prefix(writes)
    self = DurableStore()
    for write in kept { self[write.key] = write.value }
  }

  subscript(key: Name) -> Value? {
    get { entries.first { $0.key == key }?.value }
    set {
      log.append((key, newValue))
      if let index = entries.firstIndex(where: { $0.key == key }) {
        if let newValue { entries[index].value = newValue } else { entries.remove(at: index) }
      } else if let newValue {
        entries.append((key, newValue))
      }
    }
  }

  func hash(into hasher: inout StableHasher) {
    hasher.combine(entries.count)
    for entry in entries {
      hasher.combine(entry.key)
      hasher.combine(entry.value)
    }
  }
}
