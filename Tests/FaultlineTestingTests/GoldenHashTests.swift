// The same inputs give the same traces: here in a debug build, in CI also in a release build and with hashed
// collections in another order. Scripts/update-golden writes the file where runs are meant to have changed.

import Agents
import Faultline
import Foundation
import Primitives
import Simulation
import Testing

/// A line of `fixtures/golden/hashes.jsonl`.
private struct GoldenRun: Decodable {
  var scenario: String
  var agent: String
  var without: [String]
  var seed: UInt64
  /// The bound of random faults; nil where the scenario's own faults were played.
  var max_faults: Int?
  var trace_hash: String

  static func all() throws -> [GoldenRun] {
    let text = try String(contentsOfFile: Repository.path("fixtures/golden/hashes.jsonl"), encoding: .utf8)
    return try text.split(separator: "\n").map { try JSONDecoder().decode(GoldenRun.self, from: Data($0.utf8)) }
  }

  func play() throws -> String {
    let agent = try AgentRegistry.make(name: Name(agent), without: without.map { Name($0) })
    let chance = max_faults.map { RunInput.Chance.swarm(Swarm(seed: seed, budget: $0)) }
    let input = RunInput(scenario: try Repository.scenario(Name(scenario)), agent: agent, seed: seed, chance: chance)
    return try Runner.run(input).verdict.traceHash.hexadecimal
  }
}

@Suite struct GoldenHashTests {
  @Test func everyRunHashesAsItDidWhenItWasWrittenDown() throws {
    let runs = try GoldenRun.all()
    #expect(Set(runs.map(\.trace_hash)).count > 20, "the file must hold many different runs")
    for run in runs {
      let hash = try run.play()
      #expect(hash == run.trace_hash, "\(run)")
    }
  }
}
