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
    let scenarios = try Library.scenarios(in: paths.isEmpty ? ["scenarios"] : paths)
    var rows: [SafeguardTable.Row] = []
    var progress = Progress()
    for entry in AgentRegistry.entries {
      for safeguard in entry.safeguards {
        progress.update("without \(safeguard)")
        let misses = try scenarios.compactMap { try miss(of: safeguard, from: entry, in: $0) }
        rows.append(.init(safeguard: safeguard, misses: misses))
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
  private func miss(
    of safeguard: Name, from entry: AgentRegistry.Entry, in scenario: Scenario
  ) throws -> SafeguardTable.Miss? {
    let whole = try AgentRegistry.make(name: entry.name)
    let part = try AgentRegistry.make(name: entry.name, without: [safeguard])
    guard try Assignment(scenario, agent: whole, isChecked: false).play(seed: seed).verdict.result == .pass else {
      return nil
    }
    let verdict = try Assignment(scenario, agent: part, isChecked: false).play(seed: seed).verdict
    guard verdict.result == .fail else { return nil }
    let oracles = Set(verdict.violations.map(\.oracle)).sorted()
    return SafeguardTable.Miss(scenario: scenario.name, oracles: oracles)
  }

  private func json(_ row: SafeguardTable.Row) -> String {
    JSON.object([
      "schema": .text("faultline.selftest/1"), "safeguard": .text(row.safeguard.text),
      "missed_by": .array(row.misses.map { miss in
        .object(["scenario": .text(miss.scenario.text), "oracles": .texts(miss.oracles.map(\.text))])
      }),
    ]).line
  }
}
