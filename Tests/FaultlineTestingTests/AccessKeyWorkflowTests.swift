// A workflow of the user's own, played by the reference agent: it keeps its promises where nothing of it is Faultline's.

import Agents
import Faultline
import OpsAgent
import Primitives
import Testing

@testable import FaultlineTesting

/// The guide's workflow under a name that Faultline does not know.
private enum RobotKey {
  static let name: Name = "robot-key"
  static let versions = [WorkflowVersion(workflow: workflow, playbook: AccessKey.playbook)]

  private static let workflow = {
    var workflow = AccessKey.workflow
    workflow.name = name
    return workflow
  }()

  static let template = {
    var template = WorkflowTemplate.accessKey
    template.name = name
    return template
  }()
}

private let agent = AgentChoice.agent(ReferenceAgent(workflows: [RobotKey.versions]))

@Suite struct AccessKeyWorkflowTests {
  @Test(
    .faultline(
      "fixtures/scenarios/robot-key.yaml", agent: agent, seeds: 1...200, workflows: [RobotKey.template]))
  func theReferenceKeepsTheWorkflowsPromises() {}

  private func outcome(of plan: FaultPlan?) throws -> Verdict {
    let root = PackageRoot.above(filePath: #filePath)
    let vocabulary = Vocabulary.standard(workflows: [RobotKey.template])
    let scenario = try ScenarioReader(vocabulary).read(path: "\(root)/fixtures/scenarios/robot-key.yaml")
    let input = RunInput(
      scenario: scenario, agent: try agent.make(), seed: 1, chance: .plan(try plan?.read() ?? scenario.faults))
    return try Runner.run(input).verdict
  }

  @Test func aKeyWhoseSecretIsLostIsHandedOver() throws {
    let lost = try outcome(of: nil)
    #expect(lost.result == .pass)
    #expect(lost.outcome == .escalated, "the key is there, and nobody can use it")
    #expect(lost.metrics.mutations == 2, "no second key was made")
    #expect(try outcome(of: [:]).outcome == .completed)
  }

  @Test func aRoleThatIsFoundAgainIsTaken() throws {
    let found = try outcome(of: ["*/*/identity.create_role/answer": "response-lost"])
    #expect(found.outcome == .completed)
  }

  /// The copy that the network made is taken away again; the key whose secret is known stays.
  @Test func aSecondKeyThatNobodyAskedForIsRemoved() throws {
    let twice = try outcome(of: ["*/*/identity.create_access_key#1/request": "duplicate-delivery"])
    #expect(twice.result == .pass)
    #expect(twice.outcome == .completed)
    #expect(twice.metrics.mutations == 3, "a role, a key, and the copy of it away")
  }

  @Test func withoutTheTemplateTheScenarioIsRefusedByName() {
    withKnownIssue {
      expectSurvives(scenario: "fixtures/scenarios/robot-key.yaml", agent: agent, seeds: 1...1)
    } matching: { issue in
      (issue.error as? FaultlineFailure)?.text.contains("robot-key") == true
    }
  }
}
