// Random runs: each is a function of its seed, replays from its plan in its shape, and sums add up in any order.

import Agents
import Exploration
import Faultline
import Foundation
import Primitives
import Simulation
import Testing

@Suite struct RandomSearchTests {
  static func search(_ agent: Name, recheckPercent: Int = 0) throws -> RandomSearch {
    RandomSearch(
      setup: try WorldSetup(scenario: ExhaustiveSearchTests.scenario("happy-path")),
      agent: try AgentRegistry.make(name: agent), faults: .random(atMost: 3), recheckPercent: recheckPercent)
  }

  @Test func everyRunOfTheReferenceIsGoodAndReplaysFromItsPlan() throws {
    var shapes: Set<RunShape> = []
    let coverage = try Self.search("reference", recheckPercent: 100).play(1..<120) { verdict in
      shapes.insert(verdict.shape)
    }
    #expect(coverage.failures == [])
    #expect(coverage.runs == 119)
    #expect(coverage.rechecked == 119)
    #expect(coverage.effectiveFaults > 20)
    #expect(shapes.count > 60, "each seed has a shape of its own")
  }

  @Test func theNaiveAgentFails() throws {
    let coverage = try Self.search("naive").play(1..<60)
    #expect(coverage.failed > 0)
    #expect(!coverage.isGood)
    #expect(coverage.failures.count == min(RandomCoverage.failureLimit, coverage.failed + coverage.inconclusive))
    #expect(coverage.violations.contains { $0.name == "duplicate-resource" })
  }

  @Test func sumsAreEqualInAnyOrderAndOnFile() throws {
    let search = try Self.search("naive")
    let whole = try search.play(1..<61)
    let parts = try [31..<61, 1..<11, 11..<31].map { try search.play($0) }
    var sum = RandomCoverage()
    for part in parts { sum.merge(part) }
    #expect(sum == whole)
    #expect(try JSONDecoder().decode(RandomCoverage.self, from: JSONEncoder().encode(whole)) == whole)
    #expect(try search.play(2..<62).digest != whole.digest)
  }

  @Test func aCancelledSearchCoversWhatItPlayed() throws {
    var played = 0
    let coverage = try Self.search("reference").play(1..<100) { _ in
      played += 1
    } isCancelled: {
      played == 7
    }
    #expect(coverage.runs == 7)
  }

  @Test func aShareOfTheRunsIsRechecked() throws {
    let coverage = try Self.search("reference", recheckPercent: 30).play(1..<101)
    #expect((10..<60).contains(coverage.rechecked))
  }

  /// A shape changes when things happen and nothing of what is asked for; the same plan in another shape is another
  /// run.
  @Test func theShapeBelongsToTheInput() throws {
    let search = try Self.search("reference")
    func play(_ shape: RunShape) throws -> Verdict {
      let input = RunInput(scenario: search.setup.scenario, agent: search.agent, seed: 3, shape: shape)
      return try Runner.run(input, in: search.setup).verdict
    }
    let usual = try play(.nominal)
    let slow = try play(RunShape(network: 4_000, store: 10_000))
    #expect(slow.traceHash != usual.traceHash)
    #expect(slow.virtualTime > usual.virtualTime)
    #expect(slow.result == .pass)
    #expect(try play(RunShape(network: 4_000, store: 10_000)).traceHash == slow.traceHash)
  }

  /// Swarm testing: over many seeds each kind is off in some runs and strong in others.
  @Test func shapesDrawEveryValueOfTheirBands() {
    let shapes = (1...300 as ClosedRange<UInt64>).map { RunShape(seed: $0) }
    #expect(Set(shapes.map(\.network)).count == 5)
    #expect(Set(shapes.map(\.store)).count == 5)
    #expect(Set(shapes.map(\.calmAfter)).count == 6)
    #expect(shapes == (1...300 as ClosedRange<UInt64>).map { RunShape(seed: $0) })
  }
}
