// The agent's processes as a supervisor sees them: started, crashed, paused, replaced, started again.

import Operations
import Primitives
import Simulation

extension World {
  /// One store transaction.
  static let storeLatency = TimeSpan.microseconds(300)...TimeSpan.milliseconds(2)
  /// From a crash to the next incarnation; a modelling choice within what process supervisors do.
  static let restartDelay = TimeSpan.seconds(2)
  /// From a process that stops answering to its replacement: three missed health checks of 10 s.
  static let takeoverDelay = TimeSpan.seconds(30)
  /// How long an agent waits for its model's answer; a modelling choice within what client libraries do.
  static let modelPatience = TimeSpan.seconds(60)
  /// How long after that a late answer comes: the agent has asked again by then, and may be waiting for that answer.
  static let modelLateness = TimeSpan.seconds(30)
  /// A paused process goes on at the latest after this, whatever its landmark.
  static let longestPause = TimeSpan.minutes(30)
  static let processNames: [Name] = (0..<Scenario.Rollout.mostWorkflows * ProcessID.seats).map { Name("agent-\($0)") }
  /// The most processes that one workflow may have, stand-ins of paused ones included.
  static let mostProcesses = 8

  func isAlive(_ process: ProcessID) -> Bool {
    let index = Int(process.index)
    return index < processes.count && processes[index].isAlive && processes[index].id == process
  }

  /// Starts a new process of a workflow beside those that run; nil where it can't have any more.
  @discardableResult
  mutating func spawn(_ trigger: Trigger, for flow: Int, after delay: TimeSpan = .zero) -> UInt8? {
    let taken = seatsTaken(in: flow)
    guard taken < World.mostProcesses else { return nil }
    let index = flow * ProcessID.seats + taken
    let id = ProcessID(index: UInt8(index), incarnation: 1)
    seat(Process(name: World.processNames[index], id: id))
    simulation.schedule(.start(id, trigger), after: delay)
    return id.index
  }

  /// Puts a process in its place in the list, which is its number. Places before it that nobody has yet are held by
  /// nobody.
  mutating func seat(_ process: Process) {
    let index = Int(process.id.index)
    while processes.count < index {
      let vacant = ProcessID(index: UInt8(processes.count), incarnation: 0)
      processes.append(Process(name: World.processNames[processes.count], id: vacant, hasFinished: true))
    }
    if index < processes.count { processes[index] = process } else { processes.append(process) }
  }

  /// How many processes a workflow has had.
  func seatsTaken(in flow: Int) -> Int {
    processes.count { $0.id.incarnation > 0 && $0.id.workflow == flow }
  }

  mutating func start(_ process: ProcessID, _ trigger: Trigger) {
    let index = Int(process.index)
    processes[index].isAlive = true
    processes[index].id = process
    processes[index].callCount = 0
    processes[index].passages.removeAll(keepingCapacity: true)
    // Whatever starts sets its clock.
    processes[index].clock = .zero
    record(.processStarted(process, trigger: trigger.name))
    switch trigger {
    case .restart, .deploy, .resume: release { $0.landmark == .afterRestart }
    case .delivery, .takeover: break
    }
    if trigger == .restart || trigger == .deploy { remount(for: process) }
    var asked = takeCommands()
    deployment.start(process, trigger: trigger, at: now, into: &asked)
    carryOut(&asked, for: process)
    limitLife(of: process)
  }

  /// Hands an input to a process, if that incarnation still lives.
  mutating func resume(_ process: ProcessID, _ input: AgentInput) {
    guard isAlive(process) else { return }
    let clock = processes[Int(process.index)].clock
    if clock != .zero, let fault = processes[Int(process.index)].clockFault.take() { tookEffect(fault) }
    var asked = takeCommands()
    deployment.resume(process, input, at: now + clock, into: &asked)
    carryOut(&asked, for: process)
  }

  /// The empty list of commands, with the room that it had for the last ones.
  private mutating func takeCommands() -> [AgentCommand] {
    var taken: [AgentCommand] = []
    swap(&taken, &commands)
    return taken
  }

