// The file that campaigns are recorded in: claims, takeovers, resuming, and what failed before.

import Exploration
import Foundation
import GRDB
import Primitives
import Simulation
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct ResultsDatabaseTests {
  /// A file of its own, gone with the test.
  private final class Place: Sendable {
    let folder = FileManager.default.temporaryDirectory.appending(path: "faultline-results-\(UUID().uuidString)")
    var path: String { folder.appending(path: "results.sqlite").path }
    deinit { try? FileManager.default.removeItem(at: folder) }
  }

  private static func input(_ change: (inout CampaignInput) -> Void = { _ in }) -> CampaignInput {
    var input = CampaignInput(
      scenario: "scenarios/a.yaml", scenarioDigest: 7, agent: "reference", kind: .exhaustive, maxFaults: 2, seed: 0,
      version: "1")
    change(&input)
    return input
  }

  private static let failure = RecordedFailure(
    plan: Plan([
      Plan.Entry(
        at: SitePattern(
          process: "agent-0", incarnation: 2, run: "onboarding:acme", point: "cloud.create_cluster",
          subject: "a b/c [d]#1", call: 1, attempt: 3, aspect: .answer), choose: "response-lost"),
      Plan.Entry(at: SitePattern(point: "notify.send_mail", aspect: .crash), choose: "crash:before"),
    ]), seed: .max, oracles: ["double-billing", "stuck"])

  // MARK: Claims

  @Test func unitsAreClaimedInTheirOrderEachOnce() throws {
    let place = Place()
    let database = try ResultsDatabase(path: place.path)
    let campaign = try database.open(Self.input(), units: 2, isResuming: false)
    func turn(after unit: Int? = nil) throws -> ResultsDatabase.Turn {
      let finished = unit.map { ResultsDatabase.Finished(unit: $0, outcome: "\($0)", failures: []) }
      return try database.turn(in: campaign, after: finished) { "unit \($0)" }
    }
    #expect(try turn() == .play(0))
    #expect(try turn() == .play(1))
    #expect(try turn() == .wait, "somebody plays the rest")
    #expect(try turn(after: 1) == .wait)
    #expect(try turn(after: 0) == .nothingLeft)
    #expect(try database.outcomes(of: campaign) == ["0", "1"], "in the order of units, not of time")
  }

  @Test func whatIsPlayedIsOnFileBeforeItIsPlayed() throws {
    let place = Place()
    let database = try ResultsDatabase(path: place.path)
    let campaign = try database.open(Self.input(), units: nil, isResuming: false)
    _ = try database.turn(in: campaign) { "seeds \($0 * 64)..<\($0 * 64 + 64)" }
    let other = try DatabaseQueue(path: place.path)
    #expect(try other.read { try String.fetchAll($0, sql: "SELECT inputs FROM claim") } == ["seeds 0..<64"])
    #expect(try other.read { try String.fetchAll($0, sql: "SELECT agent FROM campaign") } == ["reference"])
  }

  @Test func whatADeadProcessClaimedIsTakenOver() throws {
    let place = Place()
    let first = try ResultsDatabase(path: place.path)
    let campaign = try first.open(Self.input(), units: 3, isResuming: false)
    #expect(try first.turn(in: campaign) { "\($0)" } == .play(0))
    #expect(try first.turn(in: campaign) { "\($0)" } == .play(1))
    // The kernel shows a process only the locks of others: to this second opening, the first looks dead.
    let second = try ResultsDatabase(path: place.path)
    let resumed = try second.open(Self.input(), units: 3, isResuming: true)
    #expect(resumed.id == campaign.id)
    let finished = ResultsDatabase.Finished(unit: 0, outcome: "by the second", failures: [])
    #expect(try second.turn(in: resumed) { "\($0)" } == .play(0))
    #expect(try second.turn(in: resumed, after: finished) { "\($0)" } == .play(1))
    // The first was alive after all: what it finishes is the same and counts once.
    let late = ResultsDatabase.Finished(unit: 0, outcome: "by the first", failures: [])
    #expect(try first.turn(in: campaign, after: late) { "\($0)" } != .play(0))
    #expect(try first.outcomes(of: campaign) == ["by the second"])
  }

  @Test func whatIsGivenBackIsClaimedAgain() throws {
    let place = Place()
    let database = try ResultsDatabase(path: place.path)
    let campaign = try database.open(Self.input(), units: 2, isResuming: false)
    #expect(try database.turn(in: campaign) { "\($0)" } == .play(0))
    try database.release(campaign)
    #expect(try database.turn(in: campaign) { "\($0)" } == .play(0))
    #expect(try database.turn(in: campaign, claimsMore: false) { "\($0)" } == .nothingLeft, "time is up")
  }

  // MARK: Campaigns

  @Test func onlyAnUnfinishedCampaignOfTheSameInputIsResumed() throws {
    let place = Place()
    let database = try ResultsDatabase(path: place.path)
    let first = try database.open(Self.input(), units: 4, isResuming: true)
    #expect(try database.open(Self.input(), units: 4, isResuming: true).id == first.id)
    #expect(try database.open(Self.input { $0.scenario = "./a.yaml" }, units: 4, isResuming: true).id == first.id)
    for change: (inout CampaignInput) -> Void in [
      { $0.scenarioDigest = 8 }, { $0.agent = "naive" }, { $0.without = ["read-back"] }, { $0.store = "sqlite" },
      { $0.kind = .random }, { $0.maxFaults = 3 }, { $0.seed = 1 }, { $0.runs = 9 }, { $0.prefix = Self.failure.plan },
      { $0.version = "2" },
    ] {
      #expect(try database.open(Self.input(change), units: 4, isResuming: true).id != first.id)
    }
    #expect(try database.open(Self.input(), units: 4, isResuming: false).id != first.id, "nobody asked to resume")
    try database.finish(first)
    let latest = try database.open(Self.input(), units: 4, isResuming: true)
    #expect(latest.id != first.id)
  }

  @Test func anotherNumberOfUnitsForTheSameInputIsADefect() throws {
    let place = Place()
    let database = try ResultsDatabase(path: place.path)
    _ = try database.open(Self.input(), units: 4, isResuming: false)
    #expect(throws: ResultsMismatch.self) { try database.open(Self.input(), units: 5, isResuming: true) }
  }

  @Test func aFileThatIsNoDatabaseIsRefused() throws {
    let place = Place()
    try FileManager.default.createDirectory(at: place.folder, withIntermediateDirectories: true)
    try Data("notes, and enough of them to be no header".utf8).write(to: URL(fileURLWithPath: place.path))
    #expect(throws: DatabaseError.self) { try ResultsDatabase(path: place.path) }
  }

  // MARK: Failures

  @Test func earlierFailuresComeBackExactlyAndOnce() throws {
    let place = Place()
    let database = try ResultsDatabase(path: place.path)
    for _ in 0..<2 {
      let campaign = try database.open(Self.input(), units: 1, isResuming: false)
      let finished = ResultsDatabase.Finished(unit: 0, outcome: "{}", failures: [Self.failure])
      _ = try database.turn(in: campaign, after: finished) { "\($0)" }
    }
    #expect(try database.earlierFailures(of: Self.input { $0.maxFaults = 9 }, atMost: 10) == [Self.failure])
    #expect(try database.earlierFailures(of: Self.input { $0.scenarioDigest = 8 }, atMost: 10) == [Self.failure])
    #expect(try database.earlierFailures(of: Self.input { $0.agent = "naive" }, atMost: 10) == [])
    #expect(try database.earlierFailures(of: Self.input { $0.without = ["read-back"] }, atMost: 10) == [])
    #expect(try database.earlierFailures(of: Self.input(), atMost: 0) == [])
  }

  // MARK: Playing

  /// Squares, each of which is a unit.
  private struct Squares: UnitWork {
    let unitCount: Int?
    var onPlay: @Sendable (Int) throws -> Void = { _ in }

    func inputs(of unit: Int) -> String { "\(unit) squared" }

    func play(_ unit: Int, isCancelled: @escaping @Sendable () -> Bool) throws -> Int {
      try onPlay(unit)
      return unit * unit
    }

    func failures(in outcome: Int) -> [RecordedFailure] { [] }
  }

  @Test(arguments: [1, 2, 5])
  func anyNumberOfJobsEndsWithTheSameOutcomes(_ jobs: Int) async throws {
    let place = Place()
    let database = try ResultsDatabase(path: place.path)
    let campaign = try RecordedCampaign(Self.input(), work: Squares(unitCount: 40), in: database, isResuming: false)
    #expect(try await campaign.play(jobs: jobs, isCancelled: { false }, onUnit: { _ in }))
    #expect(try campaign.outcomes() == (0..<40).map { $0 * $0 })
  }

  @Test func whatWasCancelledIsResumedAndEndsTheSame() async throws {
    let place = Place()
    let database = try ResultsDatabase(path: place.path)
    let played = Mutex<[Int]>([])
    let work = Squares(unitCount: 12) { unit in played.withLock { $0.append(unit) } }
    let first = try RecordedCampaign(Self.input(), work: work, in: database, isResuming: true)
    #expect(try await !first.play(jobs: 1, isCancelled: { played.withLock { $0.count } > 5 }, onUnit: { _ in }))
    #expect(try first.outcomes().count == 5, "the sixth was given up")
    let second = try RecordedCampaign(Self.input(), work: work, in: database, isResuming: true)
    #expect(second.campaign.recorded == 5)
    #expect(try await second.play(jobs: 2, isCancelled: { false }, onUnit: { _ in }))
    #expect(try second.outcomes() == (0..<12).map { $0 * $0 })
    #expect(played.withLock { $0.sorted() } == (0..<12).flatMap { $0 == 5 ? [5, 5] : [$0] })
  }

  @Test func whatAUnitThrowsEndsTheCampaignUnfinished() async throws {
    struct Broken: Error {}
    let place = Place()
    let database = try ResultsDatabase(path: place.path)
    let work = Squares(unitCount: 8) { unit in if unit == 3 { throw Broken() } }
    let campaign = try RecordedCampaign(Self.input(), work: work, in: database, isResuming: false)
    await #expect(throws: Broken.self) { try await campaign.play(jobs: 2, isCancelled: { false }, onUnit: { _ in }) }
    let again = try RecordedCampaign(Self.input(), work: Squares(unitCount: 8), in: database, isResuming: true)
    #expect(again.campaign.id == campaign.campaign.id)
    #expect(try await again.play(jobs: 1, isCancelled: { false }, onUnit: { _ in }))
    #expect(try again.outcomes().count == 8)
  }

  @Test func withoutAnEndTimeDecides() async throws {
    let place = Place()
    let database = try ResultsDatabase(path: place.path)
    let count = Atomic(0)
    let campaign = try RecordedCampaign(Self.input(), work: Squares(unitCount: nil), in: database, isResuming: false)
    let isWhole = try await campaign.play(
      jobs: 1, isCancelled: { false }, isTimeUp: { count.wrappingAdd(1, ordering: .relaxed).newValue > 7 },
      onUnit: { _ in })
    #expect(isWhole)
    #expect(try campaign.outcomes() == (0..<7).map { $0 * $0 })
  }
}
