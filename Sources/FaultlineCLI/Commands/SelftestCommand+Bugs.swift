// The hunt for planted bugs: every safeguard taken away, and every agent that is wrong in one way.

import Agents
import Exploration
import Faultline
import Primitives
import Reporting
import Simulation

extension SelftestCommand {
  /// What is hunted: an agent without some of its safeguards, or one that is wrong by itself.
  private struct Quarry: Sendable {
    var agent: Name
    /// The safeguards that are missing, in each of the ways in which it is hunted: alone, then as scenarios name it
    /// together with what stands behind it.
    var without: [[Name]] = [[]]
    var control: Name
    /// The oracle that has to catch it; nil for any.
    var oracle: Name?

    func pairs() throws -> [BugHunt.Pair] {
      try without.map { missing in
        BugHunt.Pair(
          try AgentRegistry.make(name: agent, without: missing),
          control: try AgentRegistry.make(name: control, without: Array(missing.dropFirst())))
      }
    }
  }

  /// The scenarios that are searched where they are among those given: one that goes well, one in which metering
  /// writes the invoice, one that is rolled back, and one that fails after the payment.
  static let searched: [Name] = ["happy-path", "timeout-after-create", "declined-card", "ticket-was-closed"]

  /// Hunts them all; the table has the order of the registry, whoever was caught first.
  func huntBugs(_ situations: [Situation]) async throws -> BugTable {
    let setups = try situations.map(\.scenario).map { try WorldSetup(scenario: $0) }
    let hunt = BugHunt(
      written: setups,
      searched: Self.searched.compactMap { name in setups.first { $0.scenario.name == name } }.map(\.withoutFaults))
    let quarries = Self.quarries(in: situations.map(\.scenario))
    var rows: [BugTable.Row?] = Array(repeating: nil, count: quarries.count)
    var progress = Progress()
    try await withThrowingTaskGroup(of: (Int, BugTable.Row).self) { group in
      var next = 0
      while true {
        while next < min(quarries.count, rows.count { $0 != nil } + workers) {
          let number = next
          next += 1
          group.addTask { (number, try Self.row(quarries[number], hunt)) }
        }
        guard let (number, row) = try await group.next() else { return }
        rows[number] = row
        progress.update("\(rows.count { $0 != nil }) of \(quarries.count) planted bugs hunted")
      }
    }
    progress.finish()
    return BugTable(rows.compactMap { $0 })
  }

  private static func quarries(in scenarios: [Scenario]) -> [Quarry] {
    let expectations = scenarios.flatMap(\.expectations)
    let missing = AgentRegistry.entries.flatMap { entry in
      entry.safeguards.map { safeguard in
        var ways = [[safeguard]]
        for expected in expectations where expected.agent == entry.name && expected.without.contains(safeguard) {
          let way = [safeguard] + expected.without.filter { $0 != safeguard }
          if !ways.contains(way) { ways.append(way) }
        }
        return Quarry(agent: entry.name, without: ways, control: entry.name)
      }
    }
    return missing + PlantedBug.all.map { Quarry(agent: $0.name, control: $0.control, oracle: $0.oracle) }
  }

  private static func row(_ quarry: Quarry, _ hunt: BugHunt) throws -> BugTable.Row {
    let found = try hunt.hunt(quarry.pairs(), by: quarry.oracle)
    return BugTable.Row(
      agent: quarry.agent, without: quarry.without[found?.pair ?? 0],
      found: found.map { found in
        BugTable.Found(
          oracle: found.oracle, scenario: found.scenario, method: Name(found.method.rawValue),
          plansTried: found.plansTried, seed: found.smallest.seed, plan: found.smallest.plan)
      })
  }
}