  /// Does what a process asked for, in order, until it dies, and gives the list back.
  private mutating func carryOut(_ asked: inout [AgentCommand], for process: ProcessID) {
    // Taken out one by one, since what is looked at in its place is copied.
    asked.reverse()
    while let command = asked.popLast() {
      guard isAlive(process) else { break }
      switch command {
      case .call(let call): place(call, from: process)
      case .store(let store): place(store, from: process)
      case .wait(let ticket, let until):
        let until = until - processes[Int(process.index)].clock
        simulation.schedule(.wake(process, ticket: ticket), at: max(until, now))
      case .decide(let decision): place(decision, from: process)
      case .observe(let observation):
        if case .compensating = observation { metrics.rollbacks += 1 }
        if let mark = Marks.mark(of: observation) { touch(mark) }
        record(.observed(process, observation))
      case .finish(let claim): finish(process, claim)
      }
    }
    if !asked.isEmpty { asked.removeAll(keepingCapacity: true) }
    swap(&asked, &commands)
  }

  private static let storeFaults = Offer<CrashFault>(of: .crashBefore, .crashAfter)
  private static let storeFaultsOfDeploy = Offer<CrashFault>(of: .crashBefore, .crashAfter, .deployBefore, .deployAfter)
  static let decisionFaults = Offer<CrashFault>(of: .crashAfter)

  private mutating func place(_ store: StoreCall, from process: ProcessID) {
    var store = store
    let site = passage(process, point: store.label, subject: nil, aspect: .crash)
    store.passage = UInt32(site.call)
    var offer = deployment.hasNextRelease ? World.storeFaultsOfDeploy : World.storeFaults
    if replacesPaused, isPausable, store.isWrite { offer.add(.pauseUnsent) }
    let crash = simulation.choose(offer, at: site)
    let fault = crash == .live ? nil : note(crash.name, at: site)
    tookEffect(fault)
    let disk = crash == .live ? chooseStoreFault(store, site.aspect(.store)) : .perform
    let draw = simulation.draw(at: site.aspect(.latency))
    let latency = span(World.storeLatency, draw, percent: shape.store)
    if crash == .pauseUnsent {
      return pause(process, until: .afterTakeover, over: fault, keeping: .store(process, store, .live, .perform))
    }
    simulation.schedule(.store(process, store, crash, disk), after: latency)
  }

  mutating func perform(_ store: StoreCall, of process: ProcessID, crash fault: CrashFault, disk: StoreFault) {
    guard isAlive(process) else { return }
    switch fault {
    case .crashBefore: return crash(process)
    case .deployBefore: return crash(process, next: .deploy)
    default: break
    }
    if disk == .fullForGood { isStoreFull = true }
    if let failure = isStoreFull && store.isWrite ? .full : disk.failure {
      return fail(store, of: process, failure, isDone: disk == .failsAfter)
    }
    if !acts.isEmpty { comes(to: store.label, by: process) }
    deployment.perform(store, of: process, at: now)
    record(.stored(process, label: store.label, isWrite: store.isWrite))
    if store.isWrite, let stale = deployment.staleWrite {
      record(.staleWrite(process, label: store.label, stale))
      if stale == .refused { touch(Marks.fenceRefused) }
    }
    if !acts.isEmpty { passed(store.label, by: process) }
    switch fault {
    case .crashAfter: crash(process)
    case .deployAfter: crash(process, next: .deploy)
    default: resume(process, .stored(store.ticket))
    }
  }

  private mutating func place(_ decision: DecisionPoint, from process: ProcessID) {
    let site = passage(process, point: decision.point, subject: nil, aspect: .crash)
    let scripted = setup.scenario.decisions.first { $0.point == decision.point }?.answer
    let expected = scripted ?? decision.proposal
    let chosen = simulation.choose(
      among: decision.alternatives.filter { $0 != expected } + decision.faults.names, at: site.aspect(.decision))
    if let chosen { tookEffect(note(chosen, at: site.aspect(.decision))) }
    let answer = chosen ?? scripted
    record(
      .decided(
        process,
        Decided(
          point: decision.point, answer: answer, proposal: decision.proposal, alternatives: decision.alternatives,
          grounds: decision.grounds)))
    guard simulation.choose(World.decisionFaults, at: site) == .live else {
      tookEffect(note(CrashFault.crashAfter.name, at: site))
      return crash(process)
    }
    let delay =
      decision.delays.first { $0.answer == answer }?.kind ?? (answer == ModelFault.timeout.name ? .never : nil)
    let span =
      switch delay {
      case .slow: World.modelPatience - .seconds(1)
      case .late, .never: World.modelPatience
      case nil: decision.thinking
      }
    simulation.schedule(.decision(process, ticket: decision.ticket, answer: answer), after: span)
    if delay == .late {
      simulation.schedule(
        .decision(process, ticket: decision.ticket, answer: answer), after: span + World.modelLateness)
    }
  }

