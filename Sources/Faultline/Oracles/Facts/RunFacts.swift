// The small facts of a run: processes, claims, promises, what was taken back.

import Operations
import Primitives

/// One incarnation of one process.
public struct ProcessFact: Hashable, Sendable, StableHashable {
  public internal(set) var id: ProcessID
  public internal(set) var startIndex: Int
  /// The event of its death; nil while it lives.
  public internal(set) var crashIndex: Int?
  /// Whether it ended by itself: with a claim, or because another replica has the work.
  public internal(set) var isDone: Bool

  /// Whether it could still act.
  public var isAlive: Bool { crashIndex == nil && !isDone }

  public func hash(into hasher: inout StableHasher) {
    hasher.combine(id)
    hasher.combine(startIndex)
    hasher.combine(crashIndex ?? -1)
    hasher.combine(isDone)
  }
}

/// What a process said at its end.
public struct ClaimFact: Hashable, Sendable, StableHashable {
  public internal(set) var process: ProcessID
  public internal(set) var claim: Claim
  public internal(set) var index: Int
  public internal(set) var at: Instant

  public func hash(into hasher: inout StableHasher) {
    hasher.combine(process)
    hasher.combine(claim)
    hasher.combine(index)
    hasher.combine(at)
  }
}

/// A system's request to one caller to wait.
public struct RetryPromise: Hashable, Sendable, StableHashable {
  public internal(set) var process: ProcessID
  public internal(set) var principal: Name
  /// The service's number in the catalogue.
  public internal(set) var service: Int
  public internal(set) var until: Instant
  public internal(set) var index: Int

  public func hash(into hasher: inout StableHasher) {
    hasher.combine(process)
    hasher.combine(principal)
    hasher.combine(service)
    hasher.combine(until)
    hasher.combine(index)
  }
}

/// Something of this run that a call took back: ended it, or gave its money back.
public struct TakeBack: Hashable, Sendable, StableHashable {
  /// The object that was ended, or the refund or credit note that was made.
  public internal(set) var object: Int
  public internal(set) var call: CallID
  public internal(set) var index: Int
  /// The intent of what was taken back, and whether it had more than it wants just before.
  public internal(set) var intent: Int?
  public internal(set) var wasInExcess: Bool

  public func hash(into hasher: inout StableHasher) {
    hasher.combine(object)
    hasher.combine(call)
    hasher.combine(index)
    hasher.combine(intent ?? -1)
    hasher.combine(wasInExcess)
  }
}

/// How many effects an intent has.
public struct IntentFact: Hashable, Sendable, StableHashable {
  /// Objects that are there now.
  public internal(set) var live = 0
  /// Objects that ever were.
  public internal(set) var ever = 0

  public func hash(into hasher: inout StableHasher) {
    hasher.combine(live)
    hasher.combine(ever)
  }
}
