// Determinism is always looked after: a run that goes otherwise the second time ends the search.

import Exploration
import Faultline
import Primitives
import Simulation
import Synchronization
import Testing

/// An agent that no simulator can hold: each time that it is set up it runs another errand.
private struct FickleAgent: AgentUnderTest {
  private final class Times: Sendable {
    let count = Atomic<Int>(0)
  }

  let name: Name = "fickle"
  let summary = "Runs another errand each time."
  let without: [Name] = []
  let practices: Set<Practice> = []
  var client: ClientPolicy { errands[0].client }
  let errands = [Errand(requests: [Errand.network]), Errand(requests: [Errand.mail(key: "welcome-acme")])]
  private let times = Times()

  func deploy(_ task: AgentTask) -> any AgentDeployment {
    errands[times.count.add(1, ordering: .relaxed).newValue % errands.count].deploy(task)
  }
}

@Suite struct RecheckTests {
  private func play(_ agent: some AgentUnderTest, percent: Int) throws -> ExhaustiveWork.Outcome {
    let scenario = Errand(requests: []).scenario()
    let search = try ExhaustiveSearch(scenario: scenario, agent: agent, maxFaults: 1)
    return try ExhaustiveWork(search, recheck: Recheck(percent: percent)).play(0) { false }
  }

  @Test func aRunThatGoesOtherwiseTheSecondTimeEndsTheSearchWithBothTraces() throws {
    let mismatch = try #require(throws: Mismatch.self) { try play(FickleAgent(), percent: 100) }
    guard case .hashes(let verdict, let again, let first, let second) = mismatch else {
      Issue.record("\(mismatch)")
      return
    }
    #expect(verdict.traceHash != again)
    #expect(first.hash != second.hash)
    #expect(!first.entries.isEmpty && !second.entries.isEmpty, "both are there to be read")
  }

  @Test func aRunThatGoesTheSameWayIsCounted() throws {
    let outcome = try play(Errand(requests: [Errand.network]), percent: 100)
    #expect(outcome.rechecked == outcome.coverage.explored)
    #expect(try play(Errand(requests: [Errand.network]), percent: 0).rechecked == 0)
  }

  /// Which runs are played again depends on their plans alone, and the share is about what was asked for.
  @Test func theShareIsChosenByThePlan() {
    let plans = (1...2_000).map { number in
      Plan([Plan.Entry(at: SitePattern(point: "cloud.create_network", call: number), choose: "response-lost")])
    }
    for percent in [1, 10, 50] {
      let due = plans.count { Recheck(percent: percent).isDue($0) }
      #expect((percent * 10...percent * 30).contains(due), "\(due) of 2,000 for \(percent)%")
      #expect(due == plans.count { Recheck(percent: percent).isDue($0) })
    }
  }
}