  mutating func finish(_ process: ProcessID, _ claim: Claim?) {
    processes[Int(process.index)].hasFinished = true
    if let claim {
      claims.append(claim)
      record(.claimed(process, claim))
    } else {
      record(.stoodDown(process))
    }
    lastEnd = now
    if let claim { heard(claim, of: process) }
    for index in processes.indices where processes[index].standIn == process.index {
      simulation.schedule(.unpause(UInt8(index)), after: .seconds(1))
    }
  }

  // MARK: Crash

  /// Ends an incarnation. What it sent is under way and will be executed; what was addressed to it is
  /// lost; the supervisor starts the next one, after a deploy under the next release.
  mutating func crash(_ process: ProcessID, next trigger: Trigger = .restart) {
    let index = Int(process.index)
    processes[index].isAlive = false
    processes[index].pausedUntil = nil
    processes[index].deferred = []
    record(.processCrashed(process))
    deployment.crash(process)
    settleFlight(of: process)
    let calls = calls
    simulation.dropScheduled { happening in
      switch happening {
      case .answer(let call, _, _), .deadline(let call, _), .retry(let call): calls[call].process == process
      case .store(let owner, _, _, _), .wake(let owner, _), .decision(let owner, _, _): owner == process
      default: false
      }
    }
    guard process.incarnation < .max else { return }
    let next = ProcessID(index: process.index, incarnation: process.incarnation + 1)
    processes[index].hasFinished = false
    simulation.schedule(.start(next, trigger), after: World.restartDelay)
  }

  // MARK: Pause

  /// Stops a process until a landmark.
  ///
  /// - Parameters:
  ///   - fault: The fault that stops it.
  ///   - happening: What it is stopped before; it comes about as soon as the process goes on.
  mutating func pause(
    _ process: ProcessID, until landmark: Landmark, over fault: Int?, keeping happening: Happening? = nil
  ) {
    let index = Int(process.index)
    processes[index].pausedUntil = landmark
    if let happening { processes[index].deferred.append(happening) }
    record(.processPaused(process, until: landmark))
    tookEffect(fault)
    guard landmark == .afterTakeover, let standIn = replacement(of: process) else {
      simulation.schedule(.unpause(process.index), after: client.timeout + .seconds(1))
      return
    }
    processes[index].standIn = standIn
    simulation.schedule(.unpause(process.index), after: World.longestPause)
  }

  /// Keeps an input back while its process is paused.
  mutating func deferring(_ happening: Happening, for process: ProcessID) -> Bool {
    guard isAlive(process), processes[Int(process.index)].pausedUntil != nil else { return false }
    processes[Int(process.index)].deferred.append(happening)
    return true
  }

  mutating func unpause(_ index: UInt8) {
    guard processes[Int(index)].pausedUntil != nil else { return }
    processes[Int(index)].pausedUntil = nil
    processes[Int(index)].standIn = nil
    record(.processResumed(processes[Int(index)].id))
    let deferred = processes[Int(index)].deferred
    processes[Int(index)].deferred = []
    for happening in deferred { simulation.schedule(happening, after: .zero) }
  }

  // MARK: Clock

  /// From here on the process reads another time than the world's. Its store has a clock of its own: what a lease is
  /// worth, no holder decides.
  mutating func jump(_ process: ProcessID, by span: TimeSpan, fault: Int?) {
    let index = Int(process.index)
    processes[index].clock = processes[index].clock + span
    processes[index].clockFault = fault
  }

  // MARK: Sites

  /// The site of the next passage of a point by an incarnation.
  mutating func passage(_ process: ProcessID, point: Name, subject: Name?, aspect: Aspect) -> Site {
    processes[Int(process.index)].passage(
      point, subject, in: setup.runs[process.workflow], aspect: aspect)
  }
}

extension World.Process {
  /// Counts one more passage of a point.
  fileprivate mutating func passage(_ point: Name, _ subject: Name?, in run: Name, aspect: Aspect) -> Site {
    let key = point.hash ^ Draw.mix(subject?.hash ?? 0)
    for known in passages.indices where passages[known].key == key {
      passages[known].count += 1
      return Site(passages[known].place, call: passages[known].count, aspect: aspect)
    }
    let place = Site.Place(
      process: name, incarnation: Int(id.incarnation), run: run, point: point, subject: subject)
    passages.append(World.Passage(key: key, place: place))
    return Site(place, call: 1, aspect: aspect)
  }
}
