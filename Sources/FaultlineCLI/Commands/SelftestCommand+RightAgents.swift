// The other side of the score: agents that are right, so that every alarm is a false one.

import Agents
import Exploration
import Faultline
import Primitives
import Reporting
import Simulation

extension SelftestCommand {
  /// Shares the runs among the right agents and the searched scenarios, and plays them with random faults.
  func playRightAgents(_ situations: [Situation]) async throws -> ExitStatus {
    let interrupt = Interrupt()
    var grounds = Self.searched.compactMap { name in situations.first { $0.scenario.name == name } }
    if grounds.isEmpty { grounds = situations }
    var progress = Progress()
    var table = RightAgentTable(options: "--max-faults \(maxFaults)")
    let shares = AgentRegistry.careful.count * grounds.count
    var played = 0
    var nextSeed = seed
    var isWhole = true
    for (number, entry) in AgentRegistry.careful.enumerated() {
      for (offset, ground) in grounds.enumerated() {
        let place = number * grounds.count + offset
        let share = runs / shares + (place < runs % shares ? 1 : 0)
        guard share > 0, isWhole else { continue }
        let agent = try AgentRegistry.make(name: entry.name)
        let seeds = nextSeed..<(nextSeed + UInt64(share))
        nextSeed = seeds.upperBound
        let assignment = try Assignment(ground, agent: agent, isChecked: false)
        let sweep = Sweep(search: assignment.search(maxFaults: maxFaults), seeds: seeds, jobs: workers)
        let coverage = try await sweep.play(until: interrupt) { _ in
          played += 1
          progress.update("\(entry.name) in \(ground.scenario.name): \(played) of \(runs) runs")
        }
        isWhole = coverage.runs == seeds.count
        table.add(entry.name, ground.scenario.name, path: ground.path, coverage)
      }
    }
    table.elapsed = progress.elapsed
    table.isPartial = !isWhole
    progress.finish()
    switch output.format {
    case .json: try output.deliver(table.jsonLines.joined(separator: "\n"))
    default: try output.deliver(table.text(output.style))
    }
    if !isWhole { return .interrupted }
    return table.alarms == 0 ? .asExpected : .notAsExpected
  }
}
