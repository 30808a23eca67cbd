// The checkpoint store on SQLite: embedded, created on first use, one transaction for each operation.

import Foundation
import GRDB
import OpsAgent
import Primitives

/// Journals and leases in a SQLite database.
///
/// Copies of a store share its database; what is staged and not committed belongs to the copy. Everything
/// is synchronous and runs on the calling thread.
public struct SQLiteStore: RestorableStore, Sendable {
  private struct Staged: Sendable {
    var run: Name
    var records: [JournalRecord]
    var fence: Int64?
    var replica: Name
  }

  let queue: DatabaseQueue
  /// The database's file, for people; nil for one in memory.
  let path: String?
  private var pending: [Staged] = []

  /// Opens the database at `path` and creates it on first use, with a write-ahead log and full
  /// synchronisation: what ``commit(by:)`` returned survives a loss of power.
  ///
  /// - Parameters:
  ///   - path: A path, or a URI such as `file:/var/agent/journal.sqlite?vfs=NAME`.
  ///   - checkpointInterval: After how many pages the write-ahead log is copied into the database.
  ///   - patience: How long an operation waits for another process that has the file locked.
  /// - Throws: ``StoreFailure`` where the file can't be opened, is damaged or is no database of ours.
  public init(path: String, checkpointInterval: Int = 1_000, patience: TimeSpan = .zero) throws {
    self.path = path
    queue = try SQLiteStore.naming(path) {
      var configuration = Configuration()
      if patience > .zero { configuration.busyMode = .timeout(patience.inSeconds) }
      configuration.prepareDatabase { database in
        try database.execute(sql: "PRAGMA journal_mode = WAL")
        try database.execute(sql: "PRAGMA synchronous = FULL")
        try database.execute(sql: "PRAGMA wal_autocheckpoint = \(checkpointInterval)")
        // A page that does not hold what it should is told at once, and not when it happens to be needed.
        try database.execute(sql: "PRAGMA cell_size_check = ON")
      }
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      try SQLiteStore.examine(queue)
      try SQLiteStore.create(in: queue)
      return queue
    }
  }

  /// Makes the tables where there are none. Of two processes that come at once one is second, and finds them made.
  private static func create(in queue: DatabaseQueue) throws {
    do {
      try migrator.migrate(queue)
    } catch {
      guard try queue.read(migrator.hasCompletedMigrations) else { throw error }
    }
  }

  /// A database in memory, gone with the last copy of the store.
  ///
  /// - Throws: ``StoreFailure``.
  public init() throws {
    path = nil
    var configuration = Configuration()
    configuration.prepareDatabase { database in
      // Nothing survives a crash here, and no transaction of ours is rolled back: each is one statement, or inserts
      // that only a lack of memory could stop. Keeping old pages for it would cost as much as writing the new ones.
      try database.execute(sql: "PRAGMA journal_mode = OFF")
    }
    queue = try DatabaseQueue(configuration: configuration)
    try SQLiteStore.migrator.migrate(queue)
  }

