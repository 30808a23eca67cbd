// One incarnation of the agent on this machine: the same orchestrator as in the simulator, driven by what really happens.

import Operations
import OpsAgent
import Primitives

/// Whatever takes a call to a system and brings back what came of it.
public protocol Systems: Sendable {
  func answer(to request: Request) async -> Answer
}

extension HTTPSystems: Systems {}

/// What a process of the agent is made of.
public struct AgentProcess {
  /// How a process ended.
  public enum Ending: Sendable {
    /// With this word on the run.
    case claimed(Claim, planned: [PlannedEffect])
    /// Another replica has the run, and this one says nothing on it.
    case stoodDown
  }

  /// What whoever watches is told.
  public enum Happening: Sendable {
    /// The agent asks for something.
    case asked(Command)
    /// What came of it.
    case came(Event)
  }

  private var core: Orchestrator
  private let run: Name
  private let replica: Name
  private var store: any CheckpointStore
  private var decider: any Decider
  private let systems: any Systems
  private let clock: any AgentClock
  private let watch: @Sendable (Instant, Happening) -> Void

  /// - Parameters:
  ///   - library: the workflows that it can finish, the one that it begins with first.
  ///   - replica: unlike that of any other process that works on this store at the same time, and the same for the
  ///     process that is started in its place.
  ///   - hasPredecessor: whether a process was started for the run before this one.
  ///   - watch: called with the time at which it happens.
  public init(
    _ library: WorkflowLibrary, _ request: RunRequest, replica: Name, parts: AgentParts = .reference,
    hasPredecessor: Bool, store: any CheckpointStore, decider: any Decider = RuleBasedDecider(),
    systems: any Systems, clock: any AgentClock, watch: @escaping @Sendable (Instant, Happening) -> Void = { _, _ in }
  ) {
    core = Orchestrator(library, request, replica: replica, parts: parts, hasPredecessor: hasPredecessor)
    run = request.run
    self.replica = replica
    self.store = store
    self.decider = decider
    self.systems = systems
    self.clock = clock
    self.watch = watch
  }

  /// Works until the run is over, or another replica has it.
  public mutating func work() async -> Ending {
    var event = Event.started
    var planned: [PlannedEffect] = []
    var now = await clock.now()
    while true {
      var commands: [Command] = []
      watch(now, .came(event))
      core.handle(event, at: now, into: &commands)
      var next: Event?
      for command in commands {
        watch(now, .asked(command))
        switch command {
        case .note(.planned(let effect)): planned.append(effect)
        case .note: break
        case .finish(let claim):
          // A lease that can't be given back expires by itself.
          if let lease = core.heldLease { try? store.release(lease) }
          return .claimed(claim, planned: planned)
        case .leave: return .stoodDown
        case .store(let records, let fence):
          store.stage(records, to: run, fence: fence, by: replica)
          next = store.carryOut(command, of: run, by: replica, at: now)
        case .acquire, .load, .renew: next = store.carryOut(command, of: run, by: replica, at: now)
        case .call(let call): next = .answered(await systems.answer(to: call.request))
        case .decide(let query): next = decision(on: query)
        case .wait(let until, _):
          await clock.sleep(until: until)
          next = .woke
        }
      }
      guard let next else { preconditionFailure("the agent neither asked for anything nor ended") }
      event = next
      switch event {
      case .answered, .woke: now = await clock.now()
      default: if clock.passesByItself { now = await clock.now() }
      }
    }
  }

  private mutating func decision(on query: DecisionQuery) -> Event {
    do {
      return .decided(try decider.decide(query))
    } catch {
      return .undecided(error)
    }
  }
}

extension AgentProcess.Ending {
  /// The document by which the outcome is reported.
  ///
  /// - Parameter workflow: what the run was about.
  public func report(on workflow: Name, in catalogue: Catalogue) -> Fields {
    guard case .claimed(let claim, let planned) = self else {
      return ["outcome": "stood-down", "text": "another replica has the run"]
    }
    let outcome: Value =
      switch claim.ending {
      case .completed, .planned: "completed"
      case .rolledBack: "rolled-back"
      case .escalated: "escalated"
      }
    var report: Fields = [
      "outcome": outcome, "text": .text(claim.sentence(on: workflow)),
      "holdings": .list(claim.holdings(in: catalogue).map(\.document)),
      "possibly": .list(claim.doubts(in: catalogue).map(\.document)),
    ]
    if !claim.reason.isEmpty { report["reason"] = .text(claim.reason) }
    if !claim.nextAction.isEmpty { report["next_action"] = .text(claim.nextAction) }
    if claim.ending == .planned { report["plan"] = .list(planned.map(\.document)) }
    return report
  }
}

extension Claim.Holding {
  fileprivate var document: Value {
    var fields: Fields = ["kind": .text(kind.text)]
    if let id { fields["id"] = .text(id) }
    return .record(fields)
  }
}

extension PlannedEffect {
  fileprivate var document: Value {
    [
      "step": .text(step.text), "operation": .text(operation.text), "arguments": .record(arguments),
      "principal": .text(principal.text), "protection": .text(safety), "reversal": .text(reversal),
    ]
  }
}
