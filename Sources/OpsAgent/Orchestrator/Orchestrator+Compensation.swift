// Going backward: what was done last goes first, once, and also if it never ran or arrives late.

import Operations
import Primitives

extension Orchestrator {
  /// Turns round.
  mutating func turn(_ why: String, _ now: Instant, _ commands: inout [Command]) {
    reason = why
    mode = .backward
    earlierTries = 0
    buffer.append(contentsOf: late)
    late = []
    guard parts.compensation == .performed else {
      return over(Claim(.rolledBack, reason: why), now, &commands)
    }
    buffer.append(.turned(reason: why, at: now))
    cursor = undoStart
    flush(.undo, now, &commands)
  }

  /// The position from which the first move leads to the first act to take back.
  var undoStart: Int { parts.compensationOrder == .reverse ? order.count : -1 }

  /// Takes back the next act, or ends the run once none is left.
  mutating func undoNext(_ now: Instant, _ commands: inout [Command]) {
    let step = parts.compensationOrder == .reverse ? -1 : 1
    cursor += step
    while order.indices.contains(cursor) {
      if needsUndo(index) { return beginUndo(now, &commands) }
      cursor += step
    }
    if secondLook() { return undoNext(now, &commands) }
    if let inherited, case .leased = parts.flight, parts.fencing == .carried {
      // Nothing is there, but no system would refuse what the earlier holder may still send.
      states[inherited].status = .open
      states[inherited].isUnknown = true
      return escalate("\(plan.acts[inherited].name.text) may still be sent by an earlier replica", now, &commands)
    }
    over(Claim(.rolledBack, reason: reason), now, &commands)
  }

  private func needsUndo(_ index: Int) -> Bool {
    let state = states[index]
    guard let undo = plan.acts[index].act.undo else { return false }
    switch state.status {
    case .done: return true
    case .open: return state.isUnknown || state.attempts > 0
    case .undone: return false
    case .untouched, .skipped, .refused:
      return !undo.alsoAfter.isEmpty && plan.acts[index].alsoAfter.contains { mayHaveHappened(states[$0]) }
    }
  }

  private func mayHaveHappened(_ state: ActState) -> Bool {
    switch state.status {
    case .done, .undone: true
    case .open: state.isUnknown || state.attempts > 0
    case .untouched, .skipped, .refused: false
    }
  }

  private mutating func beginUndo(_ now: Instant, _ commands: inout [Command]) {
    let compiled = act
    beginChecks()
    commands.append(.note(.compensating(act: compiled.name)))
    if states[index].status == .done {
      guard compiled.act.undo?.readsState == true else { return prepareUndo(now, &commands) }
      return undoLookup(now, &commands)
    }
    guard compiled.lookup != nil else {
      return escalate("whether \(compiled.name.text) happened can't be found out", now, &commands)
    }
    // What was sent may still arrive, and what arrived may still be hidden.
    var sentLast = states[index].lastSent
    for cause in compiled.alsoAfter { sentLast = max(sentLast, states[cause].lastSent) }
    states[index].lastSent = sentLast
    wait(until: sentLast + compiled.settling, .settling, .undoLookup, now, &commands)
  }

  mutating func undoLookup(_ now: Instant, _ commands: inout [Command]) {
    guard let lookup = act.lookup else { preconditionFailure("an act without a lookup is looked for") }
    tries += 1
    call(.undoLookup, lookup.operation, arguments(of: lookup.arguments), attempt: tries, &commands)
  }

  mutating func undoLookupAnswered(_ answer: Answer, _ now: Instant, _ commands: inout [Command]) {
    guard let lookup = act.lookup else { preconditionFailure("an act without a lookup was looked for") }
    guard let finding = finding(answer, lookup) else { return retryUndo(answer, .undoLookup, now, &commands) }
    switch finding {
    case .none:
      notShown(.undoLookup, now, &commands)
    case .one(let object), .several(let object, _):
      if case .several = finding { states[index].hasMore = true } else { states[index].hasMore = false }
      guard let learned = lookup.outputs.read(from: object) else { return stopUnread(now, &commands) }
      learn(learned)
      tries = 0
      prepareUndo(now, &commands)
    case .differing(let object, let field):
      guard states[index].status == .done else { return takenBack(now, &commands) }
      learn(lookup.outputs.read(from: object) ?? [:])
      escalate("\(act.name.text): \(field.text) was changed by someone else", now, &commands)
    }
  }

  /// What is to be taken back is gone, or not yet visible to the replica that answered: goes on with `again` once it
  /// would have to be.
  private mutating func notShown(_ again: Then, _ now: Instant, _ commands: inout [Command]) {
    var visible = states[index].lastSent + act.staleness
    // It was there. How long ago it was made is told by a clock that may have jumped since.
    if states[index].status == .done, !hasWaited { visible = max(visible, now + act.staleness) }
    hasWaited = true
    if now < visible { return wait(until: visible, .settling, again, now, &commands) }
    takenBack(now, &commands)
  }

  /// Chooses the way back and has it written before it is gone.
  private mutating func prepareUndo(_ now: Instant, _ commands: inout [Command]) {
    if act.act.undo?.nothingLeft.contains(where: { $0.holds(given: facts) }) == true {
      return takenBack(now, &commands)
    }
    if act.act.undo?.isConfirmed == true {
      let sends = states[index].undoSends
      guard parts.retries.allows(attempts: sends - sends / 4) else {
        return escalate("\(act.name.text) could not be taken back", now, &commands)
      }
      states[index].wasRechecked = false
    }
    guard let way = wayBack else {
      return escalate("there is no way back for \(act.name.text) in its present state", now, &commands)
    }
    if let why = forbids(way, now) { return escalate(why, now, &commands) }
    auditAhead(way.operation, now)
    if parts.compensationRepeats == .idempotent {
      buffer.append(
        .undoing(act: index, operation: way.operation, arguments: arguments(of: way.arguments), at: now))
    }
    flush(.undoSend, now, &commands)
  }

