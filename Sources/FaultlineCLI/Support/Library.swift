// What this build knows by name: agents, scenarios, and the words that scenarios may use.

import Agents
import Faultline
import Foundation
import Operations
import Primitives

/// Finds agents and scenarios for the commands.
enum Library {
  /// Reads scenarios, with every name of this build.
  static func reader() -> ScenarioReader { ScenarioReader(Vocabulary.standard()) }

  /// The JSON schema of scenario files, without a newline at its end.
  static func schema() -> String {
    ScenarioSchema(Vocabulary.standard()).text.trimmingCharacters(in: .newlines)
  }

  /// Reads all scenarios and saved runs that the paths stand for.
  ///
  /// - Throws: every mistake of every file at once.
  static func situations(in paths: [String]) throws -> [Situation] {
    let reader = Self.reader()
    var situations: [Situation] = []
    var diagnostics: [Diagnostic] = []
    for path in try Files.scenarios(in: paths) {
      do {
        let isSaved = try SavedRun.isSavedRun(path: path)
        situations.append(try isSaved ? saved(path, reader) : Situation(reader.read(path: path)))
      } catch {
        diagnostics += error.diagnostics
      }
    }
    guard diagnostics.isEmpty else { throw ScenarioErrors(diagnostics) }
    return situations
  }

  /// The scenario of a saved run, with the run's plan in place of the scenario's own faults.
  private static func saved(_ path: String, _ reader: ScenarioReader) throws(ScenarioErrors) -> Situation {
    let saved = try SavedRun.read(path: path)
    var scenario = try reader.read(path: saved.scenario)
    scenario.faults = saved.plan
    scenario.expectations = []
    scenario.rollout.chosen = saved.replicas
    return Situation(scenario, path: path, seed: saved.seed, shape: saved.shape)
  }

  /// The agent of that name with parts removed.
  ///
  /// - Throws: a refusal that names the nearest known name.
  static func agent(_ name: String, without: [String], store: AgentStore) throws -> any AgentUnderTest {
    let entries = AgentRegistry.entries
    guard let entry = entries.first(where: { $0.name.text == name }) else {
      throw Nearest.refusal("agent", name, among: entries.map(\.name.text), listing: "agents")
    }
    let known = entry.safeguards.map(\.text)
    for safeguard in without where !known.contains(safeguard) {
      guard !known.isEmpty else {
        throw Refusal.badInput(
          "the agent '\(name)' has no safeguards that could be removed",
          remedy: "leave out --without, or use --agent reference")
      }
      throw Nearest.refusal("safeguard", safeguard, among: known, listing: "safeguards")
    }
    return try AgentRegistry.make(name: Name(name), without: without.map { Name($0) }, store: store)
  }
}
