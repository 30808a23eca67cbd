// `faultline list`: every name that a user may type, with a sentence on each.

import ArgumentParser
import Reporting

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Show the names that can be used: scenarios, operations, faults, oracles, safeguards, agents, profiles.",
    discussion: """
      Examples:
        faultline list safeguards
        faultline list operations --format json
      """)

  enum Kind: String, CaseIterable, ExpressibleByArgument {
    case scenarios, operations, faults, oracles, safeguards, agents, profiles, rules
  }

  enum Format: String, CaseIterable, ExpressibleByArgument {
    case text, json
  }

  @Argument(help: "What to list.")
  var kind: Kind

  @Option(help: "Text for people, JSON (one object a line) for programs.")
  var format: Format = .text

  func run() throws {
    let listing = try Listing.of(kind)
    switch format {
    case .json: Console.write(listing.map { $0.json(kind: kind.rawValue).line }.joined(separator: "\n"))
    case .text:
      let style = Console.style
      var table = TextTable([.init("", limit: 40), .init("", limit: 22), .init("", limit: 0)])
      let first = listing.map(\.name.count).max().map { min($0, 40) } ?? 0
      let second = listing.map(\.detail.count).max().map { min($0, 22) } ?? 0
      table.columns[2].limit = max(20, style.width - first - second - 4)
      for entry in listing {
        table.add([.init(entry.name, .strong), .init(entry.detail, .quiet), .init(entry.summary)])
      }
      Console.write(table.text(style, hasTitles: false))
    }
  }
}