  /// Empties the store, so that a database in memory can serve the next run.
  public mutating func reset() throws {
    pending = []
    try using { database in
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
    return try inTransaction { database in
      for part in staged {
        if let fence = part.fence, let token = try SQLiteStore.lease(of: part.run, in: database)?.token, fence < token {
          return .fenced
        }
      }
      let insert = try database.cachedStatement(sql: "INSERT INTO journal (run, records) VALUES (?, ?)")
      for part in staged where !part.records.isEmpty {
        try insert.execute(arguments: [part.run.text, SQLiteStore.seal(part.records, of: part.run)])
      }
      return .stored
    }
  }

  /// Writes records, unless their fence is older than the run's lease. Like all that follows it is one statement
  /// and so a transaction of its own: to begin and to end one by statements would cost more than all else.
  private func append(_ part: Staged) throws -> StoreOutcome {
    try using { database in
      let insert = try database.cachedStatement(
        sql: """
          INSERT INTO journal (run, records) SELECT ?1, ?2
          WHERE NOT EXISTS (SELECT 1 FROM lease WHERE run = ?1 AND token > ?3)
          """)
      try insert.execute(arguments: [part.run.text, SQLiteStore.seal(part.records, of: part.run), part.fence])
      return database.changesCount > 0 ? .stored : .fenced
    }
  }

  public mutating func dropStaged(by replica: Name) { pending.removeAll { $0.replica == replica } }

  public func load(_ run: Name) throws -> [JournalRecord] {
    // One statement sees one state; a transaction around it would cost more than it.
    try using { database in
      let select = try database.cachedStatement(sql: "SELECT records FROM journal WHERE run = ? ORDER BY sequence")
      var records: [JournalRecord] = []
      for blob in try Data.fetchAll(select, arguments: [run.text]) {
        records.append(contentsOf: try SQLiteStore.unseal(Array(blob), of: run))
      }
      return records
    }
  }

  public func runs() throws -> [Name] {
    try using { database in
      try String.fetchAll(database, sql: "SELECT DISTINCT run FROM journal").map { Name($0) }.sorted()
    }
  }

  public mutating func restore(_ run: Name, to records: [JournalRecord], under lease: Lease?) throws {
    pending = []
    try inTransaction { database in
      try database.execute(sql: "DELETE FROM journal WHERE run = ?", arguments: [run.text])
      try database.execute(sql: "DELETE FROM lease WHERE run = ?", arguments: [run.text])
      if !records.isEmpty {
        try database.execute(
          sql: "INSERT INTO journal (run, records) VALUES (?, ?)",
          arguments: [run.text, SQLiteStore.seal(records, of: run)])
      }
      guard let lease else { return }
      try database.execute(
        sql: "INSERT INTO lease (run, holder, token, until) VALUES (?, ?, ?, ?)",
        arguments: [run.text, lease.holder.text, lease.token, lease.until.nanoseconds])
    }
  }

  // MARK: Leases

  public mutating func acquire(
    _ run: Name, for holder: Name, at now: Instant, span: TimeSpan
  ) throws -> LeaseOutcome {
    let until = now + span
    return try using { database in
      let upsert = try database.cachedStatement(
        sql: """
          INSERT INTO lease (run, holder, token, until) VALUES (?1, ?2, 1, ?3)
          ON CONFLICT (run) DO UPDATE SET holder = ?2, token = token + 1, until = ?3
          WHERE holder = ?2 OR until <= ?4 RETURNING token
          """)
      // All rows are asked for, though there is one at most: the statement commits at its end, and whoever stops at the
      // first row is never told that it could not.
      let tokens = try Int64.fetchAll(
        upsert, arguments: [run.text, holder.text, until.nanoseconds, now.nanoseconds])
      if let token = tokens.first { return .granted(Lease(run: run, holder: holder, token: token, until: until)) }
      let held = try SQLiteStore.lease(of: run, in: database)?.until ?? now
      // Twice the span leaves room for clocks that differ; whoever waited for longer would wait for ever.
      guard held - now <= span * 2 else { throw StoreFailure.unreadable("a lease in it runs longer than leases do") }
      return .held(until: held)
    }
  }

  public mutating func renew(_ lease: Lease, at now: Instant, span: TimeSpan) throws -> Lease? {
    var renewed = lease
    renewed.until = now + span
    return try using { database in
      let update = try database.cachedStatement(
        sql: "UPDATE lease SET until = ? WHERE run = ? AND token = ? AND holder = ?")
      try update.execute(
        arguments: [renewed.until.nanoseconds, lease.run.text, lease.token, lease.holder.text])
      return database.changesCount > 0 ? renewed : nil
    }
  }

  public mutating func release(_ lease: Lease) throws {
    try using { database in
      let update = try database.cachedStatement(sql: "UPDATE lease SET until = ? WHERE run = ? AND token = ?")
      try update.execute(arguments: [Int64.min, lease.run.text, lease.token])
    }
  }

  private static func lease(of run: Name, in database: Database) throws -> Lease? {
    let select = try database.cachedStatement(sql: "SELECT holder, token, until FROM lease WHERE run = ?")
    guard let row = try Row.fetchOne(select, arguments: [run.text]) else { return nil }
    return Lease(run: run, holder: Name(row[0]), token: row[1], until: Instant(nanoseconds: row[2]))
  }
}
