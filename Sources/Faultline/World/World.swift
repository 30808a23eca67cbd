// The world: all simulated state of a run, a value. To copy it is to fork time.

import Operations
import Primitives
import Simulation

/// All simulated state of one run: systems, network, processes, faults under way, oracles.
public struct World {
  let setup: WorldSetup
  let client: ClientPolicy
  /// Whether a process that stops answering is replaced while it may still live.
  let replacesPaused: Bool
  /// Whether a process can be stopped and go on later.
  let isPausable: Bool
  /// Whether processes are outside and can die at any moment.
  let isOutside: Bool
  /// With as many workflows as there are in this world.
  public let shape: RunShape
  /// What the ids of its objects are marked with; none in a simulated run.
  public let seal: Seal
  var simulation: Simulation<Happening, WorldEvent>
  var systems: [any Backend]
  /// Digests of the systems, as far as they were asked for since a system last changed.
  var systemDigests: [UInt64?]
  /// Ledger entries of each system that the trace has already.
  var ledgerRead: [Int]
  /// When a system is next looked at by itself; nil when nothing is scheduled.
  var dueScheduled: [Instant?]
  /// Until when a system's front end is down.
  var outageUntil: [Instant]
  /// Limiters that count late, until when, and the fault that made them.
  var lateCounts: [(system: Int, until: Instant, fault: Int)] = []
  /// How each system speaks otherwise than documented; nil where it does not.
  var revisions: [Revision?]
  /// How often each system has sent each kind of message about each subject.
  var messagesSent: [(key: UInt64, count: Int)] = []
  /// Whether the agent's volume is full for the rest of the run.
  var isStoreFull = false
  var deployment: any AgentDeployment
  var processes: [Process] = []
  var calls: ContiguousArray<Call> = []
  /// Requests under way to nowhere, until a landmark lets them arrive.
  var held: [Held] = []
  /// Who judges the workflow; of several, the first.
  var bench: OracleBench
  /// Who judges each of the others that are under way at the same time.
  var otherBenches: [OracleBench]
  /// The workflow that whoever looks at this world from outside looks at.
  public var focus = 0
  /// How many workflows nobody has started yet.
  var unbegun: Int
  /// Faults given so far, with whether they changed an answer or the truth.
  public internal(set) var faults: [Verdict.FaultOutcome] = []
  var commands: [AgentCommand] = []
  public internal(set) var metrics = Tally()
  public internal(set) var end: EndReason?
  /// When the last process ended, with or without a claim.
  var lastEnd: Instant?
  /// What the processes said at their ends, in order.
  public internal(set) var claims: [Claim] = []
  /// When the first fault took effect.
  var firstFault: Instant?
  /// What it touched, as ``Marks`` names it; faults apart.
  var marks: [Name] = []
  /// How far each scripted act is; empty where nobody acts.
  var acts: ContiguousArray<ActProgress>
  var desk = DeskState()
  /// Whether it gets anywhere.
  var watch: Watch

  /// Whether the last step told a caller what became of its call. For a search that wants to know when to look; says
  /// nothing about what comes, so it is no part of the state.
  public private(set) var wasAnswered = false

  /// What is going to happen.
  ///
  /// What is large and rare is kept apart, so that the queue moves a few words.
  enum Happening: Sendable {
    indirect case start(ProcessID, Trigger)
    case arrival(call: Int, attempt: UInt8, isCopy: Bool)
    case answer(call: Int, attempt: UInt8, Answer)
    case deadline(call: Int, attempt: UInt8)
    case retry(call: Int)
    case store(ProcessID, StoreCall, CrashFault, StoreFault)
    case wake(ProcessID, ticket: UInt32)
    case decision(ProcessID, ticket: UInt32, answer: Name?)
    case systemDue(Int)
    indirect case message(Delivery, from: Int)
    case release(call: Int, attempt: UInt8)
    case unpause(UInt8)
    /// A scripted act, by its position.
    case act(Int)
    /// A process dies whose time a plan limits.
    case death(ProcessID, fault: Int)
    /// The desk's next move with what this process handed over.
    case desk(ProcessID, UInt8)

    /// Whether it tells a caller what became of a wire attempt.
    var isAnswer: Bool {
      switch self {
      case .answer, .deadline: true
      default: false
      }
    }
  }

  /// A process as the supervisor sees it.
  struct Process: Sendable {
    var name: Name
    var id: ProcessID
    var isAlive = false
    var hasFinished = false
    var callCount: UInt16 = 0
    /// The places that this incarnation passed, and how often it passed each.
    var passages: ContiguousArray<Passage> = []
    var pausedUntil: Landmark?
    /// What reached it while it was paused, in order.
    var deferred: [Happening] = []
    /// The process that it was replaced by, while it is paused.
    var standIn: UInt8?
    /// How far its clock is ahead of the world's.
    var clock = TimeSpan.zero
    /// The fault by which its clock jumped, until it has read it.
    var clockFault: Int?
  }

  /// A place that a process passed, and how often.
  struct Passage: Sendable {
    let key: UInt64
    let place: Site.Place
    var count = 1
  }

