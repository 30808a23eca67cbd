// What is going to happen, in a total order: time first, then the order of scheduling.

import Primitives

/// A queue ordered by (time, sequence). Two events never tie by accident.
///
/// A run has a dozen events under way, so the queue is a sorted array: the earliest is last, where
/// taking it costs nothing, and the events of one instant stand side by side.
public struct EventQueue<Event> {
  /// An event with its place in the order.
  public struct Scheduled {
    /// When it happens.
    public let at: Instant
    /// The number that ``schedule(_:at:)`` returned.
    public let sequence: UInt32
    /// What happens.
    public var event: Event
    /// How many of the events of its instant it still lets go first; nil while its turn has not come.
    public internal(set) var yields: Int?
  }

  /// Latest first.
  private var items: ContiguousArray<Scheduled> = []
  private var sequence: UInt32 = 0

  /// An empty queue.
  public init() { items.reserveCapacity(16) }

  /// Whether nothing is to come.
  public var isEmpty: Bool { items.isEmpty }
  /// How many events are to come.
  public var count: Int { items.count }
  /// When the earliest event happens; nil where nothing is to come.
  public var nextTime: Instant? { items.last?.at }

  /// Soonest first; for digests and for reading.
  public var upcoming: [Scheduled] { items.reversed() }

  /// - Returns: the event's sequence number, by which it can be cancelled.
  @discardableResult
  public mutating func schedule(_ event: Event, at: Instant) -> UInt32 {
    sequence += 1
    let index = items.lastIndex { $0.at > at }.map { $0 + 1 } ?? 0
    items.insert(Scheduled(at: at, sequence: sequence, event: event), at: index)
    return sequence
  }

  /// Takes the earliest event; nil where nothing is to come.
  public mutating func popFirst() -> Scheduled? { items.popLast() }

  /// How many events stand at the earliest instant.
  public var simultaneous: Int {
    guard let next = items.last?.at else { return 0 }
    var count = 0
    for item in items.reversed() {
      guard item.at == next else { break }
      count += 1
    }
    return count
  }

  /// The n-th of the events at the earliest instant, 0 being next.
  public func peek(_ n: Int) -> Scheduled { items[items.count - 1 - n] }

  /// Takes the n-th of the events at the earliest instant, past those in front of it.
  public mutating func take(_ n: Int) -> Scheduled {
    for overtaken in items.indices.suffix(n) {
      items[overtaken].yields = items[overtaken].yields.map { max(0, $0 - 1) }
    }
    return items.remove(at: items.count - 1 - n)
  }

  /// Makes the n-th of the events at the earliest instant let `count` others go first.
  mutating func yield(_ n: Int, to count: Int) { items[items.count - 1 - n].yields = count }

  /// Removes the event with this number, if it has not happened.
  public mutating func cancel(_ sequence: UInt32) { items.removeAll { $0.sequence == sequence } }

  /// Removes the events that satisfy the predicate; the others keep their order.
  public mutating func removeAll(where predicate: (Event) -> Bool) { items.removeAll { predicate($0.event) } }
}

extension EventQueue: Sendable where Event: Sendable {}
extension EventQueue.Scheduled: Sendable where Event: Sendable {}
