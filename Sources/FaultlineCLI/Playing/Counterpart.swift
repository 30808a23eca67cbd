// A simulated agent that is played with the plans of a process, to see whether both come to the same.

import Faultline
import Gateway
import Operations
import Primitives
import Simulation

/// The simulated agent beside a process.
struct Counterpart: Sendable {
  /// What a run came to, as far as two runs of one plan can be compared: not when, and not by which calls.
  struct Result: Equatable, Sendable {
    /// How the agent said that it ended; nil where it said nothing.
    var outcome: Ending?
    var verdict: Verdict.Result
    /// The oracles that found something, by name and each once.
    var oracles: [Name]
    /// How many things of each kind were made, changed and ended, `cloud.cluster created`.
    var effects: [String: Int]

    init(_ record: RunRecord) {
      outcome = record.verdict.outcome
      verdict = record.verdict.result
      oracles = Set(record.verdict.violations.map(\.oracle)).sorted()
      effects = [:]
      for case .effect(let effect) in record.trace.entries.map(\.event) {
        effects["\(effect.kind) \(effect.change.rawValue)", default: 0] += 1
      }
    }

    /// In what the process differs from the simulation, in words; empty where it does not.
    func differences(from simulated: Result) -> [String] {
      var words: [String] = []
      func note(_ what: String, _ own: String, _ other: String) {
        if own != other { words.append("\(what): \(own), simulated \(other)") }
      }
      func list(_ names: [Name]) -> String { names.isEmpty ? "none" : names.map(\.text).joined(separator: "+") }
      note("verdict", verdict.rawValue, simulated.verdict.rawValue)
      note("outcome", outcome?.rawValue ?? "none", simulated.outcome?.rawValue ?? "none")
      note("oracles", list(oracles), list(simulated.oracles))
      for kind in Set(effects.keys).union(simulated.effects.keys).sorted() {
        note(kind, "\(effects[kind] ?? 0)", "\(simulated.effects[kind] ?? 0)")
      }
      return words
    }
  }

  let setup: WorldSetup
  let agent: any AgentUnderTest
  let seed: UInt64

  /// What could have been answered otherwise in the run without faults.
  func forks() throws -> [Fork] { try World.forks(in: setup, of: agent, seed: seed) }

  func play(_ plan: Plan) throws -> Result {
    Result(
      try Runner.run(
        RunInput(scenario: setup.scenario, agent: agent, seed: seed, chance: .plan(plan), isRecording: true), in: setup))
  }
}

/// How the plans of a process compare to those of its counterpart.
struct Likeness: Sendable {
  let agent: Name
  /// Points that only one of the two reveals.
  var onlyProcess = 0
  var onlySimulated = 0
  /// Plans that were played by both.
  var compared = 0
  /// Those that came to something else, with the words for it.
  var differing: [(entry: Plan.Entry, words: [String])] = []

  /// For people.
  var text: String {
    var lines = [
      "Compared with the simulated \(agent): \(compared) plans, \(compared - differing.count) came to the same, "
        + "\(differing.count) did not.\n"
        + "\(onlyProcess) more points are the process's alone, \(onlySimulated) the simulation's (its store, its decider, "
        + "its pauses)."
    ]
    for (entry, words) in differing {
      lines.append("  \(entry.at) \(entry.choose)")
      lines += words.map { "    \($0)" }
    }
    return lines.joined(separator: "\n")
  }

  /// For programs.
  var json: Gateway.JSON {
    [
      "agent": .text(agent.text), "compared": .int(Int64(compared)), "only_process": .int(Int64(onlyProcess)),
      "only_simulated": .int(Int64(onlySimulated)),
      "differing": .list(
        differing.map { entry, words in
          [
            "at": .text(entry.at.description), "choose": .text(entry.choose.text),
            "words": .list(words.map { .text($0) }),
          ]
        }),
    ]
  }
}
