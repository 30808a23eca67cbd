// The shell: turns the simulator's inputs into events and the orchestrator's commands into the simulator's.

import Faultline
import OpsAgent
import Operations
import Primitives

/// The reference agent's processes and the store that they share.
struct ReferenceDeployment: AgentDeployment {
  private let plan: ReferencePlan
  private var store: any RestorableStore & StableHashable
  private var history = StoreHistory()
  private var processes: [Process] = []
  /// The id of the ticket that started the work: the queue that hands work out keeps it across crashes.
  private var ticket: String?
  private var decider: any Decider
  /// What its model was made to answer instead of what the rules say, and answers from then on at the same fork.
  private var insists: (fork: DecisionQuery.Fork, answer: Name)?
  /// How often a person ordered that the run goes on; the queue keeps it across crashes, as it keeps the ticket.
  private var resumptions = 0
  /// The newest release that any process was started under, from 0.
  private var release = 0
  /// The newest release that a deploy has brought; whatever starts from then on starts under it or a later one.
  private var deployed = 0
  let isForkable: Bool
  /// Which process was granted the lease last and has not given it back; the mark of a takeover depends on it.
  private var holder: Int?
  /// Which process was granted the lease last, whether or not it has given it back.
  private var owner: Int?
  private(set) var staleWrite: StaleWrite?
  /// The orchestrator's commands of one step; empty between two.
  private var buffer: [Command] = []

  /// One process: its core, and what it waits for.
  private struct Process {
    var name: Name
    /// The release that it was started under, from 0.
    var release: Int
    var core: Orchestrator
    var tickets: UInt32 = 0
    /// What the store or the decider was last asked.
    var pending: Command?
    /// What the decider said to the last question.
    var proposal: AnyAnswer.Answer?
    /// The ticket of the question that is open; nil where none is.
    var question: UInt32?
    /// What came of a store operation, until the process is told.
    var outcome: Event?
    /// What a dry run has found so far that it would do.
    var planned: [Faultline.Claim.Planned] = []
  }

  init(_ plan: ReferencePlan, store: some RestorableStore & StableHashable, isForkable: Bool) {
    self.plan = plan
    decider = plan.decider
    self.store = store
    self.isForkable = isForkable
  }

  var hasNextRelease: Bool { release + 1 < plan.releases.count }

  mutating func start(
    _ process: ProcessID, trigger: Trigger, at now: Instant, into commands: inout [AgentCommand]
  ) {
    if case .delivery(let delivery) = trigger, let id = delivery.body.text("ticket"), ticket == nil,
      delivery.topic == "ticketing.ticket.created"
    {
      ticket = id
    }
    if case .resume = trigger { resumptions += 1 }
    let index = Int(process.index)
    let own = release(of: index, startedBy: trigger)
    release = max(release, own)
    let name = Name("agent-\(index)")
    var hasPredecessor = true
    if case .delivery = trigger { hasPredecessor = false }
    let fresh = Process(
      name: name, release: own,
      core: Orchestrator(
        plan.releases[own], plan.request(ticket: ticket, resumptions: resumptions), replica: name, parts: plan.parts,
        hasPredecessor: hasPredecessor))
    // A replica may start before one that was asked for earlier: its place is kept until it starts itself.
    while processes.count <= index { processes.append(fresh) }
    processes[index] = fresh
    handle(.started, index, now, &commands)
  }

  /// The release that a process starts under: the one that the task gives it, or that a deploy has brought since.
  private mutating func release(of index: Int, startedBy trigger: Trigger) -> Int {
    let newest = plan.releases.count - 1
    // Two replicas may be stopped for the same deploy.
    if case .deploy = trigger, index < processes.count { deployed = max(deployed, processes[index].release + 1) }
    let given = index < plan.task.releases.count ? plan.task.releases[index] - 1 : 0
    return min(max(given, deployed), newest)
  }

  mutating func resume(
    _ process: ProcessID, _ input: AgentInput, at now: Instant, into commands: inout [AgentCommand]
  ) {
    let index = Int(process.index)
    switch input {
    case .answered(_, let answer): handle(.answered(answer), index, now, &commands)
    case .stored:
      guard let outcome = processes[index].outcome.take() else { preconditionFailure("stored before it was performed") }
      handle(outcome, index, now, &commands)
    case .storeFailed(_, let failure):
      guard let command = processes[index].pending else { preconditionFailure("no store operation is under way") }
      processes[index].outcome = nil
      store.dropStaged(by: processes[index].name)
      handle(.failed(command, OpsAgent.StoreFailure(failure)), index, now, &commands)
    case .woke: handle(.woke, index, now, &commands)
    case .decided(let ticket, let choice):
      // An answer for which nobody waits any more answers no later question, whatever it says.
      guard processes[index].question == ticket else { return }
      processes[index].question = nil
      guard let proposal = processes[index].proposal else {
        preconditionFailure("a decision came that was not asked for")
      }
      let event = answer(choice, to: processes[index], proposing: proposal)
      handle(event, index, now, &commands)
    }
  }

