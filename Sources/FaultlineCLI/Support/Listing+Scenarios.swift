// The library of scenarios: what each injects, what it shows, and how far its story can be trusted.

import Faultline
import Primitives
import Reporting
import Simulation

extension Listing {
  static func scenarios() throws -> [Listing] {
    try Library.situations(in: ["scenarios"]).map(\.scenario).map { scenario in
      Listing(
        name: scenario.name.text, detail: scenario.source?.kind.rawValue ?? "", summary: scenario.title,
        fields: [
          .init("path", .text(scenario.path)),
          .init("agents", .texts(scenario.expectations.map { expectation in
            expectation.without.isEmpty
              ? expectation.agent.text
              : "\(expectation.agent) without \(expectation.without.map(\.text).joined(separator: ", "))"
          })),
          .init("workflow", .text(scenario.workflow.text)), .init("source", .text(scenario.source?.kind.rawValue)),
          .init("url", .text(scenario.source?.url)), .init("faults", .texts(scenario.injected)),
          .init("oracles", .texts(scenario.shown)),
        ],
        groups: [.fault: scenario.injected, .oracle: scenario.shown])
    }
  }

  /// The groups of a library, as text: each name under everything that it belongs to.
  static func grouped(_ listings: [Listing], by grouping: ListCommand.Grouping, _ style: Style) -> String {
    let names = Set(listings.flatMap { $0.groups[grouping] ?? [] }).sorted()
    var table = TextTable([.init("", limit: 40), .init("", limit: 14), .init("", fillsRest: true)])
    var isFirst = true
    func add(_ title: String, _ listings: [Listing]) {
      guard !listings.isEmpty else { return }
      if !isFirst { table.addHeading("") }
      isFirst = false
      table.addHeading("\(title)   \(Plural.scenarios(listings.count))")
      for listing in listings {
        table.add([.init(listing.name), .init(listing.detail, .quiet), .init(listing.summary)])
      }
    }
    for name in names { add(name, listings.filter { $0.groups[grouping]?.contains(name) ?? false }) }
    add(grouping.none, listings.filter { $0.groups[grouping]?.isEmpty ?? true })
    return table.text(style, hasTitles: false)
  }
}

extension ListCommand.Grouping {
  /// What stands above the scenarios that belong to no group.
  var none: String {
    switch self {
    case .fault: "without a fault: the ticket or the world is enough"
    case .oracle: "no agent that is named breaks anything"
    }
  }

  var title: String {
    switch self {
    case .fault: "By the fault that is injected"
    case .oracle: "By the oracle that fires on the agents which are named there"
    }
  }
}

private enum Plural {
  static func scenarios(_ count: Int) -> String { count == 1 ? "1 scenario" : "\(count) scenarios" }
}

extension Scenario {
  /// The faults by name, each once: `late-arrival` for every kind of it, `decision` for what a decider is made to say.
  fileprivate var injected: [String] {
    var names = faults.entries.map { entry in
      entry.at.aspect == .decision
        ? "decision" : entry.choose.text.split(separator: ":", maxSplits: 1).first.map(String.init) ?? ""
    }
    if !decisions.isEmpty { names.append("decision") }
    return names.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// The oracles that are expected to fire on some agent, each once.
  fileprivate var shown: [String] {
    expectations.flatMap(\.violates).map(\.text).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}
