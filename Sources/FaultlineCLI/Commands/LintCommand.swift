// `faultline lint`: the gate in front of all workflows.

import Agents
import ArgumentParser
import Faultline
import Primitives
import Reporting

struct LintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint",
    abstract: "Judge workflows by what they declare, before they may run.",
    discussion: """
      Accepts a workflow or refuses it with reasons. A name stands for a workflow that the reference agent comes with, \
      a path for a file that declares one; without either, all that come with the agent are judged.

      Exit status: 0 all accepted; 1 one refused; 2 bad input.

      Examples:
        faultline lint
        faultline lint customer-offboarding
        faultline lint my-workflow.yaml --format json
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument {
    case text, json
  }

  @Argument(help: "Workflows by name, or files that declare one.", completion: .file())
  var workflows: [String] = []

  @Option(help: "Text for people, JSON (one object a line) for programs.")
  var format: Format = .text

  func run() throws {
    let asked = workflows.isEmpty ? WorkflowGate.known.map(\.text) : workflows
    let judgements = try asked.flatMap { try judge($0) }
    switch format {
    case .json: Console.write(judgements.map { json($0).line }.joined(separator: "\n"))
    case .text: Console.write(judgements.map { text($0, Console.style) }.joined(separator: "\n\n"))
    }
    guard judgements.allSatisfy(\.isAccepted) else { throw ExitCode(ExitStatus.notAsExpected) }
  }

  private func judge(_ asked: String) throws -> [WorkflowGate.Judgement] {
    let isPath = asked.contains("/") || asked.hasSuffix(".yaml") || asked.hasSuffix(".yml")
    if isPath { return [try WorkflowGate.judge(path: asked)] }
    let judgements = try WorkflowGate.judge(Name(asked))
    guard !judgements.isEmpty else {
      throw Nearest.refusal("workflow", asked, among: WorkflowGate.known.map(\.text), listing: "workflows")
    }
    return judgements
  }

  // MARK: Forms

  private func text(_ judgement: WorkflowGate.Judgement, _ style: Style) -> String {
    let name = "\(judgement.path ?? judgement.workflow.text)   \(judgement.workflow) version \(judgement.version)"
    guard !judgement.isAccepted else {
      return "\(style.paint("ACCEPTED", .good))  \(name)   \(judgement.steps.count) steps"
    }
    var lines = ["\(style.paint("REFUSED", .bad))   \(name)"]
    for finding in judgement.findings {
      let place = [finding.step, finding.act == finding.step ? nil : finding.act].compactMap { $0?.text }
      let at = place.isEmpty ? "" : " at \(place.joined(separator: ", "))"
      let line = finding.line.map { " (line \($0))" } ?? ""
      lines.append("  \(style.paint(finding.rule.text, .strong))\(at)\(line): \(finding.reason)")
      lines.append("      \(finding.remedy)")
    }
    return lines.joined(separator: "\n")
  }

  private func json(_ judgement: WorkflowGate.Judgement) -> JSON {
    .object([
      "schema": .text("faultline.lint/1"), "workflow": .text(judgement.workflow.text),
      "version": .int(judgement.version), "path": .text(judgement.path),
      "verdict": .text(judgement.isAccepted ? "accepted" : "refused"),
      "findings": .array(
        judgement.findings.map { finding in
          .object([
            "rule": .text(finding.rule.text), "step": .text(finding.step?.text), "act": .text(finding.act?.text),
            "line": .int(finding.line), "reason": .text(finding.reason),
            "remedy": .text(finding.remedy),
          ])
        }),
    ])
  }
}
