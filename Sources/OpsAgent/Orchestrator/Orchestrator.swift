// The agent's core: events in, commands out, no I/O, no clock, no chance.

import Operations
import Primitives

/// One incarnation of the reference agent working on one run.
///
/// A value: copying it forks it. The same events at the same instants give the same commands; jitter is a
/// keyed draw of (run, act, attempt). A shell carries the commands out: the simulator's with virtual time
/// and a model store, the production driver's with real time, HTTP and SQLite.
///
/// Its law: before a side effect the intent is durable, after it the outcome and every id; an outcome that
/// isn't known is settled by the same key, by read-back or by a person, and never by hope.
public struct Orchestrator: Sendable {
  let parts: AgentParts
  let library: WorkflowLibrary
  let request: RunRequest
  /// This replica's name, the holder of its lease.
  let replica: Name

  var plan: CompiledWorkflow
  /// Positions in `plan.acts`, in the order in which they run.
  var order: [Int]
  var facts: Fields
  var states: [ActState]
  var mode = Mode.forward
  /// Position in `order` of the act under way.
  var cursor = 0
  /// The step that was entered last; -1 before the first.
  var lastStep = -1
  var expectation = Expectation.start
  /// What the decider was asked.
  var query: DecisionQuery?
  /// How often it was asked that.
  var asks = 0
  /// What it said the first time, where it was asked again because it was only half sure.
  var said: Decision?
  /// The version of the decider's instructions that the run follows.
  var prompt: Int
  /// Records that the next store command takes along.
  var buffer: [JournalRecord] = []
  /// Results that wait for the step after theirs, where that part is in place.
  var late: [JournalRecord] = []
  var lease: Lease?
  /// Until when the lease holds by this incarnation's own clock, counted from when it was asked for: the store's clock
  /// may show another time, and this one may jump.
  var leaseEnd = Instant(nanoseconds: 0)
  /// Which check of the act under way comes next.
  var check = 0
  /// Whether the staleness bound has passed since the check under way was first answered.
  var hasWaited = false
  /// The audit entry of the next side effect is written.
  var isAudited = false
  /// Sends of the call under way, and polls.
  var tries = 0
  /// Tries at what is under way that earlier incarnations can be taken to have made.
  var earlierTries = 0
  /// An act that an earlier holder of the lease was about to send: it may be asleep and send it at any time,
  /// until a system has seen the fence of this holder for it.
  var inherited: Int?
  /// Whether a process worked on the run before this one.
  let hasPredecessor: Bool
  /// How often the store has failed since it last did what it was asked for.
  var storeTries = 0
  /// Why the store is given up; the run is handed over without it.
  var storeOutage: StoreFailure?
  /// Whether the journal may lack what was done: the store may be another one, or an older copy.
  var isDoubtful = false
  /// Whether it has been looked what is there, before the run is handed over.
  var isSurveyed = false
  /// The version under which the run begins once it was looked for what earlier ones made; 0 where that is not asked.
  var successor = 0
  /// Reads that got no answer then, and are asked no more.
  var silent: [Name] = []
  /// What was found more than once then.
  var surplus: [Claim.Item] = []
  /// Side effects sent by this run.
  var sent = 0
  var began = Instant(nanoseconds: 0)
  var claim: Claim?
  var reason = ""
  /// Why the act under way was refused, while it is looked whether its goal holds all the same.
  var refusal: String?
  /// The arguments of the removal under way.
  var removal = Fields()
  /// Which way it went before its last word, and how many orders to go on its journal has.
  var direction = Mode.forward
  var takenUp = 0
  /// A person has had the run in hand, and what the journal says has not been looked at since.
  var isUnverified = false
  /// The call that was refused because its credential had expired, while that is renewed.
  var refusedCall: RefusedCall?
  /// Whether the credential was renewed since the last answer that did not ask for it.
  var hasRenewed = false
  /// Reads in a row that no system answered.
  var unansweredReads = 0
  /// The system that speaks otherwise than documented; what it holds is only possibly there.
  var distrusted: Name?
  /// The act over which an earlier incarnation may have paged, while it is not known whether it did.
  var mayHavePaged: Int?
  /// What a dry run found that it would do.
  var planned: [Claim.Item] = []

