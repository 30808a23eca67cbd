// The gate in front of all workflows, as the command line sees it.

import Backends
import Faultline
import OpsAgent
import Operations
import Primitives

/// Workflows by name or by file, and whether they may run.
public enum WorkflowGate {
  /// What is judged, and why it is refused.
  public struct Judgement: Sendable {
    public var workflow: Name
    public var version: Int
    public var summary: String
    /// Its steps, in order.
    public var steps: [Name]
    /// The file that declares it; nil for one that comes with the agent.
    public var path: String?
    public var findings: [Finding]

    public var isAccepted: Bool { findings.isEmpty }
  }

  public struct Finding: Hashable, Sendable {
    public var rule: Name
    public var step: Name?
    public var act: Name?
    /// Where the step stands in its file; nil where there is no file.
    public var line: Int?
    public var reason: String
    public var remedy: String
  }

  /// A rule of the gate.
  public struct Rule: Sendable {
    public var name: Name
    public var summary: String
    public var remedy: String
  }

  public static let rules: [Rule] = LintRule.allCases.map {
    Rule(name: Name($0.rawValue), summary: $0.summary, remedy: $0.remedy)
  }

  /// The workflows that the reference agent comes with, in their newest version.
  public static var known: [Name] { WorkflowShelf.all.map { $0[0].workflow.name } }

  /// Judges every version of a workflow that the agent comes with; empty where it has none of that name.
  public static func judge(_ name: Name) throws -> [Judgement] {
    let catalogue = try catalogue()
    return (WorkflowShelf.versions(of: name) ?? []).map { judge($0.workflow, $0.playbook, catalogue, in: nil) }
  }

  /// Judges a workflow that a file declares.
  ///
  /// - Throws: ``ScenarioErrors`` with every mistake of the file.
  public static func judge(path: String) throws -> Judgement {
    let catalogue = try catalogue()
    let declaration = try WorkflowDeclaration.read(
      path: path, operations: catalogue.allOperations.map(\.name),
      areas: Constraint.Area.allCases.map(\.rawValue))
    return judge(
      Workflow(declaration), Playbook(declaration), catalogue, in: declaration)
  }

  private static func judge(
    _ workflow: Workflow, _ playbook: Playbook, _ catalogue: Catalogue, in declaration: WorkflowDeclaration?
  ) -> Judgement {
    Judgement(
      workflow: workflow.name, version: workflow.version, summary: workflow.summary, steps: workflow.steps.map(\.name),
      path: declaration?.path,
      findings: WorkflowLint.judge(workflow, playbook, catalogue).map { finding in
        Finding(
          rule: Name(finding.rule.rawValue), step: finding.step, act: finding.act,
          line: declaration?.steps.first { $0.name == finding.step }?.line, reason: finding.reason,
          remedy: finding.rule.remedy)
      })
  }

  /// What the first dialect of each system offers.
  private static func catalogue() throws -> Catalogue {
    var systems: [Name] = []
    return Catalogue(
      try BackendRegistry.profiles.compactMap { entry in
        guard !systems.contains(entry.system) else { return nil }
        systems.append(entry.system)
        return try BackendFactory.make(system: entry.system, profile: entry.profile).description
      })
  }
}

/// A workflow that the gate does not let through.
public struct WorkflowRefused: Error, Sendable, CustomStringConvertible {
  public let workflow: Name
  public let findings: [LintFinding]

  public var description: String {
    let reasons = findings.map { finding in
      "\(finding.rule.rawValue)\(finding.step.map { " at \($0)" } ?? ""): \(finding.reason)"
    }
    return "the workflow '\(workflow)' may not run: \(reasons.joined(separator: "; "))"
  }
}

extension Workflow {
  /// The graph that a file declares.
  init(_ declaration: WorkflowDeclaration) {
    self.init(
      declaration.name, version: declaration.version, declaration.summary, inputs: declaration.inputs,
      steps: declaration.steps.map(Step.init),
      constraints: declaration.constraints.compactMap { item in
        Constraint.Area(rawValue: item.area).map { Constraint($0, item.terms) }
      })
  }
}

extension Step {
  fileprivate init(_ declared: WorkflowDeclaration.Step) {
    let rollback: Rollback =
      declared.irreversible.map { .irreversible($0) } ?? declared.compensation.map { .compensation($0) } ?? .nothing
    self.init(
      declared.name, declared.summary, owner: declared.owner, principal: declared.principal, scopes: declared.scopes,
      requires: declared.requires, rollback: rollback, stage: Stage(rawValue: declared.stage) ?? .compensable,
      asksDecider: declared.asksDecider, approvals: declared.approvals, transitions: declared.transitions)
  }
}

extension Playbook {
  /// The acts that a file declares, as far as the gate looks at them.
  init(_ declaration: WorkflowDeclaration) {
    self.init(
      environment: "declared",
      entries: declaration.steps.map { step in Entry(step.name, step.acts.map { Act($0, of: step) }) },
      policy: Policy(plans: [], regions: []))
  }
}

extension Act {
  fileprivate init(_ declared: WorkflowDeclaration.Act, of step: WorkflowDeclaration.Step) {
    let kind: Kind =
      switch declared.kind {
      case .read: .read
      case .change: .change
      case .wait:
        .wait(
          Poll(
            ready: [], failed: [], every: .seconds(10), limit: declared.polls,
            restartAt: step.acts.first?.name ?? declared.name, restarts: 0))
      }
    let protection: Protection =
      switch declared.protection {
      case "key": .key
      case "unique-name": .uniqueName
      case "idempotent": .idempotent
      default: .none
      }
    self.init(
      declared.name, kind, declared.operation, protection: protection,
      lookup: declared.lookup.map { Lookup($0, [], .object) },
      undo: declared.undo.map { Undo([Undo.Way($0, [])]) })
  }
}
