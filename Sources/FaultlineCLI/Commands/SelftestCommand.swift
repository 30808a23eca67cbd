// `faultline selftest`: takes each safeguard away and shows which scenario notices.

import Agents
import ArgumentParser
import Faultline
import Primitives
import Reporting
import Simulation

struct SelftestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "selftest",
    abstract: "Take each safeguard from the reference agent and show which scenario misses it.",
    discussion: """
      A safeguard that no scenario misses is not tested, or not needed. The exit status is 1 where there is one.

      Example:
        faultline selftest scenarios
      """)

  @Argument(help: "Scenario files, or folders of them; ./scenarios where none is given.", completion: .file())
  var paths: [String] = []

  @Option(help: "The seed of every run.")
  var seed: UInt64 = 1

  @OptionGroup(title: "Output") var output: OutputOptions

  func validate() throws {
    guard output.format != .junit else { throw ValidationError("selftest writes text or json") }
  }

  func run() throws {
    try output.check()
    let scenarios = try Library.situations(in: paths.isEmpty ? ["scenarios"] : paths)
    var rows: [SafeguardTable.Row] = []
    var progress = Progress()
    for entry in AgentRegistry.entries {
      for safeguard in entry.safeguards {
        progress.update("without \(safeguard)")
        let found = try scenarios.flatMap { try misses(of: safeguard, from: entry, in: $0.scenario) }
        rows.append(.init(safeguard: safeguard, misses: found))
      }
    }
    progress.finish()
    guard !rows.isEmpty else {
      throw Refusal.badInput("no agent of this build has safeguards", remedy: "see 'faultline list agents'")
    }
    let table = SafeguardTable(rows)
    switch output.format {
    case .json: try output.deliver(rows.map(json).joined(separator: "\n"))
    case .text, .junit: try output.deliver(table.text(output.style))
    }
    guard table.untested.isEmpty else { throw ExitCode(.notAsExpected) }
  }

  /// What goes wrong in a scenario without the safeguard and does not go wrong with it.
  ///
  /// Some safeguards stand behind another one. Where a scenario names an agent without several, the safeguard is
  /// also put back alone: it is missed if that alone makes the run right.
  private func misses(
    of safeguard: Name, from entry: AgentRegistry.Entry, in scenario: Scenario
  ) throws -> [SafeguardTable.Miss] {
    let combined = scenario.expectations.filter { $0.agent == entry.name && $0.without.contains(safeguard) }
    var found: [SafeguardTable.Miss] = []
    for without in [[safeguard]] + combined.map(\.without).filter({ $0.count > 1 }) {
      let others = without.filter { $0 != safeguard }
      guard try problems(entry, without: others, in: scenario).isEmpty else { continue }
      let wrong = try problems(entry, without: without, in: scenario)
      guard !wrong.isEmpty else { continue }
      found.append(SafeguardTable.Miss(scenario: scenario.name, alsoWithout: others, problems: wrong))
    }
    return found
  }

  /// What was wrong with a run: the oracles that fired, and an ending that the scenario does not allow.
  private func problems(_ entry: AgentRegistry.Entry, without: [Name], in scenario: Scenario) throws -> [String] {
    let agent = try AgentRegistry.make(name: entry.name, without: without)
    let verdict = try Assignment(Situation(scenario), agent: agent, isChecked: false).play(seed: seed).verdict
    var problems = Set(verdict.violations.map(\.oracle)).sorted().map(\.text)
    let allowed = scenario.expectations.first { $0.agent == entry.name && $0.without.isEmpty }?.ends ?? []
    if problems.isEmpty, !allowed.isEmpty, !allowed.contains(where: { $0 == verdict.outcome }) {
      problems.append("ends \(verdict.outcome?.rawValue ?? "without a claim")")
    }
    return problems
  }

  private func json(_ row: SafeguardTable.Row) -> String {
    JSON.object([
      "schema": .text("faultline.selftest/1"), "safeguard": .text(row.safeguard.text),
      "missed_by": .array(row.misses.map { miss in
        .object([
          "scenario": .text(miss.scenario.text), "also_without": .texts(miss.alsoWithout.map(\.text)),
          "problems": .texts(miss.problems),
        ])
      }),
    ]).line
  }
}
