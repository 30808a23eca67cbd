// The input of a campaign is durable before it starts: a crash of the harness loses no reproduction.

import Agents
import Faultline
import Primitives
import Reporting

/// Writes what is about to be played.
enum CampaignNote {
  static let path = "\(Files.state)/last-campaign.json"

  /// Each line is one campaign: scenario, agent, seeds and shape. A run of it is played again by
  /// `faultline run SCENARIO --agent AGENT --seed SEED`, with `--max-faults` where the shape has it.
  static func write(_ command: RunCommand, _ assignments: [Assignment]) throws {
    let lines = assignments.map { assignment in
      JSON.object([
        "schema": .text("faultline.campaign/1"),
        "scenario": .text(assignment.path),
        "agent": .text(assignment.agent.name.text),
        "without": .texts(assignment.agent.without.map(\.text)),
        "store": .text(command.choice.store.rawValue),
        "seed": .unsigned(command.firstSeed(of: assignment)),
        "runs": .int(command.runs),
        "max_faults": .int(command.maxFaults),
      ]).line
    }
    try Files.write(lines.joined(separator: "\n") + "\n", to: path)
  }
}