  /// What comes of a decision: what was chosen from outside, or what the decider says, under a fault of its model.
  private mutating func answer(_ choice: Name?, to process: Process, proposing proposal: AnyAnswer.Answer) -> Event {
    guard let choice else { return event(of: proposal) }
    guard case .decide(let query)? = process.pending else { preconditionFailure("a decision came that was not asked for") }
    if plan.takesAnyAnswer {
      let rules = rules(query)
      if choice == ReferenceDeployment.rulesAnswer {
        insists = nil
        return .decided(rules)
      }
      if let answer = anyAnswer(query, rules).answer(named: choice) {
        insists = (query.fork, choice)
        return event(of: answer)
      }
    }
    guard let fault = ModelFault(named: choice), case .success(let decision) = proposal else {
      return .decided(Decision(choice, confidence: 100, reason: "chosen from outside"))
    }
    return event(of: model(query, proposing: decision).answer(under: fault))
  }

  private func event(of answer: AnyAnswer.Answer) -> Event {
    switch answer {
    case .success(let decision): .decided(decision)
    case .failure(let failure): .undecided(failure)
    }
  }

  /// What the model of a search answers when it has changed its mind back.
  private static let rulesAnswer: Name = "model:as-the-rules-say"

  private func rules(_ query: DecisionQuery) -> Decision {
    var rules = RuleBasedDecider()
    return rules.decide(query)
  }

  private func anyAnswer(_ query: DecisionQuery, _ rules: Decision) -> AnyAnswer {
    AnyAnswer(query: query, proposal: rules, workflow: plan.releases[release].current)
  }

  private func model(_ query: DecisionQuery, proposing proposal: Decision) -> FaultyModel {
    FaultyModel(query: query, proposal: proposal, workflow: plan.releases[release].current)
  }

  mutating func perform(_ call: StoreCall, of process: ProcessID, at now: Instant) {
    let index = Int(process.index)
    guard let command = processes[index].pending else { preconditionFailure("no store operation is under way") }
    let outcome = store.carryOut(command, of: plan.task.run, by: processes[index].name, at: now)
    if let outcome {
      history.note(command, outcome)
      noteStaleness(of: outcome, index)
    }
    processes[index].outcome = outcome
  }

  var takesStoreFailures: Bool { true }
  var storeWrites: Int { history.writes }

  mutating func restoreStore(writes: Int) {
    do {
      try history.restore(&store, plan.task.run, writes: writes)
    } catch {
      // Stores in memory do not fail; one that does is a defect of the set-up, not of the agent.
      preconditionFailure("the checkpoint store failed: \(error)")
    }
  }

  /// Notes whether the store was written by a process that had lost the run, and to whom it grants the run.
  private mutating func noteStaleness(of outcome: Event?, _ index: Int) {
    staleWrite = nil
    switch outcome {
    case .leased(.granted): owner = index
    case .stored(.fenced): staleWrite = .refused
    case .stored(.stored): if let owner, owner != index { staleWrite = .accepted }
    default: break
    }
  }

  mutating func crash(_ process: ProcessID) { store.dropStaged(by: processes[Int(process.index)].name) }

  func explanation() -> [String] {
    do {
      return try JournalExplanation(of: plan.task.run, in: store, library: plan.releases[release]).lines
    } catch {
      return ["The store can't be read: \(error)"]
    }
  }

  func hash(into hasher: inout StableHasher) {
    store.hash(into: &hasher)
    hasher.combine(history)
    hasher.combine(processes.count)
    for process in processes {
      hasher.combine(process.core)
      hasher.combine(UInt64(process.tickets))
      hasher.combine(process.release)
      hasher.combine(process.outcome != nil)
      hasher.combine(process.question != nil)
      process.proposal.hash(into: &hasher)
      hasher.combine(process.planned)
    }
    hasher.combine(ticket)
    hasher.combine(resumptions)
    hasher.combine(release)
    hasher.combine(deployed)
    decider.hash(into: &hasher)
    hasher.combine(insists?.answer)
    hasher.combine(UInt64(insists?.fork.rawValue ?? 0))
    hasher.combine(holder ?? -1)
    hasher.combine(owner ?? -1)
  }

  // MARK: Translation

  private mutating func handle(
    _ event: Event, _ index: Int, _ now: Instant, _ commands: inout [AgentCommand]
  ) {
    var said: [Command] = []
    swap(&said, &buffer)
    processes[index].core.handle(event, at: now, into: &said)
    if let mark = ReferenceMarks.mark(of: event, before: said.last, at: now) {
      commands.append(.observe(.mark(mark)))
    }
    if case .leased(.granted) = event {
      if let holder, holder != index { commands.append(.observe(.mark(ReferenceMarks.tookOver))) }
      holder = index
    }
    // Taken out one by one, since what is looked at in its place is copied.
    said.reverse()
    while let command = said.popLast() { translate(command, index, &commands) }
    swap(&said, &buffer)
  }

