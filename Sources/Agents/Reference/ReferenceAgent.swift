// The reference agent in the simulator: the production orchestrator behind the simulator's agent contract.

import Faultline
import OpsAgent
import Operations
import Primitives

/// The reference agent, whole or with safeguards taken out.
public struct ReferenceAgent: AgentUnderTest {
  public let name: Name = "reference"
  public let without: [Name]
  let removed: [Safeguard]
  let parts: AgentParts
  let store: AgentStore
  /// Makes the store of a run that keeps its checkpoints elsewhere than in ``store``.
  private let makeStore: (@Sendable () throws -> any RestorableStore & StableHashable)?
  /// What it is composed to do; a part that was taken out is not declared.
  public let practices: Set<Practice>
  /// What its runs may touch; a part that was taken out is not declared.
  public let marks: [Name]
  /// Who decides, beside whom nobody is asked.
  private let decider: any Decider
  /// Whether its decisions may be answered as any model could, as choices of the run, in place of the vocabulary's
  /// faults of a model.
  private let takesAnyAnswer: Bool
  private let pool = SQLitePool()
  private let cache: WorkflowCache

  /// - Parameters:
  ///   - removed: The safeguards to take out; what is left is composed once, here.
  ///   - store: Where it keeps its checkpoints.
  ///   - workflows: What it can be asked to do: each workflow with its versions, in the order of their release.
  ///   - decider: Who decides: the rules, or a model's recorded answers.
  ///   - takesAnyAnswer: Whether a search may answer its decisions as any model could.
  public init(
    without removed: [Safeguard] = [], store: AgentStore = .model,
    workflows: [[WorkflowVersion]] = WorkflowShelf.all, decider: any Decider = RuleBasedDecider(),
    takesAnyAnswer: Bool = false
  ) {
    self.init(removed, store, workflows, decider, takesAnyAnswer, nil)
  }

  /// The agent on a store of the caller's, made anew for each run.
  public init(
    without removed: [Safeguard] = [],
    on makeStore: @escaping @Sendable () throws -> any RestorableStore & StableHashable
  ) {
    self.init(removed, .sqlite, WorkflowShelf.all, RuleBasedDecider(), false, makeStore)
  }

  private init(
    _ removed: [Safeguard], _ store: AgentStore, _ workflows: [[WorkflowVersion]], _ decider: any Decider,
    _ takesAnyAnswer: Bool,
    _ makeStore: (@Sendable () throws -> any RestorableStore & StableHashable)?
  ) {
    cache = WorkflowCache(workflows)
    self.removed = removed
    self.store = store
    self.decider = decider
    self.takesAnyAnswer = takesAnyAnswer
    self.makeStore = makeStore
    without = removed.map { Name($0.rawValue) }
    parts = Safeguard.without(removed)
    practices = ReferenceAgent.practices(without: removed)
    marks = ReferenceMarks.all(without: removed)
  }

  public func marks(in workflow: Name) -> [Name] { ReferenceMarks.all(without: removed, in: workflow) }

  public var summary: String {
    "What the field should copy: a journal, keys, read-back, a saga, a lease, and a decider kept in bounds."
  }

  private static func practices(without removed: [Safeguard]) -> Set<Practice> {
    var practices: Set<Practice> = []
    func declare(_ practice: Practice, unlessWithout safeguard: Safeguard) {
      if !removed.contains(safeguard) { practices.insert(practice) }
    }
    declare(.keyedMutations, unlessWithout: .idempotencyKeys)
    declare(.auditLog, unlessWithout: .auditLog)
    declare(.guards, unlessWithout: .preActionGuards)
    declare(.dryRun, unlessWithout: .dryRunIsolation)
    declare(.closedTransitions, unlessWithout: .closedTransitions)
    declare(.escalationContext, unlessWithout: .escalationContext)
    declare(.compensateBeforeRetry, unlessWithout: .compensation)
    return practices
  }

  /// One wire attempt for one call: the agent itself knows which call may be sent again and which may not.
  public var client: ClientPolicy {
    ClientPolicy(attempts: 1, timeout: .seconds(30), backoff: .milliseconds(500))
  }

  /// - Throws: ``WorkflowRefused`` where the gate does not let the workflow through, `WorkflowError` where the world
  ///   does not offer what the workflow needs, and what SQLite
  ///   reports when the store can't be opened.
  public func deploy(_ task: AgentTask) throws -> any AgentDeployment {
    let plan = ReferencePlan(
      task: task, prepared: try cache.prepared(for: task), parts: parts, decider: decider, takesAnyAnswer: takesAnyAnswer)
    if let makeStore { return ReferenceDeployment(plan, store: try makeStore(), isForkable: false) }
    switch store {
    case .model: return ReferenceDeployment(plan, store: ModelStore(), isForkable: true)
    case .sqlite: return ReferenceDeployment(plan, store: try pool.take(), isForkable: false)
    }
  }
}

extension AgentRegistry.Entry {
  static let reference = AgentRegistry.Entry(
    "reference", ReferenceAgent().summary, safeguards: Safeguard.allCases.map { Name($0.rawValue) }
  ) { without, store in
    ReferenceAgent(without: without.compactMap { Safeguard(rawValue: $0.text) }, store: store)
  }
}

/// What all processes of one deployment share and none changes.
final class ReferencePlan: Sendable {
  let task: AgentTask
  /// What each release of the agent can finish.
  let releases: [WorkflowLibrary]
  let parts: AgentParts
  let decider: any Decider
  let takesAnyAnswer: Bool
  private let labels: [CheckpointLabels]
  private let rules: HouseRules

  init(
    task: AgentTask, prepared: WorkflowCache.Prepared, parts: AgentParts, decider: any Decider, takesAnyAnswer: Bool
  ) {
    self.decider = decider
    self.takesAnyAnswer = takesAnyAnswer
    self.task = task
    self.parts = parts
    releases = prepared.releases
    labels = prepared.labels
    rules = HouseRules(task.rules.map { Deployment.Rule($0) })
  }

  /// The names of checkpoints in a version of the workflow, from 1.
  func labels(ofVersion version: Int) -> CheckpointLabels { labels[version - 1] }

  /// What the agent is handed; `ticket` is the id of the ticket that asked for it, where one did.
  func request(ticket: String?, resumptions: Int) -> RunRequest {
    var input = task.input
    if let ticket { input["ticket_id"] = .text(ticket) }
    return RunRequest(
      run: task.run, input: input, isDryRun: task.isDryRun, mutationCap: task.mutationLimit, rules: rules,
      resumptions: resumptions)
  }
}
