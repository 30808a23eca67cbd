// Objects with enough of their past that a lagging replica can answer from it.

import Operations
import Primitives

/// A stored object with the system's own id.
protocol Record: Sendable, Equatable, StableHashable {
  var id: String { get }
  /// The object as answers show it, made from its properties.
  var shown: Fields { get }
  /// ``shown`` of a stored object, which is answered far more often than it changes.
  var kept: KeptBody { get set }
}

extension Record {
  /// The object as answers show it.
  var body: Fields { kept.fields ?? shown }
}

/// What an object looks like in answers, made once: no part of its value. A ``RecordTable`` fills it for each
/// version that it stores.
struct KeptBody: Hashable, Sendable {
  fileprivate(set) var fields: Fields?

  static func == (a: KeptBody, b: KeptBody) -> Bool { true }
  func hash(into hasher: inout Hasher) {}
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
    let stored: Stored?
  }

  /// One version of an object, behind one reference: looking for an object copies none, and copying the table
  /// for a fork copies references.
  private final class Stored: Sendable {
    let item: Item

    init(_ item: Item) {
      var item = item
      item.kept.fields = item.shown
      self.item = item
    }
  }

  /// How far back replaced versions are kept: the largest staleness that the profile declares.
  let retention: TimeSpan
  private var slots: [Stored?] = []
  /// The ids of the slots, also of emptied ones: looking for an object copies none.
  private var ids: [String] = []
  /// Oldest first.
  private var past: [Version] = []

  init(retention: TimeSpan) { self.retention = retention }

  // MARK: Fresh

  subscript(id: String) -> Item? { index(of: id).flatMap { slots[$0]?.item } }

  func first(where predicate: (Item) -> Bool) -> Item? {
    for case let stored? in slots where predicate(stored.item) { return stored.item }
    return nil
  }

  /// Oldest first.
  func all(where predicate: (Item) -> Bool) -> [Item] {
    var found: [Item] = []
    for case let stored? in slots where predicate(stored.item) { found.append(stored.item) }
    return found
  }

  // MARK: As of an instant

  func record(_ id: String, asOf instant: Instant) -> Item? {
    if isFresh(asOf: instant) { return self[id] }
    return first(asOf: instant) { $0.id == id }
  }

  func first(asOf instant: Instant, where predicate: (Item) -> Bool) -> Item? {
    if isFresh(asOf: instant) { return first(where: predicate) }
    for slot in slots.indices {
      if let stored = stored(in: slot, asOf: instant), predicate(stored.item) { return stored.item }
    }
    return nil
  }

  /// Oldest first.
  func records(asOf instant: Instant, where predicate: (Item) -> Bool) -> [Item] {
    if isFresh(asOf: instant) { return all(where: predicate) }
    return slots.indices.compactMap { slot in
      stored(in: slot, asOf: instant).flatMap { predicate($0.item) ? $0.item : nil }
    }
  }

  /// The bodies of records, for a list of them; oldest first.
  func bodies(asOf instant: Instant, where predicate: (Item) -> Bool) -> [Value] {
    let isFresh = isFresh(asOf: instant)
    var found: [Value] = []
    for slot in slots.indices {
      if let stored = isFresh ? slots[slot] : stored(in: slot, asOf: instant), predicate(stored.item) {
        found.append(.record(stored.item.body))
      }
    }
    return found
  }

  // MARK: Writes

  /// Adds an object that every replica has always had.
  mutating func seed(_ item: Item) {
    slots.append(Stored(item))
    ids.append(item.id)
  }

  /// - Returns: the object as it is stored, with its body.
  @discardableResult
  mutating func insert(_ item: Item, at now: Instant) -> Item {
    precondition(index(of: item.id) == nil, "two objects were given the id \(item.id)")
    keep(Version(slot: slots.count, until: now, stored: nil))
    let stored = Stored(item)
    slots.append(stored)
    ids.append(item.id)
    return stored.item
  }

  /// Changes an object in place; an unknown id changes nothing.
  mutating func update(_ id: String, at now: Instant, _ change: (inout Item) -> Void) {
    guard let index = index(of: id), let before = slots[index] else { return }
    var item = before.item
    change(&item)
    guard item != before.item else { return }
    keep(Version(slot: index, until: now, stored: before))
    slots[index] = Stored(item)
  }

  /// Removes an object; lagging replicas go on showing it for a while.
  mutating func remove(_ id: String, at now: Instant) {
    guard let index = index(of: id) else { return }
    keep(Version(slot: index, until: now, stored: slots[index]))
    slots[index] = nil
  }

  // MARK: -

  private func index(of id: String) -> Int? {
    for index in ids.indices where ids[index] == id && slots[index] != nil { return index }
    return nil
  }

  /// Whether a replica that shows the state of that instant shows the state of now.
  func isFresh(asOf instant: Instant) -> Bool { past.last.map { $0.until <= instant } ?? true }

  private func stored(in slot: Int, asOf instant: Instant) -> Stored? {
    for index in past.indices where past[index].slot == slot && past[index].until > instant {
      return past[index].stored
    }
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
    for slot in slots { hasher.combine(slot?.item) }
    hasher.combine(past.count)
    for version in past {
      hasher.combine(version.slot)
      hasher.combine(version.until)
      hasher.combine(version.stored?.item)
    }
  }
}
