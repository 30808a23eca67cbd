// The gate in front of all workflows: a pure judge of what a workflow declares, before it may run.

import Operations
import Primitives

/// Judges a workflow by its declaration: its graph, the acts of its playbook, and what the systems say about the
/// operations.
public struct WorkflowLint {
  private let workflow: Workflow
  private let playbook: Playbook
  private let catalogue: Catalogue
  /// The position of the first pivot; the end where there is none.
  private let pivot: Int
  private var findings: [LintFinding] = []

  /// Everything for which the workflow is refused, in the order of its steps; empty where it may run.
  public static func judge(_ workflow: Workflow, _ playbook: Playbook, _ catalogue: Catalogue) -> [LintFinding] {
    var lint = WorkflowLint(workflow, playbook, catalogue)
    lint.judge()
    return lint.findings
  }

  private init(_ workflow: Workflow, _ playbook: Playbook, _ catalogue: Catalogue) {
    self.workflow = workflow
    self.playbook = playbook
    self.catalogue = catalogue
    pivot = workflow.steps.firstIndex { $0.stage == .pivot } ?? workflow.steps.count
  }

  private mutating func judge() {
    judgeWhole()
    for (position, step) in workflow.steps.enumerated() {
      let acts = playbook.acts(for: step.name) ?? []
      judgeOwner(of: step)
      judgeWayBack(from: step, at: position, acts)
      judgeOrder(of: step, at: position, acts)
      judgeBranches(of: step, at: position, acts)
      judgeScopes(of: step, acts)
      for act in acts where act.isChange { judgeKey(of: act, in: step) }
    }
  }

  private mutating func find(_ rule: LintRule, _ step: Step?, _ act: Act?, _ reason: String) {
    findings.append(LintFinding(rule, step: step?.name, act: act?.name, reason))
  }

  private mutating func find(_ rule: LintRule, _ step: Step?, _ reason: String) { find(rule, step, nil, reason) }

  // MARK: The whole

  private mutating func judgeWhole() {
    let middle = workflow.steps.dropFirst().dropLast()
    let approvals = middle.flatMap(\.approvals)
    if approvals.count > 1 {
      let steps = middle.filter { !$0.approvals.isEmpty }.map(\.name.text).joined(separator: " and ")
      find(.severalApprovals, nil, "\(approvals.count) people have to agree in the middle, at \(steps)")
    }
    let pivots = workflow.steps.filter { $0.stage == .pivot }
    if pivots.count > 1 {
      find(
        .irreversibleBeforePivot, pivots[1],
        "\(pivots[0].name) is the point of no return already, and this is another one")
    }
    for area in Constraint.Area.allCases {
      let users = workflow.steps.filter { step in
        (playbook.acts(for: step.name) ?? []).contains { touches(area, $0) }
      }
      guard let first = users.first else { continue }
      let declared = workflow.constraints.first { $0.area == area }
      if declared == nil {
        find(.undeclaredConstraint, first, "it works in the area of \(area.rawValue), and no constraint is declared")
      } else if declared?.terms.isEmpty == true {
        find(.undeclaredConstraint, first, "the constraint \(area.rawValue) has no terms")
      }
    }
  }

  /// Whether going forward an act works in an area, by the kind of its effect.
  private func touches(_ area: Constraint.Area, _ act: Act) -> Bool {
    guard act.isChange, let effect = catalogue[act.operation]?.effect else { return false }
    let kind = effect.kind.text.split(separator: ".").last.map(String.init) ?? ""
    switch area {
    case .dataResidency: return ["cluster", "snapshot", "volume", "bucket"].contains(kind) && effect.change != .ended
    case .dataRetention: return ["cluster", "snapshot", "volume", "bucket"].contains(kind) && effect.change == .ended
    case .moneyMovement: return ["charge", "payment", "refund", "credit_note", "credit"].contains(kind)
    case .accessControl: return ["role", "policy", "binding", "access_key", "grant"].contains(kind)
    }
  }

  // MARK: Steps

  private mutating func judgeOwner(of step: Step) {
    let owner = step.owner.text
    if owner.isEmpty { return find(.noOwner, step, "nobody answers for it") }
    if owner.contains(where: { $0 == "," || $0 == "+" || $0 == "/" || $0 == " " }) {
      find(.noOwner, step, "more than one answers for it: \(owner)")
    }
  }

