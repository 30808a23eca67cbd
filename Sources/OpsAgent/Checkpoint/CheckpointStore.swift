// The door of the agent's memory: journals and leases, each operation one transaction.

import Primitives

/// The right to work on a run, until a time, with a token that only grows.
public struct Lease: Hashable, Sendable, StableHashable {
  public var run: Name
  public var holder: Name
  /// Greater than that of every earlier holder; writes with a smaller one are refused.
  public var token: Int64
  public var until: Instant

  public init(run: Name, holder: Name, token: Int64, until: Instant) {
    self.run = run
    self.holder = holder
    self.token = token
    self.until = until
  }

  public func hash(into hasher: inout StableHasher) {
    hasher.combine(run)
    hasher.combine(holder)
    hasher.combine(token)
    hasher.combine(until)
  }
}

public enum LeaseOutcome: Hashable, Sendable {
  case granted(Lease)
  /// Another replica holds it until then, unless it is renewed.
  case held(until: Instant)
}

public enum StoreOutcome: Hashable, Sendable {
  case stored
  /// Nothing was written: a younger token than the writer's is known.
  case fenced
}

/// The agent's durable memory.
///
/// Every method is one transaction, and what it returns is durable, with one exception: ``stage(_:to:fence:)``
/// holds records back until ``commit()``, so that a simulator can put a crash between the two.
public protocol CheckpointStore {
  /// Holds records back for the next ``commit()``. Refused at once where the fence is too old.
  mutating func stage(_ records: [Record], to run: Name, fence: Int64?) throws -> StoreOutcome

  /// Makes all that was staged durable, in one transaction.
  mutating func commit() throws

  /// Forgets what was staged and not committed, as a crash does.
  mutating func dropStaged()

  /// The committed records of a run, in the order in which they were staged.
  func load(_ run: Name) throws -> [Record]

  /// Grants the lease where nobody holds it, it has expired, or the holder asks again; each grant has a
  /// new token.
  mutating func acquire(_ run: Name, for holder: Name, at now: Instant, span: TimeSpan) throws -> LeaseOutcome

  /// Extends a lease; nil where a younger one exists.
  mutating func renew(_ lease: Lease, at now: Instant, span: TimeSpan) throws -> Lease?

  /// Gives a lease back early; does nothing where a younger one exists. Its token stays used.
  mutating func release(_ lease: Lease) throws

  /// The runs that have committed records, ordered by name.
  func runs() throws -> [Name]
}

extension CheckpointStore {
  /// Stages and commits.
  public mutating func append(_ records: [Record], to run: Name, fence: Int64? = nil) throws -> StoreOutcome {
    let outcome = try stage(records, to: run, fence: fence)
    if outcome == .stored { try commit() }
    return outcome
  }
}
