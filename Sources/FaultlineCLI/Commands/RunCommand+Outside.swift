// `faultline run … -- COMMAND`: a process as the agent.

import Faultline
import Foundation
import Gateway
import Primitives
import Reporting
import Simulation

extension RunCommand {
  /// Plays the command in each situation, as often as there are trials.
  func playOutside() async throws -> ExitStatus {
    let outside = try Outside(command, options: outsideOptions)
    let agent = OutsideAgent(name: Name(outside.command.name))
    let assignments = try Library.situations(in: paths.isEmpty ? ["scenarios"] : paths).map {
      try Assignment($0, agent: agent, isChecked: false)
    }
    let interrupt = Interrupt()
    let count = trials
    let outcomes = try await outside.serving { host, port in
      var outcomes: [(Assignment, OutsideTrials.Outcome)] = []
      for (index, assignment) in assignments.enumerated() {
        let trials = outside.trials(assignment, host: host, port: port)
        for trial in 1...count where !interrupt.isRaised {
          let outcome = try await trials.play(
            "\(index + 1)-\(trial)", number: trial, seed: firstSeed(of: assignment) &+ UInt64(trial - 1),
            plan: assignment.scenario.faults)
          try Outside.check(outcome)
          outcomes.append((assignment, outcome))
        }
      }
      return outcomes
    }
    let isGood = outcomes.allSatisfy { $0.1.record.verdict.result == .pass }
    let status: ExitStatus = interrupt.isRaised ? .interrupted : isGood ? .asExpected : .notAsExpected
    try deliver(outcomes, status: status)
    return status
  }

  private func deliver(_ outcomes: [(Assignment, OutsideTrials.Outcome)], status: ExitStatus) throws {
    switch output.format {
    case .json: try output.deliver(outcomes.map { VerdictJSON.line($0.1.record.verdict) }.joined(separator: "\n"))
    case .junit:
      try output.deliver(
        JUnitReport(
          outcomes.map { assignment, outcome in
            .init(
              verdict: outcome.record.verdict, isAsExpected: outcome.record.verdict.result == .pass,
              text: story(outcome, of: assignment, status: status, .plain))
          }
        ).xml())
    case .github, .sarif:
      let failing = outcomes.filter { $0.1.record.verdict.result != .pass }
      let found = failing.map { assignment, outcome in
        assignment.finding(outcome.record, command: Self.again(command, path: assignment.path))
      }
      try output.deliver(findings(found, summary: "\(failing.count) of \(outcomes.count) trials failed"))
    case .text:
      // One is told in full: the first that failed, or else the first.
      let told = outcomes.first { $0.1.record.verdict.result != .pass } ?? outcomes.first
      guard let told else { return }
      var blocks: [String] = []
      if outcomes.count > 1 { blocks.append(table(outcomes)) }
      blocks.append(story(told.1, of: told.0, status: status, output.style))
      try output.deliver(blocks.joined(separator: "\n\n"))
    }
  }

  private func story(
    _ outcome: OutsideTrials.Outcome, of assignment: Assignment, status: ExitStatus, _ style: Style
  ) -> String {
    var report = RunReport(
      outcome.record, of: assignment.scenario, catalogue: assignment.setup.catalogue, exit: status.rawValue)
    report.showsAll = all
    report.commands.run = Self.again(command, path: assignment.path)
    var text = report.text(style)
    if outcome.record.verdict.result != .pass { text += "\nIts output    \(outcome.folder)" }
    return text
  }

  private func table(_ outcomes: [(Assignment, OutsideTrials.Outcome)]) -> String {
    var table = TextTable([.init("scenario"), .init("trial", rightAligned: true), .init("verdict"), .init("oracles", fillsRest: true)])
    for (index, outcome) in outcomes.enumerated() {
      let verdict = outcome.1.record.verdict
      let oracles = verdict.violations.map(\.oracle.text).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
      table.add([
        "\(verdict.scenario)", "\(index % trials + 1)",
        .init(verdict.result.rawValue, verdict.result == .pass ? .good : .bad), "\(oracles.joined(separator: ", "))",
      ])
    }
    return table.text(output.style)
  }

  static func again(_ command: [String], path: String) -> String {
    "faultline run \(CommandLineText.quoted(path)) -- " + command.map(CommandLineText.quoted).joined(separator: " ")
  }
}
