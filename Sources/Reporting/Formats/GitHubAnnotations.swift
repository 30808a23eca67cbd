// Findings as workflow commands, which GitHub shows beside the lines of a change.

import Faultline
import Primitives
import Simulation

/// Writes findings as annotations: `::error file=…,line=…,title=…::…`.
///
/// Source: https://docs.github.com/actions/reference/workflow-commands-for-github-actions, and for what has to be
/// escaped the runner's own toolkit, `packages/core/src/command.ts`.
public enum GitHubAnnotations {
  /// How every report in this form begins.
  public static let mark = "::notice title=faultline"

  /// The whole report: what was done, then each finding on a line of its own.
  public static func text(_ findings: [Finding], summary: String) -> String {
    ([line("notice", title: "faultline", message: summary)] + findings.map(annotation)).joined(separator: "\n")
  }

  private static func annotation(_ finding: Finding) -> String {
    let agent = Words.agent(finding.verdict.agent, without: finding.verdict.without)
    let title = "\(finding.verdict.scenario), \(agent): \(finding.kind)"
    let faults = finding.verdict.plan.entries.map { "\($0.choose) at \($0.at)" }
    let parts = [finding.message, finding.knownReason.map { "Known: \($0)" } ?? ""] + faults + [finding.command]
    return line(
      finding.knownReason == nil ? "error" : "warning", file: finding.path, line: finding.line, title: title,
      message: parts.filter { !$0.isEmpty }.joined(separator: "\n"))
  }

  private static func line(
    _ level: String, file: String? = nil, line: Int? = nil, title: String, message: String
  ) -> String {
    let properties = [("file", file), ("line", line.map(String.init)), ("title", title)]
      .compactMap { key, value in value.map { "\(key)=\(escaped($0, isProperty: true))" } }
    return "::\(level) \(properties.joined(separator: ","))::\(escaped(message, isProperty: false))"
  }

  /// A property ends at a comma or a colon, a message at the line's end.
  static func escaped(_ text: String, isProperty: Bool) -> String {
    var safe = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "%": safe += "%25"
      case "\r": safe += "%0D"
      case "\n": safe += "%0A"
      case ":" where isProperty: safe += "%3A"
      case "," where isProperty: safe += "%2C"
      default: safe.unicodeScalars.append(scalar)
      }
    }
    return safe
  }
}
