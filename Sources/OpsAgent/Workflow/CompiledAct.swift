// One act with what its step and the catalogue say about it, looked up once.

import Operations
import Primitives

/// Immutable and shared by reference: the hot path looks at one many times for each event.
final class CompiledAct: Sendable {
  let act: Act
  let name: Name
  let operation: Name
  let isChange: Bool
  let checks: [CompiledCheck]
  let lookup: CompiledLookup?
  /// The position of its step in the workflow.
  let step: Int
  let stepName: Name
  let stage: Step.Stage
  let asksDecider: Bool
  /// The narrowest credential that covers the step, and the widest one.
  let principal: Name
  let broadPrincipal: Name
  let takesKey: Bool
  let keyWindow: TimeSpan
  let staleness: TimeSpan
  let lateness: TimeSpan
  /// What fields of this system's answers can hold.
  let values: [ClosedField]
  /// How long after the fact another system may hear of it and act: what that brings about here shows only then.
  let notice: TimeSpan
  let isReversible: Bool
  /// The fact that holds the id of what it makes.
  let idFact: Name?
  /// Whether a later act looks again at what this one made.
  let isReviewed: Bool
  /// For a wait: the position of the act to begin anew.
  let restartAt: Int
  /// For a review: the position of the act whose work is reviewed.
  let reviewed: Int
  /// Whether it takes away what was there before: its goal is that nothing is left.
  let isRemoval: Bool
  /// Whether it looks for something that may be missing.
  let isFinding: Bool
  /// What protects it here: a key is nothing where the operation takes none.
  let protection: Act.Protection
  /// Whether nothing tells the system that a second delivery of it is no second wish, and what it made can be looked
  /// for.
  let isUnprotected: Bool
  /// Positions of the acts that may have brought this one's object about.
  let alsoAfter: [Int]

  /// How long after its last send nothing of it can still appear.
  var settling: TimeSpan { lateness + staleness }

  init(
    _ index: Int, of flat: [(act: Act, step: Int)], in step: Step, _ catalogue: Catalogue,
    _ credentials: [Credential]
  ) throws(WorkflowError) {
    var act = flat[index].act
    guard let operation = catalogue[act.operation], let service = catalogue.service(of: act.operation) else {
      throw .unknownOperation(act: act.name, operation: act.operation)
    }
    for name in act.operationNames {
      guard let used = catalogue[name] else { throw .unknownOperation(act: act.name, operation: name) }
      guard step.scopes.contains(used.scope) else {
        throw .scopeNotGranted(step: step.name, operation: name, scope: used.scope)
      }
    }
    func position(of name: Name) throws(WorkflowError) -> Int {
      guard let position = flat.firstIndex(where: { $0.act.name == name }) else {
        throw .unknownAct(in: flat[index].act.name, name: name)
      }
      return position
    }
    restartAt = if case .wait(let poll) = act.kind { try position(of: poll.restartAt) } else { 0 }
    reviewed = if case .review(let maker) = act.kind { try position(of: maker) } else { 0 }
    var causes: [Int] = []
    for cause in act.undo?.alsoAfter ?? [] {
      // A cause that this environment leaves out causes nothing.
      if let found = flat.firstIndex(where: { $0.act.name == cause }) { causes.append(found) }
    }
    alsoAfter = causes
    isReviewed = flat.contains { $0.act.kind == .review(flat[index].act.name) }
    idFact = act.outputs.first { $0.field == .id }?.fact
    isReversible = if case .irreversible = step.rollback { false } else { true }
    // A system without conditional writes is not sent what it would refuse.
    act.arguments.removeAll { argument in
      switch argument.source {
      case .version, .conditional: !operation.parameters.contains { $0.name == argument.name }
      case .fact, .literal: false
      }
    }
    self.act = act
    name = act.name
    self.operation = act.operation
    isChange = act.isChange
    checks = act.checks.map(CompiledCheck.init)
    lookup = act.lookup.map(CompiledLookup.init)
    isFinding = if case .find = act.kind { true } else { false }
    isRemoval = act.isChange && act.lookup?.seeksAbsence == true
    let protection: Act.Protection = act.protection == .key && !operation.takesKey ? .none : act.protection
    self.protection = protection
    takesKey = protection == .key
    isUnprotected = act.isChange && act.lookup?.seeksAbsence == false && protection == .none
    self.step = flat[index].step
    stepName = step.name
    stage = step.stage
    asksDecider = step.asksDecider
    principal = credentials.narrowest(covering: step.scopes) ?? step.principal
    broadPrincipal = credentials.widest(covering: step.scopes) ?? step.principal
    keyWindow = service.bounds.keyWindow ?? .zero
    staleness = service.bounds.staleness
    lateness = service.bounds.lateness
    values = service.values
    notice = catalogue.services.lazy.filter { $0.backend != service.backend }.map(\.bounds.notice).max() ?? .zero
  }
}

/// A check behind a reference, so that handing it around copies nothing of it.
final class CompiledCheck: Sendable {
  let name: Name
  let rule: Check.Rule
  let lookup: CompiledLookup
  let waitsForStaleness: Bool
  let isEssential: Bool

  init(_ check: Check) {
    name = check.name
    rule = check.rule
    lookup = CompiledLookup(check.lookup)
    waitsForStaleness = check.waitsForStaleness
    isEssential = check.isEssential
  }
}

extension Act {
  /// Every operation that this act may call.
  var operationNames: [Name] {
    [operation] + checks.map(\.lookup.operation) + (lookup.map { [$0.operation] } ?? [])
      + (undo?.ways.map(\.operation) ?? [])
  }
}
