// A workflow made ready to run: every name looked up once, before the first call.

import Operations
import Primitives

/// A workflow, its playbook and the systems' own declarations, joined and checked.
///
/// Immutable and shared: an orchestrator, and every copy of one, points at it.
public final class CompiledWorkflow: Sendable {
  public let workflow: Workflow
  public let playbook: Playbook
  public let catalogue: Catalogue
  let acts: [CompiledAct]
  /// Of each step: its name, and whether the graph lets a run go on from it.
  let steps: [(name: Name, mayProceed: Bool)]

  /// How a step's owner is paged, and as whom; nil where this environment has no pager.
  let alarm: (operation: Name, lookup: Name, principal: Name)?

  /// The names of the acts, in the order by which records refer to them.
  public var actNames: [Name] { acts.map(\.act.name) }

  /// - Parameter credentials: what this environment gives out; empty to call under the steps' own
  ///   principals.
  /// - Throws: ``WorkflowError`` where the parts do not fit.
  public init(
    _ workflow: Workflow, _ playbook: Playbook, _ catalogue: Catalogue, credentials: [Credential] = []
  ) throws(WorkflowError) {
    self.workflow = workflow
    self.playbook = playbook
    self.catalogue = catalogue
    var flat: [(act: Act, step: Int)] = []
    for (index, step) in workflow.steps.enumerated() {
      for required in step.requires where !workflow.steps[..<index].contains(where: { $0.name == required }) {
        throw .stepBeforeItsRequirement(step: step.name, requires: required)
      }
      guard let acts = playbook.acts(for: step.name) else { throw .intentionWithoutActs(step.name) }
      for act in acts {
        if flat.contains(where: { $0.act.name == act.name }) { throw .repeatedAct(act.name) }
        flat.append((act, index))
      }
    }
    var compiled: [CompiledAct] = []
    for index in flat.indices {
      compiled.append(
        try CompiledAct(index, of: flat, in: workflow.steps[flat[index].step], catalogue, credentials))
    }
    acts = compiled
    alarm = CompiledWorkflow.alarm(of: workflow, playbook, catalogue, credentials)
    steps = workflow.steps.map { ($0.name, $0.transitions.contains(.proceed)) }
  }

  private static func alarm(
    of workflow: Workflow, _ playbook: Playbook, _ catalogue: Catalogue, _ credentials: [Credential]
  ) -> (operation: Name, lookup: Name, principal: Name)? {
    guard let operation = playbook.alarm.flatMap({ catalogue[$0] }), let lookup = operation.readBack else { return nil }
    let own = workflow.steps.first { $0.scopes.contains(operation.scope) }?.principal
    guard let principal = credentials.narrowest(covering: [operation.scope]) ?? own else { return nil }
    return (operation.name, lookup, principal)
  }
}

/// The versions of workflows that this agent can still finish.
public struct WorkflowLibrary: Sendable {
  public let compiled: [CompiledWorkflow]
  /// The newest version of the decider's instructions; it has all before it, too.
  public let prompt: Int

  /// - Precondition: there is at least one.
  public init(_ compiled: [CompiledWorkflow], prompt: Int = 1) {
    precondition(!compiled.isEmpty, "a library without a workflow can start no run")
    self.compiled = compiled
    self.prompt = prompt
  }

  /// The newest version of the name that is first in the library.
  public var current: CompiledWorkflow { newest(compiled[0].workflow.name, before: .max) ?? compiled[0] }

  /// The newest version of that name before `version`; nil where there is none.
  func newest(_ name: Name, before version: Int) -> CompiledWorkflow? {
    var best: CompiledWorkflow?
    for candidate in compiled
    where candidate.workflow.name == name && candidate.workflow.version < version
      && candidate.workflow.version > best?.workflow.version ?? .min
    {
      best = candidate
    }
    return best
  }

  func find(_ name: Name, version: Int) -> CompiledWorkflow? {
    compiled.first { $0.workflow.name == name && $0.workflow.version == version }
  }
}
