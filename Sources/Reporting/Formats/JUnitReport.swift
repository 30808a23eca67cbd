// JUnit XML for CI servers. Several of them drop attributes and properties, so whatever a person needs stands in
// the text of the failure: the seed and the command that shows it again.

import Faultline
import Primitives

/// Writes runs as JUnit XML: a suite for each scenario, a case for each agent and seed.
public struct JUnitReport: Sendable {
  /// One run, as a test case.
  public struct Case: Sendable {
    public var verdict: Verdict
    /// Whether the run was as it should be: its expectation where it has one, its verdict elsewhere.
    public var isAsExpected: Bool
    /// The story and the reproducing command; shown where the case failed.
    public var text: String

    public init(verdict: Verdict, isAsExpected: Bool, text: String) {
      self.verdict = verdict
      self.isAsExpected = isAsExpected
      self.text = text
    }
  }

  private var cases: [Case]

  public init(_ cases: [Case]) { self.cases = cases }

  /// The document. Durations are simulated, so that the same runs are the same bytes.
  public func xml() -> String {
    var suites: [(name: Name, cases: [Case])] = []
    for item in cases {
      if let index = suites.firstIndex(where: { $0.name == item.verdict.scenario }) {
        suites[index].cases.append(item)
      } else {
        suites.append((item.verdict.scenario, [item]))
      }
    }
    var lines = ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>"]
    lines.append("<testsuites name=\"faultline\"\(totals(cases))>")
    for suite in suites {
      lines.append("  <testsuite name=\"\(Self.escaped(suite.name.text))\"\(totals(suite.cases))>")
      for item in suite.cases { lines += text(item) }
      lines.append("  </testsuite>")
    }
    lines.append("</testsuites>")
    return lines.joined(separator: "\n") + "\n"
  }

  private func totals(_ cases: [Case]) -> String {
    let errors = cases.count { $0.isError }
    let failures = cases.count { !$0.isAsExpected } - errors
    return " tests=\"\(cases.count)\" failures=\"\(failures)\" errors=\"\(errors)\" skipped=\"0\""
  }

  private func text(_ item: Case) -> [String] {
    let verdict = item.verdict
    let name = "\(Words.agent(verdict.agent, without: verdict.without)) seed \(verdict.seed)"
    let milliseconds = String(verdict.virtualTime.inMilliseconds % 1_000).leftPadded(to: 3)
    let time = "\(verdict.virtualTime.inMilliseconds / 1_000).\(milliseconds.replacing(" ", with: "0"))"
    let head =
      "    <testcase classname=\"faultline.\(Self.escaped(verdict.scenario.text))\" "
      + "name=\"\(Self.escaped(name))\" time=\"\(time)\""
    guard !item.isAsExpected else { return [head + "/>"] }
    let element = item.isError ? "error" : "failure"
    return [
      head + ">",
      "      <\(element) type=\"\(Self.escaped(item.kind))\" message=\"\(Self.escaped(item.message))\">"
        + "\(Self.escaped(item.text))</\(element)>",
      "    </testcase>",
    ]
  }

  /// XML 1.0 forbids most control characters even as references; they are shown as their picture instead.
  static func escaped(_ text: String) -> String {
    var safe = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": safe += "&amp;"
      case "<": safe += "&lt;"
      case ">": safe += "&gt;"
      case "\"": safe += "&quot;"
      case "\t", "\n", "\r": safe.unicodeScalars.append(scalar)
      case _ where scalar.value < 0x20: safe += "\\u{\(String(scalar.value, radix: 16))}"
      case "\u{FFFE}", "\u{FFFF}": safe += "\\u{\(String(scalar.value, radix: 16))}"
      default: safe.unicodeScalars.append(scalar)
      }
    }
    return safe
  }
}

extension JUnitReport.Case {
  /// An invariant that broke is a failure; a run that says nothing about invariants is an error.
  var isError: Bool { !isAsExpected && verdict.result == .inconclusive }

  var kind: String {
    if verdict.result == .inconclusive { return "inconclusive" }
    return verdict.violations.first?.oracle.text ?? "unmet-expectation"
  }

  var message: String {
    verdict.reasons.first ?? verdict.violations.first?.message ?? "the run did not end as expected"
  }
}
