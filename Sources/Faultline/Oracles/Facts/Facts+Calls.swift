// How calls become facts: what was sent, what the caller saw, and how unknowns were found out.

import Operations
import Primitives
import Simulation

extension Facts {
  /// The call's position in ``calls``. Recent calls are asked about most, so the search begins at the end.
  func callIndex(_ id: CallID) -> Int? {
    var number = calls.count - 1
    while number >= 0 {
      if calls[number].id == id { return number }
      number -= 1
    }
    return nil
  }

  /// The position of the call that began with this event; nil for further attempts and other events.
  func begun(at index: Int) -> Int? {
    guard let current, calls[current].sentIndex == index else { return nil }
    return current
  }

  mutating func send(
    _ wire: Wire, _ request: Request, step: Name, isCompensation: Bool, index: Int, at now: Instant,
    terms: JudgingTerms
  ) {
    attempts += 1
    if wire.attempt > 1, let number = callIndex(wire.call) {
      calls[number].attempts += 1
      current = number
      return
    }
    let operation = terms.operations.number(of: request.operation)
    let isMutation = operation.map { terms.operations[$0].isMutation } ?? false
    let intent = isMutation ? operation.flatMap { self.intent(of: request.arguments, for: $0, terms: terms) } : nil
    let wasFull = intent.map { intents[$0].live >= terms.intents[$0].times.upperBound } ?? false
    current = calls.count
    calls.append(
      CallFact(
        id: wire.call, operation: operation, request: request, key: request.idempotencyKey.map { $0.stableDigest },
        step: step, isMutation: isMutation, isCompensation: isCompensation, intent: intent, wasFull: wasFull,
        attempts: 1, sentIndex: index, sentAt: now,
        askedAt: clocks.isEmpty && stops.isEmpty ? now : asked(in: wire.call, at: now)))
  }

  mutating func handle(_ id: CallID, _ response: Response) {
    guard let number = callIndex(id) else { return }
    current = number
    calls[number].handled += 1
    if !calls[number].isMutation, response.isSuccess { sight(response.body) }
  }

  /// Notes the promise that the answer to a wire attempt, or to the call's last one, asks the caller to keep.
  mutating func end(_ id: CallID, _ answer: Answer, index: Int, at now: Instant, terms: JudgingTerms) {
    guard case .response(let response) = answer, !response.headers.isEmpty, let span = response.retryAfter,
      let number = callIndex(id), let operation = calls[number].operation
    else { return }
    let service = terms.operations[operation].service
    let promise = RetryPromise(
      process: calls[number].process, principal: calls[number].principal, service: service, until: now + span,
      index: index)
    let known = promises.firstIndex {
      $0.process == promise.process && $0.principal == promise.principal && $0.service == service
    }
    if let known { promises[known] = promise } else { promises.append(promise) }
  }

  mutating func learn(_ id: CallID, _ answer: Answer, index: Int, at now: Instant, terms: JudgingTerms) {
    guard let number = callIndex(id) else { return }
    current = number
    if !stops.isEmpty { forgetStop(of: calls[number].process) }
    end(id, answer, index: index, at: now, terms: terms)
    calls[number].viewIndex = index
    if case .response(let response) = answer, response.isSuccess {
      calls[number].view = .succeeded
    } else {
      switch terms.catalogue.outcome(of: answer) {
      case .succeeded: calls[number].view = .succeeded
      case .failed: calls[number].view = .failed
      case .notNow: calls[number].view = .notNow
      case .unknown:
        calls[number].view = .unknown
        if calls[number].isMutation { unknowns += 1 }
      }
      calls[number].nature = answer.response?.error.flatMap { terms.catalogue.nature(of: $0.code) }
    }
    settle(by: number, terms: terms)
  }

