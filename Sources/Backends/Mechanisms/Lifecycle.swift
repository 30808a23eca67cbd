// What a system has accepted and does later: asynchronous transitions, propagation, automations, its own retries.

import Primitives

/// Steps under way, each with the instant at which it happens.
struct Lifecycle<Step: Sendable & StableHashable>: Sendable {
  private struct Entry: Sendable {
    let due: Instant
    let step: Step
  }

  /// Soonest first; among equals, the one that was planned first.
  private var entries: [Entry] = []

  init() {}

  /// When the next step happens; nil when nothing is under way.
  var nextDue: Instant? { entries.first?.due }

  mutating func plan(_ step: Step, at due: Instant) {
    let index = entries.lastIndex { $0.due <= due }.map { $0 + 1 } ?? 0
    entries.insert(Entry(due: due, step: step), at: index)
  }

  /// Takes the next step that is due, if any; steps happen at their own instant, not at `now`.
  mutating func next(upTo now: Instant) -> (step: Step, due: Instant)? {
    guard let first = entries.first, first.due <= now else { return nil }
    entries.removeFirst()
    return (first.step, first.due)
  }

  mutating func cancel(where predicate: (Step) -> Bool) { entries.removeAll { predicate($0.step) } }

  func contains(where predicate: (Step) -> Bool) -> Bool { entries.contains { predicate($0.step) } }
}

extension Lifecycle: StableHashable {
  func hash(into hasher: inout StableHasher) {
    hasher.combine(entries.count)
    for entry in entries {
      hasher.combine(entry.due)
      hasher.combine(entry.step)
    }
  }
}
