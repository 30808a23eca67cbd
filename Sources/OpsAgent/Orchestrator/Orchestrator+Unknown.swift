// When it isn't known what happened: the same key again, then a look, then a person. Never hope.

import Operations
import Primitives

extension Orchestrator {
  /// An attempt has no usable answer.
  mutating func unknown(_ answer: Answer, _ now: Instant, _ commands: inout [Command]) {
    guard parts.unknowns == .resolved else { return retryAsNew(answer, now, &commands) }
    states[index].isUnknown = true
    // A client library may have sent it again until now.
    states[index].lastSent = now
    resolve(answer, now, &commands)
  }

  /// What an engineer writes who takes a time-out for a failure: try again from a fresh start.
  private mutating func retryAsNew(_ answer: Answer, _ now: Instant, _ commands: inout [Command]) {
    let attempts = states[index].attempts
    guard maySend else {
      return fail("\(act.name.text) failed again and again", now, &commands)
    }
    states[index].generation += 1
    wait(until: now + delay(answer, attempt: attempts), .backoff, .send, now, &commands)
  }

  /// Settles an act that may have happened, by the first sound way that is left.
  mutating func resolve(_ answer: Answer, _ now: Instant, _ commands: inout [Command]) {
    let compiled = act
    let state = states[index]
    let mayRetry = maySend
    let pause = now + delay(answer, attempt: max(state.attempts, 1))
    // A kept answer is replayed for as long as the key is: asking again tells nothing new.
    let isReplay = answer.response?.headers.text("idempotent-replayed") == "true"
    if mayRetry, !isReplay, isProtected(compiled, state, at: pause) {
      return wait(until: pause, .backoff, .send, now, &commands)
    }
    if parts.readBack == .byNaturalKey, compiled.lookup != nil {
      // What is found at once is found; what is not found is looked for again once the bounds have passed.
      tries = 0
      return readBack(now, &commands)
    }
    // Without a key and without a look, what can be reversed is sent again, what can't be is not.
    if mayRetry, compiled.isReversible, parts.readBack == .none {
      return wait(until: pause, .backoff, .send, now, &commands)
    }
    fail("the outcome of \(compiled.name.text) is unknown", now, &commands)
  }

  /// Whether sending again can't do it twice.
  func isProtected(_ compiled: CompiledAct, _ state: ActState, at instant: Instant) -> Bool {
    switch compiled.protection {
    case .uniqueName, .idempotent: true
    case .key: parts.keys.isProtective && instant + compiled.lateness < state.opened + compiled.keyWindow
    case .none: false
    }
  }

  /// Goes on with an act whose intent an earlier incarnation wrote.
  mutating func resumeAct(_ now: Instant, _ commands: inout [Command]) {
    guard states[index].status == .open else { return enter(now, &commands) }
    beginChecks()
    guard parts.unknowns == .resolved else { return unknown(.none(.connectionLost), now, &commands) }
    guard isProtected(act, states[index], at: now) else {
      return resolve(.none(.connectionLost), now, &commands)
    }
    flush(.check, now, &commands)
  }

  /// A limiter or a lock turned the attempt away; what an earlier attempt did is as open as before.
  mutating func notNow(_ answer: Answer, _ now: Instant, _ commands: inout [Command]) {
    if states[index].isUnknown, parts.unknowns == .resolved { return resolve(answer, now, &commands) }
    guard maySend else {
      if looksBeforeRepeating { states[index].isUnknown = true }
      return fail("\(act.name.text) was turned away again and again", now, &commands)
    }
    sendAgain(after: now + delay(answer, attempt: states[index].attempts), now, &commands)
  }

  /// Whether it is looked what the act at the cursor may have made before it is sent again, however sure an answer is
  /// that this attempt did nothing. Without a key that says nothing of a copy of it that is still on its way.
  private var looksBeforeRepeating: Bool {
    act.isUnprotected && parts.unknowns == .resolved && parts.readBack == .byNaturalKey
  }

  /// Sends the act at the cursor again after an attempt that did nothing; where a copy of that may, not before none can
  /// arrive any more and a look shows that none has done anything.
  private mutating func sendAgain(after pause: Instant, _ now: Instant, _ commands: inout [Command]) {
    guard looksBeforeRepeating else { return wait(until: pause, .backoff, .send, now, &commands) }
    states[index].isUnknown = true
    states[index].looksFirst = true
    // A client library may have sent it again until now.
    states[index].lastSent = now
    tries = 0
    wait(until: max(pause, now + act.settling), .settling, .readBack, now, &commands)
  }

