// Which scenario notices when a safeguard is missing: the proof that each of them is needed and tested.

import Primitives

/// The table of `faultline selftest`.
public struct SafeguardTable: Sendable {
  /// One safeguard taken away, and what then went wrong.
  public struct Row: Sendable {
    public var safeguard: Name
    /// The scenarios that fail without it and pass with it.
    public var misses: [Miss]

    public init(safeguard: Name, misses: [Miss]) {
      self.safeguard = safeguard
      self.misses = misses
    }
  }

  /// A scenario that notices.
  public struct Miss: Sendable {
    public var scenario: Name
    /// Other safeguards that have to be gone for this one to matter here.
    public var alsoWithout: [Name]
    /// The oracles that fired, or the ending that is not allowed.
    public var problems: [String]

    public init(scenario: Name, alsoWithout: [Name] = [], problems: [String]) {
      self.scenario = scenario
      self.alsoWithout = alsoWithout
      self.problems = problems
    }
  }

  public var rows: [Row]

  public init(_ rows: [Row]) { self.rows = rows }

  /// Safeguards that no scenario misses.
  public var untested: [Name] { rows.filter(\.misses.isEmpty).map(\.safeguard) }

  /// The table, without a newline at its end.
  public func text(_ style: Style) -> String {
    var table = TextTable([
      .init("without", limit: 28), .init("missed by", limit: 34), .init("by", fillsRest: true),
    ])
    for row in rows {
      if row.misses.isEmpty {
        table.add([.init(row.safeguard.text, .bad), .init("no scenario", .bad), .init("")])
      }
      for (offset, miss) in row.misses.enumerated() {
        table.add([
          .init(offset == 0 ? row.safeguard.text : ""), .init(name(miss)),
          .init(miss.problems.joined(separator: ", ")),
        ])
      }
    }
    return table.text(style)
  }

  /// The score in a sentence.
  public func summary(_ style: Style) -> String {
    untested.isEmpty
      ? style.paint(
        "\(rows.count) of \(Words.count(rows.count, "safeguard")) are missed by a scenario.", .good)
      : "No scenario misses \(Words.list(untested.map(\.text), "or"))."
        .wrapped(to: style.width).map { style.paint($0, .bad) }.joined(separator: "\n")
  }

  /// One line of JSON for each safeguard.
  public var jsonLines: [String] { rows.map { Self.json($0).line } }

  private static func json(_ row: Row) -> JSON {
    .object([
      "schema": .text("faultline.selftest/1"), "safeguard": .text(row.safeguard.text),
      "missed_by": .array(row.misses.map { miss in
        .object([
          "scenario": .text(miss.scenario.text), "also_without": .texts(miss.alsoWithout.map(\.text)),
          "problems": .texts(miss.problems),
        ])
      }),
    ])
  }

  private func name(_ miss: Miss) -> String {
    miss.alsoWithout.isEmpty
      ? miss.scenario.text
      : "\(miss.scenario) (also without \(miss.alsoWithout.map(\.text).joined(separator: ", ")))"
  }
}
