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
  }

  /// Kept where the trace records; empty otherwise.
  public private(set) var entries: [Entry] = []
  /// How many events there were, kept or not.
  public private(set) var count = 0
  /// Whether events are kept.
  public let isRecording: Bool
  private var hasher = StableHasher()

  /// An empty trace.
  public init(isRecording: Bool) { self.isRecording = isRecording }

  /// The hash of everything so far.
  public var hash: UInt64 { hasher.digest }

  /// - Returns: the event's index.
  @discardableResult
  public mutating func append(_ event: Event, at: Instant) -> Int {
    count += 1
    hasher.combine(at)
    event.hash(into: &hasher)
    if isRecording { entries.append(Entry(index: count, at: at, event: event)) }
    return count
  }
}
