// What is going to happen, in a total order: time first, then the order of scheduling.

import Primitives

/// A queue ordered by (time, sequence). Two events never tie by accident.
///
/// A run has a dozen events under way, so the order is a sorted array of small keys: the earliest is last,
/// where taking it costs nothing, and the events of one instant stand side by side. The events themselves
/// stay in their slots and never move.
public struct EventQueue<Event> {
  /// An event with its place in the order.
  public struct Scheduled {
    /// When it happens.
    public let at: Instant
    /// The number that ``schedule(_:at:)`` returned.
    public let sequence: UInt32
    /// What happens.
    public let event: Event
    /// How many of the events of its instant it still lets go first; nil while its turn has not come.
    public let yields: Int?

    @inlinable init(_ place: Place, _ event: Event) {
      at = place.at
      sequence = place.sequence
      self.event = event
      yields = place.yields < 0 ? nil : Int(place.yields)
    }
  }

  /// A place in the order.
  @usableFromInline struct Place: Sendable {
    @usableFromInline let at: Instant
    @usableFromInline let sequence: UInt32
    @usableFromInline let slot: UInt32
    /// -1 while its turn has not come.
    @usableFromInline var yields: Int32 = -1

    @inlinable init(at: Instant, sequence: UInt32, slot: UInt32) {
      self.at = at
      self.sequence = sequence
      self.slot = slot
    }
  }

  /// Latest first.
  @usableFromInline var places: ContiguousArray<Place> = []
  @usableFromInline var slots: ContiguousArray<Event?> = []
  @usableFromInline var free: ContiguousArray<UInt32> = []
  @usableFromInline var sequence: UInt32 = 0

  /// An empty queue.
  @inlinable public init() {
    places.reserveCapacity(16)
    slots.reserveCapacity(16)
  }

  /// Whether nothing is to come.
  @inlinable public var isEmpty: Bool { places.isEmpty }
  /// How many events are to come.
  @inlinable public var count: Int { places.count }
  /// When the earliest event happens; nil where nothing is to come.
  @inlinable public var nextTime: Instant? { places.last?.at }

  /// Soonest first; for digests and for reading.
  public var upcoming: [Scheduled] { places.reversed().map { Scheduled($0, event(in: $0)) } }

  /// - Returns: the event's sequence number, by which it can be cancelled.
  @inlinable @discardableResult
  public mutating func schedule(_ event: Event, at: Instant) -> UInt32 {
    sequence += 1
    let slot: UInt32
    if let reused = free.popLast() {
      slot = reused
      slots[Int(slot)] = event
    } else {
      slot = UInt32(slots.count)
      slots.append(event)
    }
    var index = places.count
    places.append(Place(at: at, sequence: sequence, slot: slot))
    while index > 0, places[index - 1].at <= at {
      places.swapAt(index - 1, index)
      index -= 1
    }
    return sequence
  }

  /// Takes the earliest event; nil where nothing is to come.
  @inlinable public mutating func popFirst() -> Scheduled? { places.isEmpty ? nil : take(0) }

  /// How many events stand at the earliest instant.
  @inlinable public var simultaneous: Int {
    guard let next = places.last?.at else { return 0 }
    var index = places.count - 1
    while index > 0, places[index - 1].at == next { index -= 1 }
    return places.count - index
  }

  /// The n-th of the events at the earliest instant, 0 being next.
  @inlinable public func peek(_ n: Int) -> Scheduled {
    let place = places[places.count - 1 - n]
    return Scheduled(place, event(in: place))
  }

  /// Takes the n-th of the events at the earliest instant, past those in front of it.
  @inlinable public mutating func take(_ n: Int) -> Scheduled {
    for overtaken in places.indices.suffix(n) where places[overtaken].yields > 0 { places[overtaken].yields -= 1 }
    let place = n == 0 ? places.removeLast() : places.remove(at: places.count - 1 - n)
    // Moved out rather than copied: most of what happens goes this way.
    var event: Event?
    swap(&event, &slots[Int(place.slot)])
    free.append(place.slot)
    guard let event else { preconditionFailure("a place in the queue lost its event") }
    return Scheduled(place, event)
  }

  /// How many of the events of its instant the n-th one still lets go first; nil while its turn has not come.
  @inlinable func yields(_ n: Int) -> Int? {
    let yields = places[places.count - 1 - n].yields
    return yields < 0 ? nil : Int(yields)
  }

  /// Makes the n-th of the events at the earliest instant let `count` others go first.
  @inlinable mutating func yield(_ n: Int, to count: Int) { places[places.count - 1 - n].yields = Int32(count) }

  /// Removes the event with this number, if it has not happened.
  @inlinable public mutating func cancel(_ sequence: UInt32) {
    guard let index = places.firstIndex(where: { $0.sequence == sequence }) else { return }
    empty(places.remove(at: index))
  }

  /// Removes the events that satisfy the predicate; the others keep their order.
  @inlinable public mutating func removeAll(where predicate: (Event) -> Bool) {
    let removed = places.filter { predicate(event(in: $0)) }
    guard !removed.isEmpty else { return }
    for place in removed { empty(place) }
    places.removeAll { place in removed.contains { $0.sequence == place.sequence } }
  }

  @inlinable func event(in place: Place) -> Event {
    guard let event = slots[Int(place.slot)] else { preconditionFailure("a place in the queue lost its event") }
    return event
  }

  @inlinable mutating func empty(_ place: Place) {
    slots[Int(place.slot)] = nil
    free.append(place.slot)
  }
}

extension EventQueue: Sendable where Event: Sendable {}
extension EventQueue.Scheduled: Sendable where Event: Sendable {}
