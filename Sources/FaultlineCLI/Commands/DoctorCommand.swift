// `faultline doctor`: what this machine has of what Faultline needs, and what to do about the rest.

import ArgumentParser
import Faultline
import Foundation
import Gateway
import Reporting

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check this machine: ports, versions, Python packages, and keys to real accounts.",
    discussion: """
      Nothing is changed. What is missing says what it is needed for and how it is had; exit status 1 where something \
      is in the way of every run, 0 where at most a part can't be used.

      Examples:
        faultline doctor
        faultline doctor --listen 127.0.0.1:8080 --python .venv/bin/python
      """)

  @Option(help: "An address that is to be listened on; may be repeated.")
  var listen: [String] = ["127.0.0.1:0"]

  @Option(help: "The Python whose packages are looked at; without it, .venv/bin/python, else python3.")
  var python: String?

  @OptionGroup(title: "Output") var output: OutputOptions

  func run() async throws {
    try output.check()
    guard output.format == .text || output.format == .json else {
      throw Refusal.badInput("--format \(output.format.rawValue) is not written here", remedy: "use text or json")
    }
    var findings = [HealthFinding(.good, "faultline", FaultlineVersion.current)]
    for address in listen { findings.append(try await Health.port(address)) }
    findings.append(Health.folder())
    findings.append(Health.processes())
    findings += Health.keys()
    findings += Health.python(python)
    switch output.format {
    case .json: try output.deliver(findings.map(\.json.line).joined(separator: "\n"))
    default:
      var table = TextTable([.init("check"), .init("state"), .init("found", fillsRest: true)])
      for finding in findings {
        let style: TextTable.Cell = .init(finding.state.rawValue, finding.state == .good ? .good : .bad)
        table.add(["\(finding.check)", style, "\(finding.found)"])
      }
      let remedies = findings.compactMap { finding in finding.remedy.map { "\(finding.check): \($0)" } }
      let advice = remedies.isEmpty ? "Nothing is missing." : "What to do\n  " + remedies.joined(separator: "\n  ")
      try output.deliver(table.text(output.style) + "\n\n" + advice)
    }
    if findings.contains(where: { $0.state == .broken }) { throw ExitCode(.notAsExpected) }
  }
}

/// What one check found.
struct HealthFinding {
  enum State: String {
    case good = "ok"
    /// A part can't be used.
    case missing
    /// Nothing runs like this.
    case broken
  }

  var state: State
  var check: String
  var found: String
  /// What to do; nil where nothing is to be done.
  var remedy: String?

  init(_ state: State, _ check: String, _ found: String, remedy: String? = nil) {
    self.state = state
    self.check = check
    self.found = found
    self.remedy = remedy
  }

  var json: Reporting.JSON {
    .object([
      "schema": .text("faultline.doctor/1"), "check": .text(check), "state": .text(state.rawValue),
      "found": .text(found), "remedy": .text(remedy),
    ])
  }
}