  /// What a logical call is; shared by every copy of the world, since it never changes.
  final class CallTerms: Sendable {
    let id: CallID
    let process: ProcessID
    let ticket: UInt32
    let request: Request
    let step: Name
    let isCompensation: Bool
    let route: WorldSetup.Route
    let subject: Name?
    /// The site of the logical call, aspect `request`.
    let site: Site

    init(
      id: CallID, process: ProcessID, ticket: UInt32, request: Request, step: Name, isCompensation: Bool,
      route: WorldSetup.Route, subject: Name?, site: Site
    ) {
      self.id = id
      self.process = process
      self.ticket = ticket
      self.request = request
      self.step = step
      self.isCompensation = isCompensation
      self.route = route
      self.subject = subject
      self.site = site
    }
  }

  /// A logical call and how it fares.
  struct Call: Sendable {
    let terms: CallTerms
    var attempt: UInt8 = 0
    var requestFault = RequestFault.deliver
    var answerFault = AnswerFault.arrive
    /// Whether the answer fault was asked for already; it holds for the whole call.
    var answerFaultAsked = false
    let crash: CrashFault
    var requestFaultIndex: Int?
    var answerFaultIndex: Int?
    let crashFaultIndex: Int?
    var deadline: UInt32 = 0
    /// Whether the newest attempt has ended for its caller. One that was paused finds answer and deadline together.
    var hasEnded = false
    var isOpen = true

    init(_ terms: CallTerms, crash: CrashFault, crashFaultIndex: Int?) {
      self.terms = terms
      self.crash = crash
      self.crashFaultIndex = crashFaultIndex
    }

    var id: CallID { terms.id }
    var process: ProcessID { terms.process }
    var ticket: UInt32 { terms.ticket }
    var request: Request { terms.request }
    var step: Name { terms.step }
    var isCompensation: Bool { terms.isCompensation }
    var system: Int { terms.route.system }
    var operation: Operation { terms.route.operation }
    var subject: Name? { terms.subject }
    var site: Site { terms.site }
  }

  /// A request that the network keeps.
  struct Held: Sendable {
    var call: Int
    var attempt: UInt8
    var landmark: Landmark
  }

  /// Counts that go into the verdict.
  public struct Tally: Hashable, Sendable {
    public var calls = 0
    public var attempts = 0
    public var mutations = 0
    public var rollbacks = 0
  }

  public init(
    setup: WorldSetup, agent: any AgentUnderTest, seed: UInt64, driver: Driver, shape: RunShape = .nominal,
    seal: Seal = .none, isRecording: Bool
  ) throws {
    let setup = agent.servesSeveral ? setup.together(shape.workflows) : setup
    let scenario = setup.scenario
    self.setup = setup
    self.seal = seal
    client = agent.client
    replacesPaused = agent.runsReplicas
    isPausable = agent.isPausable
    isOutside = agent.isOutside
    var shape = shape
    shape.workflows = setup.flows.count
    self.shape = shape
    unbegun = setup.flows.count
    watch = Watch(next: scenario.start + shape.calmAfter)
    simulation = Simulation(start: scenario.start, seed: seed, driver: driver, isRecording: isRecording)
    systems = setup.systems
    systemDigests = Array(repeating: nil, count: systems.count)
    ledgerRead = Array(repeating: 0, count: systems.count)
    dueScheduled = Array(repeating: nil, count: systems.count)
    outageUntil = Array(repeating: scenario.start, count: systems.count)
    revisions = Array(repeating: nil, count: systems.count)
    if setup.flows.count == 1 {
      deployment = try agent.deploy(setup.task(seed: seed))
    } else {
      deployment = DeploymentsTogether(
        try setup.flows.indices.map { try agent.deploy(setup.task(of: $0, seed: seed)) })
    }
    let judged = scenario.requires.isEmpty ? agent.practices : agent.practices.union(scenario.requires)
    let benches = setup.flows.map { flow in
      OracleBench(
        terms: JudgingTerms(
          rules: scenario.rules, limits: scenario.limits, tables: flow.judging, isDryRun: scenario.isDryRun,
          judged: judged))
    }
    bench = benches[0]
    otherBenches = Array(benches.dropFirst())
    acts = ContiguousArray(repeating: ActProgress(), count: scenario.people.count)
    calls.reserveCapacity(64)
    // What the systems held before the run began is not an effect of the run.
    for index in systems.indices { ledgerRead[index] = systems[index].ledger.count }
    for index in systems.indices { lookAfter(index) }
    if !acts.isEmpty { scheduleActs() }
    if !setup.systemNames.contains("ticketing") {
      if scenario.rollout.starts.isEmpty {
        for flow in setup.flows { begin(.requested("request", with: flow.wish)) }
      }
    }
    scheduleStarts()
  }

