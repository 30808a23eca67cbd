// The workflow joined with a world's declarations: the same for every run of one world, and made once.

import Faultline
import OpsAgent
import Operations
import Primitives
import Synchronization

/// Keeps what is a function of a world's catalogue and principals alone. Nothing of a run is in it, so
/// sharing it between runs shares nothing that a run could tell from having made its own.
final class WorkflowCache: Sendable {
  struct Prepared: Sendable {
    /// What each release of the agent can finish: its own version of the workflow and of the decider's instructions,
    /// and all before it.
    let releases: [WorkflowLibrary]
    /// For each version of the workflow.
    let labels: [CheckpointLabels]
  }

  private struct Entry: Sendable {
    var workflow: Name
    var services: [ServiceDescription]
    var principals: [Principal]
    var prepared: Prepared
  }

  /// How many worlds are remembered; a campaign plays one world at a time.
  private static let capacity = 8
  private let entries = Mutex<[Entry]>([])
  private let shelf: [[WorkflowVersion]]

  init(_ shelf: [[WorkflowVersion]]) { self.shelf = shelf }

  /// - Throws: ``WorkflowRefused`` where the gate does not let it through, `WorkflowError` where the world does not offer what the workflow needs.
  func prepared(for task: AgentTask) throws -> Prepared {
    let services = task.catalogue.services
    let known = entries.withLock { entries in
      entries.first {
        $0.workflow == task.workflow && $0.services == services && $0.principals == task.principals
      }?.prepared
    }
    if let known { return known }
    let versions = shelf.first { $0[0].workflow.name == task.workflow } ?? shelf[0]
    for version in versions {
      let findings = WorkflowLint.judge(
        version.workflow, version.playbook.restricted(to: task.catalogue), task.catalogue)
      guard findings.isEmpty else { throw WorkflowRefused(workflow: version.workflow.name, findings: findings) }
    }
    let releases = try WorkflowLibrary.releases(
      of: versions, in: task.catalogue, credentials: task.principals.map { Credential($0.name, scopes: $0.scopes) })
    let prepared = Prepared(
      releases: releases, labels: releases[releases.count - 1].compiled.map { CheckpointLabels(of: $0) })
    entries.withLock { entries in
      if entries.count == WorkflowCache.capacity { entries.removeFirst() }
      entries.append(Entry(workflow: task.workflow, services: services, principals: task.principals, prepared: prepared))
    }
    return prepared
  }
}
