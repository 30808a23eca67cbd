// The gate in front of all workflows: one bad workflow for each rule, and the ones that may run.

import Agents
import Faultline
import Foundation
import OpsAgent
import Operations
import Primitives
import Testing

@Suite("The gate in front of workflows")
struct WorkflowGateTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "fixtures/workflows")

  private func judge(_ name: String) throws -> WorkflowGate.Judgement {
    try WorkflowGate.judge(path: Self.folder.appending(path: "\(name).yaml").path)
  }

  @Test("refuses a bad workflow for its rule and for nothing else", arguments: LintRule.allCases)
  func refuses(rule: LintRule) throws {
    let judgement = try judge(rule.rawValue)
    #expect(!judgement.isAccepted)
    #expect(Set(judgement.findings.map(\.rule)) == [Name(rule.rawValue)])
    for finding in judgement.findings {
      #expect(!finding.reason.isEmpty)
      #expect(finding.remedy == rule.remedy)
      #expect(finding.step == nil || (finding.line ?? 0) > 1)
    }
  }

  @Test("accepts the same workflow without its fault")
  func acceptsTheControl() throws {
    let judgement = try judge("accepted")
    #expect(judgement.findings == [])
    #expect(judgement.steps == ["triage", "lay-network", "write-invoice", "collect", "tell"])
  }

  @Test("accepts every version of the workflows that the agent comes with")
  func acceptsTheAgentsOwn() throws {
    #expect(WorkflowGate.known == ["customer-onboarding", "customer-offboarding", "plan-change", "access-key"])
    for name in WorkflowGate.known {
      let judgements = try WorkflowGate.judge(name)
      #expect(!judgements.isEmpty)
      for judgement in judgements { #expect(judgement.findings == [], "\(name) version \(judgement.version)") }
    }
    #expect(try WorkflowGate.judge("nobody-knows-it").isEmpty)
  }

  @Test("two approvals at the very beginning hold nothing up half done")
  func approvalsBeforeTheFirstChange() {
    var workflow = CustomerOnboarding.workflow
    workflow.steps[0].approvals = ["sales", "legal"]
    let findings = WorkflowLint.judge(workflow, CustomerOnboarding.playbook, Catalogue([]))
    #expect(!findings.contains { $0.rule == .severalApprovals })
  }

  @Test("a file with mistakes is no workflow, and every mistake is told with its line")
  func badFiles() throws {
    let text = """
      workflow: x
      steps:
        - name: a
          owners: support
          acts:
            - {change: cloud.create_netwrk}
            - {protection: key}
      """
    do throws(ScenarioErrors) {
      _ = try WorkflowDeclaration.read(
        text: text, path: "x.yaml", operations: ["cloud.create_network"], areas: ["money-movement"])
      Issue.record("the file was read")
    } catch {
      #expect(error.diagnostics.map(\.line) == [4, 6, 7])
      #expect(error.description.contains("did you mean 'cloud.create_network'?"))
    }
  }

  @Test("a run of a workflow that is refused does not begin")
  func runRefusesIt() throws {
    let scenario = try ScenarioReader(.standard()).read(
      text: """
        title: A workflow that nobody owns
        world: {cloud: ec2, identity: iam, billing: stripe-v1, ticketing: zendesk, notify: email}
        workflow: customer-onboarding
        input: {customer: acme, plan: pro, period: 2026-11}
        """, path: "nobody.yaml")
    var workflow = CustomerOnboarding.workflow
    workflow.steps[1].owner = ""
    let agent = ReferenceAgent(workflows: [[WorkflowVersion(workflow: workflow, playbook: CustomerOnboarding.playbook)]])
    let refused = #expect(throws: WorkflowRefused.self) {
      _ = try Runner.run(RunInput(scenario: scenario, agent: agent, seed: 1))
    }
    #expect(refused?.findings.map(\.rule) == [.noOwner])
    #expect(refused?.description.contains("no-owner at lay-network") == true)
    // A safeguard that was taken out is no part of the declaration.
    let bare = ReferenceAgent(without: [.idempotencyKeys, .compensation])
    #expect(throws: Never.self) { _ = try Runner.run(RunInput(scenario: scenario, agent: bare, seed: 1)) }
  }
}
