// `faultline shrink`: from a failing run to the smallest one that fails for the same reason.

import ArgumentParser
import Exploration
import Faultline
import Primitives
import Reporting

struct ShrinkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shrink",
    abstract: "Make failing runs smaller, and say why each choice that is left is needed.",
    discussion: """
      A saved run is shrunk for its own agent, or for the one given; a scenario's own faults need an agent. The \
      smaller run shows the same violation and is saved. Exit status: 0 shrunk, 1 a run does not fail.

      Examples:
        faultline shrink .faultline/failures/7f3a.yaml
        faultline shrink scenarios/timeout-after-create.yaml --agent naive
      """)

  @Argument(help: "Saved runs or scenarios, or folders of them.", completion: .file(extensions: ["yaml"]))
  var paths: [String]

  @OptionGroup(title: "Agent") var choice: AgentOptions

  @Option(help: "The seed; 1, or a saved run's own, where none is given.")
  var seed: UInt64?

  @Option(help: "The folder that the smaller runs are saved to.", completion: .directory)
  var save: String = SavedRuns.failures

  @OptionGroup(title: "Output") var output: OutputOptions

  func validate() throws {
    guard output.format == .text || output.format == .json else {
      throw ValidationError("shrink writes text or json; 'faultline report' writes the smaller run in other forms")
    }
  }

  func run() throws {
    try output.check()
    let agent = try choice.make()
    let assignments = try Library.situations(in: paths).map {
      try assignment($0.with(replicas: choice.replicas, workflows: choice.workflows), agent: agent)
    }
    var texts: [String] = []
    var isGood = true
    for assignment in assignments {
      let verdict = try assignment.play(
        seed: seed ?? assignment.situation.seed ?? 1, shape: assignment.situation.shape ?? .nominal
      ).verdict
      guard let investigation = try assignment.investigate(verdict, telling: .smallest) else {
        isGood = false
        let agent = CommandLineText.agent(verdict)
        Console.complain("\(assignment.path): \(agent) does not fail here (\(verdict.result.rawValue))")
        continue
      }
      let smallest = investigation.smallest
      let record = try assignment.play(
        seed: smallest.seed, plan: smallest.plan, shape: smallest.shape, isRecording: true)
      let saved = try SavedRuns.write(
        record, of: assignment, investigation: investigation, store: choice.store, into: save)
      let report = ShrinkReport(investigation, path: assignment.path, saved: saved)
      texts.append(output.format == .json ? report.json : report.text(output.style))
    }
    try output.deliver(texts.joined(separator: output.format == .json ? "\n" : "\n\n"))
    guard isGood else { throw ExitCode(.notAsExpected) }
  }

  private func assignment(_ situation: Situation, agent: (any AgentUnderTest)?) throws -> Assignment {
    if let agent { return try Assignment(situation, agent: agent, isChecked: false) }
    guard try SavedRun.isSavedRun(path: situation.path) else {
      throw Refusal.badInput(
        "\(situation.path) is a scenario, and no agent is named that fails in it", remedy: "choose one with --agent")
    }
    let own = try SavedRuns.assignment(of: SavedRuns.read(situation.path)).agent
    return try Assignment(situation, agent: own, isChecked: false)
  }
}
