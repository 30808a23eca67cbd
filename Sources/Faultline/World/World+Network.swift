// The network between agents and systems: attempts, answers, deadlines, and what can happen to each.

import Operations
import Primitives
import Simulation

extension World {
  /// One way over the wire.
  static let latency = TimeSpan.milliseconds(5)...TimeSpan.milliseconds(25)
  /// How much later the network delivers its second copy of a request.
  static let copyDelay = TimeSpan.milliseconds(1)...TimeSpan.milliseconds(900)
  /// How long an outage lasts once it began; a modelling choice.
  static let outage = TimeSpan.seconds(45)

  /// Draws a span within a band, which the run's shape stretches to so many percent.
  func span(_ band: ClosedRange<TimeSpan>, _ draw: Draw, percent: Int) -> TimeSpan {
    let span = simulation.span(in: band, by: draw)
    return percent == 100 ? span : span * Int64(percent) / 100
  }

  /// What a call is, read in its place: the subscript would copy how it fares along with it.
  private func terms(ofCall index: Int) -> CallTerms { calls.withUnsafeBufferPointer { $0[index].terms } }

  // MARK: From the agent

  private static let callFaults = Offer<CrashFault>(of: .crashBefore, .crashAfter, .crashOnAnswer, .pauseAfterTimeout)
  /// Those of a process that can't be stopped and go on later.
  private static let callDeaths = Offer<CrashFault>(of: .crashBefore, .crashAfter, .crashOnAnswer)

  /// A process makes a logical call.
  mutating func place(_ call: AgentCall, from process: ProcessID) {
    let id = countCall(of: process)
    guard let route = setup.route(call.request.operation) else {
      let refusal = Response.refused(
        404, "UnknownOperation", "No system of this world offers \(call.request.operation).")
      record(.answered(id, operation: call.request.operation, .response(refusal)))
      resume(process, .answered(call.ticket, .response(refusal)))
      return
    }
    let subject = self.subject(of: call.request, on: route)
    let site = passage(
      process, point: call.request.operation, subject: subject, aspect: .request)
    var request = call.request
    if client.generatesKeys, route.operation.takesKey, request.idempotencyKey == nil {
      request.idempotencyKey = simulation.draw(at: site.aspect(.identity)).identifier("sdk-")
    }
    var offer = isPausable ? World.callFaults : World.callDeaths
    if replacesPaused, isPausable {
      offer.add(.pauseAfterTakeover)
      if route.operation.isMutation { offer.add(.pauseUnsent) }
    }
    // The clock of a process outside is not the world's to set.
    if route.operation.isMutation, !isOutside { offer.add(.clockAhead, .clockBack) }
    let crash = simulation.choose(offer, at: site.aspect(.crash))
    let fault = crash == .live ? nil : note(crash.name, at: site.aspect(.crash))
    if crash == .crashBefore {
      tookEffect(fault)
      self.crash(process)
      return
    }
    let index = calls.count
    calls.append(
      Call(
        CallTerms(
          id: id, process: process, ticket: call.ticket, request: request, step: call.step,
          isCompensation: call.isCompensation, route: route, subject: subject, site: site),
        crash: crash, crashFaultIndex: fault))
    if crash == .pauseUnsent {
      return pause(process, until: .afterTakeover, over: fault, keeping: .retry(call: index))
    }
    send(index)
    switch crash {
    case .crashAfter:
      tookEffect(fault)
      self.crash(process)
    case .pauseAfterTimeout, .pauseAfterTakeover:
      pause(process, until: crash.landmark ?? .afterTimeout, over: fault)
    case .clockAhead, .clockBack: jump(process, by: crash.clockJump, fault: fault)
    case .live, .crashBefore, .crashOnAnswer, .pauseUnsent, .deployBefore, .deployAfter: break
    }
  }

  /// Counts one more logical call of a process, and says which it is.
  mutating func countCall(of process: ProcessID) -> CallID {
    let owner = Int(process.index)
    processes[owner].callCount += 1
    metrics.calls += 1
    return CallID(process: process.index, incarnation: process.incarnation, number: processes[owner].callCount)
  }

