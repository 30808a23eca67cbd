// What became of agents that are right: any violation among them is a false alarm.

import Exploration
import Faultline
import Primitives

/// The table of `faultline selftest --right-agents`.
public struct RightAgentTable: Sendable {
  private struct Row: Sendable {
    var agent: Name
    var scenario: Name
    var path: String
    var coverage: RandomCoverage
  }

  private var rows: [Row] = []
  /// The options that shape the runs, as typed: `--max-faults 3`.
  private let options: String
  /// How long it took, in nanoseconds of the machine's time.
  public var elapsed: Int64 = 0
  /// Set where fewer runs were played than asked for.
  public var isPartial = false

  public init(options: String) { self.options = options }

  public mutating func add(_ agent: Name, _ scenario: Name, path: String, _ coverage: RandomCoverage) {
    rows.append(Row(agent: agent, scenario: scenario, path: path, coverage: coverage))
  }

  /// Runs in which an oracle found something.
  public var alarms: Int { rows.reduce(0) { $0 + $1.coverage.failed } }
  private var runs: Int { rows.reduce(0) { $0 + $1.coverage.runs } }

  private static let endings: [Ending] = [.completed, .rolledBack, .escalated]

  /// The table with its score, without a newline at its end.
  public func text(_ style: Style) -> String {
    var table = TextTable(
      [.init("right agent"), .init("in", fillsRest: true), .init("runs", rightAligned: true)]
        + Self.endings.map { .init($0.rawValue, rightAligned: true) } + [.init("alarms", rightAligned: true)])
    for row in rows {
      table.add(
        [.init(row.agent.text), .init(row.scenario.text), .init(Words.grouped(row.coverage.runs))]
          + Self.endings.map { .init(Words.grouped(row.coverage.count(of: $0))) }
          + [.init(Words.grouped(row.coverage.failed), row.coverage.failed == 0 ? nil : .bad)])
    }
    return table.text(style) + "\n\n" + (failures(style) + [score(style)]).joined(separator: "\n")
  }

  private func score(_ style: Style) -> String {
    let rate = elapsed > 0 ? ", \(Words.grouped(Int(Int64(runs) * 1_000_000_000 / elapsed))) a second" : ""
    let partial = isPartial ? ", stopped early: a part of what was asked for" : ""
    let faults = rows.reduce(0) { $0 + $1.coverage.effectiveFaults }
    let word = alarms == 0 ? "no alarm" : Words.count(alarms, "alarm")
    return style.paint(
      "\(Words.count(runs, "run")) of right agents\(rate), \(Words.count(faults, "effective fault")): \(word)\(partial).",
      alarms == 0 ? .good : .bad)
  }

  private func failures(_ style: Style) -> [String] {
    var lines: [String] = []
    for row in rows {
      for failure in row.coverage.failures where !failure.oracles.isEmpty {
        lines += Words.printable("\(failure.oracles[0]): \(failure.message)").wrapped(to: style.width)
        let command = CommandLineText.run(path: row.path, agent: row.agent, without: [], seed: failure.seed)
        lines.append("  \(command) \(options)")
      }
    }
    return lines.isEmpty ? [] : lines + [""]
  }

  /// One line of JSON for each agent and scenario.
  public var jsonLines: [String] {
    rows.map { row in
      JSON.object([
        "schema": .text("faultline.right-agent/1"), "agent": .text(row.agent.text),
        "scenario": .text(row.scenario.text), "runs": .int(row.coverage.runs),
        "completed": .int(row.coverage.count(of: .completed)), "rolled_back": .int(row.coverage.count(of: .rolledBack)),
        "escalated": .int(row.coverage.count(of: .escalated)), "effective_faults": .int(row.coverage.effectiveFaults),
        "violations": .int(row.coverage.failed),
      ]).line
    }
  }
}
