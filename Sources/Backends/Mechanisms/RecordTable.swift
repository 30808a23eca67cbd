// Objects with enough of their past that a lagging replica can answer from it.

import Primitives

/// A stored object with the system's own id.
protocol Record: Sendable, Equatable, StableHashable {
  var id: String { get }
}

/// All objects of one kind, in the order in which they were created, as every replica may show them.
///
/// Writes are atomic and fresh. A read names the instant whose state it wants: now for a fresh replica,
/// `now - lag` for a lagging one. Each read has its own lag, so reads are not monotonic.
struct RecordTable<Item: Record>: Sendable {
  private struct Version: Sendable {
    let slot: Int
    /// When this version was replaced.
    let until: Instant
    /// Nil where the object did not exist before.
    let item: Item?
  }

  /// How far back replaced versions are kept: the largest staleness that the profile declares.
  let retention: TimeSpan
  private var slots: [Item?] = []
  /// The ids of the slots, also of emptied ones: looking for an object copies none.
  private var ids: [String] = []
  /// Oldest first.
  private var past: [Version] = []

  init(retention: TimeSpan) { self.retention = retention }

  // MARK: Fresh

  subscript(id: String) -> Item? { index(of: id).flatMap { slots[$0] } }

  func first(where predicate: (Item) -> Bool) -> Item? {
    for case let item? in slots where predicate(item) { return item }
    return nil
  }

  /// Oldest first.
  func all(where predicate: (Item) -> Bool) -> [Item] { slots.compactMap { $0.flatMap { predicate($0) ? $0 : nil } } }

  // MARK: As of an instant

  func record(_ id: String, asOf instant: Instant) -> Item? {
    if isFresh(asOf: instant) { return self[id] }
    return first(asOf: instant) { $0.id == id }
  }

  func first(asOf instant: Instant, where predicate: (Item) -> Bool) -> Item? {
    if isFresh(asOf: instant) { return first(where: predicate) }
    for slot in slots.indices {
      if let item = item(in: slot, asOf: instant), predicate(item) { return item }
    }
    return nil
  }

  /// Oldest first.
  func records(asOf instant: Instant, where predicate: (Item) -> Bool) -> [Item] {
    if isFresh(asOf: instant) { return all(where: predicate) }
    return slots.indices.compactMap { slot in
      item(in: slot, asOf: instant).flatMap { predicate($0) ? $0 : nil }
    }
  }

  // MARK: Writes

  /// Adds an object that every replica has always had.
  mutating func seed(_ item: Item) {
    slots.append(item)
    ids.append(item.id)
  }

  mutating func insert(_ item: Item, at now: Instant) {
    precondition(self[item.id] == nil, "two objects were given the id \(item.id)")
    keep(Version(slot: slots.count, until: now, item: nil))
    slots.append(item)
    ids.append(item.id)
  }

  /// Changes an object in place; an unknown id changes nothing.
  mutating func update(_ id: String, at now: Instant, _ change: (inout Item) -> Void) {
    guard let index = index(of: id), var item = slots[index] else { return }
    let before = item
    change(&item)
    guard item != before else { return }
    keep(Version(slot: index, until: now, item: before))
    slots[index] = item
  }

  /// Removes an object; lagging replicas go on showing it for a while.
  mutating func remove(_ id: String, at now: Instant) {
    guard let index = index(of: id) else { return }
    keep(Version(slot: index, until: now, item: slots[index]))
    slots[index] = nil
  }

  // MARK: -

  private func index(of id: String) -> Int? {
    for index in ids.indices where ids[index] == id && slots[index] != nil { return index }
    return nil
  }

  private func isFresh(asOf instant: Instant) -> Bool { past.last.map { $0.until <= instant } ?? true }

  private func item(in slot: Int, asOf instant: Instant) -> Item? {
    for version in past where version.slot == slot && version.until > instant { return version.item }
    return slots[slot]
  }

  private mutating func keep(_ version: Version) {
    guard retention > .zero else { return }
    let horizon = version.until - retention
    if let first = past.first, first.until < horizon { past.removeAll { $0.until < horizon } }
    past.append(version)
  }
}

extension RecordTable: StableHashable {
  func hash(into hasher: inout StableHasher) {
    hasher.combine(retention)
    hasher.combine(slots.count)
    for slot in slots { hasher.combine(slot) }
    hasher.combine(past.count)
    for version in past {
      hasher.combine(version.slot)
      hasher.combine(version.until)
      hasher.combine(version.item)
    }
  }
}
