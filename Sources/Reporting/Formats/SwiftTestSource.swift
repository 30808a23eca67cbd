// A failure as Swift source: a test that plays that run and fails as long as the agent does.

import Faultline
import Primitives
import Simulation

/// Writes one run as a test for Swift Testing and the product `FaultlineTesting`.
public struct SwiftTestSource: Sendable {
  private let scenario: String
  private let agent: String
  private let seed: UInt64
  private let plan: Plan
  /// How many replicas somebody chose; nil where the scenario says it.
  private let replicas: Int?
  private let shape: RunShape
  private let reasons: [String]

  /// - Parameters:
  ///   - verdict: the run that failed.
  ///   - path: the scenario's file, as the test names it.
  ///   - agent: who has to survive the run; the verdict's own agent where none is given.
  public init(_ verdict: Verdict, path: String, agent: (any AgentUnderTest)? = nil) {
    scenario = path
    self.agent = Words.agent(agent?.name ?? verdict.agent, without: agent?.without ?? verdict.without)
    seed = verdict.seed
    plan = verdict.plan
    replicas = verdict.chosenReplicas
    shape = verdict.shape
    reasons = verdict.violations.reduce(into: []) { reasons, violation in
      let about = violation.intent.map { " of \($0)" } ?? ""
      let reason = "\(violation.oracle)\(about)"
      if !reasons.contains(reason) { reasons.append(reason) }
    }
  }

  private static let width = 120

  /// A whole source file.
  public var text: String {
    let found = reasons.isEmpty ? "The run once failed." : "The run once ended with \(Words.list(reasons))."
    var lines = [
      "// Written by 'faultline report --format swift-test': a failure that must not come back.",
      "",
      "import FaultlineTesting",
      "import Testing",
      "",
      "@Suite struct \(Self.camel(name, startsUpper: true))Regression {",
    ]
    lines += found.wrapped(to: Self.width - 6).map { "  /// \($0)" }
    lines += [
      "  @Test(",
      "    .faultline(",
      "      \(scenario.debugDescription), agent: \(agent.debugDescription), seed: \(seed),",
    ]
    let end = (replicas.map { ", replicas: \($0)" } ?? "") + (day.map { ", shape: \($0)" } ?? "") + "))"
    if plan.isEmpty {
      lines.append("      plan: [:]\(end)")
    } else {
      lines.append("      plan: [")
      for entry in plan.entries {
        let site = entry.at.description.debugDescription
        let answer = entry.choose.text.debugDescription
        let isLong = site.count + answer.count + 11 > Self.width
        lines += isLong ? ["        \(site):", "          \(answer),"] : ["        \(site): \(answer),"]
      }
      lines.append("      ]\(end)")
    }
    lines += ["  func \(function)() {}", "}"]
    return lines.joined(separator: "\n") + "\n"
  }

  /// `.day(network: 4000, calmAfter: .seconds(90))`; nil for the usual one.
  private var day: String? {
    guard shape != .nominal else { return nil }
    var parts: [String] = []
    for (label, percent) in [("network", shape.network), ("store", shape.store), ("messages", shape.messages)]
    where percent != 100 {
      parts.append("\(label): \(percent)")
    }
    if shape.calmAfter != .zero { parts.append("calmAfter: \(Self.duration(shape.calmAfter))") }
    if shape.workflows != 1 { parts.append("workflows: \(shape.workflows)") }
    return ".day(\(parts.joined(separator: ", ")))"
  }

  /// The span as a `Duration`, in the largest unit that divides it exactly.
  private static func duration(_ span: TimeSpan) -> String {
    let units: [(Int64, String)] = [
      (1_000_000_000, "seconds"), (1_000_000, "milliseconds"), (1_000, "microseconds"),
    ]
    for (size, unit) in units where span.nanoseconds % size == 0 { return ".\(unit)(\(span.nanoseconds / size))" }
    return ".nanoseconds(\(span.nanoseconds))"
  }

  private var name: String { String(scenario.split(separator: "/").last?.prefix { $0 != "." } ?? "run") }

  /// `naiveSurvivesResponseLostAtCreateCluster`
  private var function: String {
    let places = plan.entries.map { "\($0.choose) at \($0.at.point.map(Words.verb) ?? "some point")" }
    let what = places.isEmpty ? "a run without faults" : places.joined(separator: " and ")
    return Self.camel("\(agent) survives \(what)", startsUpper: false)
  }

  /// Words as one Swift identifier.
  private static func camel(_ text: String, startsUpper: Bool) -> String {
    let words = text.split { !$0.isASCII || !($0.isLetter || $0.isNumber) }
    let joined = words.enumerated().map { index, word in
      let first = word.prefix(1)
      return (index == 0 && !startsUpper ? first.lowercased() : first.uppercased()) + word.dropFirst()
    }.joined()
    return joined.first?.isNumber ?? true ? "run" + joined : joined
  }
}
