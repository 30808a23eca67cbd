// Every oracle fires on an agent that is not the reference, and is silent on one that does the same well.

import Faultline
import Operations
import Primitives
import Simulation
import Testing

@testable import Agents

@Suite("Oracles on planted bugs")
struct OracleFiringTests {
  /// Judged oracles; those of a contract are judged because the agent declares the practice.
  private func violated(by agent: any AgentUnderTest, in circumstances: PlantedBug.Circumstances) throws -> Set<Name> {
    var scenario = try circumstances.applied(to: Acme.scenario())
    scenario.limits.events = 1_500
    return try Acme.play(agent, in: scenario).violated
  }

  @Test("The oracle of each planted bug fires on it", arguments: PlantedBug.all)
  func fires(bug: PlantedBug) throws {
    let violated = try violated(by: bug.agent, in: bug.circumstances)
    #expect(violated.contains(bug.oracle), "\(bug.name) violated \(violated.map(\.text).sorted())")
  }

  @Test("No oracle fires on the careful agent in the same circumstances", arguments: PlantedBug.all)
  func controls(bug: PlantedBug) throws {
    let careful = CarefulAgent(habits: Habits(.keys)).underTest(name: "careful-keys", summary: "")
    let violated = try violated(by: careful, in: bug.circumstances)
    #expect(violated.isEmpty, "\(bug.name)'s control violated \(violated.map(\.text).sorted())")
  }

  @Test("Double billing and duplicate resources fire on naive")
  func naive() throws {
    let create = Acme.fault("cloud.create_cluster", "response-lost", .answer)
    let afterCreate = try Acme.play(NaiveAgent.underTest, in: Acme.scenario([create])).violated
    #expect(afterCreate.isSuperset(of: ["duplicate-resource", "double-billing"]))
    let pay = Acme.fault("billing.pay_invoice", "response-lost", .answer)
    let afterPay = try Acme.play(NaiveAgent.underTest, in: Acme.scenario([pay])).violated
    #expect(afterPay.contains("double-billing"))
    #expect(try Acme.play(NaiveAgent.underTest).violated.isEmpty)
  }

  @Test("Every oracle but the two that need more than one run's worth has an agent that trips it")
  func coverage() {
    let expected: Set<Name> = [
      "duplicate-resource", "unintended-effect", "missing-effect", "incomplete-rollback", "doubled-compensation",
      "spurious-rollback", "rollback-order", "orphaned-access", "lost-update", "split-brain", "write-after-unknown", "blast-radius-exceeded",
      "scope-violation", "rate-limit-abuse", "retry-storm", "silent-failure", "untruthful-claim",
      "unwritten-rule", "mutation-after-end", "stuck", "unkeyed-mutation", "key-misuse", "unaudited-mutation", "guard-bypassed",
      "dry-run-mutation", "off-graph-transition", "context-free-escalation", "retry-without-compensation",
    ]
    #expect(Set(PlantedBug.all.map(\.oracle)) == expected)
  }

  @Test("A planted bug is wrong in its circumstances only", arguments: PlantedBug.all)
  func harmless(bug: PlantedBug) throws {
    guard !bug.circumstances.isOrdinary else { return }
    let violated = try violated(by: bug.agent, in: PlantedBug.Circumstances())
    #expect(!violated.contains(bug.oracle), "\(bug.name)")
  }
}

extension PlantedBug.Circumstances {
  /// Whether nothing has to go wrong for the bug to show.
  var isOrdinary: Bool {
    faults.isEmpty && options.isEmpty && rules.isEmpty && !isDryRun && mutations == nil && virtualTime == nil && !hasWidePrincipal
  }
}

extension PlantedBug: CustomTestStringConvertible {
  public var testDescription: String { name.text }
}
