// Results of campaigns on file: what was claimed before it ran, what came of it, and what failed.

import Foundation
import GRDB
import Primitives
import Simulation

/// The results of campaigns in one SQLite file, which any number of processes may share.
///
/// A campaign is cut into units. A unit is claimed before it is played and recorded when it is done, each in one
/// transaction, so a process that is killed loses at most the units that it was playing; they are played again.
public final class ResultsDatabase: Sendable {
  let queue: DatabaseQueue
  private let lock: ClaimantLock
  /// This process among those that claim.
  let claimant: Int64

  /// How long a transaction waits for those of other processes, in seconds.
  private static let patience: TimeInterval = 60

  /// Opens the file at `path` and makes it, with the folders above it, where there is none.
  ///
  /// - Throws: GRDB's `DatabaseError` where the file is no database of ours or can't be written, and what the file
  ///   system throws.
  public init(path: String) throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var configuration = Configuration()
    configuration.busyMode = .timeout(Self.patience)
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA journal_mode = WAL")
      // What is committed survives the end of the process, which is what a campaign needs; a loss of power may
      // cost the last units, which are then played again.
      try database.execute(sql: "PRAGMA synchronous = NORMAL")
    }
    lock = try ClaimantLock(path: path + "-claims")
    // Two processes that make the file at the same time would both find it without tables.
    queue = try lock.alone {
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      try Self.migrator.migrate(queue)
      return queue
    }
    claimant = try queue.writeImmediately { database in
      try database.execute(
        sql: "INSERT INTO claimant (pid, since) VALUES (?, datetime('now'))",
        arguments: [ProcessInfo.processInfo.processIdentifier])
      return database.lastInsertedRowID
    }
    try lock.hold(claimant)
  }

  private static let migrator: DatabaseMigrator = {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("campaigns") { database in
      try database.execute(
        sql: """
          CREATE TABLE claimant (id INTEGER PRIMARY KEY AUTOINCREMENT, pid INTEGER NOT NULL, since TEXT NOT NULL);
          CREATE TABLE campaign (
            id INTEGER PRIMARY KEY, input TEXT NOT NULL, scenario TEXT NOT NULL, scenario_digest TEXT NOT NULL,
            agent TEXT NOT NULL, without TEXT NOT NULL, store TEXT NOT NULL, kind TEXT NOT NULL,
            max_faults INTEGER NOT NULL, seed TEXT NOT NULL, runs INTEGER, prefix TEXT NOT NULL,
            version TEXT NOT NULL, units INTEGER, next_unit INTEGER NOT NULL DEFAULT 0,
            started TEXT NOT NULL, finished TEXT, certificate TEXT
          );
          CREATE INDEX campaign_input ON campaign (input);
          CREATE TABLE claim (
            campaign INTEGER NOT NULL REFERENCES campaign, unit INTEGER NOT NULL, inputs TEXT NOT NULL,
            claimant INTEGER REFERENCES claimant, PRIMARY KEY (campaign, unit)
          ) WITHOUT ROWID;
          CREATE TABLE result (
            campaign INTEGER NOT NULL REFERENCES campaign, unit INTEGER NOT NULL, inputs TEXT NOT NULL,
            claimant INTEGER NOT NULL REFERENCES claimant, outcome TEXT NOT NULL, PRIMARY KEY (campaign, unit)
          );
          CREATE TABLE failure (
            campaign INTEGER NOT NULL REFERENCES campaign, plan_digest TEXT NOT NULL, seed TEXT NOT NULL,
            plan TEXT NOT NULL, oracles TEXT NOT NULL,
            PRIMARY KEY (campaign, plan_digest, seed)
          ) WITHOUT ROWID;
          CREATE TABLE mark (
            campaign INTEGER NOT NULL REFERENCES campaign, name TEXT NOT NULL, hits INTEGER NOT NULL,
            PRIMARY KEY (campaign, name)
          ) WITHOUT ROWID;
          """)
    }
    return migrator
  }()

  func isAlive(_ other: Int64) -> Bool { other == claimant || lock.isHeldElsewhere(other) }

  // MARK: Campaigns

  /// A campaign on file.
  public struct Campaign: Hashable, Sendable {
    public let id: Int64
    /// How many of its units were recorded when it was opened; more than none where it was resumed.
    public let recorded: Int
  }

  /// Begins a campaign, or goes on with the latest unfinished one of this input.
  ///
  /// - Parameters:
  ///   - units: how many units it has; nil where time decides.
  ///   - isResuming: whether to look for an unfinished one. Two processes that resume at the same time share it.
  /// - Throws: ``ResultsMismatch`` where the unfinished campaign was cut otherwise, and GRDB's `DatabaseError`.
  public func open(_ input: CampaignInput, units: Int?, isResuming: Bool) throws -> Campaign {
    try queue.writeImmediately { database in
      if isResuming, let found = try Self.unfinished(input, in: database) {
        guard found.units == units else {
          throw ResultsMismatch(
            description: "campaign \(found.id) has \(found.units.map(String.init) ?? "no fixed number of") units, "
              + "and the same input now gives \(units.map(String.init) ?? "no fixed number")")
        }
        let sql = "SELECT COUNT(*) FROM result WHERE campaign = ?"
        let recorded = try Int.fetchOne(database, sql: sql, arguments: [found.id]) ?? 0
        return Campaign(id: found.id, recorded: recorded)
      }
      try database.execute(
        sql: """
          INSERT INTO campaign (input, scenario, scenario_digest, agent, without, store, kind, max_faults, seed, runs,
            prefix, version, units, started)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, datetime('now'))
          """,
        arguments: [
          input.digest.hexadecimal, input.scenario, input.scenarioDigest.hexadecimal, input.agent.text,
          Self.text(input.without), input.store.text, input.kind.rawValue, input.maxFaults, String(input.seed),
          input.runs, input.prefix.lines, input.version, units,
        ])
      return Campaign(id: database.lastInsertedRowID, recorded: 0)
    }
  }

  private static func unfinished(
    _ input: CampaignInput, in database: Database
  ) throws -> (id: Int64, units: Int?)? {
    let sql = "SELECT id, units FROM campaign WHERE input = ? AND finished IS NULL ORDER BY id DESC LIMIT 1"
    return try Row.fetchOne(database, sql: sql, arguments: [input.digest.hexadecimal]).map { ($0[0], $0[1]) }
  }

  static func text(_ names: [Name]) -> String { Set(names).sorted().map(\.text).joined(separator: ",") }

  /// Says that nothing is left to do in a campaign.
  public func finish(_ campaign: Campaign) throws {
    try queue.writeImmediately { database in
      try database.execute(
        sql: "UPDATE campaign SET finished = datetime('now') WHERE id = ? AND finished IS NULL",
        arguments: [campaign.id])
    }
  }

  /// Keeps what a finished campaign came to.
  ///
  /// - Parameters:
  ///   - certificate: as it is given to programs.
  ///   - marks: how often each mark was hit.
  public func keep(
    certificate: String, marks: [(name: String, hits: Int)] = [], of campaign: Campaign
  ) throws {
    try queue.writeImmediately { database in
      try database.execute(
        sql: "UPDATE campaign SET certificate = ? WHERE id = ?", arguments: [certificate, campaign.id])
      for mark in marks {
        try database.execute(
          sql: "INSERT OR REPLACE INTO mark (campaign, name, hits) VALUES (?, ?, ?)",
          arguments: [campaign.id, mark.name, mark.hits])
      }
    }
  }
}

/// What is on file contradicts what is played now: a defect of Faultline, exit status 3.
public struct ResultsMismatch: Error, Sendable, CustomStringConvertible {
  public let description: String
}

extension DatabaseQueue {
  /// One transaction that has the file to itself from its beginning, so that what it reads stays true until it ends.
  func writeImmediately<T>(_ work: (Database) throws -> T) throws -> T {
    try writeWithoutTransaction { database in
      var result: T?
      try database.inTransaction(.immediate) {
        result = try work(database)
        return .commit
      }
      guard let result else { preconditionFailure("a transaction that committed has a result") }
      return result
    }
  }
}