  enum Mode: UInt8, Hashable, Sendable { case forward = 1, backward, over }

  /// What is known about one act.
  struct ActState: Hashable, Sendable {
    enum Status: UInt8, Hashable, Sendable {
      case untouched = 1
      /// The intent is written; it may have been sent.
      case open
      case done, skipped, refused, undone
    }

    var status = Status.untouched
    var generation = 0
    /// Sends of this generation in this incarnation.
    var attempts = 0
    /// Sends before those: under earlier keys, and by earlier incarnations as far as their audit shows.
    var earlierSends = 0
    /// Sends of its way back, those of earlier incarnations among them.
    var undoSends = 0
    /// When it may first have been sent.
    var opened = Instant(nanoseconds: 0)
    /// When it may last have been sent.
    var lastSent = Instant(nanoseconds: 0)
    /// Some send of it has an outcome that isn't known.
    var isUnknown = false
    /// Taken back, but something sent before may still arrive.
    var needsRecheck = false
    /// More than one was found while taking back.
    var hasMore = false
    var wasRechecked = false
    /// Sent again, under the same key, when it was not known whether it had happened. A key store may be wrong.
    var mayBeTwice = false
    /// Turned away without a key; before it is sent again it is looked whether a copy of it got through.
    var looksFirst = false
  }

  /// The one event that is awaited; an answered decision's query is in ``query``.
  enum Expectation: Hashable, Sendable {
    case start, lease, leaseTimer, records, nothing
    /// The store failed; it is to be written once more, after a look where what it has written is not known.
    case storeTimer(Then, looks: Bool)
    /// The journal, to see whether it has what was to be written.
    case look(Then)
    case renewal(Then)
    case stored(Then)
    case timer(Then)
    case decision
    case answer(Call.Purpose)
  }

  /// What to do next once the awaited event has come.
  enum Then: UInt8, Hashable, Sendable {
    case enter = 1
    case check, send, readBack, poll, review, remove, undo, undoLookup, undoSend, finish, thaw, verify
    case ask, page, load, survey
  }

  /// - Parameters:
  ///   - parts: What this agent is composed of; ``Safeguard/without(_:)`` gives other compositions.
  ///   - hasPredecessor: Whether a process was started for the run before this one. Its supervisor knows; the journal
  ///     may have forgotten.
  public init(
    _ library: WorkflowLibrary, _ request: RunRequest, replica: Name, parts: AgentParts = .reference,
    hasPredecessor: Bool = false
  ) {
    self.parts = parts
    self.hasPredecessor = hasPredecessor
    self.library = library
    self.request = request
    self.replica = replica
    plan = library.current
    prompt = library.prompt
    order = []
    states = []
    facts = request.input
    adopt(library.current)
  }

  /// The lease that this incarnation holds, for its shell to give back after the last word.
  public var heldLease: Lease? { storeTries == 0 ? lease : nil }

  /// The version of the workflow that the run follows.
  public var version: Int { plan.workflow.version }

  /// The run's last word, once there is one.
  public var finalClaim: Claim? { mode == .over ? claim : nil }

  /// Takes one event and appends what is to be done about it. At most the last command asks for an event.
  ///
  /// - Precondition: `event` is the kind that the last command asked for.
  public mutating func handle(_ event: Event, at now: Instant, into commands: inout [Command]) {
    let expected = expectation
    switch expected {
    case .answer(let purpose):
      if case .answered(let answer) = event { return answered(answer, purpose, now, &commands) }
    case .stored(let then):
      guard case .stored(let outcome) = event else { break }
      storeTries = 0
      return outcome == .stored ? run(then, now, &commands) : leave(&commands)
    case .timer(let then): if case .woke = event { return run(then, now, &commands) }
    case .renewal(let then):
      guard case .renewed(let renewed) = event else { break }
      storeTries = 0
      guard let renewed else { return leave(&commands) }
      lease = renewed
      return run(then, now, &commands)
    case .decision:
      guard let asked = query else { break }
      if case .decided(let decision) = event { return decided(decision, asked, now, &commands) }
      if case .undecided(let failure) = event { return undecided(failure, asked, now, &commands) }
    case .start: if case .started = event { return start(now, &commands) }
    case .lease: if case .leased(let outcome) = event { return leased(outcome, now, &commands) }
    case .leaseTimer: if case .woke = event { return start(now, &commands) }
    case .records: if case .loaded(let records) = event { return loaded(records, now, &commands) }
    case .storeTimer(let then, let looks):
      if case .woke = event { return looks ? look(then, &commands) : flush(then, now, &commands) }
    case .look(let then): if case .loaded(let records) = event { return looked(records, then, now, &commands) }
    case .nothing: break
    }
    if case .failed(let command, let failure) = event { return storeFailed(command, failure, now, &commands) }
    preconditionFailure("the shell answered \(expected) with \(event)")
  }

