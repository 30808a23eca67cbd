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

  /// One act with what the catalogue says about its operation.
  struct CompiledAct: Sendable {
    let act: Act
    /// The position of its step in the workflow.
    let step: Int
    let stage: Step.Stage
    /// The narrowest credential that covers the step, and the widest one.
    let principal: Name
    let broadPrincipal: Name
    let takesKey: Bool
    let keyWindow: TimeSpan
    let staleness: TimeSpan
    let lateness: TimeSpan
    let isReversible: Bool
    /// Whether a later act looks again at what this one made.
    let isReviewed: Bool
    /// For a wait: the position of the act to begin anew.
    let restartAt: Int
    /// For a review: the position of the act whose work is reviewed.
    let reviewed: Int
    /// Positions of the acts that may have brought this one's object about.
    let alsoAfter: [Int]

    /// How long after its last send nothing of it can still appear.
    var settling: TimeSpan { lateness + staleness }
  }

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
    for (act, index) in flat {
      let step = workflow.steps[index]
      guard let operation = catalogue[act.operation], let service = catalogue.service(of: act.operation) else {
        throw .unknownOperation(act: act.name, operation: act.operation)
      }
      for name in act.operationNames {
        guard let used = catalogue[name] else { throw .unknownOperation(act: act.name, operation: name) }
        guard step.scopes.contains(used.scope) else {
          throw .scopeNotGranted(step: step.name, operation: name, scope: used.scope)
        }
      }
      var restart = 0
      if case .wait(let poll) = act.kind {
        guard let position = flat.firstIndex(where: { $0.act.name == poll.restartAt }) else {
          throw .unknownAct(in: act.name, name: poll.restartAt)
        }
        restart = position
      }
      var reviewed = 0
      if case .review(let maker) = act.kind {
        guard let position = flat.firstIndex(where: { $0.act.name == maker }) else {
          throw .unknownAct(in: act.name, name: maker)
        }
        reviewed = position
      }
      var act = act
      // A system without conditional writes is not sent what it would refuse.
      act.arguments.removeAll { argument in
        switch argument.source {
        case .version, .conditional: !operation.parameters.contains { $0.name == argument.name }
        case .fact, .literal: false
        }
      }
      let causes = act.undo?.alsoAfter ?? []
      var isReversible = true
      if case .irreversible = step.rollback { isReversible = false }
      compiled.append(
        CompiledAct(
          act: act, step: index, stage: step.stage,
          principal: credentials.narrowest(covering: step.scopes) ?? step.principal,
          broadPrincipal: credentials.widest(covering: step.scopes) ?? step.principal,
          takesKey: operation.takesKey && act.protection == .key, keyWindow: service.bounds.keyWindow ?? .zero,
          staleness: service.bounds.staleness, lateness: service.bounds.lateness, isReversible: isReversible,
          isReviewed: flat.contains { $0.act.kind == .review(act.name) },
          restartAt: restart, reviewed: reviewed,
          alsoAfter: causes.compactMap { cause in flat.firstIndex { $0.act.name == cause } }))
    }
    acts = compiled
  }
}

/// A service principal that this environment gives out, and what it may do.
public struct Credential: Hashable, Sendable {
  public var principal: Name
  public var scopes: [Name]

  public init(_ principal: Name, scopes: [Name]) {
    self.principal = principal
    self.scopes = scopes
  }
}

extension [Credential] {
  func narrowest(covering scopes: [Name]) -> Name? {
    covering(scopes).min { $0.scopes.count < $1.scopes.count }?.principal
  }

  func widest(covering scopes: [Name]) -> Name? {
    covering(scopes).max { $0.scopes.count < $1.scopes.count }?.principal
  }

  private func covering(_ scopes: [Name]) -> [Credential] {
    filter { credential in scopes.allSatisfy { credential.scopes.contains($0) } }
  }
}

extension Act {
  /// Every operation that this act may call.
  var operationNames: [Name] {
    [operation] + checks.map(\.lookup.operation) + (lookup.map { [$0.operation] } ?? [])
      + (undo?.ways.map(\.operation) ?? [])
  }
}

/// The versions of workflows that this agent can still finish.
public struct WorkflowLibrary: Sendable {
  public let compiled: [CompiledWorkflow]

  /// - Precondition: there is at least one.
  public init(_ compiled: [CompiledWorkflow]) {
    precondition(!compiled.isEmpty, "a library without a workflow can start no run")
    self.compiled = compiled
  }

  /// The newest version of the name that is first in the library.
  public var current: CompiledWorkflow {
    var best = compiled[0]
    for candidate in compiled
    where candidate.workflow.name == best.workflow.name && candidate.workflow.version > best.workflow.version {
      best = candidate
    }
    return best
  }

  func find(_ name: Name, version: Int) -> CompiledWorkflow? {
    compiled.first { $0.workflow.name == name && $0.workflow.version == version }
  }
}
