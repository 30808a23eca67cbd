// Which planted bugs are caught, by what, and how soon: the score of Faultline itself.

import Faultline
import Primitives
import Simulation

/// The second table of `faultline selftest`.
public struct BugTable: Sendable {
  /// One planted bug, and what caught it.
  public struct Row: Sendable {
    /// The agent that is wrong.
    public var agent: Name
    /// The safeguard that was taken from it, and others that stand behind that; empty for an agent that is wrong by
    /// itself.
    public var without: [Name]
    /// Nil where nothing caught it.
    public var found: Found?

    public init(agent: Name, without: [Name], found: Found?) {
      self.agent = agent
      self.without = without
      self.found = found
    }

    /// What the bug is called: the agent, or the safeguard that is missing.
    var name: String { without.isEmpty ? agent.text : "without \(without.map(\.text).joined(separator: ", "))" }
  }

  /// How a bug was caught.
  public struct Found: Sendable {
    public var oracle: Name
    public var scenario: Name
    public var method: Name
    public var plansTried: Int
    public var seed: UInt64
    /// The shrunk plan.
    public var plan: Plan

    public init(oracle: Name, scenario: Name, method: Name, plansTried: Int, seed: UInt64, plan: Plan) {
      self.oracle = oracle
      self.scenario = scenario
      self.method = method
      self.plansTried = plansTried
      self.seed = seed
      self.plan = plan
    }
  }

  public var rows: [Row]

  public init(_ rows: [Row]) { self.rows = rows }

  /// Bugs that nothing caught.
  public var escaped: [Row] { rows.filter { $0.found == nil } }

  /// The median of the plans tried, over the bugs that were caught; the higher of two middle ones.
  public var medianPlansTried: Int? {
    let tried = rows.compactMap(\.found?.plansTried).sorted()
    return tried.isEmpty ? nil : tried[tried.count / 2]
  }

  /// The table, without a newline at its end.
  public func text(_ style: Style) -> String {
    var table = TextTable([
      .init("planted bug", limit: 34), .init("caught by", limit: 26), .init("in", fillsRest: true),
      .init("plans", rightAligned: true), .init("shrunk", rightAligned: true),
    ])
    for row in rows {
      guard let found = row.found else {
        table.add([.init(row.name, .bad), .init("nothing", .bad), .init(""), .init(""), .init("")])
        continue
      }
      table.add([
        .init(row.name), .init(found.oracle.text), .init(found.scenario.text),
        .init(Words.grouped(found.plansTried)), .init("\(found.plan.entries.count)"),
      ])
    }
    return table.text(style)
  }

  /// The score in a sentence.
  public func summary(_ style: Style) -> String {
    guard escaped.isEmpty else {
      return "Nothing catches \(Words.list(escaped.map(\.name), "or"))."
        .wrapped(to: style.width).map { style.paint($0, .bad) }.joined(separator: "\n")
    }
    let largest = rows.compactMap(\.found?.plan.entries.count).max() ?? 0
    return style.paint(
      "\(rows.count) of \(Words.count(rows.count, "planted bug")) are caught, after "
        + "\(Words.grouped(medianPlansTried ?? 0)) plans in the median, by "
        + "\(Words.count(largest, "choice")) at most.", .good)
  }

  /// One line of JSON for each bug.
  public var jsonLines: [String] { rows.map { Self.json($0).line } }

  private static func json(_ row: Row) -> JSON {
    let found = row.found
    return .object([
      "schema": .text("faultline.bug/1"), "agent": .text(row.agent.text),
      "without": .texts(row.without.map(\.text)), "caught": .bool(found != nil),
      "oracle": .text(found?.oracle.text), "scenario": .text(found?.scenario.text),
      "method": .text(found?.method.text), "plans_tried": .int(found?.plansTried),
      "seed": found.map { .unsigned($0.seed) } ?? .null,
      "plan": .array((found?.plan.entries ?? []).map { entry in
        .object(["at": .text("\(entry.at)"), "choose": .text(entry.choose.text)])
      }),
      "plan_size": .int(found?.plan.entries.count),
    ])
  }
}