  private mutating func judgeWayBack(from step: Step, at position: Int, _ acts: [Act]) {
    let changes = acts.filter(\.isChange)
    guard position < pivot, step.stage == .compensable, !changes.isEmpty else { return }
    // What can't be taken back at all has a rule of its own.
    if case .irreversible = step.rollback { return }
    if case .nothing = step.rollback {
      find(.noRollbackPath, step, "it changes something, and its contract says no way back")
    }
    if !step.transitions.contains(.compensate) {
      find(.noRollbackPath, step, "it changes something, and does not lead to 'compensate'")
    }
    for act in changes where act.undo?.ways.isEmpty ?? true {
      // What only changes an object that another act of the step takes back goes with it.
      let kind = catalogue[act.operation]?.effect?.kind
      let isCovered = changes.contains {
        $0.name != act.name && $0.undo?.ways.isEmpty == false && catalogue[$0.operation]?.effect?.kind == kind
      }
      if !isCovered { find(.noRollbackPath, step, act, "nothing takes \(act.operation) back") }
    }
  }

  private mutating func judgeOrder(of step: Step, at position: Int, _ acts: [Act]) {
    switch step.rollback {
    case .irreversible where step.stage == .compensable:
      find(.irreversibleBeforePivot, step, "it can't be taken back, and is no pivot and not behind one")
    case .irreversible where pivot == workflow.steps.count:
      find(.irreversibleBeforePivot, step, "it can't be taken back, and the workflow has no pivot")
    default:
      if step.stage == .forwardOnly, position < pivot, pivot < workflow.steps.count {
        find(.irreversibleBeforePivot, step, "from here on there is only a way forward, and the pivot comes later")
      }
    }
    guard position < pivot, step.stage == .compensable else { return }
    for act in acts where act.isChange && act.undo == nil {
      guard catalogue[act.operation]?.effect?.permanence == .permanent else { continue }
      find(.irreversibleBeforePivot, step, act, "what \(act.operation) does can't be undone")
    }
  }

  /// More ways out of one step than this have never been tried out by anybody.
  private static let mostWays = 5

  private mutating func judgeBranches(of step: Step, at position: Int, _ acts: [Act]) {
    let fixed: [Name] = [.proceed, .resume, .compensate, .escalate]
    for transition in step.transitions where !fixed.contains(transition) {
      if transition == "*" {
        find(.unboundedBranching, step, "anything may follow it")
      } else if let target = workflow.steps.firstIndex(where: { $0.name == transition }) {
        guard target <= position else { continue }
        find(.unboundedBranching, step, "it may lead back to \(transition), and nothing says how often")
      } else {
        find(.unboundedBranching, step, "it may lead to \(transition), which is no step")
      }
    }
    if step.transitions.count > Self.mostWays {
      find(.unboundedBranching, step, "\(step.transitions.count) ways lead out of it")
    }
    for act in acts {
      guard case .wait(let poll) = act.kind, poll.limit < 1 || poll.restarts < 0 else { continue }
      find(.unboundedBranching, step, act, "it waits for ever")
    }
  }

  private mutating func judgeScopes(of step: Step, _ acts: [Act]) {
    // In an environment without the step's system there is nothing to need a scope for.
    guard !acts.isEmpty else { return }
    var needed = acts.flatMap(\.operationNames)
    for act in acts {
      guard case .review(let name) = act.kind else { continue }
      let reviewed = playbook.entries.flatMap(\.acts).first { $0.name == name }
      needed += reviewed?.operationNames ?? []
    }
    let scopes = needed.compactMap { catalogue[$0]?.scope }
    for scope in step.scopes where !scopes.contains(scope) {
      find(.wideScopes, step, "none of its operations needs \(scope)")
    }
  }

  private mutating func judgeKey(of act: Act, in step: Step) {
    let takesKey = catalogue[act.operation]?.takesKey ?? false
    switch act.protection {
    case .uniqueName, .idempotent: return
    case .key where takesKey: return
    case .none where takesKey:
      find(.unkeyedMutation, step, act, "\(act.operation) takes a key and gets none")
    case .key, .none:
      guard act.lookup == nil else { return }
      find(.unkeyedMutation, step, act, "\(act.operation) takes no key, and nothing finds what it made")
    }
  }
}
