// What an `async` agent can keep beyond the life of a process.

import Operations
import Primitives

/// A durable table of values by key, shared by all processes of one deployment.
struct DurableStore: StableHashable {
  private(set) var entries: [(key: Name, value: Value)] = []

  subscript(key: Name) -> Value? {
    get { entries.first { $0.key == key }?.value }
    set {
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
