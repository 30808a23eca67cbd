// The suite that comes with Faultline: large enough, of every kind, and told apart from luck under any seed.

import Agents
import Faultline
import Foundation
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
    for workflow in WorkflowShelf.all.compactMap({ $0.first?.workflow.name }) {
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

  /// Every file of it, one after the other: cases, scenarios, and the tickets that scenarios read.
  @Test func anotherByteInAnyFileIsAnotherSuite() throws {
    let manager = FileManager.default
    let folder = "\(try Repository.scratch())/tickets"
    try manager.copyItem(atPath: Repository.path("fixtures/suites/tickets"), toPath: folder)
    func digest() throws -> String { try SuiteReader(.standard()).read(folder).digest }
    let whole = try digest()
    #expect(try whole == tickets().digest)
    let files = try manager.subpathsOfDirectory(atPath: folder).sorted().filter { $0.contains(".") }
    #expect(files.contains("suite.yaml") && files.contains("scenarios/tickets/onboard.txt") && files.count > 25)
    for file in files {
      let url = URL(fileURLWithPath: "\(folder)/\(file)")
      let data = try Data(contentsOf: url)
      // A line that is empty changes nothing of what is read, and is another file all the same.
      try (data + Data([10])).write(to: url)
      #expect(try digest() != whole, "\(file)")
      try data.write(to: url)
    }
    #expect(try digest() == whole)
    // A ticket elsewhere decides the exam as well.
    try Data("one\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/../elsewhere.txt"))
    let scenario = URL(fileURLWithPath: "\(folder)/scenarios/two-plans-in-the-ticket.yaml")
    let text = try String(contentsOf: scenario, encoding: .utf8)
    try Data(text.replacing("tickets/two-plans.txt", with: "../../elsewhere.txt").utf8).write(to: scenario)
    let outside = try digest()
    try Data("two\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/../elsewhere.txt"))
    #expect(try digest() != outside)
    // The salt of a seal is nobody's business.
    try Data("salt".utf8).write(to: URL(fileURLWithPath: "\(folder)/.salt"))
    let salted = try digest()
    try Data("other".utf8).write(to: URL(fileURLWithPath: "\(folder)/.salt"))
    #expect(try digest() == salted)
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