  private var wayBack: Undo.Way? {
    act.act.undo?.ways.first { way in way.conditions.allSatisfy { $0.holds(given: facts) } }
  }

  mutating func undoSend(_ now: Instant, _ commands: inout [Command]) {
    guard let way = wayBack else { preconditionFailure("a way back was chosen before") }
    if let why = forbids(way, now) { return escalate(why, now, &commands) }
    if renewing(.undoSend, now, &commands) { return }
    if !isAudited, auditAhead(way.operation, now) { return flush(.undoSend, now, &commands) }
    tries += 1
    states[index].undoSends += 1
    let salt = UInt64(bitPattern: began.nanoseconds)
    let key = parts.keys.key(
      run: request.run, version: plan.workflow.version, act: way.operation,
      generation: states[index].generation << 4 | check, attempt: tries, salt: salt)
    let takesKey = plan.catalogue[way.operation]?.takesKey ?? false
    call(.undo, way.operation, arguments(of: way.arguments), key: takesKey ? key : nil, attempt: tries, &commands)
  }

  mutating func undoAnswered(_ answer: Answer, _ now: Instant, _ commands: inout [Command]) {
    switch plan.catalogue.outcome(of: answer) {
    case .succeeded:
      if inherited == index { inherited = nil }
      audit(.takenBack, of: wayBack?.operation, now)
      takenBack(now, &commands)
    case .notNow:
      audit(.refused, of: wayBack?.operation, now)
      retryUndo(answer, .undoSend, now, &commands)
    case .unknown:
      audit(.unknown, of: wayBack?.operation, now)
      states[index].isUnknown = true
      // A kept answer is replayed for as long as the key is: look, and go on under another key.
      let isReplay = answer.response?.headers.text("idempotent-replayed") == "true"
      if isReplay, act.lookup != nil, check < 2 {
        check += 1
        return wait(until: now + act.staleness, .settling, .undoLookup, now, &commands)
      }
      retryUndo(answer, .undoSend, now, &commands)
    case .failed(let response):
      audit(.refused, of: wayBack?.operation, now)
      undoRefused(response, now, &commands)
    }
  }

  private mutating func undoRefused(_ response: Response, _ now: Instant, _ commands: inout [Command]) {
    let code = response.error?.code
    switch code.flatMap({ plan.catalogue.nature(of: $0) }) ?? (response.status == 404 ? .notFound : .refused) {
    case .dependency, .conflict:
      retryUndo(.response(response), .undoSend, now, &commands)
    case .alreadyExists where act.isRemoval:
      takenBack(now, &commands)
    case .notFound where parts.compensationRepeats == .idempotent && !act.isRemoval:
      notShown(.undoSend, now, &commands)
    case .refused where parts.compensationRepeats == .idempotent && act.lookup != nil && check < 2:
      // Perhaps an earlier attempt succeeded and the state no longer allows it: look.
      check += 1
      wait(until: now + act.staleness, .settling, .undoLookup, now, &commands)
    default:
      escalate(
        "\(act.name.text) could not be taken back: \(code?.text ?? String(response.status))", now, &commands)
    }
  }

  private mutating func retryUndo(
    _ answer: Answer, _ then: Then, _ now: Instant, _ commands: inout [Command]
  ) {
    // A third more often than going forward: leaving something behind is worse than being slow.
    let sends = states[index].undoSends
    guard mayTry(after: tries - tries / 4), parts.retries.allows(attempts: sends - sends / 4) else {
      return escalate("\(act.name.text) could not be taken back", now, &commands)
    }
    wait(until: now + delay(answer, attempt: tries), .backoff, then, now, &commands)
  }

  private mutating func takenBack(_ now: Instant, _ commands: inout [Command]) {
    if states[index].hasMore {
      // A list that lags would show what has just gone: look again when it no longer can.
      states[index].hasMore = false
      return wait(until: now + act.staleness, .settling, .undoLookup, now, &commands)
    }
    earlierTries = 0
    let compiled = act
    let isConfirmed = compiled.act.undo?.isConfirmed == true && states[index].undoSends > 0
    let mayStillArrive =
      now < states[index].lastSent + compiled.lateness || !compiled.alsoAfter.isEmpty || isConfirmed
    if isConfirmed, !states[index].wasRechecked { states[index].lastSent = now }
    if !compiled.alsoAfter.isEmpty { states[index].lastSent = now }
    states[index].status = .undone
    states[index].needsRecheck = !states[index].wasRechecked && mayStillArrive && compiled.lookup != nil
    if parts.compensationRepeats == .idempotent {
      buffer.append(.undone(act: index, isFinal: !states[index].needsRecheck, at: now))
    }
    flush(.undo, now, &commands)
  }

  /// Puts what may still arrive up for another look; false where nothing may.
  private mutating func secondLook() -> Bool {
    guard parts.compensationRepeats == .idempotent else { return false }
    var isNeeded = false
    for index in states.indices where states[index].status == .undone && states[index].needsRecheck {
      states[index].status = .open
      states[index].isUnknown = true
      states[index].needsRecheck = false
      states[index].wasRechecked = true
      isNeeded = true
    }
    if isNeeded { cursor = undoStart }
    return isNeeded
  }
}
