// Who plays which unit: claimed before it runs, recorded after, taken over when its claimant has died.

import Faultline
import Foundation
import GRDB
import Primitives
import Simulation

extension ResultsDatabase {
  /// What a job does next.
  public enum Turn: Hashable, Sendable {
    case play(Int)
    /// Other processes play what is left; one of them may die.
    case wait
    case nothingLeft
  }

  /// A unit that was played.
  public struct Finished: Sendable {
    public var unit: Int
    /// What came of it, as JSON.
    public var outcome: String
    public var failures: [RecordedFailure]

    public init(unit: Int, outcome: String, failures: [RecordedFailure]) {
      self.unit = unit
      self.outcome = outcome
      self.failures = failures
    }
  }

  /// Records what was played and claims what comes next, in one transaction.
  ///
  /// - Parameters:
  ///   - claimsMore: false where time is up.
  ///   - inputs: says in words what a unit plays; written down before it is played.
  /// - Throws: GRDB's `DatabaseError`.
  public func turn(
    in campaign: Campaign, after finished: Finished? = nil, claimsMore: Bool = true, inputs: (Int) -> String
  ) throws -> Turn {
    try queue.writeImmediately { database in
      if let finished { try record(finished, inputs: inputs(finished.unit), in: campaign, database) }
      guard claimsMore, let unit = try nextUnit(in: campaign, database) else {
        return try claimsMore && hasOpenClaims(campaign, database) ? .wait : .nothingLeft
      }
      try database.cachedStatement(
        sql: "INSERT OR REPLACE INTO claim (campaign, unit, inputs, claimant) VALUES (?, ?, ?, ?)"
      ).execute(arguments: [campaign.id, unit, inputs(unit), claimant])
      return .play(unit)
    }
  }

  /// Gives back what this process claimed and has not finished.
  public func release(_ campaign: Campaign) throws {
    try queue.writeImmediately { database in
      try database.execute(
        sql: "UPDATE claim SET claimant = NULL WHERE campaign = ? AND claimant = ?", arguments: [campaign.id, claimant])
    }
  }

  /// Hands over the outcomes on file, as JSON, in the order of the units; one at a time, since a long campaign has
  /// more of them than should be in memory.
  public func readOutcomes(of campaign: Campaign, _ take: (String) throws -> Void) throws {
    try queue.read { database in
      let outcomes = try String.fetchCursor(
        database, sql: "SELECT outcome FROM result WHERE campaign = ? ORDER BY unit", arguments: [campaign.id])
      while let outcome = try outcomes.next() { try take(outcome) }
    }
  }

  /// All outcomes on file.
  public func outcomes(of campaign: Campaign) throws -> [String] {
    var outcomes: [String] = []
    try readOutcomes(of: campaign) { outcomes.append($0) }
    return outcomes
  }

  private func record(
    _ finished: Finished, inputs: String, in campaign: Campaign, _ database: Database
  ) throws {
    // Somebody who took this process for dead may have played the same unit: the same input, the same outcome.
    try database.cachedStatement(
      sql: "INSERT OR IGNORE INTO result (campaign, unit, inputs, claimant, outcome) VALUES (?, ?, ?, ?, ?)"
    ).execute(arguments: [campaign.id, finished.unit, inputs, claimant, finished.outcome])
    try database.cachedStatement(sql: "DELETE FROM claim WHERE campaign = ? AND unit = ?")
      .execute(arguments: [campaign.id, finished.unit])
    let insert = try database.cachedStatement(
      sql: """
        INSERT OR IGNORE INTO failure (campaign, plan_digest, seed, plan, oracles) VALUES (?, ?, ?, ?, ?)
        """)
    for failure in finished.failures {
      try insert.execute(arguments: [
        campaign.id, failure.plan.stableDigest.hexadecimal, String(failure.seed), failure.plan.lines,
        Self.text(failure.oracles),
      ])
    }
  }

  /// The first unit whose claimant is gone, or else the first that nobody has claimed.
  private func nextUnit(in campaign: Campaign, _ database: Database) throws -> Int? {
    let open = try database.cachedStatement(sql: "SELECT unit, claimant FROM claim WHERE campaign = ? ORDER BY unit")
    let claims = try Row.fetchAll(open, arguments: [campaign.id])
    if let orphan = claims.first(where: { row in (row[1] as Int64?).map { !isAlive($0) } ?? true }) {
      return orphan[0]
    }
    let sql = "SELECT next_unit FROM campaign WHERE id = ? AND (units IS NULL OR next_unit < units)"
    guard let unit = try Int.fetchOne(try database.cachedStatement(sql: sql), arguments: [campaign.id]) else {
      return nil
    }
    try database.cachedStatement(sql: "UPDATE campaign SET next_unit = ? WHERE id = ?")
      .execute(arguments: [unit + 1, campaign.id])
    return unit
  }

  private func hasOpenClaims(_ campaign: Campaign, _ database: Database) throws -> Bool {
    let select = try database.cachedStatement(sql: "SELECT 1 FROM claim WHERE campaign = ? LIMIT 1")
    return try Row.fetchOne(select, arguments: [campaign.id]) != nil
  }
}

// MARK: - Failures

/// A plan that failed, as it is kept on file.
public struct RecordedFailure: Hashable, Sendable {
  public var plan: Plan
  public var seed: UInt64
  public var shape: RunShape
  public var oracles: [Name]

  public init(plan: Plan, seed: UInt64, shape: RunShape = .nominal, oracles: [Name]) {
    self.plan = plan
    self.seed = seed
    self.shape = shape
    self.oracles = oracles
  }
}

extension ResultsDatabase {
  /// What failed before in this scenario with this agent, the latest first, each plan once.
  ///
  /// - Parameter input: whose scenario file and agent are meant; the scenario may have been edited since.
  public func earlierFailures(of input: CampaignInput, atMost limit: Int) throws -> [RecordedFailure] {
    try queue.read { database in
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT plan, failure.seed, oracles, kind FROM failure JOIN campaign ON campaign.id = failure.campaign
          WHERE (scenario = ? OR scenario_digest = ?) AND agent = ? AND without = ? AND store = ?
          GROUP BY plan_digest, failure.seed, kind ORDER BY MAX(campaign.id) DESC, plan_digest LIMIT ?
          """,
        arguments: [
          input.scenario, input.scenarioDigest.hexadecimal, input.agent.text, Self.text(input.without),
          input.store.text, limit,
        ])
      return rows.compactMap { row in
        guard let plan = Plan(lines: row[0]), let seed = UInt64(row[1] as String) else { return nil }
        let oracles = (row[2] as String).split(separator: ",").map { Name(String($0)) }
        // A random run's shape comes from its seed; other plans are played in the nominal one.
        let isRandom = (row[3] as String) == CampaignInput.Kind.random.rawValue
        let shape = isRandom ? RunShape(seed: seed) : .nominal
        return RecordedFailure(plan: plan, seed: seed, shape: shape, oracles: oracles)
      }
    }
  }
}
