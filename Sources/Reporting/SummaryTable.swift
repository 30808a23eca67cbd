// Many runs at a glance: a line for each scenario and agent, a total, and how to look closely.

import Faultline
import Primitives

/// The table of `faultline run scenarios`.
public struct SummaryTable: Sendable {
  public struct Row: Sendable {
    public var title: String
    /// The scenario's file, as the user named it.
    public var path: String
    public var verdict: Verdict
    /// Whether the run was as it should be.
    public var isAsExpected: Bool

    public init(title: String, path: String, verdict: Verdict, isAsExpected: Bool) {
      self.title = title
      self.path = path
      self.verdict = verdict
      self.isAsExpected = isAsExpected
    }
  }

  private let rows: [Row]
  /// Set where the table covers less than was asked for: the reader pressed Ctrl-C.
  public var isPartial = false

  public init(_ rows: [Row]) { self.rows = rows }

  /// The table and its totals, without a newline at the end.
  public func text(_ style: Style) -> String {
    var table = TextTable([
      .init("", limit: 24), .init("verdict"), .init("expected"), .init("ended", limit: 11),
      .init("violations", fillsRest: true), .init("recovery", rightAligned: true), .init("calls", rightAligned: true),
      .init("events", rightAligned: true),
    ], gap: 1)
    var scenario: Name?
    for row in rows {
      if row.verdict.scenario != scenario {
        scenario = row.verdict.scenario
        let title = Words.printable(row.title)
        let room = style.width - row.verdict.scenario.text.count - 3
        table.addHeading("\(row.verdict.scenario)   \(Words.shortened(title, to: max(0, room)))")
      }
      table.add(cells(row))
    }
    return [table.text(style), problems(style), totals(style)].filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  private func cells(_ row: Row) -> [TextTable.Cell] {
    let verdict = row.verdict
    let oracles = verdict.violations.reduce(into: [Name]()) { if !$0.contains($1.oracle) { $0.append($1.oracle) } }
    let expectation: TextTable.Cell =
      switch verdict.expectation {
      case .met: .init("yes", .good)
      case .unmet: .init("NO", .bad)
      case .none: .init("-", .quiet)
      }
    let attempts =
      verdict.metrics.calls == verdict.metrics.attempts
      ? "\(verdict.metrics.calls)" : "\(verdict.metrics.calls)/\(verdict.metrics.attempts)"
    return [
      .init(Words.agent(verdict.agent, without: verdict.without)),
      .init(verdict.result.rawValue, row.isAsExpected ? nil : .bad), expectation,
      .init(verdict.outcome?.rawValue ?? "no claim"), .init(oracles.map(\.text).joined(separator: ", ")),
      .init(verdict.metrics.recoveryMilliseconds.map { Words.brief(milliseconds: $0) } ?? ""), .init(attempts),
      .init(Words.grouped(verdict.events)),
    ]
  }

  /// What was not as expected: each reason once, with the runs that it holds for.
  private func problems(_ style: Style) -> String {
    var groups: [(reason: String, runs: [String])] = []
    for row in rows where !row.isAsExpected {
      let agent = Words.agent(row.verdict.agent, without: row.verdict.without)
      var reasons = row.verdict.reasons
      if reasons.isEmpty { reasons = row.verdict.violations.map(\.message) }
      for reason in reasons {
        let run = "\(row.verdict.scenario) (\(agent))"
        if let index = groups.firstIndex(where: { $0.reason == reason }) {
          if !groups[index].runs.contains(run) { groups[index].runs.append(run) }
        } else {
          groups.append((reason, [run]))
        }
      }
    }
    return groups.flatMap { group -> [String] in
      let reason = Words.printable(group.reason).wrapped(to: style.width).map { style.paint($0, .bad) }
      let runs = group.runs.map(Words.glued).joined(separator: ", ").wrapped(to: style.width - 2)
      return reason + runs.map { "  " + $0.replacing(Words.gluing, with: " ") }
    }
    .joined(separator: "\n")
  }

  /// How many runs there were and how many were not as expected, in one sentence.
  public var summary: String { summary(.plain) }

  private func summary(_ style: Style) -> String {
    let scenarios = Set(rows.map(\.verdict.scenario)).count
    let wrong = rows.count { !$0.isAsExpected }
    let events = rows.reduce(0) { $0 + $1.verdict.events }
    let runs = "\(Words.count(rows.count, "run")) of \(Words.count(scenarios, "scenario")), "
    let outcome = wrong == 0 ? "all as expected" : "\(wrong) not as expected"
    return runs + style.paint(outcome, wrong == 0 ? .good : .bad) + ", \(Words.count(events, "event"))."
  }

  private func totals(_ style: Style) -> String {
    var lines = [summary(style)]
    if isPartial { lines.append(style.paint("Stopped early: this is a part of what was asked for.", .warning)) }
    let interesting = rows.first { !$0.isAsExpected } ?? rows.first { $0.verdict.result == .fail } ?? rows.first
    if let interesting {
      lines.append("See one closely: \(Self.command(interesting))")
    }
    return lines.joined(separator: "\n")
  }

  /// The command that shows one row's story.
  static func command(_ row: Row) -> String {
    CommandLineText.run(path: row.path, verdict: row.verdict)
  }
}

/// Commands that a reader can paste.
public enum CommandLineText {
  /// `faultline run PATH --agent NAME --without A,B --seed N`; parts that are the default are left out.
  public static func run(path: String, verdict: Verdict) -> String {
    run(path: path, agent: verdict.agent, without: verdict.without, seed: verdict.seed)
      + replicas(verdict.chosenReplicas) + workflows(verdict.shape.workflows)
  }

  /// `reference without idempotency-keys`, as reports call it.
  public static func agent(_ verdict: Verdict) -> String { Words.agent(verdict.agent, without: verdict.without) }

  /// ` --replicas N`, where somebody chose the number.
  public static func replicas(_ chosen: Int?) -> String { chosen.map { " --replicas \($0)" } ?? "" }

  /// ` --workflows N`, where more than one was under way at once.
  public static func workflows(_ count: Int?) -> String {
    count.flatMap { $0 > 1 ? " --workflows \($0)" : nil } ?? ""
  }

  /// The same, for a run that is known by its seed alone.
  static func run(path: String, agent: Name, without: [Name], seed: UInt64) -> String {
    var words = ["faultline run", quoted(path), "--agent", agent.text]
    if !without.isEmpty { words += ["--without", without.map(\.text).joined(separator: ",")] }
    if seed != 1 { words += ["--seed", String(seed)] }
    return words.joined(separator: " ")
  }

  /// The word as a POSIX shell reads it: in single quotes where it holds anything unusual.
  public static func quoted(_ word: String) -> String {
    let isPlain = !word.isEmpty && word.unicodeScalars.allSatisfy { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789-_./+:@%,".unicodeScalars.contains(scalar))
    }
    return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}
