// `faultline list`: every name that a user may type, with a sentence on each.

import ArgumentParser
import Reporting

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Show the names that can be used: scenarios, workflows, operations, faults, oracles, safeguards, agents, profiles.",
    discussion: """
      Examples:
        faultline list safeguards
        faultline list scenarios --by oracle
        faultline list operations --format json
      """)

  enum Kind: String, CaseIterable, ExpressibleByArgument {
    case scenarios, workflows, operations, faults, oracles, safeguards, agents, profiles, rules
  }

  enum Format: String, CaseIterable, ExpressibleByArgument {
    case text, json
  }

  /// What scenarios can be grouped by.
  enum Grouping: String, CaseIterable, ExpressibleByArgument {
    case fault, oracle
  }

  @Argument(help: "What to list.")
  var kind: Kind

  @Option(help: "Text for people, JSON (one object a line) for programs.")
  var format: Format = .text

  @Option(help: "For scenarios: group them by this alone, not by one after the other.")
  var by: Grouping?

  func validate() throws {
    guard by == nil || (kind == .scenarios && format == .text) else {
      throw ValidationError("--by groups scenarios for people; list scenarios, and leave out --format json")
    }
  }

  func run() throws {
    let listing = try Listing.of(kind)
    switch format {
    case .json: Console.write(listing.map { $0.json(kind: kind.rawValue).line }.joined(separator: "\n"))
    case .text where kind == .scenarios:
      let style = Console.style
      let groupings = by.map { [$0] } ?? Grouping.allCases
      Console.write(
        groupings.map { style.paint($0.title, .strong) + "\n\n" + Listing.grouped(listing, by: $0, style) }
          .joined(separator: "\n\n"))
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