  public var now: Instant { simulation.now }
  public var trace: Trace<WorldEvent> { _read { yield simulation.trace } }
  public var plan: Plan { simulation.plan }
  /// Planned faults that were never met.
  public var unmet: [Plan.Entry] { simulation.driver.pending }
  public var repeatedSite: Site? { simulation.repeatedSite }
  public var isForkable: Bool { deployment.isForkable }
  /// How many events a run may have before it is given up.
  public var eventLimit: Int { setup.scenario.limits.events }

  /// Plays the run to its end.
  public mutating func run() { while step() {} }

  /// Lets the next thing happen; false when the run is over.
  public mutating func step() -> Bool {
    guard end == nil else { return false }
    guard let next = simulation.queue.nextTime else {
      if releaseAtEnd() { return true }
      finish(hasOpenProcess ? .stalled : .quiet)
      return false
    }
    if let lastEnd, !hasOpenProcess, next > lastEnd + World.settlingTime, !releaseAtEnd() {
      finish(.quiet)
      return false
    }
    if next > setup.scenario.start + setup.scenario.limits.virtualTime {
      finish(.limit("virtual_time"))
      return false
    }
    if simulation.trace.count >= setup.scenario.limits.events {
      finish(.limit("events"))
      return false
    }
    if next >= watch.next, hasOpenProcess, !review(at: next) {
      finish(.livelocked)
      return false
    }
    if processes.count > 1, simulation.queue.simultaneous > 1 {
      guard let happening = nextOfSimultaneous() else { return false }
      handle(happening)
    } else {
      guard let happening = simulation.next() else { return false }
      handle(happening)
    }
    return true
  }

  /// How long the systems are watched after the last claim, for what arrives or accrues late.
  static let settlingTime = TimeSpan.minutes(10)

  private var hasOpenProcess: Bool {
    unbegun > 0 || isInHand || processes.contains { !$0.hasFinished }
  }

  mutating func finish(_ reason: EndReason) {
    end = reason
    if reason != .quiet { recordLeftOpen() }
    record(.ended(reason))
  }

  mutating func handle(_ happening: Happening) {
    wasAnswered = happening.isAnswer
    switch happening {
    case .start(let process, let trigger): start(process, trigger)
    case .arrival(let call, let attempt, let isCopy): arrive(call, attempt: attempt, isCopy: isCopy)
    case .answer(let call, let attempt, _), .deadline(let call, let attempt):
      guard !deferring(happening, for: calls[call].process) else { return }
      if case .answer(_, _, let answer) = happening {
        attemptEnded(call, attempt: attempt, answer)
      } else {
        attemptEnded(call, attempt: attempt, .none(.timedOut))
      }
    case .retry(let call):
      guard !deferring(happening, for: calls[call].process) else { return }
      if calls[call].isOpen, isAlive(calls[call].process) { send(call) }
    case .store(let process, let store, let crash, let disk):
      guard !deferring(happening, for: process) else { return }
      perform(store, of: process, crash: crash, disk: disk)
    case .wake(let process, let ticket):
      guard !deferring(happening, for: process) else { return }
      resume(process, .woke(ticket))
    case .decision(let process, let ticket, let answer):
      guard !deferring(happening, for: process) else { return }
      resume(process, .decided(ticket, answer))
    case .systemDue(let index): advance(index)
    case .message(let delivery, let sender): deliver(delivery, from: sender)
    case .release(let call, let attempt): release { $0.call == call && $0.attempt == attempt }
    case .unpause(let index): unpause(index)
    case .act(let index): act(index)
    case .death(let process, let fault): die(process, fault: fault)
    case .desk(let process, let stage): attend(process, stage: Int(stage))
    }
  }

  // MARK: Forking

  /// Goes on with one more planned answer. Called on a copy, this is a fork of time.
  public mutating func branch(to entry: Plan.Entry, isEnumerating: Bool) {
    simulation.branch(to: entry, isEnumerating: isEnumerating)
  }

  /// Hands over the alternatives that choices had since the last time; empty unless the driver enumerates.
  public mutating func takeForks() -> [Fork] { simulation.takeForks() }

  /// What could be answered otherwise in a run after those answers that a plan gives.
  public static func forks(
    after plan: Plan = Plan(), in setup: WorldSetup, of agent: any AgentUnderTest, seed: UInt64 = 0
  ) throws -> [Fork] {
    var world = try World(
      setup: setup, agent: agent, seed: seed, driver: .enumerating(after: plan), isRecording: false)
    world.run()
    return world.takeForks()
  }

  // MARK: Trace

  @discardableResult
  mutating func record(_ event: WorldEvent) -> Int {
    let index = simulation.record(event)
    if otherBenches.isEmpty { bench.observe(event, index: index, at: simulation.now) } else { tell(event, index) }
    return index
  }

  /// Notes a fault that was chosen.
  mutating func note(_ answer: Name, at site: Site) -> Int {
    let fault = FaultRecord(site: site, answer: answer)
    record(.fault(fault))
    faults.append(Verdict.FaultOutcome(record: fault, tookEffect: false))
    return faults.count - 1
  }

  mutating func tookEffect(_ index: Int?) {
    guard let index else { return }
    faults[index].tookEffect = true
    if firstFault == nil { firstFault = now }
  }
}