  /// Whom a request concerns. The system first: it knows whose the id is that an argument may hold instead of a natural
  /// key.
  func subject(of request: Request, on route: WorldSetup.Route) -> Name? {
    systems[route.system].subject(of: request)
      ?? route.operation.subject.flatMap { request.arguments.text($0).map { Name($0) } }
  }

  /// Sends the next wire attempt of a call.
  mutating func send(_ index: Int) {
    let terms = terms(ofCall: index)
    let attempt = calls[index].attempt + 1
    calls[index].attempt = attempt
    calls[index].hasEnded = false
    metrics.attempts += 1
    if attempt == 1, terms.route.operation.isMutation { metrics.mutations += 1 }
    let fault = requestFault(index, terms, attempt: attempt)
    record(
      .sent(
        Wire(call: terms.id, attempt: attempt), request: terms.request, step: terms.step,
        isCompensation: terms.isCompensation))
    let draw = simulation.draw(at: terms.site.aspect(.latency, attempt: Int(attempt)))
    let arrival = Happening.arrival(call: index, attempt: attempt, isCopy: false)
    let way = span(World.latency, draw, percent: shape.network)
    switch fault {
    case .requestLost: tookEffect(calls[index].requestFaultIndex)
    case .lateAfterTimeout, .lateAfterRetry, .lateAfterCompensation, .lateAfterRestart, .lateAtEnd:
      held.append(Held(call: index, attempt: attempt, landmark: fault.landmark ?? .atEnd))
      let bound = setup.catalogue.services[terms.route.system].bounds.lateness
      simulation.schedule(.release(call: index, attempt: attempt), after: bound)
    case .duplicateDelivery:
      simulation.schedule(arrival, after: way)
      simulation.schedule(
        .arrival(call: index, attempt: attempt, isCopy: true),
        after: way + span(World.copyDelay, draw.derived(1), percent: shape.network))
    case .outage:
      outageUntil[terms.route.system] = now + World.outage
      simulation.schedule(arrival, after: way)
    case .deliver, .rateLimited, .compensationRefused, .laggyLimiter, .credentialExpired:
      simulation.schedule(arrival, after: way)
    }
    calls[index].deadline = simulation.schedule(.deadline(call: index, attempt: attempt), after: client.timeout)
  }

  private static let readFaults = Offer<RequestFault>(of: .rateLimited, .requestLost, .outage, .laggyLimiter)
  private static let mutationFaults = Offer<RequestFault>(
    of: .rateLimited, .requestLost, .outage, .laggyLimiter, .lateAfterTimeout, .lateAfterRetry, .lateAfterRestart,
    .lateAtEnd)
  private static let attemptFaults = Offer<RequestFault>(of: .rateLimited, .requestLost)

  /// Asks what happens to this attempt's request. The logical call is asked once; losing the request
  /// then loses every attempt of it, everything else bends the first.
  private mutating func requestFault(_ index: Int, _ terms: CallTerms, attempt: UInt8) -> RequestFault {
    if attempt == 1 {
      let operation = terms.route.operation
      var offer = operation.isMutation ? World.mutationFaults : World.readFaults
      if terms.route.hasExpiringCredentials { offer.add(.credentialExpired) }
      if operation.isMutation {
        // Under a key that the system honours, a second copy can change nothing.
        if !operation.takesKey || terms.request.idempotencyKey == nil { offer.add(.duplicateDelivery) }
        if operation.compensation != nil { offer.add(.lateAfterCompensation) }
        if !terms.route.compensates.isEmpty {
          var widest = offer
          widest.add(.compensationRefused)
          if simulation.mayDeviate(widest, at: terms.site),
            systems[terms.route.system].applicable(to: terms.request, at: now).contains(.compensationRefusal)
          {
            offer = widest
          }
        }
      }
      let fault = simulation.choose(offer, at: terms.site)
      calls[index].requestFault = fault
      if fault != .deliver {
        calls[index].requestFaultIndex = note(fault.name, at: terms.site)
        return fault
      }
    } else if calls[index].requestFault == .requestLost {
      return .requestLost
    }
    guard client.attempts > 1 else { return .deliver }
    let site = terms.site.aspect(.request, attempt: Int(attempt))
    let fault = simulation.choose(World.attemptFaults, at: site)
    if fault != .deliver { tookEffect(note(fault.name, at: site)) }
    if fault == .rateLimited { calls[index].requestFault = .rateLimited }
    return fault
  }