  mutating func run(_ then: Then, _ now: Instant, _ commands: inout [Command]) {
    switch then {
    case .enter: enter(now, &commands)
    case .check: runCheck(now, &commands)
    case .send: send(now, &commands)
    case .readBack: readBack(now, &commands)
    case .poll: poll(now, &commands)
    case .review: review(now, &commands)
    case .remove: remove(now, &commands)
    case .undo: undoNext(now, &commands)
    case .undoLookup: undoLookup(now, &commands)
    case .undoSend: undoSend(now, &commands)
    case .finish: conclude(&commands)
    case .thaw: thaw(now, &commands)
    case .verify: verify(now, &commands)
    case .ask: askAgain(&commands)
    case .page: page(now, &commands)
    case .load: loadJournal(now, &commands)
    case .survey: survey(now, &commands)
    }
  }

  mutating func answered(
    _ answer: Answer, _ purpose: Call.Purpose, _ now: Instant, _ commands: inout [Command]
  ) {
    if case .response(let response) = answer {
      if !response.isSuccess, renews(after: response, purpose, now, &commands) { return }
      if let drift = drift(in: response, purpose) {
        if purpose == .change, response.isSuccess { states[index].isUnknown = true }
        if purpose == .survey { return surveyedUnread(now, &commands) }
        return stop(drift, now, &commands)
      }
    }
    dispatch(answer, purpose, now, &commands)
  }

  mutating func dispatch(
    _ answer: Answer, _ purpose: Call.Purpose, _ now: Instant, _ commands: inout [Command]
  ) {
    if !purpose.isMutation {
      unansweredReads =
        switch plan.catalogue.outcome(of: answer) {
        case .succeeded, .failed: 0
        case .notNow, .unknown: unansweredReads + 1
        }
    }
    switch purpose {
    case .renew: renewalAnswered(answer, now, &commands)
    case .page: pageAnswered(answer, now, &commands)
    case .pageLookup: pageLookupAnswered(answer, now, &commands)
    case .read: readAnswered(answer, now, &commands)
    case .check: checkAnswered(answer, now, &commands)
    case .change: changeAnswered(answer, now, &commands)
    case .poll: pollAnswered(answer, now, &commands)
    case .review: reviewAnswered(answer, now, &commands)
    case .remove: removeAnswered(answer, now, &commands)
    case .readBack: readBackAnswered(answer, now, &commands)
    case .survey: surveyAnswered(answer, now, &commands)
    case .undoLookup: undoLookupAnswered(answer, now, &commands)
    case .undo: undoAnswered(answer, now, &commands)
    case .verify: verifyAnswered(answer, now, &commands)
    }
  }

  // MARK: Shared moves

  var index: Int { order[cursor] }
  var act: CompiledAct { plan.acts[order[cursor]] }
  var step: Step { plan.workflow.steps[act.step] }

  /// Takes a workflow version as the one that this run follows.
  mutating func adopt(_ workflow: CompiledWorkflow) {
    plan = workflow
    order = parts.pivot.order(of: workflow)
    states = Array(repeating: ActState(), count: workflow.acts.count)
  }

