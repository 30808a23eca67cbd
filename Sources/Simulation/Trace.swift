// The trace: what happened, hashed while it happens.

import Primitives

/// An event of a run, with explicit bytes: every stored property goes into the hash.
public protocol TraceEvent: StableHashable, Sendable {}

/// The events of a run and their rolling hash.
///
/// The hash is always kept. The events are kept only when somebody is going to read them: a search
/// that runs a million plans stores a million hashes.
public struct Trace<Event: TraceEvent>: Sendable {
  /// An event with its place in the run.
  public struct Entry: Sendable {
    /// Position in the run, from 1; what evidence in a violation refers to.
    public let index: Int
    /// When it happened.
    public let at: Instant
    /// What happened.
    public let event: Event

    @inlinable init(index: Int, at: Instant, event: Event) {
      self.index = index
      self.at = at
      self.event = event
    }
  }

  /// Kept where the trace records; empty otherwise.
  @inlinable public var entries: [Entry] { kept }
  /// How many events there were, kept or not.
  @inlinable public var count: Int { total }
  /// Whether events are kept.
  public let isRecording: Bool
  @usableFromInline var kept: [Entry] = []
  @usableFromInline var total = 0
  @usableFromInline var hasher = StableHasher()

  /// An empty trace.
  @inlinable public init(isRecording: Bool) { self.isRecording = isRecording }

  /// The hash of everything so far.
  @inlinable public var hash: UInt64 { hasher.digest }

  /// - Returns: the event's index.
  @inlinable @discardableResult
  public mutating func append(_ event: Event, at: Instant) -> Int {
    total += 1
    hasher.combine(at)
    event.hash(into: &hasher)
    if isRecording { kept.append(Entry(index: total, at: at, event: event)) }
    return total
  }
}
