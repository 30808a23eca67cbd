// Databases in memory that serve one run after another: to open one costs more than a run.

import OpsAgent
import OpsAgentSQLite
import Primitives
import Synchronization

/// Hands out databases in memory, each to one run at a time and empty.
final class SQLitePool: Sendable {
  private let idle = Mutex<[SQLiteStore]>([])

  /// - Throws: what SQLite reports when a database can't be opened or emptied.
  func take() throws -> PooledStore {
    if var store = idle.withLock({ $0.popLast() }) {
      try store.reset()
      return PooledStore(store, from: self)
    }
    return PooledStore(try SQLiteStore(), from: self)
  }

  fileprivate func giveBack(_ store: SQLiteStore) { idle.withLock { $0.append(store) } }
}

/// A store that goes back to its pool with its last copy.
struct PooledStore: RestorableStore, StableHashable {
  private var store: SQLiteStore
  private let ticket: Ticket

  private final class Ticket: Sendable {
    let store: SQLiteStore
    let pool: SQLitePool

    init(_ store: SQLiteStore, _ pool: SQLitePool) {
      self.store = store
      self.pool = pool
    }

    deinit { pool.giveBack(store) }
  }

  fileprivate init(_ store: SQLiteStore, from pool: SQLitePool) {
    self.store = store
    ticket = Ticket(store, pool)
  }

  mutating func stage(_ records: [JournalRecord], to run: Name, fence: Int64?, by replica: Name) {
    store.stage(records, to: run, fence: fence, by: replica)
  }
  mutating func commit(by replica: Name) throws -> StoreOutcome { try store.commit(by: replica) }
  mutating func dropStaged(by replica: Name) { store.dropStaged(by: replica) }
  func load(_ run: Name) throws -> [JournalRecord] { try store.load(run) }
  mutating func restore(_ run: Name, to records: [JournalRecord], under lease: Lease?) throws {
    try store.restore(run, to: records, under: lease)
  }
  func runs() throws -> [Name] { try store.runs() }

  mutating func acquire(_ run: Name, for holder: Name, at now: Instant, span: TimeSpan) throws -> LeaseOutcome {
    try store.acquire(run, for: holder, at: now, span: span)
  }
  mutating func renew(_ lease: Lease, at now: Instant, span: TimeSpan) throws -> Lease? {
    try store.renew(lease, at: now, span: span)
  }
  mutating func release(_ lease: Lease) throws { try store.release(lease) }

  func hash(into hasher: inout StableHasher) { hasher.combine(store) }
}
