// Once faults have stopped a run must get somewhere: what counts as progress, and what is said where there is none.

import Operations
import Primitives
import Simulation
import Testing

@testable import Faultline

@Suite struct LivenessTests {
  private func stuck(_ run: ShelfRun) -> String? {
    Judge.verdict(on: run.world, agent: ProbeAgent(script: [])).violations.first { $0.oracle == Stuck.name }?.message
  }

  @Test func askingTheSameForEverIsALivelock() throws {
    let round = [ProbeAgent.Step.look("a"), .wait(.seconds(5))]
    let run = try ShelfRun([.put("a")] + (0..<2_000).flatMap { _ in round })
    #expect(run.world.end == .livelocked)
    let said = try #require(stuck(run))
    #expect(said.contains("agent-0 has asked shelf.look[a]"))
    #expect(said.contains("without anything changing"))
    #expect(run.world.now - run.world.setup.scenario.start < .hours(1))
  }

  /// Two worlds that differ in how much patience is left for them have different futures.
  @Test func theStateKeyKnowsWhenARunIsGivenUp() throws {
    let round = [ProbeAgent.Step.look("a"), .wait(.seconds(5))]
    var world = try ShelfRun([.put("a")] + (0..<2_000).flatMap { _ in round }).world
    func key(_ change: (inout World) -> Void) -> StateKey {
      var other = world
      change(&other)
      return other.stateKey()
    }
    let known = world.stateKey()
    #expect(key { _ in } == known)
    #expect(key { $0.watch.fruitless -= 1 } != known)
    #expect(key { $0.watch.next = $0.watch.next + .seconds(1) } != known)
    #expect(key { $0.watch.isCalm = false } != known)
    // Once something is new, the looks that showed nothing count no more.
    #expect(key { $0.watch.novelty = 0 } == key { ($0.watch.novelty, $0.watch.fruitless) = (0, 1) })
  }

  /// The second pass of the same change is no progress either.
  @Test func writingTheSameForEverIsALivelock() throws {
    let round = [ProbeAgent.Step.put("a"), .take("a"), .wait(.seconds(5))]
    let run = try ShelfRun((0..<1_000).flatMap { _ in round })
    #expect(run.world.end == .livelocked)
  }

  @Test func aLongSleepIsNone() throws {
    let run = try ShelfRun([.put("a"), .wait(.hours(9)), .put("b")])
    #expect(run.world.end == .quiet)
    #expect(stuck(run) == nil)
  }

  @Test func slowWorkIsNone() throws {
    let run = try ShelfRun((0..<40).flatMap { [ProbeAgent.Step.put("book-\($0)"), .wait(.minutes(9))] })
    #expect(run.world.end == .quiet)
    #expect(stuck(run) == nil)
  }

  @Test func aLoopThatEndsInTimeIsNone() throws {
    let run = try ShelfRun((0..<100).flatMap { _ in [ProbeAgent.Step.look("a"), .wait(.seconds(10))] })
    #expect(run.world.end == .quiet)
  }

  @Test func aStallSaysThatNothingCanCome() throws {
    let run = try ShelfRun([.never])
    #expect(run.world.end == .stalled)
    #expect(stuck(run)?.contains("agent-0 waits for nothing that could still come") == true)
  }

  @Test func aLimitSaysWhatWasGoingOn() throws {
    let run = try ShelfRun([.wait(.days(3)), .put("a")])
    #expect(run.world.end == .limit("virtual_time"))
    #expect(stuck(run)?.contains("agent-0 sleeps until 2026-11-23") == true)
  }

  /// The same run at random: it is watched only once its safety phase is over.
  @Test func theWatchBeginsWhenFaultsHaveStopped() throws {
    let round = [ProbeAgent.Step.look("a"), .wait(.seconds(5))]
    let script = (0..<2_000).flatMap { _ in round }
    func ending(after span: TimeSpan) throws -> Instant {
      try ShelfRun(script, shape: RunShape(calmAfter: span)).world.now
    }
    let early = try ending(after: .zero)
    let late = try ending(after: .minutes(20))
    #expect(late - early > .minutes(5))
  }

  @Test func noFaultBeginsAtRandomOnceTheSafetyPhaseIsOver() throws {
    let script = (0..<60).flatMap { [ProbeAgent.Step.put("book-\($0)"), .wait(.seconds(30))] }
    var faults = 0
    for seed in 1...20 as ClosedRange<UInt64> {
      let swarm = Driver.seeded(Swarm(seed: seed, budget: .max, rate: 5_000))
      let run = try ShelfRun(script, driver: swarm, seed: seed, shape: RunShape(calmAfter: .minutes(5)))
      faults += run.world.faults.count
      let calm = run.world.setup.scenario.start + .minutes(5)
      for entry in run.world.trace.entries {
        if case .fault = entry.event { #expect(entry.at <= calm + .seconds(35)) }
      }
    }
    #expect(faults > 10)
  }
}