  // MARK: At the system

  /// What systems answer where they saw a larger fence.
  private static let staleFence: Name = "StaleFence"

  /// A request reaches its system.
  mutating func arrive(_ index: Int, attempt: UInt8, isCopy: Bool) {
    let terms = terms(ofCall: index)
    let system = terms.route.system
    if attempt == 1, !isCopy {
      if !acts.isEmpty { comes(to: terms.request.operation, by: terms.process) }
      disturb(terms)
    }
    let entropy = simulation.draw(at: terms.site.aspect(.identity, attempt: Int(attempt))).derived(isCopy ? 2 : 1)
    var conditions = Conditions(call: terms.id, entropy: entropy)
    conditions.seal = seal
    conditions.outage = outageUntil[system] > now
    let isFirst = attempt == 1 && !isCopy
    let fault = calls[index].requestFault
    conditions.limited = fault == .rateLimited && attempt == calls[index].attempt && !isCopy
    conditions.refusesCompensation = fault == .compensationRefused && isFirst
    if fault == .laggyLimiter, isFirst {
      conditions.limiterLag = World.limiterLag
      if let index = calls[index].requestFaultIndex { lateCounts.append((system, now + World.limiterLag, index)) }
    }
    let answer = isCopy ? AnswerFault.arrive : answerFault(index, terms, attempt: attempt)
    conditions.errorAfterCommit = answer == .errorAfterCommit
    // Half as long again as the caller waits.
    if answer == .slowResponse { conditions.handlingTime = client.timeout * 3 / 2 }
    var staleness: Int?
    conditions.expiresCredential = fault == .credentialExpired && isFirst
    if !isCopy, !conditions.outage, !conditions.limited, !conditions.expiresCredential {
      let operation = terms.route.operation
      let which = attempt == 1 ? 0 : Int(attempt)
      let read = terms.site.aspect(.read, attempt: which)
      let lifecycle = terms.site.aspect(.lifecycle)
      let key = terms.site.aspect(.key, attempt: which)
      let mayLag = simulation.mayDeviate(World.staleRead, at: read)
      let mayFail = isFirst && operation.isMutation && simulation.mayDeviate(World.anyEnd, at: lifecycle)
      let mayRepeat =
        operation.takesKey && terms.request.idempotencyKey != nil && simulation.mayDeviate(World.anyKeyFault, at: key)
      if mayLag || mayFail || mayRepeat {
        let applicable = systems[system].applicable(to: terms.request, at: now)
        if applicable.contains(.readLag) {
          staleness = chooseRead(read)
          if staleness != nil { conditions.readLag = setup.catalogue.services[system].bounds.staleness }
        }
        if !applicable.isDisjoint(with: [.keySplit, .keyScope]) { chooseKey(applicable, key, &conditions) }
        if !applicable.isDisjoint(with: [.lifecycleFailure, .shortfall]), isFirst {
          switch chooseLifecycle(applicable, lifecycle) {
          case .succeed: break
          case .asyncFailure: conditions.lifecycleFails = true
          case .partialBatch: conditions.fallsShort = true
          }
        }
      }
    }
    if let staleness { compare(staleness, terms, conditions) }
    if isFirst { chooseSchema(terms) }
    conditions.requiredParameter = undocumentedParameter(terms)
    systemDigests[system] = nil
    let response = revised(systems[system].handle(terms.request, at: now, under: conditions), of: terms)
    if conditions.outage || conditions.limited || conditions.refusesCompensation || conditions.expiresCredential,
      !response.isSuccess
    {
      tookEffect(calls[index].requestFaultIndex)
    }
    // Whatever it changed is in the ledger and not in the trace yet.
    if isCopy, systems[system].ledger.count != ledgerRead[system] { tookEffect(calls[index].requestFaultIndex) }
    if !lateCounts.isEmpty, !conditions.limited, !conditions.outage { countedLate(response, system) }
    if conditions.errorAfterCommit, response.status >= 500 { tookEffect(calls[index].answerFaultIndex) }
    if response.error?.code == World.staleFence { touch(Marks.fenceRefused) }
    if response.isSuccess, terms.route.operation.isMutation, systems[system].ledger.count == ledgerRead[system],
      isRepeat(terms, attempt: attempt, isCopy: isCopy)
    {
      touch(Marks.keyReplayed)
    }
    record(.handled(Wire(call: terms.id, attempt: attempt), response: response, isCopy: isCopy))
    if terms.route.operation.isMutation {
      readLedger(system)
      lookAfter(system)
    }
    if !acts.isEmpty, !isCopy, response.isSuccess { passed(terms.request.operation, by: terms.process) }
    reached(.afterRetry, by: index)
    if !isCopy { back(response, of: index, attempt: attempt, fault: answer, draw: entropy.derived(7)) }
  }

