// What stands between the brackets of a site is a name that a person can write into a plan, never a generated id.

import Faultline
import Foundation
import Primitives
import Simulation
import Testing

@testable import Agents

@Suite struct SiteSubjectTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  /// The marks of ids that the systems make up.
  private static let generated = [
    "cus_", "sub_", "in_", "ii_", "ch_", "cn_", "re_", "i-", "vpc-", "snap-", "AKIA", "evt-",
  ]

  static func isGenerated(_ subject: Name) -> Bool { generated.contains { subject.text.hasPrefix($0) } }

  @Test func aGeneratedIdIsTold() {
    #expect(Self.isGenerated("cus_8z2k"))
    #expect(!Self.isGenerated("acme") && !Self.isGenerated("initech"))
  }

  @Test(arguments: ["declined-card", "happy-path", "cheaper-plan", "leaving-customer", "access-key"])
  func noAgentsSitesNameOne(_ file: String) throws {
    let scenario = try ScenarioReader(.standard()).read(path: "\(Self.root)/scenarios/\(file).yaml")
    let setup = try WorldSetup(scenario: scenario)
    var subjects: Set<Name> = []
    for entry in AgentRegistry.entries {
      let agent = try AgentRegistry.make(name: entry.name)
      for seed in 1...30 as ClosedRange<UInt64> {
        let chance = RunInput.Chance.swarm(Swarm(seed: seed, budget: 20, rate: 4 * Swarm.usualRate))
        let verdict = try Runner.run(
          RunInput(scenario: scenario, agent: agent, seed: seed, chance: chance), in: setup
        ).verdict
        subjects.formUnion(verdict.plan.entries.compactMap(\.at.subject))
      }
    }
    #expect(subjects.contains("acme"))
    #expect(subjects.filter(Self.isGenerated) == [])
  }
}
