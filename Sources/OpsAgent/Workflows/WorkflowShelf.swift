// The workflows that the agent comes with, by name, and what each of its releases can finish.

import Operations
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

extension WorkflowLibrary {
  /// What each release of the agent can finish, from the first: its own version of the workflow and of the decider's
  /// instructions, and all before it.
  ///
  /// - Parameters:
  ///   - versions: of one workflow, in the order of their release.
  ///   - credentials: what this environment gives out.
  /// - Throws: where the environment does not offer what the workflow needs.
  public static func releases(
    of versions: [WorkflowVersion], in catalogue: Catalogue, credentials: [Credential]
  ) throws(WorkflowError) -> [WorkflowLibrary] {
    var compiled: [CompiledWorkflow] = []
    for version in versions {
      compiled.append(
        try CompiledWorkflow(
          version.workflow, version.playbook.restricted(to: catalogue), catalogue, credentials: credentials))
    }
    // The last release changes the decider's instructions and no workflow.
    return compiled.indices.map { WorkflowLibrary(Array(compiled[...$0])) } + [WorkflowLibrary(compiled, prompt: 2)]
  }
}
