// JUnit XML for CI servers. Several of them drop attributes and properties, so whatever a person needs stands in
// the text of the failure: the seed and the command that shows it again.

import Faultline
import Primitives

/// Writes runs as JUnit XML: a suite for each scenario, a case for each run or plan.
public struct JUnitReport: Sendable {
  /// One test case.
  public struct Case: Sendable {
    /// What is wrong with it. An invariant that broke is a failure; what says nothing about invariants is an error;
    /// what is expected for now is skipped.
    public enum Problem: String, Sendable { case failure, error, skipped }

    public var scenario: Name
    public var name: String
    /// Simulated, so that the same runs are the same bytes.
    public var milliseconds: Int64 = 0
    public var problem: Problem?
    /// The oracle, or what else did not hold.
    public var kind = ""
    /// One sentence.
    public var message = ""
    /// The story and the reproducing command.
    public var text = ""

    /// A case that passes until it is given a problem.
    public init(scenario: Name, name: String) {
      self.scenario = scenario
      self.name = name
    }

    /// A run: its expectation decides where it has one, its verdict elsewhere.
    public init(verdict: Verdict, isAsExpected: Bool, text: String) {
      self.init(
        scenario: verdict.scenario,
        name: "\(Words.agent(verdict.agent, without: verdict.without)) seed \(verdict.seed)")
      milliseconds = verdict.virtualTime.inMilliseconds
      guard !isAsExpected else { return }
      let isOpen = verdict.result.isOpen
      problem = isOpen ? .error : .failure
      kind = isOpen ? verdict.result.rawValue : verdict.violations.first?.oracle.text ?? "unmet-expectation"
      message = verdict.reasons.first ?? verdict.violations.first?.message ?? "the run did not end as expected"
      self.text = text
    }

    /// A plan that failed; skipped where that is expected for now.
    public init(_ finding: Finding, name: String, text: String) {
      self.init(scenario: finding.verdict.scenario, name: name)
      milliseconds = finding.verdict.virtualTime.inMilliseconds
      problem = finding.knownReason == nil ? .failure : .skipped
      kind = finding.kind
      message = finding.knownReason.map { "Known: \($0) See it again: \(finding.command)" } ?? finding.message
      self.text = text
    }
  }

  private var cases: [Case]

  public init(_ cases: [Case]) { self.cases = cases }

  /// The document.
  public func xml() -> String {
    var suites: [(name: Name, cases: [Case])] = []
    for item in cases {
      if let index = suites.firstIndex(where: { $0.name == item.scenario }) {
        suites[index].cases.append(item)
      } else {
        suites.append((item.scenario, [item]))
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
    func count(_ problem: Case.Problem) -> Int { cases.count { $0.problem == problem } }
    return " tests=\"\(cases.count)\" failures=\"\(count(.failure))\" errors=\"\(count(.error))\" "
      + "skipped=\"\(count(.skipped))\""
  }

  private func text(_ item: Case) -> [String] {
    let fraction = String(item.milliseconds % 1_000).leftPadded(to: 3).replacing(" ", with: "0")
    let head =
      "    <testcase classname=\"faultline.\(Self.escaped(item.scenario.text))\" "
      + "name=\"\(Self.escaped(item.name))\" time=\"\(item.milliseconds / 1_000).\(fraction)\""
    guard let problem = item.problem else { return [head + "/>"] }
    // The schema that most servers follow gives a skipped case a message and nothing else.
    let type = problem == .skipped ? "" : " type=\"\(Self.escaped(item.kind))\""
    let open = "      <\(problem.rawValue)\(type) message=\"\(Self.escaped(item.message))\""
    let body = problem == .skipped ? "/>" : ">\(Self.escaped(item.text))</\(problem.rawValue)>"
    return [head + ">", open + body, "    </testcase>"]
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
