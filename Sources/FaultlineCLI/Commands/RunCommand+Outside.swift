// `faultline run … -- COMMAND`: a process or a service as the agent.

import Faultline
import Foundation
import Gateway
import Primitives
import Reporting
import Simulation

extension RunCommand {
  /// Plays it in each situation, as often as there are trials.
  func playOutside() async throws -> ExitStatus {
    let outside = try Outside(command, options: outsideOptions, service: service)
    let agent = OutsideAgent(name: Name(outside.program.name))
    let assignments = try Library.situations(in: paths.isEmpty ? ["scenarios"] : paths).map {
      try Assignment($0.with(replicas: choice.replicas), agent: agent, isChecked: false)
    }
    try outside.check(assignments.map(\.scenario), playsPlans: true)
    let interrupt = Interrupt()
    let count = trials
    let outcomes = try await outside.serving { host, port in
      var outcomes: [PlayedTrial] = []
      for (index, assignment) in assignments.enumerated() {
        let trials = outside.trials(assignment, host: host, port: port)
        for trial in 1...count where !interrupt.isRaised {
          let outcome = try await trials.play(
            "\(index + 1)-\(trial)", number: trial, seed: firstSeed(of: assignment) &+ UInt64(trial - 1),
            plan: assignment.scenario.faults)
          try Outside.check(outcome)
          let isKept = save != nil || outcome.record.verdict.result != .pass
          let file = try isKept ? OutsideRuns.save(
            outcome, of: assignment, plan: assignment.scenario.faults, into: save ?? SavedRuns.failures) : nil
          outcomes.append(PlayedTrial(assignment: assignment, outcome: outcome, file: file))
        }
      }
      return outcomes
    }
    let isGood = outcomes.allSatisfy { $0.verdict.result == .pass }
    let status: ExitStatus = interrupt.isRaised ? .interrupted : isGood ? .asExpected : .notAsExpected
    try deliver(outcomes, of: outside, status: status)
    return status
  }

  private func deliver(_ outcomes: [PlayedTrial], of outside: Outside, status: ExitStatus) throws {
    switch output.format {
    case .json: try output.deliver(outcomes.map { VerdictJSON.line($0.verdict) }.joined(separator: "\n"))
    case .junit:
      try output.deliver(
        JUnitReport(
          outcomes.map { played in
            .init(
              verdict: played.verdict, isAsExpected: played.verdict.result == .pass,
              text: story(played, of: outside, status: status, .plain))
          }
        ).xml())
    case .github, .sarif:
      let failing = outcomes.filter { $0.verdict.result != .pass }
      let found = failing.map { played in
        played.assignment.finding(played.outcome.record, command: outside.again(played.file ?? played.assignment.path))
      }
      try output.deliver(findings(found, summary: "\(failing.count) of \(outcomes.count) trials failed"))
    case .text:
      // One is told in full: the first that failed, or else the first.
      let told = outcomes.first { $0.verdict.result != .pass } ?? outcomes.first
      guard let told else { return }
      var blocks: [String] = []
      if outcomes.count > 1 { blocks.append(table(outcomes)) }
      blocks.append(story(told, of: outside, status: status, output.style))
      try output.deliver(blocks.joined(separator: "\n\n"))
    }
  }

  private func story(_ played: PlayedTrial, of outside: Outside, status: ExitStatus, _ style: Style) -> String {
    let assignment = played.assignment
    var report = RunReport(
      played.outcome.record, of: assignment.scenario, catalogue: assignment.setup.catalogue, exit: status.rawValue)
    report.showsAll = all
    if let file = played.file { report.commands.show = "faultline replay \(CommandLineText.quoted(file))" }
    report.commands.run =
      played.file.map { outside.again($0) } ?? outside.again(assignment.path, seed: played.verdict.seed)
    var text = report.text(style)
    if played.verdict.result != .pass {
      text += "\n\nstdout, stderr and state of the process are in \(played.outcome.folder)"
    }
    return text
  }

  private func table(_ outcomes: [PlayedTrial]) -> String {
    var table = TextTable([.init("scenario"), .init("trial", rightAligned: true), .init("verdict"), .init("oracles", fillsRest: true)])
    for (index, outcome) in outcomes.enumerated() {
      let verdict = outcome.verdict
      let oracles = verdict.violations.map(\.oracle.text).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
      table.add([
        "\(verdict.scenario)", "\(index % trials + 1)",
        .init(verdict.result.rawValue, verdict.result == .pass ? .good : .bad), "\(oracles.joined(separator: ", "))",
      ])
    }
    return table.text(output.style)
  }
}

/// One trial of a process, and where it was saved.
private struct PlayedTrial: Sendable {
  let assignment: Assignment
  let outcome: OutsideTrials.Outcome
  /// Nil where it passed and nobody asked for it.
  let file: String?

  var verdict: Verdict { outcome.record.verdict }
}