  /// Writes what is buffered, where there is something and somewhere to write it, and goes on.
  mutating func flush(_ then: Then, _ now: Instant, _ commands: inout [Command]) {
    if buffer.isEmpty { return run(then, now, &commands) }
    guard parts.memory == .durable else {
      buffer.removeAll(keepingCapacity: true)
      return run(then, now, &commands)
    }
    commands.append(.store(buffer, fence: fence))
    buffer.removeAll(keepingCapacity: true)
    expectation = .stored(then)
  }

  /// What a system or the store is told, to know the youngest holder of the lease by.
  private var fence: Int64? {
    guard let token = lease?.token else { return nil }
    return parts.fencing.token(token)
  }

  mutating func wait(
    until instant: Instant, _ why: Wait, _ then: Then, _ now: Instant, _ commands: inout [Command]
  ) {
    if instant <= now { return run(then, now, &commands) }
    commands.append(.wait(until: instant, why: why))
    expectation = .timer(then)
  }

  /// Whether the lease has to be extended before a side effect; if so, asks for it.
  mutating func renewing(_ then: Then, _ now: Instant, _ commands: inout [Command]) -> Bool {
    guard case .leased(let span) = parts.flight, let lease, leaseEnd - now < span / 2 else { return false }
    leaseEnd = now + span
    commands.append(.renew(lease, span))
    expectation = .renewal(then)
    return true
  }

  mutating func call(
    _ purpose: Call.Purpose, _ operation: Name, _ arguments: Fields, key: String? = nil,
    principal: Name? = nil, attempt: Int, _ commands: inout [Command]
  ) {
    let compiled = act
    let fence = purpose.isMutation ? fence : nil
    if purpose.isMutation, isAudited {
      commands.append(.note(.audited(act: compiled.name, operation: operation)))
      isAudited = false
    }
    let request = Request(
      operation, arguments, principal: principal ?? parts.credentials.principal(for: compiled),
      idempotencyKey: key,
      fence: fence)
    commands.append(
      .call(
        Call(
          request: request, step: compiled.stepName, act: compiled.name,
          purpose: purpose, attempt: attempt)))
    expectation = .answer(purpose)
  }

  /// How long to wait before trying again.
  func delay(_ answer: Answer, attempt: Int) -> TimeSpan {
    let attempt = attempt + earlierTries
    let draw = Draw(seed: request.run.hash, key: act.name.hash).derived(UInt64(attempt))
    return parts.pauses.delay(
      asked: answer.response?.retryAfter, own: parts.retries.delay(afterAttempt: attempt, draw: draw))
  }

  /// Whether one more try is in order, those of earlier incarnations counted: a crash is no licence to begin
  /// hammering anew.
  func mayTry(after attempts: Int) -> Bool {
    // Turning back is no licence either, but for two more looks: maybe the system is there again.
    parts.retries.allows(attempts: max(attempts + earlierTries, unansweredReads - 2))
  }

  /// Whether the side effect at the cursor may be sent once more: a new key is no such licence either.
  var maySend: Bool {
    let state = states[index]
    return parts.retries.allows(attempts: state.attempts + max(state.earlierSends, earlierTries))
  }

  mutating func learn(_ learned: Fields) {
    for index in learned.entries.indices { facts[learned.entries[index].name] = learned.entries[index].value }
  }

  /// This replica is no longer the one that works on the run.
  mutating func leave(_ commands: inout [Command]) {
    expectation = .nothing
    commands.append(.leave(.leaseLost))
  }
}

extension AgentParts.Pivot {
  /// The acts in the order in which they run.
  ///
  /// `last` keeps the workflow's own order. `whereAsked` does what the customer waits for first: the
  /// pivot and what it requires, then the rest.
  func order(of plan: CompiledWorkflow) -> [Int] {
    let all = Array(plan.acts.indices)
    guard self == .whereAsked, let pivot = plan.workflow.pivot else { return all }
    var needed: [Name] = [pivot.name]
    for step in plan.workflow.steps.reversed() where needed.contains(step.name) { needed += step.requires }
    let isNeeded = { (index: Int) in needed.contains(plan.acts[index].stepName) }
    return all.filter(isNeeded) + all.filter { !isNeeded($0) }
  }
}