  /// Sends a response back, unless it gets lost.
  private mutating func back(
    _ response: Response, of index: Int, attempt: UInt8, fault: AnswerFault, draw: Draw
  ) {
    let way = span(World.latency, draw, percent: shape.network)
    switch fault {
    // Whoever hung up does not hear what comes later.
    case .responseLost, .slowResponse: tookEffect(calls[index].answerFaultIndex)
    case .keyExpired: sleepOverKey(of: index)
    case .truncatedResponse:
      tookEffect(calls[index].answerFaultIndex)
      simulation.schedule(.answer(call: index, attempt: attempt, .none(.unreadable)), after: way)
    case .arrive, .errorAfterCommit:
      simulation.schedule(.answer(call: index, attempt: attempt, .response(response)), after: way)
    }
  }

  private static let readAnswerFaults = Offer<AnswerFault>(of: .responseLost, .truncatedResponse)
  private static let mutationAnswerFaults = Offer<AnswerFault>(of: .responseLost, .truncatedResponse, .errorAfterCommit)
  private static let attemptAnswerFaults = Offer<AnswerFault>(of: .responseLost)

  /// Asks what happens to the answer. The logical call is asked once; losing the response then loses
  /// every attempt's, since an SDK's own retry with the same key would heal it before the agent saw it.
  private mutating func answerFault(_ index: Int, _ terms: CallTerms, attempt: UInt8) -> AnswerFault {
    guard calls[index].answerFaultAsked else {
      var offer = World.readAnswerFaults
      if terms.route.operation.isMutation {
        offer = World.mutationAnswerFaults
        // Sent once and without a key, it is an answer that is lost.
        if client.attempts > 1 || (terms.route.operation.takesKey && terms.request.idempotencyKey != nil) {
          offer.add(.slowResponse)
        }
        if outlastsKey(terms) { offer.add(.keyExpired) }
      }
      let site = terms.site.aspect(.answer)
      let fault = simulation.choose(offer, at: site)
      calls[index].answerFaultAsked = true
      calls[index].answerFault = fault
      if fault != .arrive {
        calls[index].answerFaultIndex = note(fault.name, at: site)
        return fault
      }
      return singleAnswerFault(terms, attempt: attempt)
    }
    return calls[index].answerFault == .responseLost ? .responseLost : singleAnswerFault(terms, attempt: attempt)
  }

  private mutating func singleAnswerFault(_ terms: CallTerms, attempt: UInt8) -> AnswerFault {
    guard client.attempts > 1 else { return .arrive }
    let site = terms.site.aspect(.answer, attempt: Int(attempt))
    let fault = simulation.choose(World.attemptAnswerFaults, at: site)
    if fault != .arrive { tookEffect(note(fault.name, at: site)) }
    return fault
  }

  private static let staleRead = Offer<ReadFault>(of: .staleRead)
  private static let anyEnd = Offer<LifecycleFault>(of: .asyncFailure, .partialBatch)

  private mutating func chooseRead(_ site: Site) -> Int? {
    simulation.choose(World.staleRead, at: site) == .staleRead ? note(ReadFault.staleRead.name, at: site) : nil
  }

  private mutating func chooseLifecycle(_ applicable: ApplicableConditions, _ site: Site) -> LifecycleFault {
    var offer = Offer<LifecycleFault>()
    if applicable.contains(.lifecycleFailure) { offer.add(.asyncFailure) }
    if applicable.contains(.shortfall) { offer.add(.partialBatch) }
    let fault = simulation.choose(offer, at: site)
    if fault != .succeed { tookEffect(note(fault.name, at: site)) }
    return fault
  }

