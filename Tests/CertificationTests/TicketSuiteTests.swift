// The suite that comes with Faultline: large enough, of every kind, and told apart from luck under any seed.

import Agents
import Faultline
import Operations
import OpsAgent
import Primitives
import Testing

@testable import Certification

@Suite struct TicketSuiteTests {
  private static let test = AcceptanceTest(p0: 0.85, p1: 0.95, alpha: 0.05, beta: 0.1)

  private func tickets() throws -> Certification.Suite {
    try SuiteReader(.standard()).read(Repository.path("fixtures/suites/tickets"))
  }

  @Test func holdsTicketsOfEveryKindForEveryWorkflow() throws {
    let suite = try tickets()
    #expect(suite.cases.count { $0.fork == .triage } >= 150)
    #expect(suite.classes == CaseClass.allCases)
    #expect(suite.scenarios.count >= 10)
    // A key is handed out for an administrator, by a form: no ticket asks for it in words.
    for workflow in WorkflowShelf.all.compactMap({ $0.first?.workflow.name }) where workflow != "access-key" {
      #expect(suite.cases.contains { $0.workflow == workflow && $0.fork == .triage })
      #expect(suite.scenarios.contains { $0.workflow == workflow })
    }
    for fork in DecisionQuery.Fork.allCases {
      let transitions = Set(suite.cases.filter { $0.fork == fork }.flatMap { $0.admissible.map(\.transition) })
      #expect(transitions.count >= 2, "one answer is always right at \(fork)")
    }
  }

  @Test(arguments: [1, 2, 3, 40, 500] as [UInt64])
  func isAcceptedUnderAnySeed(seed: UInt64) throws {
    let lint = SuiteLint(try tickets(), for: Self.test, seed: seed)
    #expect(lint.findings.isEmpty, "\(lint.findings.map(\.message))")
  }

  @Test func bothWaysMayBeRightWhereOneDemandsAField() throws {
    var suite = try tickets()
    let both = try #require(suite.cases.first { $0.id == "on-html-comment" })
    #expect(Set(both.admissible.map(\.transition)) == [.proceed, .escalate])
    suite.cases = [both]
    #expect(!SuiteLint(suite, for: Self.test).findings.contains { $0.message.hasSuffix("every answer is right") })
    suite.cases[0].admissible = suite.cases[0].admissible.map { .init(transition: $0.transition, fields: []) }
    #expect(SuiteLint(suite, for: Self.test).findings.contains { $0.message.hasSuffix("every answer is right") })
  }
}
