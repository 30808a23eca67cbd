// The workflow graph: what is to be done and what each step promises. It names no API call.

import Primitives

/// A directed graph of intentions, with the contract of each.
///
/// A node says *what* is wanted (`provision-cluster`); which operations bring it about is the
/// ``Playbook``'s business, so that another environment needs another playbook and not another workflow.
public struct Workflow: Hashable, Sendable {
  public var name: Name
  /// Grows with every change of the graph; a run finishes under the version it began with.
  public var version: Int
  /// One sentence for people.
  public var summary: String
  /// In the order in which they run: a topological order of ``Step/requires``.
  public var steps: [Step]
  /// The facts that a run is handed at its start.
  public var inputs: [Name]
  /// What law, contract or policy demands of it.
  public var constraints: [Constraint]

  public init(
    _ name: Name, version: Int, _ summary: String, inputs: [Name], steps: [Step], constraints: [Constraint] = []
  ) {
    self.constraints = constraints
    self.name = name
    self.version = version
    self.summary = summary
    self.inputs = inputs
    self.steps = steps
  }

  public subscript(step name: Name) -> Step? { steps.first { $0.name == name } }

  /// The step after which there is no way back.
  public var pivot: Step? { steps.first { $0.stage == .pivot } }
}

/// What law, contract or policy demands of a workflow, in one area.
public struct Constraint: Hashable, Sendable {
  /// Areas that nobody may work in without having said under which terms.
  public enum Area: String, Hashable, Sendable, CaseIterable {
    /// Where customers' data may lie.
    case dataResidency = "data-residency"
    /// What has to be kept before something is deleted.
    case dataRetention = "data-retention"
    /// When money may move, and how much.
    case moneyMovement = "money-movement"
    /// Who may be let in, or kept out.
    case accessControl = "access-control"
  }

  public var area: Area
  /// In words.
  public var terms: String

  public init(_ area: Area, _ terms: String) {
    self.area = area
    self.terms = terms
  }
}

/// One intention and its contract.
public struct Step: Hashable, Sendable {
  /// What is wanted, `provision-cluster`.
  public var name: Name
  /// One sentence for people.
  public var summary: String
  /// The one team that answers for this step.
  public var owner: Name
  /// The service principal whose narrow credential its calls carry.
  public var principal: Name
  /// The scopes that the principal needs for this step, and no others.
  public var scopes: [Name]
  /// The steps that must be done before this one.
  public var requires: [Name]
  /// The facts it reads.
  public var inputs: [Name]
  /// The facts it establishes.
  public var outputs: [Name]
  /// What has to hold before its side effects, in words; the playbook's checks enforce it.
  public var invariants: [String]
  /// What the systems may hold when this step failed half way.
  public var changes: String
  public var rollback: Rollback
  public var stage: Stage
  /// Whether the decider says what comes after it.
  public var asksDecider: Bool
  /// The people who have to agree before it begins.
  public var approvals: [Name]
  /// The closed set of what may come next.
  public var transitions: [Name]

  /// How a step is taken back.
  public enum Rollback: Hashable, Sendable {
    /// It changes nothing.
    case nothing
    /// In words; the playbook's undo does it.
    case compensation(String)
    /// It can't be taken back; after an unknown answer it is never simply repeated.
    case irreversible(String)
  }

  /// Where a step stands relative to the point of no return.
  public enum Stage: String, Hashable, Sendable {
    case compensable, pivot
    /// After the pivot: it is retried until it succeeds, and else handed to a person.
    case forwardOnly = "forward-only"
  }

  public init(
    _ name: Name, _ summary: String, owner: Name, principal: Name, scopes: [Name] = [], requires: [Name] = [],
    inputs: [Name] = [], outputs: [Name] = [], invariants: [String] = [], changes: String = "nothing",
    rollback: Rollback = .nothing, stage: Stage = .compensable,
    asksDecider: Bool = false, approvals: [Name] = [], transitions: [Name]
  ) {
    self.approvals = approvals
    self.name = name
    self.summary = summary
    self.owner = owner
    self.principal = principal
    self.scopes = scopes
    self.requires = requires
    self.inputs = inputs
    self.outputs = outputs
    self.invariants = invariants
    self.changes = changes
    self.rollback = rollback
    self.stage = stage
    self.asksDecider = asksDecider
    self.transitions = transitions
  }
}

/// What may come after a step or at a fork; deciders choose among these and nothing else.
extension Name {
  /// Go on with the next step.
  public static let proceed: Name = "proceed"
  /// Go on where the last incarnation stopped.
  public static let resume: Name = "resume"
  /// Take back what was done.
  public static let compensate: Name = "compensate"
  /// Stop and hand over to a person.
  public static let escalate: Name = "escalate"
}