  /// Marks a stale read as effective if a fresh one would have answered otherwise.
  private mutating func compare(_ fault: Int, _ terms: CallTerms, _ conditions: Conditions) {
    var fresh = conditions
    fresh.readLag = .zero
    var twin = systems[terms.route.system]
    var other = systems[terms.route.system]
    if twin.handle(terms.request, at: now, under: fresh) != other.handle(terms.request, at: now, under: conditions) {
      tookEffect(fault)
    }
  }

  // MARK: Back at the caller

  /// A wire attempt ended at the caller: an answer came, or its deadline passed.
  mutating func attemptEnded(_ index: Int, attempt: UInt8, _ answer: Answer) {
    guard calls[index].isOpen, calls[index].attempt == attempt, !calls[index].hasEnded else { return }
    let terms = terms(ofCall: index)
    guard isAlive(terms.process) else { return }
    calls[index].hasEnded = true
    simulation.cancel(calls[index].deadline)
    if attempt < client.attempts, isWorthRetrying(answer) {
      record(.attemptEnded(Wire(call: terms.id, attempt: attempt), answer))
      var pause = client.backoff * Int64(1 << min(attempt - 1, 6))
      if let asked = answer.response?.retryAfter, asked > pause { pause = asked }
      simulation.schedule(.retry(call: index), after: pause)
      return
    }
    calls[index].isOpen = false
    if calls[index].crash == .crashOnAnswer {
      record(.attemptEnded(Wire(call: terms.id, attempt: attempt), answer))
      tookEffect(calls[index].crashFaultIndex)
      crash(terms.process)
      return
    }
    record(.answered(terms.id, operation: terms.request.operation, answer))
    if case .none(let absence) = answer, absence != .unreadable {
      if calls[index].requestFault.landmark != nil { tookEffect(calls[index].requestFaultIndex) }
      reached(.afterTimeout, by: index)
    }
    resume(terms.process, .answered(terms.ticket, answer))
    if isOutside, answer.response != nil { wasAnswered(terms.process) }
  }

  /// What SDKs retry by themselves: no answer, too many requests, and server errors.
  private func isWorthRetrying(_ answer: Answer) -> Bool {
    guard let response = answer.response else { return true }
    return response.status == 429 || response.status >= 500
  }

  // MARK: Late arrivals

  /// A moment came that held requests may have been waiting for. `index` is the call that made it.
  mutating func reached(_ landmark: Landmark, by index: Int) {
    guard !held.isEmpty else { return }
    let calls = calls
    let call = calls[index]
    release { held in
      let waiting = calls[held.call]
      switch held.landmark {
      case .afterTimeout: return landmark == .afterTimeout && held.call == index
      case .afterRetry:
        return landmark == .afterRetry && held.call != index
          && waiting.request.operation == call.request.operation && waiting.subject == call.subject
      case .afterCompensation:
        return landmark == .afterRetry && waiting.operation.compensation == call.request.operation
          && waiting.subject == call.subject
      case .afterRestart, .afterTakeover, .afterKeyWindow, .atEnd: return false
      }
    }
  }

  /// Lets held requests arrive.
  mutating func release(where isDue: (Held) -> Bool) {
    guard !held.isEmpty else { return }
    let due = held.filter(isDue)
    guard !due.isEmpty else { return }
    held.removeAll { item in due.contains { $0.call == item.call && $0.attempt == item.attempt } }
    for item in due {
      tookEffect(calls[item.call].requestFaultIndex)
      let draw = simulation.draw(at: calls[item.call].site.aspect(.latency, attempt: Int(item.attempt)))
      simulation.schedule(
        .arrival(call: item.call, attempt: item.attempt, isCopy: false),
        after: span(World.latency, draw.derived(3), percent: shape.network))
    }
  }

  /// At the end of the run, whatever is still held arrives.
  mutating func releaseAtEnd() -> Bool {
    guard !held.isEmpty else { return false }
    release { _ in true }
    return true
  }
}
