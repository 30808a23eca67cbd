// The checkpoint store on SQLite: embedded, created on first use, one transaction for each operation.

import Foundation
import GRDB
import OpsAgent
import Primitives

/// Journals and leases in a SQLite database.
///
/// Copies of a store share its database; what is staged and not committed belongs to the copy. Everything
/// is synchronous and runs on the calling thread.
public struct SQLiteStore: CheckpointStore, Sendable {
  private struct Staged: Sendable {
    var run: Name
    var records: [JournalRecord]
    var fence: Int64?
    var replica: Name
  }

  private let queue: DatabaseQueue
  private var pending: [Staged] = []

  /// Opens the database at `path` and creates it on first use, with a write-ahead log and full
  /// synchronisation: what ``commit(by:)`` returned survives a loss of power.
  ///
  /// - Throws: GRDB's `DatabaseError` where the file can't be opened or is no database of ours.
  public init(path: String) throws {
    var configuration = Configuration()
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA journal_mode = WAL")
      try database.execute(sql: "PRAGMA synchronous = FULL")
    }
    queue = try DatabaseQueue(path: path, configuration: configuration)
    try SQLiteStore.migrator.migrate(queue)
  }

  /// A database in memory, gone with the last copy of the store.
  ///
  /// - Throws: GRDB's `DatabaseError`.
  public init() throws {
    queue = try DatabaseQueue()
    try SQLiteStore.migrator.migrate(queue)
  }

  /// Empties the store, so that a database in memory can serve the next run.
  public mutating func reset() throws {
    pending = []
    try queue.write { database in
      try database.cachedStatement(sql: "DELETE FROM journal").execute()
      try database.cachedStatement(sql: "DELETE FROM lease").execute()
    }
  }

  private static let migrator: DatabaseMigrator = {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("journal and lease") { database in
      try database.execute(
        sql: """
          CREATE TABLE journal (sequence INTEGER PRIMARY KEY, run TEXT NOT NULL, records BLOB NOT NULL);
          CREATE INDEX journal_run ON journal (run);
          CREATE TABLE lease (
            run TEXT PRIMARY KEY, holder TEXT NOT NULL, token INTEGER NOT NULL, until INTEGER NOT NULL
          ) WITHOUT ROWID;
          """)
    }
    return migrator
  }()

  // MARK: Journals

  public mutating func stage(_ records: [JournalRecord], to run: Name, fence: Int64?, by replica: Name) {
    pending.append(Staged(run: run, records: records, fence: fence, replica: replica))
  }

  public mutating func commit(by replica: Name) throws -> StoreOutcome {
    let staged = pending.filter { $0.replica == replica }
    dropStaged(by: replica)
    if staged.isEmpty { return .stored }
    if staged.count == 1, !staged[0].records.isEmpty { return try append(staged[0]) }
    return try queue.write { database in
      for part in staged {
        if let fence = part.fence, let token = try SQLiteStore.lease(of: part.run, in: database)?.token, fence < token {
          return .fenced
        }
      }
      let insert = try database.cachedStatement(sql: "INSERT INTO journal (run, records) VALUES (?, ?)")
      for part in staged where !part.records.isEmpty {
        try insert.execute(arguments: [part.run.text, Data(part.records.encoded)])
      }
      return .stored
    }
  }

  /// Writes records, unless their fence is older than the run's lease, by one statement that is a transaction of
  /// its own: nearly every commit is one of these, and beginning and ending a transaction by statements would
  /// cost more than all else.
  private func append(_ part: Staged) throws -> StoreOutcome {
    try queue.writeWithoutTransaction { database in
      let insert = try database.cachedStatement(
        sql: """
          INSERT INTO journal (run, records) SELECT ?1, ?2
          WHERE NOT EXISTS (SELECT 1 FROM lease WHERE run = ?1 AND token > ?3)
          """)
      try insert.execute(arguments: [part.run.text, Data(part.records.encoded), part.fence])
      return database.changesCount > 0 ? .stored : .fenced
    }
  }

  public mutating func dropStaged(by replica: Name) { pending.removeAll { $0.replica == replica } }

  /// - Throws: GRDB's `DatabaseError`, and `MalformedRecords` where another program wrote the journal.
  public func load(_ run: Name) throws -> [JournalRecord] {
    try queue.read { database in
      let select = try database.cachedStatement(sql: "SELECT records FROM journal WHERE run = ? ORDER BY sequence")
      var records: [JournalRecord] = []
      for blob in try Data.fetchAll(select, arguments: [run.text]) {
        records.append(contentsOf: try [JournalRecord](decoding: Array(blob)))
      }
      return records
    }
  }

  public func runs() throws -> [Name] {
    try queue.read { database in
      try String.fetchAll(database, sql: "SELECT DISTINCT run FROM journal").map { Name($0) }.sorted()
    }
  }

  // MARK: Leases

  public mutating func acquire(
    _ run: Name, for holder: Name, at now: Instant, span: TimeSpan
  ) throws -> LeaseOutcome {
    try queue.write { database in
      let current = try SQLiteStore.lease(of: run, in: database)
      if let current, current.holder != holder, now < current.until { return .held(until: current.until) }
      let lease = Lease(run: run, holder: holder, token: (current?.token ?? 0) + 1, until: now + span)
      try SQLiteStore.save(lease, in: database)
      return .granted(lease)
    }
  }

  public mutating func renew(_ lease: Lease, at now: Instant, span: TimeSpan) throws -> Lease? {
    try queue.write { database in
      guard var current = try SQLiteStore.lease(of: lease.run, in: database), current.token == lease.token,
        current.holder == lease.holder
      else { return nil }
      current.until = now + span
      try SQLiteStore.save(current, in: database)
      return current
    }
  }

  public mutating func release(_ lease: Lease) throws {
    try queue.write { database in
      guard var current = try SQLiteStore.lease(of: lease.run, in: database), current.token == lease.token else {
        return
      }
      current.until = Instant(nanoseconds: .min)
      try SQLiteStore.save(current, in: database)
    }
  }

  private static func lease(of run: Name, in database: Database) throws -> Lease? {
    let select = try database.cachedStatement(sql: "SELECT holder, token, until FROM lease WHERE run = ?")
    guard let row = try Row.fetchOne(select, arguments: [run.text]) else { return nil }
    return Lease(run: run, holder: Name(row[0]), token: row[1], until: Instant(nanoseconds: row[2]))
  }

  private static func save(_ lease: Lease, in database: Database) throws {
    let insert = try database.cachedStatement(
      sql: "INSERT OR REPLACE INTO lease (run, holder, token, until) VALUES (?, ?, ?, ?)")
    try insert.execute(arguments: [lease.run.text, lease.holder.text, lease.token, lease.until.nanoseconds])
  }
}
