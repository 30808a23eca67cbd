// What became of a failing run when it was made smaller, and why each choice that is left is needed.

import Exploration
import Faultline
import Primitives
import Simulation

/// One failure, made smaller.
public struct ShrinkReport: Sendable {
  public static let schema = "faultline.shrink/1"

  private let investigation: Investigation
  private let path: String
  private let saved: String

  /// - Parameters:
  ///   - path: the file that the user named.
  ///   - saved: where the smaller run is.
  public init(_ investigation: Investigation, path: String, saved: String) {
    self.investigation = investigation
    self.path = path
    self.saved = saved
  }

  /// Some lines for people, without a newline at the end.
  public func text(_ style: Style) -> String {
    let given = investigation.given
    let smallest = investigation.smallest
    let target = investigation.target
    let about = target.intent.map { " of \($0)" } ?? ""
    let agent = Words.agent(given.agent, without: given.without)
    let seeds = given.seed == smallest.seed ? "seed \(given.seed)" : "seed \(given.seed) -> \(smallest.seed)"
    var lines = [
      "\(style.paint(Words.printable(path), .strong))   \(agent)",
      "\(choices(given)) -> \(choices(smallest)), \(seeds), in \(Words.count(investigation.runs, "run")); "
        + "each shows \(target.oracle)\(about)",
    ]
    for need in investigation.needs {
      let without = need.oracles.isEmpty ? need.without.rawValue : need.oracles.map(\.text).joined(separator: ", ")
      let site = "at \(Words.printable(need.entry.at.description))".wrapped(to: style.width - 4)
      lines.append("  \(style.paint(need.entry.choose.text, .warning))")
      lines += (site + ["needed: without it \(without)"]).map { "    " + $0 }
    }
    lines += [
      "See it again".padded(to: 15) + "faultline show \(CommandLineText.quoted(saved))",
      "Run it again".padded(to: 15) + "faultline replay \(CommandLineText.quoted(saved))",
    ]
    return lines.joined(separator: "\n")
  }

  private func choices(_ verdict: Verdict) -> String { Words.count(verdict.plan.entries.count, "choice") }

  /// One object on one line.
  public var json: String {
    JSON.object([
      "schema": .text(Self.schema), "file": .text(path), "saved": .text(saved),
      "choices": .int(investigation.given.plan.entries.count),
      "smallest": .int(investigation.smallest.plan.entries.count),
      "verdict": VerdictJSON.value(investigation.verdict),
      "explanation": InvestigationJSON.value(investigation),
    ]).line
  }
}
