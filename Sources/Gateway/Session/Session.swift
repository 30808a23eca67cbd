// One world and the outside processes that work with it.

import Faultline
import Operations
import Primitives
import Simulation

/// Who looks after the processes of a session: starts them, and kills them where the world says that they die.
public protocol ProcessKeeper: Sendable {
  /// Starts an incarnation. Its end is told to the session with ``Session/processEnded(_:status:)``.
  func start(_ process: ProcessID, trigger: Trigger) async
  /// Kills an incarnation and returns when it is dead, with all that it has started.
  func kill(_ process: ProcessID) async
}

/// A run whose agent is outside.
///
/// The world knows nothing of sockets: a call goes in as any agent's would, and its faults are choices of the run's
/// plan. The session steps the world until the call's answer is there, or until nothing of it will come, and says
/// what the door does with the socket. Where the world ends a process, the session has it killed first and lets
/// go of its sockets afterwards, so that no byte of an answer reaches somebody who is dead.
public actor Session {
  /// What a session depends on.
  public struct Settings: Sendable {
    public var seed: UInt64 = 1
    public var plan = Plan()
    /// Notes what else could have been answered, for ``Session/forks``.
    public var notesForks = false
    public var clock = ClockMode.real
    public var loss = LossForm.close
    /// How often a process that was killed is started again.
    public var restarts = 10
    /// Requests that arrive together are held until nothing came for so long, and are then handled in the order of
    /// what they ask for; zero takes each as it comes.
    public var quiet = Duration.milliseconds(20)
    /// Who is first among requests that arrive together.
    public var order = ArrivalOrder.canonical
    /// Lets the agent's own time between two calls pass in a virtual world, too, at most so much at a time; nil where
    /// its thinking costs nothing there.
    public var thinking: Duration?
    /// What marks the ids of this world, so that they are known in others; none where ids depend on the seed alone.
    public var seal = Seal.none
    /// What is known of the world with another seal, such as `trial 2`; nil where nothing is.
    public var origin: @Sendable (Seal) -> String? = { _ in nil }

    public init() {}
  }

  /// An SDK asks three times as a rule; what comes later under the same key is a new decision of the agent's.
  private static let attemptsUnderOneKey = 3
  /// Latencies up to this are not waited for: the world's clock runs ahead a little instead.
  static let negligible = Duration.milliseconds(300)

  /// Which of several processes the request at hand is from, by its index; nil where nobody says.
  @TaskLocal static var replica: UInt8?

  private struct Waiting {
    let number: UInt64
    let attempt: Attempt
    let replica: UInt8?
    let continuation: CheckedContinuation<Reply, Never>
  }

  /// What a process says at its end.
  private enum Word {
    case claim(Claim)
    /// Another has the work.
    case stoodDown
  }

  /// A logical call that is or was under way.
  private struct LogicalCall {
    var index: Int
    var process: ProcessID
    var ticket: UInt32
    var mark: String?
    var key: String?
    var operation: Name
    var attempts = 1
    var wasUsable = false
  }

  private let setup: WorldSetup
  private let agent: OutsideAgent
  let settings: Settings
  var clock: SessionClock
  var world: RecordedWorld
  /// The processes that are at work, in the order of their indices.
  private(set) var running: [ProcessID] = []
  private(set) var killed: Set<ProcessID> = []
  private var restartsLeft: Int
  private var ticket: UInt32 = 0
  private var logicalCalls: [LogicalCall] = []
  private var arrivals: [Waiting] = []
  private var arrivalCount: UInt64 = 0
  /// What each process said last about its work, by its index.
  private var words: [UInt8: Word] = [:]
  /// How often each said something about its work.
  private(set) var wordCounts: [UInt8: Int] = [:]
  /// Who waits for a process to say something about its work.
  var listeners: [Listener] = []
  private var isAbandoned = false
  /// Who has to die once its answers are written.
  var dying: Set<ProcessID> = []
  /// Who of these is being killed, or was.
  var burying: Set<ProcessID> = []
  /// Deaths from which nothing followed yet.
  var unfollowedDeaths = 0
  /// How many requests of whichever kind ever came from a process.
  var askedCount: UInt64 = 0
  /// Requests of whichever kind whose answers are not written yet, by the process that they say they are from.
  var unwritten: [UInt8?: Int] = [:]
  let keeper: (any ProcessKeeper)?
  private var record: RunRecord?
  /// Who waits for the model in vain, and is to go on doing so when it asks again.
  var unansweredModel: ProcessID?
  /// How often the model was asked, over all processes.
  var modelTurns: UInt64 = 0
  private var endWaiters: [CheckedContinuation<Void, Never>] = []
  /// What the agent is at, where time passes only as it says.
  var pace = Pace()

  /// - Throws: what building the scenario's world throws.
  public init(
    _ setup: WorldSetup, agent: OutsideAgent, settings: Settings, keeper: (any ProcessKeeper)? = nil
  ) throws {
    self.setup = setup
    self.agent = agent
    self.settings = settings
    self.keeper = keeper
    clock = SessionClock(settings.clock, start: setup.scenario.start)
    restartsLeft = settings.restarts
    world = RecordedWorld(
      try World(
        setup: setup, agent: agent, seed: settings.seed,
        driver: settings.notesForks ? .enumerating(after: settings.plan) : .planned(settings.plan),
        seal: settings.seal, isRecording: true),
      start: setup.scenario.start)
  }

  // MARK: What outsiders may know

  /// The operations that can be called.
  public nonisolated var catalogue: Catalogue { setup.catalogue }
  /// The principals of the scenario, with their scopes.
  public nonisolated var principals: [Principal] { setup.principals }
  /// What the agent is asked to do.
  public nonisolated var task: AgentTask { setup.task(seed: settings.seed) }
  /// The world's time.
  public var now: Instant { max(world.now, clock.now ?? world.now) }
  /// Sites with what else could have been answered there, since the last time; where the settings ask for them.
  public func takeForks() -> [Fork] { world.takeForks() }
  /// Whether every process has ended.
  public var hasEnded: Bool { record != nil }
  /// What came of the run; nil while it is at work.
  var recordSoFar: RunRecord? { record }
  /// All that came from outside, for playing it again.
  public var recording: Recording { world.recording }

  // MARK: Processes

  /// The process that works, or the first of several; nil where none does.
  var current: ProcessID? { running.first }

  /// The process of that index if it is at work, or the first where no index is given.
  func process(of replica: UInt8?) -> ProcessID? {
    guard let replica else { return current }
    return running.first { $0.index == replica }
  }

  /// Lets the world begin: its first message starts the first process.
  public func begin() async { await passUntilSomebodyWorks() }

  /// Lets time pass while there is no process: something may start one.
  private func passUntilSomebodyWorks() async {
    while running.isEmpty, world.end == nil, record == nil, let next = world.nextTime { await pass(to: next) }
  }

  /// A process ended by itself. What it says about its work is what it reported, else what it did to the ticket,
  /// else what its exit status says.
  ///
  /// - Parameter text: how it ended; nil for a process that ended with its status.
  public func processEnded(_ process: ProcessID, status: Int32, saying text: String? = nil) async {
    guard !killed.contains(process), record == nil else { return }
    catchUp()
    let ending = status == 0 ? Ending.completed : .escalated
    let claim = Claim(ending, text: text ?? "The process ended with status \(status).")
    world.end(process, claiming: word(of: process) { ticketsWord ?? claim })
    running.removeAll { $0 == process }
    await afterStep()
    // A replica that starts later, or somebody who starts the work once more.
    if running.isEmpty, world.isStarting { await passUntilSomebodyWorks() }
    if running.isEmpty { return conclude() }
    // Those that wait have waited for this one, too.
    lookAtWaits()
  }

  /// What a process says about its work: what it reported, or else this; nil where it leaves the word to another.
  private func word(of process: ProcessID, orElse other: () -> Claim?) -> Claim? {
    switch words[process.index] {
    case .claim(let claim)?: claim
    case .stoodDown?: nil
    case nil: other()
    }
  }

  /// Ends a run whose processes nobody here starts or watches: whoever works in it says no more.
  public func close() {
    guard record == nil else { return }
    catchUp()
    for process in running { world.end(process, claiming: word(of: process) { ticketsWord }) }
    conclude()
  }

  /// A solved ticket says that the work is done.
  var ticketsWord: Claim? {
    guard let ticket = task.input.text("ticket_id"),
      let status = glance("ticketing.get_ticket", ["ticket": .text(ticket)])?.body.text("status"),
      ["solved", "closed"].contains(status)
    else { return nil }
    return Claim(.completed, text: "The ticket is \(status).")
  }

  /// What a system would answer to a read, without the run noticing: for what a vendor's answer shows beside ours.
  func glance(_ name: Name, _ arguments: Fields) -> Response? {
    guard let operation = catalogue[name], !operation.isMutation else { return nil }
    var look = world.withoutAgent()
    return look.ask(Request(name, arguments, principal: principal(for: operation)))
  }

  /// What the agent says about its work; the last word counts.
  public func report(_ claim: Claim) { say(.claim(claim)) }

  /// One of several processes says that another has the work, and claims nothing.
  public func standDown() { say(.stoodDown) }

  private func say(_ word: Word) {
    let index = Self.replica ?? current?.index ?? 0
    words[index] = word
    wordCounts[index, default: 0] += 1
  }

  /// Ends the run although its process goes on: it had its time.
  public func abandon() async {
    guard record == nil else { return }
    isAbandoned = true
    if let keeper {
      for process in running {
        killed.insert(process)
        await keeper.kill(process)
      }
    }
    conclude()
  }

  /// Ends the run because a process goes on that the world has ended: nothing that follows would mean anything.
  func giveUp() { conclude() }

  /// The verdict, once every process has ended.
  public func finished() async -> RunRecord {
    while true {
      if let record { return record }
      await withCheckedContinuation { endWaiters.append($0) }
    }
  }

  private func conclude() {
    guard record == nil else { return }
    if isAbandoned { world.abandon() }
    var record = world.conclude(agent, origin: settings.origin)
    if isAbandoned { record.markAbandoned() }
    self.record = record
    closeArrivals(of: nil)
    for waiter in endWaiters { waiter.resume() }
    endWaiters = []
    endWaits()
    stopListening()
  }

  /// What has arrived from a process that is dead, and was not taken in, has no effect, least of all as its
  /// successor's; nil stands for all processes.
  func closeArrivals(of process: ProcessID?) {
    let isDead = { (waiting: Waiting) in process == nil || waiting.replica == nil || waiting.replica == process?.index }
    for waiting in arrivals where isDead(waiting) { waiting.continuation.resume(returning: .close) }
    arrivals.removeAll(where: isDead)
  }

  // MARK: Time

  /// The agent sleeps: where time does not pass by itself, it passes now; elsewhere the caller waits.
  public func sleep(_ span: TimeSpan) async {
    guard settings.clock != .virtual else { return await declareWait(of: span) }
    let until = now + span
    if let wait = clock.wait(until: until) { try? await Task.sleep(for: wait) }
    await pass(to: until)
  }

  /// Lets the world come to where the clock is.
  func catchUp() { if let now = clock.now, now > world.now { _ = world.pass(to: now) } }

  func pass(to instant: Instant) async {
    if !world.pass(to: instant) { conclude() }
    await afterStep()
  }

  /// Has killed whom the world ended, and started whom it began.
  func afterStep() async {
    let crashes = agent.inbox.takeCrashes()
    for process in crashes {
      killed.insert(process)
      running.removeAll { $0 == process }
      guard let keeper else { continue }
      if world.diedAnswered(process) {
        letAnswerOut(before: process)
      } else {
        await keeper.kill(process)
        closeArrivals(of: process)
        unfollowedDeaths += 1
      }
    }
    guard record == nil else { return }
    if !crashes.isEmpty { endWaits(of: crashes) }
    // Nobody starts in somebody's place who is not dead yet.
    guard dying.isEmpty else { return }
    if unfollowedDeaths > 0 {
      restartsLeft -= unfollowedDeaths
      unfollowedDeaths = 0
      guard restartsLeft >= 0 else { return conclude() }
      // A supervisor does not wait for somebody to ask.
      while world.isStarting, let next = world.nextTime, world.pass(to: next) {}
    }
    for start in agent.inbox.takeStarts() {
      running.append(start.process)
      running.sort { $0.index < $1.index }
      await keeper?.start(start.process, trigger: start.trigger)
      awaitDeath()
    }
  }

  // MARK: Calls

  /// Takes one wire attempt and says what becomes of its socket.
  public func exchange(_ attempt: Attempt) async -> Reply {
    guard record == nil else { return .close }
    await beginCall()
    arrivalCount += 1
    let number = arrivalCount
    let reply = await withCheckedContinuation { continuation in
      arrivals.append(
        Waiting(number: number, attempt: attempt, replica: Self.replica, continuation: continuation))
      Task { await takeIn(after: number) }
    }
    endCall()
    return reply
  }

  /// Takes in what has arrived, once nothing has for a while.
  private func takeIn(after number: UInt64) async {
    if settings.quiet > .zero {
      try? await Task.sleep(for: settings.quiet)
      guard number == arrivalCount else { return }
    }
    var batch = arrivals
    arrivals = []
    if batch.count > 1 {
      // Which of them was first by a hair is chance; what they ask for is not.
      batch.sort { ($0.attempt.canonicalOrder, $0.number) < ($1.attempt.canonicalOrder, $1.number) }
      let order = arrivalOrder(of: batch.count)
      batch = order.map { batch[$0] }
    }
    await comeToNow()
    let senders = batch.map { runningProcess(of: $0.replica) }
    // Each is on the wire before the first is answered, or its sender is dead: they were sent together.
    let calls = zip(batch, senders).map { waiting, sender in sender.flatMap { put(waiting.attempt, by: $0) } }
    await afterStep()
    for (waiting, call) in zip(batch, calls) {
      Task { waiting.continuation.resume(returning: await self.follow(call, waiting.attempt)) }
    }
  }

  /// Puts an attempt on the wire.
  ///
  /// - Returns: its logical call; nil where there is nobody to send for.
  private func put(_ attempt: Attempt, by process: ProcessID) -> LogicalCall? {
    guard world.isRunning(process) else {
      ticket += 1
      world.submitFromDead(AgentCall(ticket: ticket, request: attempt.request, step: ""), by: process)
      return nil
    }
    if let known = joined(attempt, by: process) {
      let call = logicalCalls[known]
      if world.fate(of: call.index) == .lost {
        world.hangUp(call.index, .timedOut)
        _ = agent.inbox.takeAnswer(for: call.ticket)
      }
      if world.attemptAgain(call.index) {
        logicalCalls[known].attempts += 1
        return logicalCalls[known]
      }
    }
    ticket += 1
    let number = world.submit(AgentCall(ticket: ticket, request: attempt.request, step: ""), from: process)
    let call = LogicalCall(
      index: number ?? -1, process: process, ticket: ticket, mark: attempt.mark,
      key: attempt.request.idempotencyKey, operation: attempt.request.operation)
    logicalCalls.append(call)
    return call
  }

  /// The process that whatever arrives now comes from; nil where there is none.
  func caller() async -> ProcessID? {
    await comeToNow()
    return runningProcess(of: Self.replica)
  }

  /// Lets the world come to the moment at which something arrives.
  private func comeToNow() async {
    catchUp()
    await afterStep()
    // Nobody starts processes here: whoever calls is the next incarnation.
    if keeper == nil { await passUntilSomebodyWorks() }
  }

  private func runningProcess(of replica: UInt8?) -> ProcessID? {
    process(of: replica).flatMap { world.isRunning($0) ? $0 : nil }
  }

  /// The logical call that an attempt belongs to: by its library's mark, else by its key; otherwise it is its own.
  private func joined(_ attempt: Attempt, by process: ProcessID) -> Int? {
    logicalCalls.lastIndex { call in
      guard call.process == process, call.index >= 0, call.operation == attempt.request.operation, !call.wasUsable,
        world.fate(of: call.index) != .underWay
      else { return false }
      if let mark = attempt.mark { return call.mark == mark }
      guard let key = attempt.request.idempotencyKey, call.mark == nil else { return false }
      return call.key == key && call.attempts < Self.attemptsUnderOneKey
    }
  }

  /// Lets the world go on until it is known what comes back.
  private func follow(_ call: LogicalCall?, _ attempt: Attempt) async -> Reply {
    guard let call else { return .close }
    while true {
      let isLast = logicalCalls.contains { $0.ticket == call.ticket && $0.attempts == call.attempts }
      guard isLast else { return .close }
      if let answer = agent.inbox.takeAnswer(for: call.ticket) {
        world.note(answer, for: call.ticket)
        return reply(answer, to: call)
      }
      guard call.index >= 0, !killed.contains(call.process), world.end == nil else { return .close }
      switch world.fate(of: call.index) {
      case .over: return .close
      case .lost where settings.loss != .hold: world.hangUp(call.index, .connectionLost)
      case .lost, .underWay:
        guard let next = world.nextTime else { return .close }
        if let wait = clock.wait(until: next), wait > Self.negligible {
          try? await Task.sleep(for: min(wait, .milliseconds(100)))
          catchUp()
        } else {
          await pass(to: next)
        }
      }
      await afterStep()
    }
  }

  private func reply(_ answer: Answer, to call: LogicalCall) -> Reply {
    switch answer {
    case .response(let response):
      if let known = logicalCalls.firstIndex(where: { $0.ticket == call.ticket }), !isWorthAsking(response) {
        logicalCalls[known].wasUsable = true
      }
      return .respond(response)
    case .none(.unreadable): return world.handling(of: call.index).map { .cutOff($0, .middle) } ?? .close
    case .none where settings.loss == .head: return world.handling(of: call.index).map { .cutOff($0, .head) } ?? .close
    case .none: return .close
    }
  }

  /// What libraries ask again after by themselves.
  private func isWorthAsking(_ response: Response) -> Bool {
    response.status == 409 || response.status == 429 || response.status >= 500
  }
}

extension Attempt {
  /// A number by what is asked for, not by when.
  fileprivate var canonicalOrder: UInt64 {
    var hasher = StableHasher()
    hasher.combine(request.operation)
    hasher.combine(request.arguments.fingerprint)
    hasher.combine(request.idempotencyKey)
    return hasher.digest
  }
}
