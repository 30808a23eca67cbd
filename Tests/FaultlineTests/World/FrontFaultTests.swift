// Faults of limiters, slow handlers and clocks: what the caller sees, and what is true. Each with its control.

import Operations
import Primitives
import Simulation
import Testing

@testable import Faultline

@Suite struct FrontFaultTests {
  @Test func slowResponseTimesOutAndItWasDone() throws {
    let run = try ShelfRun([.put("box", key: "k")], faults: [.at("shelf.put", "slow-response")])
    #expect(run.seen == [.none(.timedOut)])
    #expect(run.ledger == [.created])
    #expect(run.world.faults.map(\.tookEffect) == [true])
  }

  @Test func theKeyOfASlowRequestIsInUseUntilItIsDone() throws {
    let slow = [Plan.Entry.at("shelf.put", "slow-response")]
    // The client waits ten seconds, the system takes fifteen.
    let soon = try ShelfRun([.put("box", key: "k"), .put("box", key: "k")], faults: slow)
    #expect(soon.statuses == [nil, 409])
    #expect(soon.ledger == [.created])
    let later = try ShelfRun([.put("box", key: "k"), .wait(.seconds(6)), .put("box", key: "k")], faults: slow)
    #expect(later.statuses == [nil, 200])
    #expect(later.ledger == [.created])
  }

  @Test func aSlowResponseBendsTheFirstAttemptAlone() throws {
    let run = try ShelfRun([.put("box", key: "k")], faults: [.at("shelf.put", "slow-response")], attempts: 3)
    #expect(run.world.metrics.attempts == 2)
    #expect(run.statuses == [409], "a library that does not know the code passes it on")
    #expect(run.ledger == [.created])
  }

  @Test func slowResponseIsNotOfferedWhereItIsALostAnswer() throws {
    let run = try ShelfRun([.put("box")], faults: [.at("shelf.put", "slow-response")])
    #expect(run.statuses == [200])
    #expect(run.world.unmet.count == 1)
  }

  @Test func aLaggyLimiterLetsOneThroughAndRefusesLongerThanItSays() throws {
    let script: [ProbeAgent.Step] = [.put("box"), .look("box"), .wait(.seconds(2)), .look("box"), .wait(.seconds(30)), .look("box")]
    let run = try ShelfRun(script, faults: [.at("shelf.put", "laggy-limiter")])
    #expect(run.statuses == [200, 429, 429, 200])
    #expect(run.seen[1].response?.retryAfter == .seconds(2), "after which it refuses again")
    #expect(run.ledger == [.created])
    #expect(run.world.faults.map(\.tookEffect) == [true])
  }

  @Test func aLaggyLimiterThatNobodyMeetsAgainIsReportedAsWithoutEffect() throws {
    let run = try ShelfRun(
      [.put("box"), .wait(.seconds(40)), .look("box")], faults: [.at("shelf.put", "laggy-limiter")])
    #expect(run.statuses == [200, 200])
    #expect(run.world.faults.map(\.tookEffect) == [false])
  }

  @Test(arguments: [("clock-jump:ahead" as Name, TimeSpan.hours(26)), ("clock-jump:back" as Name, TimeSpan.minutes(-10))])
  func aClockJumpIsSeenByTheProcessAlone(answer: Name, jump: TimeSpan) throws {
    let script: [ProbeAgent.Step] = [.put("a"), .wait(.seconds(7)), .put("b")]
    let run = try ShelfRun(script, faults: [.at("shelf.put", answer, call: 1)])
    let control = try ShelfRun(script)
    #expect(run.statuses == [200, 200])
    #expect(run.world.faults.map(\.tookEffect) == [true])
    #expect(run.world.processes[0].clock == jump)
    // The world goes on as if nothing had happened: a wait of seven seconds takes seven.
    #expect(run.times(of: "shelf.put") == control.times(of: "shelf.put"))
    #expect(control.world.processes[0].clock == .zero)
  }

  @Test func aClockIsSetRightByARestart() throws {
    let later = try ShelfRun(
      [.put("a"), .take("a")],
      faults: [.at("shelf.put", "clock-jump:ahead"), .at("shelf.take", "crash:after")])
    #expect(later.world.processes[0].clock == .zero)
  }

  @Test func aClockIsAskedForAtChangesAlone() throws {
    let run = try ShelfRun([.look("a")], faults: [.at("shelf.look", "clock-jump:ahead")])
    #expect(run.world.unmet.count == 1)
  }
}

extension ShelfRun {
  /// When requests of an operation left.
  func times(of operation: Name) -> [Instant] {
    world.trace.entries.compactMap { entry in
      if case .sent(_, let request, _, _) = entry.event, request.operation == operation { entry.at } else { nil }
    }
  }
}
