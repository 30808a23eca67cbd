// `faultline report`: a saved run in the form that somebody else needs.

import ArgumentParser
import Faultline
import Gateway
import Primitives
import Reporting
import Simulation

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write a saved run as text, JSON, JUnit XML, or Swift test source.",
    discussion: """
      The run is played again for its report. With --agent, another agent plays it; the test is then about that one. \
      Exit status: 0 the report was written, whatever it says.

      Examples:
        faultline report .faultline/failures/7f3a.yaml --format swift-test --output Tests/Regression.swift
        faultline report .faultline/failures/7f3a.yaml --format json
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument {
    case text, json, junit
    case swiftTest = "swift-test"
  }

  @Argument(help: "A file that 'faultline run' saved.", completion: .file(extensions: ["yaml"]))
  var file: String

  @OptionGroup(title: "Agent") var choice: AgentOptions

  @Option(help: "The form of the report.")
  var format: Format = .text

  @Option(
    help: "Write the report to this file instead. A file that faultline did not write is never replaced.",
    completion: .file())
  var output: String?

  /// How Swift sources of ours begin.
  private static let sourceMark = "// Written by 'faultline report"

  func run() throws {
    if let output {
      try Files.checkReplaceable(output, marks: OutputFormat.allCases.map(\.mark) + [Self.sourceMark])
    }
    let saved = try SavedRuns.read(file)
    let agent = try choice.make()
    if let recording = saved.recording { return try tell(saved, recording, isForAnother: agent != nil) }
    let assignment = try SavedRuns.assignment(of: saved)
    let failing = try assignment.play(seed: saved.seed, plan: saved.plan, shape: saved.shape, isRecording: true)
    if format == .swiftTest {
      let source = SwiftTestSource(failing.verdict, path: assignment.scenario.path, agent: agent)
      return try deliver(source.text)
    }
    let subject = try agent.map { try SavedRuns.assignment(of: saved, agent: $0) } ?? assignment
    let record = try agent.map { _ in
      try subject.play(seed: saved.seed, plan: saved.plan, shape: saved.shape, isRecording: true)
    } ?? failing
    var report = RunReport(record, of: subject.scenario, catalogue: subject.setup.catalogue)
    report.investigation = try subject.investigate(record.verdict)
    report.commands = Offers.commands(for: record.verdict, path: subject.path, saved: file)
    try deliver(report, record.verdict, of: subject)
  }

  /// Tells the run of a process, from what it asked for.
  ///
  /// - Parameter isForAnother: whether another agent is to play it.
  private func tell(_ saved: SavedRun, _ recording: String, isForAnother: Bool) throws {
    guard format != .swiftTest, !isForAnother else {
      throw Refusal.badInput(
        "the agent of this run was a process, '\(saved.agent)'",
        remedy: "play its plan with an agent of Swift: faultline run \(CommandLineText.quoted(file)) --agent NAME")
    }
    let (assignment, replay) = try OutsideRuns.replay(saved, recording: recording, path: file)
    var report = RunReport(replay.record, of: assignment.scenario, catalogue: assignment.setup.catalogue)
    report.commands = Offers.commands(for: replay.record.verdict, path: assignment.path, saved: file)
    report.commands.test = nil
    try deliver(report, replay.record.verdict, of: assignment)
  }

  private func deliver(_ report: RunReport, _ verdict: Verdict, of subject: Assignment) throws {
    switch format {
    case .text: try deliver(report.text(output == nil ? Console.style : .plain))
    case .json: try deliver(VerdictJSON.line(verdict, investigation: report.investigation))
    case .junit, .swiftTest:
      let isAsExpected = subject.isAsExpected(verdict)
      try deliver(JUnitReport([.init(verdict: verdict, isAsExpected: isAsExpected, text: report.text(.plain))]).xml())
    }
  }

  private func deliver(_ text: String) throws {
    let body = text.hasSuffix("\n") ? text : text + "\n"
    guard let output else { return Console.write(String(body.dropLast())) }
    try Files.write(format == .text ? OutputFormat.text.mark + "\n" + body : body, to: output)
    Console.complain("wrote \(output)")
  }
}