  private mutating func translate(_ command: Command, _ index: Int, _ commands: inout [AgentCommand]) {
    switch command {
    case .note(.planned(let effect)): processes[index].planned.append(effect.translated)
    case .note(let note):
      if let observation = note.observation(nextCall: processes[index].tickets + 1) {
        commands.append(.observe(observation))
      }
    case .finish(let claim):
      // A lease that can't be given back expires by itself.
      if let lease = processes[index].core.heldLease, (try? store.release(lease)) != nil {
        history.noteRelease(of: lease)
      }
      if holder == index { holder = nil }
      var word = claim.translated(plan.task.catalogue, of: plan.task.workflow)
      if claim.ending == .planned { word.plan = processes[index].planned }
      commands.append(.finish(word))
    case .leave: commands.append(.finish(nil))
    case .store, .load, .acquire, .renew, .decide:
      processes[index].pending = command
      ask(command, index, &commands)
    case .call, .wait: ask(command, index, &commands)
    }
  }

  /// Asks the decider and says what it might have answered instead.
  private mutating func decisionPoint(_ query: DecisionQuery, _ ticket: UInt32, _ index: Int) -> DecisionPoint {
    if plan.takesAnyAnswer { return openDecisionPoint(query, ticket, index) }
    do {
      let proposal = try decider.decide(query)
      processes[index].proposal = .success(proposal)
      return DecisionPoint(
        ticket: ticket, point: query.point, alternatives: query.options, proposal: proposal.transition,
        grounds: Grounds(
          facts: query.facts, text: query.text, confidence: proposal.confidence, reason: proposal.reason,
          fields: proposal.fields), faults: model(query, proposing: proposal).offer, thinking: decider.thinking)
    } catch {
      processes[index].proposal = .failure(error)
      return DecisionPoint(
        ticket: ticket, point: query.point, alternatives: query.options,
        grounds: Grounds(facts: query.facts, text: query.text, reason: "the decider \(error)"),
        thinking: decider.thinking)
    }
  }

  /// A decision at which anything may be answered. Who was made to answer something answers it again when asked again.
  private mutating func openDecisionPoint(_ query: DecisionQuery, _ ticket: UInt32, _ index: Int) -> DecisionPoint {
    let rules = rules(query)
    let open = anyAnswer(query, rules)
    var names = open.answers.map(\.name)
    processes[index].proposal = .success(rules)
    if let insists, insists.fork == query.fork, let answer = open.answer(named: insists.answer) {
      processes[index].proposal = answer
      names = [ReferenceDeployment.rulesAnswer] + names.filter { $0 != insists.answer }
    }
    var delays = AnyAnswer.delays
    if let insists, let own = delays.first(where: { $0.answer == insists.answer }) { delays.append(.init(nil, own.kind)) }
    return DecisionPoint(ticket: ticket, point: query.point, alternatives: names, delays: delays)
  }

  /// Passes on what is to be answered, under a ticket.
  private mutating func ask(_ command: Command, _ index: Int, _ commands: inout [AgentCommand]) {
    processes[index].tickets += 1
    let ticket = processes[index].tickets
    switch command {
    case .store(let records, let fence):
      store.stage(records, to: plan.task.run, fence: fence, by: processes[index].name)
      let label = plan.labels(ofVersion: processes[index].core.version).label(of: records)
      commands.append(.store(StoreCall(ticket: ticket, label: label, isWrite: true)))
    case .load:
      commands.append(.store(StoreCall(ticket: ticket, label: "load", isWrite: false)))
    case .acquire:
      commands.append(.store(StoreCall(ticket: ticket, label: "lease", isWrite: true)))
    case .renew:
      commands.append(.store(StoreCall(ticket: ticket, label: "renew", isWrite: true)))
    case .call(let call):
      commands.append(
        .call(
          AgentCall(
            ticket: ticket, request: call.request, step: call.step,
            isCompensation: call.purpose.isCompensation)))
    case .decide(let query):
      processes[index].question = ticket
      commands.append(.decide(decisionPoint(query, ticket, index)))
    case .wait(let until, _): commands.append(.wait(ticket: ticket, until: until))
    case .note, .finish, .leave: preconditionFailure("nothing follows from a note or an end")
    }
  }
}

extension AnyAnswer.Answer? {
  /// Combines whether there is an answer, and the decision or why there is none.
  fileprivate func hash(into hasher: inout StableHasher) {
    switch self {
    case nil: hasher.combine(0 as UInt64)
    case .success(let decision)?:
      hasher.combine(1 as UInt64)
      hasher.combine(decision)
    case .failure(let failure)?:
      hasher.combine(2 as UInt64)
      hasher.combine(failure)
    }
  }
}
