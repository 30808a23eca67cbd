// `faultline replay`: plays a saved run again, to the same hash.

import Agents
import ArgumentParser
import Faultline
import Gateway
import Primitives
import Reporting
import Simulation

struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Play a saved run again and compare its hash.",
    discussion: """
      The plan in the file may be edited; a run with another plan, or of a scenario that has changed since, is \
      judged and not compared. Of a process, its requests are played as they arrived, without it: the hash is the \
      same, or the first request is named that fares otherwise. To play the process itself with the file's plan, use: \
      faultline run FILE -- COMMAND

      Exit status: 0 the verdict passes, 1 it does not, 3 the same input gave another hash.

      Example:
        faultline replay .faultline/failures/7f3a.yaml
      """)

  @Argument(help: "A file that 'faultline run' saved.", completion: .file(extensions: ["yaml"]))
  var file: String

  @Option(help: "Start so many replicas of the agent instead of as many as there were.")
  var replicas: Int?

  @OptionGroup(title: "Output") var output: OutputOptions

  @OptionGroup(title: "Telemetry") var telemetry: TelemetryOptions

  @Flag(help: "Also show what the agent thought it was doing, from its store alone.")
  var explain = false

  @Flag(help: "Show every event of the run.")
  var all = false

  func validate() throws {
    let allowed = 1...Scenario.Rollout.most
    guard replicas.map(allowed.contains) ?? true else {
      throw ValidationError("--replicas takes a number from 1 to \(Scenario.Rollout.most)")
    }
  }

  func run() throws {
    try output.check()
    try telemetry.check()
    var saved = try SavedRuns.read(file)
    saved.replicas = replicas ?? saved.replicas
    let (assignment, record, difference) = try play(saved)
    let status: ExitStatus = assignment.isAsExpected(record.verdict) ? .asExpected : .notAsExpected
    try deliver(record, of: assignment, status: status)
    let files = try telemetry.open()
    try files.add(record, of: assignment)
    try files.close()
    if let difference { Console.complain("the recording does not fit any more: \(difference)") }
    try compare(record.verdict, with: saved, of: assignment)
    guard status == .asExpected else { throw ExitCode(status) }
  }

  /// Plays the agent, or what a process asked for.
  private func play(_ saved: SavedRun) throws -> (Assignment, RunRecord, difference: String?) {
    if let recording = saved.recording {
      let (assignment, replay) = try OutsideRuns.replay(saved, recording: recording, path: file)
      return (assignment, replay.record, replay.difference)
    }
    let assignment = try SavedRuns.assignment(of: saved)
    let record = try assignment.play(seed: saved.seed, plan: saved.plan, shape: saved.shape, isRecording: true)
    return (assignment, record, nil)
  }

  private func deliver(_ record: RunRecord, of assignment: Assignment, status: ExitStatus) throws {
    var report = RunReport(
      record, of: assignment.scenario, catalogue: assignment.setup.catalogue, exit: status.rawValue)
    report.showsAll = all
    report.commands = Offers.commands(for: record.verdict, path: assignment.scenario.path, saved: file)
    // What a process would have done otherwise, nobody can say without it.
    if assignment.agent is OutsideAgent {
      report.commands.test = nil
    } else {
      report.investigation = try assignment.investigate(record.verdict)
    }
    switch output.format {
    case .json: try output.deliver(VerdictJSON.line(record.verdict, investigation: report.investigation))
    case .junit:
      try output.deliver(
        JUnitReport([
          .init(verdict: record.verdict, isAsExpected: status == .asExpected, text: report.text(.plain))
        ]).xml())
    case .github, .sarif:
      let command = "faultline replay \(CommandLineText.quoted(file))"
      let findings = status == .asExpected ? [] : [assignment.finding(record, command: command)]
      let summary = "\(assignment.scenario.name) with \(assignment.agent.name): \(record.verdict.result.rawValue)"
      try output.deliver(
        output.format == .sarif
          ? SARIFReport(findings).line : GitHubAnnotations.text(findings, summary: summary))
    case .text:
      let explanation = explain ? "\n\n" + RunReport.explanation(record, output.style) : ""
      try output.deliver(report.text(output.style) + explanation)
    }
  }

  /// Another hash for the same input is a defect; for another input it is to be expected, and said.
  private func compare(_ verdict: Verdict, with saved: SavedRun, of assignment: Assignment) throws {
    guard let result = saved.result else { return }
    guard verdict.traceHash != result.traceHash else {
      Console.complain("same hash as the saved run: \(verdict.traceHash.hexadecimal)")
      return
    }
    guard saved.scenarioDigest == assignment.scenario.digest else {
      Console.complain(
        "note: \(assignment.scenario.path) has changed since the run was saved, so the hashes are not compared")
      return
    }
    guard saved.version == FaultlineVersion.current else {
      Console.complain(
        "note: the run was saved by faultline \(saved.version), this is \(FaultlineVersion.current); "
          + "the hashes are not compared")
      return
    }
    guard result.inputDigest == nil || result.inputDigest == saved.inputDigest else {
      Console.complain("note: the file was edited since the run was saved, or the replicas are others, so the hashes are not compared")
      return
    }
    throw Refusal.defect(
      "the saved run hashes \(result.traceHash.hexadecimal), its replay \(verdict.traceHash.hexadecimal)")
  }
}
