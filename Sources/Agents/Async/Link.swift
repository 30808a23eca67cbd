// The line between the tasks of one incarnation and the world.

import Faultline
import Operations
import Primitives
import Synchronization

/// Collects what an incarnation's tasks ask of the world and wakes them with the answers.
///
/// Every question suspends the task that asks. Once the line is cut nothing gets through any more, in
/// either direction: questions fail, and what is said is dropped.
final class Link: Sendable {
  /// What a task asks the world for.
  enum Question: Sendable {
    case call(Request, step: Name, isCompensation: Bool)
    case load(Name)
    case save(Name, Value?)
    case sleep(until: Instant)
    case decide(point: Name, alternatives: [Name])
  }

  /// What it gets.
  enum Reply: Sendable {
    /// With the ticket of the call.
    case answered(UInt32, Answer)
    case stored(Value?)
    case woke
    case decided(Name?)
  }

  fileprivate typealias Continuation = UnsafeContinuation<Reply, any Error>

  fileprivate struct Waiter {
    var number: UInt64
    var ticket: UInt32
    var continuation: Continuation
  }

  /// A store operation that the world has not performed yet, or that it has and not confirmed.
  fileprivate struct Pending {
    var ticket: UInt32
    var question: Question
    var value: Value?
  }

  fileprivate struct State {
    var now: Instant
    var commands: [AgentCommand] = []
    var waiters: [Waiter] = []
    var pending: [Pending] = []
    /// Continuations that fail as soon as nothing else is left to run.
    var doomed: [(continuation: Continuation, error: any Error)] = []
    /// Questions that were cancelled before they were asked.
    var abandoned: [UInt64] = []
    var questionCount: UInt64 = 0
    var callCount: UInt32 = 0
    var otherCount: UInt32 = 0
    var drawCounts: [(purpose: Name, count: UInt64)] = []
    var isCut = false
    var hasEnded = false
    var hasAnnounced = false
  }

  private let state: Mutex<State>
  let executor: InlineExecutor
  /// Where this incarnation's draws come from.
  private let entropy: Draw

  init(executor: InlineExecutor, entropy: Draw, now: Instant) {
    self.executor = executor
    self.entropy = entropy
    state = Mutex(State(now: now))
  }

  // MARK: The agent's end

  /// Suspends until the world replies.
  ///
  /// A task that asks from outside the simulation is never resumed: its answer could come at no
  /// deterministic moment. The deployment notices that nothing else is going on and reports it.
  ///
  /// - Throws: `CancellationError` if the task is cancelled, ``ProcessDied`` once the line is cut.
  func ask(_ question: Question) async throws -> Reply {
    let number = state.withLock { state in
      state.questionCount += 1
      return state.questionCount
    }
    return try await withTaskCancellationHandler {
      try await withUnsafeThrowingContinuation { continuation in
        guard executor.isRunningHere else { return executor.noteStray() }
        state.withLock { $0.ask(question, number: number, continuation: continuation) }
      }
    } onCancel: {
      state.withLock { $0.abandon(number) }
    }
  }

  /// Lets something be known; no reply follows.
  func say(_ command: AgentCommand) {
    guard executor.isRunningHere else { return executor.noteStray() }
    state.withLock { state in
      if !state.isCut { state.commands.append(command) }
    }
  }

  /// Says how the run ended, before the process is done.
  func announce(_ claim: Claim) {
    say(.finish(claim))
    state.withLock { $0.hasAnnounced = true }
  }

  /// Says the last word; nothing after it is heard.
  func end(_ claim: Claim?) {
    let hasAnnounced = state.withLock { $0.hasAnnounced }
    end(hasAnnounced ? [] : [.finish(claim)])
  }

  /// Tells why there is no last word.
  func end(because failure: AsyncFailure) { end(failure.commands) }

  private func end(_ commands: [AgentCommand]) {
    state.withLock { state in
      guard !state.isCut else { return }
      state.commands += commands
      state.hasEnded = true
    }
  }

  var now: Instant { state.withLock { $0.now } }

  /// The next draw for a purpose: a function of the run, the incarnation, the purpose and how often it
  /// was drawn for before.
  func draw(_ purpose: Name) -> Draw {
    let count = state.withLock { state -> UInt64 in
      if let index = state.drawCounts.firstIndex(where: { $0.purpose == purpose }) {
        state.drawCounts[index].count += 1
        return state.drawCounts[index].count
      }
      state.drawCounts.append((purpose, 1))
      return 1
    }
    return entropy.derived(purpose).derived(count)
  }

  // MARK: The world's end

  /// Takes what was asked and said since the last time, in order.
  func takeCommands() -> [AgentCommand] {
    state.withLock { state in
      defer { state.commands = [] }
      return state.commands
    }
  }

  /// Whether the last word was said.
  var hasEnded: Bool { state.withLock { $0.hasEnded } }

  /// Whether any task waits for the world.
  var hasWaiters: Bool { state.withLock { !$0.waiters.isEmpty } }

