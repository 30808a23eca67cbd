// Plays a campaign over its file: jobs claim units, play them, record them, until nothing is left.

import Foundation
import Primitives

/// A search cut into units, each of which is played and recorded as one.
///
/// Units depend on the campaign's input alone, so that any number of jobs and processes, killed or not, end with the
/// same outcomes.
public protocol UnitWork: Sendable {
  associatedtype Outcome: Codable & Sendable

  /// How many units there are; nil for as many as there is time for.
  var unitCount: Int? { get }
  /// What a unit plays, in words.
  func inputs(of unit: Int) -> String
  /// Plays a unit. What it returns after a cancellation is thrown away.
  func play(_ unit: Int, isCancelled: @escaping @Sendable () -> Bool) throws -> Outcome
  /// What failed in a unit, to be played first the next time.
  func failures(in outcome: Outcome) -> [RecordedFailure]
}

/// A campaign, what it plays, and the file that it is recorded in.
public struct RecordedCampaign<Work: UnitWork>: Sendable {
  public let database: ResultsDatabase
  public let campaign: ResultsDatabase.Campaign
  public let work: Work

  /// - Throws: what opening the campaign throws.
  public init(_ input: CampaignInput, work: Work, in database: ResultsDatabase, isResuming: Bool) throws {
    self.database = database
    self.work = work
    campaign = try database.open(input, units: work.unitCount, isResuming: isResuming)
  }

  /// Plays what nobody else plays, and waits for the others.
  ///
  /// - Parameters:
  ///   - jobs: how many units are played at the same time by this process.
  ///   - isCancelled: asked often; units in hand are given up and left to whoever resumes.
  ///   - isTimeUp: asked before each unit; units in hand are finished.
  ///   - onUnit: called by any job after each unit that this process played.
  /// - Returns: whether the campaign is whole.
  /// - Throws: what playing throws, and GRDB's `DatabaseError`.
  public func play(
    jobs: Int, isCancelled: @escaping @Sendable () -> Bool, isTimeUp: @escaping @Sendable () -> Bool = { false },
    onUnit: @escaping @Sendable (Work.Outcome) -> Void
  ) async throws -> Bool {
    do {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<jobs {
          group.addTask { try await self.work(isCancelled: isCancelled, isTimeUp: isTimeUp, onUnit: onUnit) }
        }
        // One job that fails ends the others, which may be waiting for its unit.
        while try await group.next() != nil {}
      }
    } catch {
      try? database.release(campaign)
      throw error
    }
    guard !isCancelled() else {
      try database.release(campaign)
      return false
    }
    try database.finish(campaign)
    return true
  }

  /// Hands over what is on file, in the order of the units, one after the other.
  ///
  /// - Throws: `DecodingError` where another version wrote it, and GRDB's `DatabaseError`.
  public func readOutcomes(_ take: (Work.Outcome) throws -> Void) throws {
    let decoder = JSONDecoder()
    try database.readOutcomes(of: campaign) { try take(decoder.decode(Work.Outcome.self, from: Data($0.utf8))) }
  }

  /// All that is on file.
  public func outcomes() throws -> [Work.Outcome] {
    var outcomes: [Work.Outcome] = []
    try readOutcomes { outcomes.append($0) }
    return outcomes
  }

  private func work(
    isCancelled: @escaping @Sendable () -> Bool, isTimeUp: @Sendable () -> Bool,
    onUnit: @Sendable (Work.Outcome) -> Void
  ) async throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var finished: ResultsDatabase.Finished?
    while !isCancelled(), !Task.isCancelled {
      let turn = try database.turn(
        in: campaign, after: finished, claimsMore: !isTimeUp(), inputs: work.inputs(of:))
      finished = nil
      switch turn {
      case .nothingLeft: return
      case .wait: try await Task.sleep(for: .milliseconds(20))
      case .play(let unit):
        let outcome: Work.Outcome
        do {
          outcome = try work.play(unit, isCancelled: isCancelled)
        } catch is CancellationError {
          return
        }
        if isCancelled() { return }
        onUnit(outcome)
        finished = .init(
          unit: unit, outcome: String(decoding: try encoder.encode(outcome), as: UTF8.self),
          failures: work.failures(in: outcome))
      }
    }
    // A unit that was played before the cancellation counts.
    if let finished {
      _ = try database.turn(in: campaign, after: finished, claimsMore: false, inputs: work.inputs(of:))
    }
  }
}
