// Runs of `async` agents are functions of their inputs, in the whole simulated world.

import Faultline
import Operations
import Primitives
import Simulation
import Testing

@testable import Agents

@Suite("Replaying async agents")
struct AsyncReplayTests {
  static let agents: [any AgentUnderTest] = [
    NaiveAgent.underTest, CarefulAgent(habits: Habits(.keys)).underTest(name: "careful-keys", summary: ""),
    CarefulAgent(habits: Habits(.readBack)).underTest(name: "careful-read-back", summary: ""),
    CarefulAgent(habits: Habits(.halt)).underTest(name: "careful-halt", summary: ""),
  ]

  @Test("Random trouble gives the same hash again, by seed and by plan", arguments: 1...10 as ClosedRange<UInt64>)
  func replays(seed: UInt64) throws {
    for agent in AsyncReplayTests.agents {
      let swarm = RunInput.Chance.swarm(Swarm(seed: seed, budget: 4, rate: 3_000))
      let input = RunInput(scenario: Acme.scenario(), agent: agent, seed: seed, chance: swarm)
      let first = try Runner.run(input).verdict
      #expect(try Runner.run(input).verdict.traceHash == first.traceHash)
      let plan = RunInput(replaying: first, agent: agent, in: Acme.scenario())
      #expect(try Runner.run(plan).verdict.traceHash == first.traceHash, "\(agent.name): \(first.plan)")
    }
  }

  @Test("Parallel runs do not disturb each other")
  func parallel() async throws {
    let hashes = try await withThrowingTaskGroup(of: UInt64.self) { group in
      for _ in 0..<16 {
        group.addTask { try Acme.play(NaiveAgent.underTest).verdict.traceHash }
      }
      return try await group.reduce(into: Set<UInt64>()) { $0.insert($1) }
    }
    #expect(hashes.count == 1)
  }
}
