// The workflows that the agent comes with, by name.

import Primitives

/// A graph and the playbook that was written for it.
public struct WorkflowVersion: Sendable {
  public let workflow: Workflow
  public let playbook: Playbook

  public init(workflow: Workflow, playbook: Playbook) {
    self.workflow = workflow
    self.playbook = playbook
  }
}

/// What the agent can be asked to do.
public enum WorkflowShelf {
  /// Each workflow with its versions, in the order of their release.
  public static let all: [[WorkflowVersion]] = [
    CustomerOnboarding.versions,
    [WorkflowVersion(workflow: CustomerOffboarding.workflow, playbook: CustomerOffboarding.playbook)],
    [WorkflowVersion(workflow: PlanChange.workflow, playbook: PlanChange.playbook)],
    AccessKey.versions,
  ]

  /// The versions of the workflow of that name; nil where the agent has none.
  public static func versions(of name: Name) -> [WorkflowVersion]? { all.first { $0[0].workflow.name == name } }
}