  /// Lets a definite answer settle earlier calls whose outcome nobody knew: the same key again, a read, or the news
  /// that what an earlier call was to take away is gone.
  private mutating func settle(by number: Int, terms: JudgingTerms) {
    guard unknowns > 0 || processes.count > 1 else { return }
    let settler = calls[number]
    guard settler.view == .succeeded || settler.view == .failed, let operation = settler.operation else { return }
    if !settler.isMutation && settler.view == .failed && settler.nature != .notFound { return }
    for earlier in calls.indices where calls[earlier].isMutation && calls[earlier].resolution == .none {
      guard earlier != number, calls[earlier].view == .unknown || calls[earlier].view == .unanswered else { continue }
      if settler.isMutation {
        if isSameAttempt(calls[earlier], settler, terms: terms) || isSameEnding(calls[earlier], settler, terms: terms) {
          calls[earlier].resolution = .sameKey
        }
      } else if canSee(operation, calls[earlier], terms: terms), settler.sentIndex > calls[earlier].sentIndex,
        calls[earlier].view == .unanswered || settler.sentIndex > calls[earlier].viewIndex
      {
        calls[earlier].resolution = .readBack
      }
    }
  }

  /// When a call that is being sent was asked for, by the clock of its caller.
  private mutating func asked(in call: CallID, at now: Instant) -> Instant {
    let process = ProcessID(index: call.process, incarnation: call.incarnation)
    let clock = readClock(of: process)
    guard let number = stops.firstIndex(where: { $0.process == process && $0.isOver }) else { return now + clock }
    return stops.remove(at: number).since + clock
  }

  /// How far a process's clock is off. It jumps once the call is sent at which it does.
  private mutating func readClock(of process: ProcessID) -> TimeSpan {
    guard let number = clocks.firstIndex(where: { $0.process == process }) else { return .zero }
    guard clocks[number].hasJumped else {
      clocks[number].hasJumped = true
      return .zero
    }
    return clocks[number].ahead
  }

  /// Notes that a process's clock is about to jump.
  mutating func noteJump(_ record: FaultRecord) {
    guard record.site.aspect == .crash,
      let fault = CrashFault.allCases.first(where: { $0.name == record.answer }), fault.clockJump != .zero,
      let index = World.processNames.firstIndex(of: record.site.process),
      let process = processes.last(where: { Int($0.id.index) == index })?.id
    else { return }
    let before = clocks.first { $0.process == process && $0.hasJumped }?.ahead ?? .zero
    clocks.removeAll { $0.process == process }
    clocks.append((process, before + fault.clockJump, false))
  }

  /// A process that was stopped has taken something in since: what it sends from now on it has asked for now.
  mutating func forgetStop(of process: ProcessID) { stops.removeAll { $0.process == process && $0.isOver } }

  /// Whether the second call is a repetition that the system can tell from a new wish: the same key, or the
  /// same arguments where the system refuses what is there already.
  func isSameAttempt(_ first: CallFact, _ second: CallFact, terms: JudgingTerms) -> Bool {
    guard first.operation == second.operation, let operation = first.operation else { return false }
    if let key = first.key { return second.key == key }
    return terms.operations[operation].refusesRepeats && second.key == nil
      && first.arguments.matches(second.arguments)
  }

  /// Whether the second call learned that what the first was to end has ended: whichever of them did it, nothing is
  /// left to find out, with or without a key.
  private func isSameEnding(_ first: CallFact, _ second: CallFact, terms: JudgingTerms) -> Bool {
    guard first.operation == second.operation, let operation = first.operation else { return false }
    return terms.operations[operation].change == .ended && first.arguments.matches(second.arguments)
      && (second.view == .succeeded || second.nature == .notFound)
  }

  /// Whether a read could show what a mutation did: an operation of that kind names it for read-back, or the
  /// system names none and it is the same system.
  private func canSee(_ read: Int, _ call: CallFact, terms: JudgingTerms) -> Bool {
    guard let operation = call.operation else { return false }
    guard terms.operations[operation].service == terms.operations[read].service else { return false }
    guard let kind = terms.operations[operation].kind else { return false }
    return terms.operations[read].sees.contains(kind) || !terms.operations.hasReadBack(kind)
  }

  private mutating func sight(_ body: Fields) {
    let name = Self.idName
    if let id = body.text(name) { note(id) }
    for entry in body.entries {
      guard case .list(let list) = entry.value else { continue }
      for case .record(let record) in list {
        if let id = record.text(name) { note(id) }
      }
    }
  }

  private mutating func note(_ id: String) {
    let digest = id.stableDigest
    if !sightings.contains(digest) { sightings.append(digest) }
  }

  private static let idName: Name = "id"
}