  /// The system refused the attempt and says that it did nothing this time.
  mutating func refused(_ response: Response, _ now: Instant, _ commands: inout [Command]) {
    let nature = response.error.flatMap { plan.catalogue.nature(of: $0.code) } ?? .refused
    let mayRetry = maySend
    let pause = now + delay(.response(response), attempt: states[index].attempts)
    switch nature {
    case .alreadyExists, .keyMismatch:
      if parts.readBack == .byNaturalKey, act.lookup != nil {
        states[index].isUnknown = true
        tries = 0
        return readBack(now, &commands)
      }
      if nature == .alreadyExists, act.act.outputs.allSatisfy({ !$0.isRequired }) {
        return complete([:], adopted: true, now, &commands)
      }
    case .notFound where act.isRemoval && !states[index].isUnknown && states[index].earlierSends == 0:
      // No send that there ever was did anything: somebody else was quicker, and what they took away is not put back.
      audit(.refused, now)
      return skip(now, &commands)
    case .notFound where act.isRemoval && parts.readBack == .byNaturalKey:
      // Gone, by an earlier send or by somebody else: look.
      states[index].isUnknown = true
      tries = 0
      return readBack(now, &commands)
    case .notFound where act.isRemoval:
      return complete([:], adopted: true, now, &commands)
    case .conflict where mayRetry:
      beginChecks()
      // The checks look, too.
      return wait(
        until: looksBeforeRepeating ? max(pause, now + act.settling) : pause, .backoff, .check, now, &commands)
    case .dependency where mayRetry, .notFound where mayRetry:
      return sendAgain(after: pause, now, &commands)
    default: break
    }
    if states[index].isUnknown, parts.unknowns == .resolved, parts.readBack == .byNaturalKey, act.lookup != nil {
      tries = 0
      return readBack(now, &commands)
    }
    audit(.refused, now)
    let why = "\(act.name.text) was refused: \(response.error?.code.text ?? String(response.status))"
    if nature == .refused, parts.readBack == .byNaturalKey, act.lookup != nil {
      // Perhaps because what is wanted holds already.
      refusal = why
      tries = 0
      return readBack(now, &commands)
    }
    refusedForGood(why, isForbidden: nature == .forbidden, now, &commands)
  }

  /// - Parameter isForbidden: Whether the system turned the caller away before it looked at the fence. Any other
  ///   refusal would meet what an earlier holder of the lease may still send, too.
  private mutating func refusedForGood(
    _ why: String, isForbidden: Bool = false, _ now: Instant, _ commands: inout [Command]
  ) {
    if inherited == index, !isForbidden { inherited = nil }
    if !states[index].isUnknown {
      states[index].status = .refused
      buffer.append(.refused(act: index, reason: why, at: now))
    }
    fail(why, now, &commands)
  }

  // MARK: Read-back

  mutating func readBack(_ now: Instant, _ commands: inout [Command]) {
    guard let lookup = act.lookup else { preconditionFailure("an act without a lookup is read back") }
    tries += 1
    call(.readBack, lookup.operation, arguments(of: lookup.arguments), attempt: tries, &commands)
  }

  mutating func readBackAnswered(_ answer: Answer, _ now: Instant, _ commands: inout [Command]) {
    guard let lookup = act.lookup else { preconditionFailure("an act without a lookup was read back") }
    guard let finding = finding(answer, lookup) else {
      guard mayTry(after: tries) else {
        return fail("the outcome of \(act.name.text) is unknown and can't be read back", now, &commands)
      }
      return wait(until: now + delay(answer, attempt: tries), .backoff, .readBack, now, &commands)
    }
    commands.append(.note(.readBack(act: act.name, found: finding != .none)))
    switch finding {
    case .one(let object):
      guard let learned = lookup.outputs.read(from: object) else { return stopUnread(now, &commands) }
      complete(learned, adopted: true, now, &commands)
    case .differing(_, let field):
      escalate("\(act.name.text): what exists differs in \(field.text)", now, &commands)
    case .several(let first, let count):
      // Where a later step looks again and removes what is too much, the first will do.
      guard act.isReviewed, !act.takesKey || isRepeated(index), let learned = lookup.outputs.read(from: first) else {
        return escalate("\(act.name.text): \(count) exist where one should", now, &commands)
      }
      complete(learned, adopted: true, now, &commands)
    case .none: absent(now, &commands)
    }
  }

  /// Read-back shows nothing. Until the bounds have passed that proves nothing; after them it does.
  private mutating func absent(_ now: Instant, _ commands: inout [Command]) {
    if let refusal { return refusedForGood(refusal, now, &commands) }
    let settled = states[index].lastSent + act.settling
    if now < settled { return wait(until: settled, .settling, .readBack, now, &commands) }
    if states[index].looksFirst {
      states[index].looksFirst = false
      states[index].isUnknown = false
      return flush(.send, now, &commands)
    }
    guard states[index].generation + 1 < plan.playbook.policy.attemptCap else {
      states[index].isUnknown = false
      return fail("\(act.name.text) does not come about", now, &commands)
    }
    states[index].generation += 1
    open(now)
    beginChecks()
    flush(.check, now, &commands)
  }

  /// What a lookup's answer shows; nil where it has to be asked again.
  func finding(_ answer: Answer, _ lookup: CompiledLookup) -> Lookup.Finding? {
    switch plan.catalogue.outcome(of: answer) {
    case .succeeded(let response):
      let finding = lookup.finding(in: response.body, given: facts)
      // That something is not there only an answer shows that can be read.
      var needsProof = lookup.seeksAbsence || act.isFinding || mode == .backward
      if case .none = finding { needsProof = true }
      return needsProof && !lookup.isReadable(response.body) ? nil : finding
    case .failed(let response):
      let nature = response.error.flatMap { plan.catalogue.nature(of: $0.code) }
      return nature == .notFound || response.status == 404 ? lookup.findingOfNothing : nil
    case .notNow, .unknown: return nil
    }
  }
}
