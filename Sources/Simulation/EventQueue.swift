// What is going to happen, in a total order: time first, then the order of scheduling.

import Primitives

/// A queue ordered by (time, sequence). Two events never tie by accident.
///
/// A run has a dozen events under way, so the queue is a sorted array: the earliest is last, where taking it costs
/// nothing, and the events of one instant stand side by side. Moving a few of them is cheaper than anything cleverer.
public struct EventQueue<Event> {
  /// An event with its place in the order.
  public struct Scheduled {
    /// When it happens.
    public let at: Instant
    /// The number that ``schedule(_:at:)`` returned.
    public let sequence: UInt32
    /// -1 while its turn has not come.
    @usableFromInline var yielding: Int32 = -1
    /// What happens.
    public let event: Event

    @inlinable init(at: Instant, sequence: UInt32, event: Event) {
      self.at = at
      self.sequence = sequence
      self.event = event
    }

    /// How many of the events of its instant it still lets go first; nil while its turn has not come.
    @inlinable public var yields: Int? { yielding < 0 ? nil : Int(yielding) }
  }

  /// Latest first.
  @usableFromInline var line: ContiguousArray<Scheduled> = []
  @usableFromInline var sequence: UInt32 = 0

  /// An empty queue.
  @inlinable public init() { line.reserveCapacity(16) }

  /// Whether nothing is to come.
  @inlinable public var isEmpty: Bool { line.isEmpty }
  /// How many events are to come.
  @inlinable public var count: Int { line.count }
  /// When the earliest event happens; nil where nothing is to come.
  @inlinable public var nextTime: Instant? { line.isEmpty ? nil : line[line.count - 1].at }

  /// Soonest first; for digests and for reading.
  public var upcoming: [Scheduled] { line.reversed() }

  /// - Returns: the event's sequence number, by which it can be cancelled.
  @inlinable @discardableResult
  public mutating func schedule(_ event: Event, at: Instant) -> UInt32 {
    sequence += 1
    line.append(Scheduled(at: at, sequence: sequence, event: event))
    // In the buffer, where elements change places without being copied; most have few to pass.
    line.withUnsafeMutableBufferPointer { line in
      var index = line.count - 1
      while index > 0, line[index - 1].at <= at {
        line.swapAt(index - 1, index)
        index -= 1
      }
    }
    return sequence
  }

  /// Takes the earliest event; nil where nothing is to come.
  @inlinable public mutating func popFirst() -> Scheduled? { line.isEmpty ? nil : take(0) }

  /// How many events stand at the earliest instant.
  @inlinable public var simultaneous: Int {
    guard let next = nextTime else { return 0 }
    var index = line.count - 1
    while index > 0, line[index - 1].at == next { index -= 1 }
    return line.count - index
  }

  /// The n-th of the events at the earliest instant, 0 being next.
  @inlinable public func peek(_ n: Int) -> Scheduled { line[line.count - 1 - n] }

  /// Takes the n-th of the events at the earliest instant, past those in front of it.
  @inlinable public mutating func take(_ n: Int) -> Scheduled {
    if n == 0 { return line.removeLast() }
    for overtaken in line.indices.suffix(n) where line[overtaken].yielding > 0 { line[overtaken].yielding -= 1 }
    return line.remove(at: line.count - 1 - n)
  }

  /// How many of the events of its instant the n-th one still lets go first; nil while its turn has not come.
  @inlinable func yields(_ n: Int) -> Int? { line[line.count - 1 - n].yields }

  /// Makes the n-th of the events at the earliest instant let `count` others go first.
  @inlinable mutating func yield(_ n: Int, to count: Int) { line[line.count - 1 - n].yielding = Int32(count) }

  /// Removes the event with this number, if it has not happened.
  @inlinable public mutating func cancel(_ sequence: UInt32) {
    for index in line.indices where line[index].sequence == sequence {
      line.remove(at: index)
      return
    }
  }

  /// Removes the events that satisfy the predicate; the others keep their order.
  @inlinable public mutating func removeAll(where predicate: (Event) -> Bool) {
    line.removeAll { predicate($0.event) }
  }
}

extension EventQueue: Sendable where Event: Sendable {}
extension EventQueue.Scheduled: Sendable where Event: Sendable {}