  /// Wakes the task that an input is for; an input that nobody waits for any more is dropped.
  func wake(_ input: AgentInput, at now: Instant) {
    if case .storeFailed(let ticket, let failure) = input {
      state.withLock { $0.takeFailure(ticket, at: now) }?.resume(throwing: failure)
      return
    }
    let woken = state.withLock { $0.take(input, at: now) }
    if let (continuation, reply) = woken { continuation.resume(returning: reply) }
  }

  /// Does a store operation in `store`.
  func perform(_ ticket: UInt32, in store: inout DurableStore) {
    let question = state.withLock { state in state.pending.first { $0.ticket == ticket }?.question }
    var loaded: Value?
    switch question {
    case .load(let key): loaded = store[key]
    case .save(let key, let value): store[key] = value
    case .call, .sleep, .decide, nil: return
    }
    state.withLock { state in
      guard let index = state.pending.firstIndex(where: { $0.ticket == ticket }) else { return }
      state.pending[index].value = loaded
    }
  }

  /// Cuts the line: whoever waits fails with ``ProcessDied``, and so does whoever asks from now on.
  func cut() {
    state.withLock { state in
      state.isCut = true
      state.commands = []
      state.pending = []
      for waiter in state.waiters { state.doomed.append((waiter.continuation, ProcessDied())) }
      state.waiters = []
    }
  }

  /// Fails the questions that can't be answered any more; false if there is none.
  func failDoomed() -> Bool {
    let doomed = state.withLock { state in
      defer { state.doomed = [] }
      return state.doomed
    }
    for entry in doomed { entry.continuation.resume(throwing: entry.error) }
    return !doomed.isEmpty
  }
}

extension Link.State {
  fileprivate mutating func ask(_ question: Link.Question, number: UInt64, continuation: Link.Continuation) {
    if isCut {
      doomed.append((continuation, ProcessDied()))
    } else if let index = abandoned.firstIndex(of: number) {
      abandoned.remove(at: index)
      doomed.append((continuation, CancellationError()))
    } else {
      let ticket = put(question)
      waiters.append(Link.Waiter(number: number, ticket: ticket, continuation: continuation))
    }
  }

  /// Turns a question into a command. The n-th call of an incarnation has ticket n, everything else
  /// counts from 2^31, so that no two share one.
  private mutating func put(_ question: Link.Question) -> UInt32 {
    if case .call(let request, let step, let isCompensation) = question {
      callCount += 1
      commands.append(
        .call(AgentCall(ticket: callCount, request: request, step: step, isCompensation: isCompensation)))
      return callCount
    }
    otherCount += 1
    let ticket = 1 << 31 + otherCount
    switch question {
    case .load(let key):
      pending.append(Link.Pending(ticket: ticket, question: question))
      commands.append(.store(StoreCall(ticket: ticket, label: Name("load:\(key)"), isWrite: false)))
    case .save(let key, _):
      pending.append(Link.Pending(ticket: ticket, question: question))
      commands.append(.store(StoreCall(ticket: ticket, label: Name("save:\(key)"), isWrite: true)))
    case .sleep(let until): commands.append(.wait(ticket: ticket, until: until))
    case .decide(let point, let alternatives):
      commands.append(.decide(DecisionPoint(ticket: ticket, point: point, alternatives: alternatives)))
    case .call: preconditionFailure("a call is numbered above")
    }
    return ticket
  }

  fileprivate mutating func take(_ input: AgentInput, at now: Instant) -> (Link.Continuation, Link.Reply)? {
    self.now = now
    let ticket: UInt32
    var reply: Link.Reply
    switch input {
    case .answered(let called, let answer): (ticket, reply) = (called, .answered(called, answer))
    case .stored(let stored): (ticket, reply) = (stored, .stored(nil))
    case .storeFailed: return nil
    case .woke(let timer): (ticket, reply) = (timer, .woke)
    case .decided(let decision, let answer): (ticket, reply) = (decision, .decided(answer))
    }
    if let index = pending.firstIndex(where: { $0.ticket == ticket }) {
      reply = .stored(pending.remove(at: index).value)
    }
    guard let index = waiters.firstIndex(where: { $0.ticket == ticket }) else { return nil }
    return (waiters.remove(at: index).continuation, reply)
  }

  /// Who waits for a store operation that failed.
  fileprivate mutating func takeFailure(_ ticket: UInt32, at now: Instant) -> Link.Continuation? {
    self.now = now
    pending.removeAll { $0.ticket == ticket }
    guard let index = waiters.firstIndex(where: { $0.ticket == ticket }) else { return nil }
    return waiters.remove(at: index).continuation
  }

  fileprivate mutating func abandon(_ number: UInt64) {
    if let index = waiters.firstIndex(where: { $0.number == number }) {
      doomed.append((waiters.remove(at: index).continuation, CancellationError()))
    } else {
      abandoned.append(number)
    }
  }
}
