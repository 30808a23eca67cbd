// What a workflow must not be, each with the reason why and what to do about it.

import Primitives

/// A rule by which a workflow is refused before it may run.
public enum LintRule: String, Hashable, Sendable, CaseIterable {
  case noRollbackPath = "no-rollback-path"
  case severalApprovals = "several-approvals"
  case unboundedBranching = "unbounded-branching"
  case undeclaredConstraint = "undeclared-constraint"
  case irreversibleBeforePivot = "irreversible-before-pivot"
  case unkeyedMutation = "unkeyed-mutation"
  case noOwner = "no-owner"
  case wideScopes = "wide-scopes"

  /// What it refuses, in one sentence.
  public var summary: String {
    switch self {
    case .noRollbackPath: "Something is changed before the pivot, and nothing takes it back."
    case .severalApprovals: "More than one person has to agree in the middle, while what was done waits half done."
    case .unboundedBranching: "A run may take more ways, or go round more often, than anybody can try out."
    case .undeclaredConstraint: "It works where law, contract or policy has a say, and does not say what they demand."
    case .irreversibleBeforePivot: "Something that can't be taken back comes before everything that can fail."
    case .unkeyedMutation: "A change can neither be sent again safely nor be looked up after a lost answer."
    case .noOwner: "Nobody, or more than one, answers for a step."
    case .wideScopes: "A step's credential may do more than its operations need."
    }
  }

  /// What to do about it.
  public var remedy: String {
    switch self {
    case .noRollbackPath: "name the operation that takes it back, and let the step lead to 'compensate'"
    case .severalApprovals: "ask for all approvals before the first change, or split the workflow there"
    case .unboundedBranching: "name the steps that may follow, each further on, and bound every wait"
    case .undeclaredConstraint: "declare the constraint of that area, with its terms"
    case .irreversibleBeforePivot: "move it behind the pivot"
    case .unkeyedMutation: "send a key where the system takes one, and name a read that finds what was made"
    case .noOwner: "name the one team that answers for it"
    case .wideScopes: "take the scope out of the step's credential"
    }
  }
}

/// Why a workflow is refused.
public struct LintFinding: Hashable, Sendable {
  public var rule: LintRule
  /// The step that it is about; nil where it is about the whole.
  public var step: Name?
  public var act: Name?
  /// What is wrong here, in one sentence without a full stop.
  public var reason: String

  public init(_ rule: LintRule, step: Name? = nil, act: Name? = nil, _ reason: String) {
    self.rule = rule
    self.step = step
    self.act = act
    self.reason = reason
  }
}
