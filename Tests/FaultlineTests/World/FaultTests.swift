// Each fault has an exact truth: what the caller sees, and what really happened. Each has its control.

import Operations
import Primitives
import Simulation
import Testing

@testable import Faultline

@Suite struct FaultTests {
  @Test func withoutFaultsTheCallerSeesWhatHappened() throws {
    let run = try ShelfRun([.put("box"), .look("box")])
    #expect(run.statuses == [200, 200])
    #expect(run.ledger == [.created])
    #expect(run.world.faults.isEmpty)
    #expect(run.world.end == .quiet)
  }

  @Test func rateLimitedIsSeenAndNothingWasDone() throws {
    let run = try ShelfRun([.put("box")], faults: [.at("shelf.put", "rate-limited")])
    #expect(run.statuses == [429])
    #expect(run.seen.first?.response?.retryAfter == .seconds(2))
    #expect(run.ledger.isEmpty)
    #expect(run.world.faults.map(\.tookEffect) == [true])
  }

  @Test func requestLostTimesOutAndNothingWasDone() throws {
    let run = try ShelfRun([.put("box")], faults: [.at("shelf.put", "request-lost")])
    #expect(run.seen == [.none(.timedOut)])
    #expect(run.ledger.isEmpty)
    #expect(run.world.faults.map(\.tookEffect) == [true])
  }

  @Test func responseLostTimesOutAndItWasDone() throws {
    let run = try ShelfRun([.put("box")], faults: [.at("shelf.put", "response-lost")])
    #expect(run.seen == [.none(.timedOut)])
    #expect(run.ledger == [.created])
    #expect(run.world.faults.map(\.tookEffect) == [true])
  }

  @Test func responseLostLosesEveryAttemptOfTheLogicalCall() throws {
    let run = try ShelfRun([.put("box", key: "k")], faults: [.at("shelf.put", "response-lost")], attempts: 3)
    #expect(run.seen == [.none(.timedOut)])
    #expect(run.world.metrics.attempts == 3)
    #expect(run.ledger == [.created], "one key, one effect, three attempts")
  }

  @Test func aSingleLostAttemptIsHealedByTheClientLibrary() throws {
    let run = try ShelfRun(
      [.put("box", key: "k")], faults: [.at("shelf.put", "response-lost", attempt: 1)], attempts: 3)
    #expect(run.statuses == [200])
    #expect(run.world.metrics.attempts == 2)
    #expect(run.ledger == [.created])
  }

  @Test func aLibrarysRetryWithoutAKeyDoesItAgain() throws {
    let run = try ShelfRun([.put("box")], faults: [.at("shelf.put", "response-lost", attempt: 1)], attempts: 3)
    #expect(run.statuses == [200])
    #expect(run.ledger == [.created, .created])
  }

  @Test func errorAfterCommitIsA500AndItWasDone() throws {
    let run = try ShelfRun([.put("box")], faults: [.at("shelf.put", "error-after-commit")])
    #expect(run.statuses == [500])
    #expect(run.ledger == [.created])
    #expect(run.world.faults.map(\.tookEffect) == [true])
  }

  @Test func truncatedResponseIsUnreadableAndItWasDone() throws {
    let run = try ShelfRun([.put("box")], faults: [.at("shelf.put", "truncated-response")])
    #expect(run.seen == [.none(.unreadable)])
    #expect(run.ledger == [.created])
  }

  @Test func duplicateDeliveryIsOneAnswerAndTwoEffectsWithoutAKey() throws {
    let run = try ShelfRun([.put("box"), .wait(.seconds(2))], faults: [.at("shelf.put", "duplicate-delivery")])
    #expect(run.statuses == [200])
    #expect(run.ledger == [.created, .created])
    #expect(run.world.faults.map(\.tookEffect) == [true])
  }

  @Test func duplicateDeliveryIsNotOfferedWhereAKeyMakesItHarmless() throws {
    let run = try ShelfRun(
      [.put("box", key: "k"), .wait(.seconds(2))], faults: [.at("shelf.put", "duplicate-delivery")])
    #expect(run.ledger == [.created])
    #expect(run.world.unmet.map(\.choose) == ["duplicate-delivery"])
    #expect(run.world.faults.isEmpty)
  }

  @Test func duplicateDeliveryThatFindsNothingToDoIsReportedAsWithoutEffect() throws {
    let run = try ShelfRun(
      [.put("box"), .take("box"), .wait(.seconds(2))], faults: [.at("shelf.take", "duplicate-delivery")])
    #expect(run.statuses == [200, 200])
    #expect(run.ledger == [.created, .ended])
    #expect(run.world.faults.map(\.tookEffect) == [false])
  }

  @Test func outageAnswers503ToEveryoneUntilItEnds() throws {
    let run = try ShelfRun(
      [.put("box"), .look("box"), .wait(.seconds(50)), .put("box")], faults: [.at("shelf.put", "outage")])
    #expect(run.statuses == [503, 503, 200])
    #expect(run.ledger == [.created])
  }

  @Test func staleReadShowsAnOlderTruth() throws {
    let lagging = try ShelfRun([.put("box"), .look("box")], faults: [.at("shelf.look", "stale-read")])
    #expect(lagging.seen.last?.response?.body.int("count") == 0)
    #expect(lagging.ledger == [.created])
    #expect(lagging.world.faults.map(\.tookEffect) == [true])
    let fresh = try ShelfRun([.put("box"), .look("box")])
    #expect(fresh.seen.last?.response?.body.int("count") == 1)
  }

