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

  public struct Miss: Sendable {
    public var scenario: Name
    public var oracles: [Name]

    public init(scenario: Name, oracles: [Name]) {
      self.scenario = scenario
      self.oracles = oracles
    }
  }

  public var rows: [Row]

  public init(_ rows: [Row]) { self.rows = rows }

  /// Safeguards that no scenario misses.
  public var untested: [Name] { rows.filter(\.misses.isEmpty).map(\.safeguard) }

  /// The table, without a newline at its end.
  public func text(_ style: Style) -> String {
    var table = TextTable([
      .init("without", limit: 28), .init("missed by", limit: 34), .init("oracle", limit: style.width - 66),
    ])
    for row in rows {
      if row.misses.isEmpty { table.add([.init(row.safeguard.text, .bad), .init("no scenario", .bad), ""]) }
      for (offset, miss) in row.misses.enumerated() {
        table.add([
          .init(offset == 0 ? row.safeguard.text : ""), .init(miss.scenario.text),
          .init(miss.oracles.map(\.text).joined(separator: ", ")),
        ])
      }
    }
    let verdict =
      untested.isEmpty
      ? style.paint("Each of \(Words.count(rows.count, "safeguard")) is missed by a scenario.", .good)
      : style.paint("No scenario misses \(Words.list(untested.map(\.text))).", .bad)
    return table.text(style) + "\n\n" + verdict
  }
}
