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
/// Every method is one transaction, and what it returns is durable, with one exception: ``stage(_:to:fence:by:)``
/// holds records back until ``commit(by:)``, so that a simulator can put a crash between the two. What a method throws
/// is a ``StoreFailure``.
public protocol CheckpointStore {
  /// Holds a replica's records back for its next ``commit(by:)``.
  mutating func stage(_ records: [JournalRecord], to run: Name, fence: Int64?, by replica: Name)

  /// Makes all that a replica staged durable, in one transaction, or nothing of it where one of its fences
  /// is older than the run's lease.
  mutating func commit(by replica: Name) throws -> StoreOutcome

  /// Forgets what a replica staged and did not commit, as its crash does.
  mutating func dropStaged(by replica: Name)

  /// The committed records of a run, in the order in which they were staged.
  func load(_ run: Name) throws -> [JournalRecord]

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

/// A store that can be made to hold what it held before, as a volume that is restored from a copy.
public protocol RestorableStore: CheckpointStore {
  /// Puts this in the place of all that the store holds of a run, and forgets what is staged.
  mutating func restore(_ run: Name, to records: [JournalRecord], under lease: Lease?) throws
}

extension CheckpointStore {
  /// Stages and commits.
  public mutating func append(
    _ records: [JournalRecord], to run: Name, fence: Int64? = nil, by replica: Name
  ) throws -> StoreOutcome {
    stage(records, to: run, fence: fence, by: replica)
    return try commit(by: replica)
  }

  /// Carries a command out where it is one for the store; nil where it is not. A store command's records
  /// have to be staged before. What the store throws becomes an event like any other.
  public mutating func carryOut(_ command: Command, of run: Name, by replica: Name, at now: Instant) -> Event? {
    do {
      switch command {
      case .acquire(let span): return .leased(try acquire(run, for: replica, at: now, span: span))
      case .load: return .loaded(try load(run))
      case .store: return .stored(try commit(by: replica))
      case .renew(let lease, let span): return .renewed(try renew(lease, at: now, span: span))
      case .call, .decide, .wait, .note, .finish, .leave: return nil
      }
    } catch let failure as StoreFailure {
      return .failed(command, failure)
    } catch {
      return .failed(command, .unreadable("\(error)"))
    }
  }
}