  @Test func staleReadIsNotOfferedWhereItCouldChangeNothing() throws {
    let run = try ShelfRun(
      [.put("box"), .wait(.seconds(10)), .look("box")], faults: [.at("shelf.look", "stale-read")])
    #expect(run.world.unmet.count == 1)
    #expect(run.world.faults.isEmpty)
  }

  @Test func asyncFailureIsAcceptedAndNeverReady() throws {
    let run = try ShelfRun(
      [.put("box"), .wait(.seconds(6)), .look("box")], faults: [.at("shelf.put", "async-failure")])
    #expect(run.statuses == [200, 200])
    #expect(run.ledger == [.created, .ended])
    #expect(run.seen.last?.response?.body.int("count") == 0)
  }

  @Test func compensationRefusedLeavesTheThingThere() throws {
    let run = try ShelfRun([.put("box"), .take("box")], faults: [.at("shelf.take", "compensation-refused")])
    #expect(run.statuses == [200, 409])
    #expect(run.ledger == [.created])
    let control = try ShelfRun([.put("box"), .take("box")])
    #expect(control.ledger == [.created, .ended])
  }

  @Test func lateArrivalExecutesAfterTheTimeOut() throws {
    let run = try ShelfRun([.put("box")], faults: [.at("shelf.put", "late-arrival:after-timeout")])
    #expect(run.seen == [.none(.timedOut)])
    #expect(run.ledger == [.created])
    let gaveUp = try #require(run.index { if case .answered = $0 { true } else { false } })
    let happened = try #require(run.index { if case .effect = $0 { true } else { false } })
    #expect(gaveUp < happened)
    #expect(run.world.faults.map(\.tookEffect) == [true])
  }

  @Test func lateArrivalAfterTheRetryExecutesTwiceWithoutAKey() throws {
    let late = [Plan.Entry.at("shelf.put", "late-arrival:after-retry")]
    #expect(try ShelfRun([.put("box"), .put("box")], faults: late).ledger == [.created, .created])
    #expect(try ShelfRun([.put("box", key: "k"), .put("box", key: "k")], faults: late).ledger == [.created])
  }

  @Test func lateArrivalAfterTheCompensationIsFoundByNobody() throws {
    let run = try ShelfRun(
      [.put("box"), .take("box")], faults: [.at("shelf.put", "late-arrival:after-compensation")])
    #expect(run.statuses == [nil, 404])
    #expect(run.ledger == [.created])
  }

  @Test func lateArrivalAtTheEndComesWithinTheDeclaredBound() throws {
    let run = try ShelfRun(
      [.put("box"), .wait(.minutes(8)), .look("box")], faults: [.at("shelf.put", "late-arrival:at-end")])
    #expect(run.seen.last?.response?.body.int("count") == 1, "the profile promises five minutes at most")
  }

  @Test func outOfBandChangeSettledFindsTheWorkDoneBySomebodyElse() throws {
    let run = try ShelfRun([.put("box"), .take("box")], faults: [.at("shelf.take", "out-of-band-change:settled")])
    #expect(run.statuses == [200, 404])
    #expect(run.ledger == [.created, .ended])
    #expect(run.authors == ["the agent", "somebody"])
    #expect(run.world.faults.map(\.tookEffect) == [true])
  }

  @Test func outOfBandChangeRemovedIsSeenByTheReadThatItWentBefore() throws {
    let run = try ShelfRun([.put("box"), .look("box")], faults: [.at("shelf.look", "out-of-band-change:removed")])
    #expect(run.seen.last?.response?.body.int("count") == 0)
    #expect(run.authors == ["the agent", "somebody"])
    let control = try ShelfRun([.put("box"), .look("box")])
    #expect(control.authors == ["the agent"])
  }

  @Test func outOfBandChangeIsNotOfferedWhereThereIsNothingToChange() throws {
    let run = try ShelfRun([.take("box")], faults: [.at("shelf.take", "out-of-band-change:settled")])
    #expect(run.world.unmet.count == 1)
    #expect(run.ledger.isEmpty)
  }

  @Test func aPlannedFaultThatIsNeverMetIsReported() throws {
    let run = try ShelfRun([.look("box")], faults: [.at("shelf.put", "response-lost")])
    #expect(run.world.unmet.map(\.choose) == ["response-lost"])
  }

  @Test(arguments: 1...50 as ClosedRange<UInt64>)
  func noSiteIsMetTwiceAndAPlanPlaysAgainToTheSameHash(seed: UInt64) throws {
    let scenario = Scenario(
      name: "shelf", title: "A shelf", systems: [], start: Instant(year: 2026, month: 11, day: 20),
      workflow: "probe", input: [:], intents: [])
    let setup = WorldSetup(scenario: scenario, systems: [ShelfBackend()])
    let agent = ProbeAgent(script: [.put("a"), .look("a"), .put("b", key: "k"), .take("a"), .wait(.seconds(3)), .take("b")])
    func play(_ driver: Driver) throws -> World {
      var world = try World(setup: setup, agent: agent, seed: seed, driver: driver, isRecording: false)
      world.run()
      return world
    }
    let random = try play(.seeded(Swarm(seed: seed, budget: 4, rate: 9_000)))
    #expect(random.repeatedSite == nil)
    let again = try play(.planned(random.plan))
    #expect(again.trace.hash == random.trace.hash)
    #expect(again.unmet.isEmpty)
  }
}
