// Going forward: enter an act, check, write the intent, send, write the result.

import Operations
import Primitives

extension Orchestrator {
  /// Begins the act at the cursor, passing over what is done or does not apply.
  mutating func enter(_ now: Instant, _ commands: inout [Command]) {
    while cursor < order.count {
      let compiled = act
      let status = states[index].status
      if status == .done || status == .skipped {
        cursor += 1
        continue
      }
      let isDry = request.isDryRun
      if compiled.act.conditions.contains(where: { isDry ? $0.fails(given: facts) : !$0.holds(given: facts) }) {
        states[index].status = .skipped
        buffer.append(.skipped(act: index))
        cursor += 1
        continue
      }
      if lastStep != compiled.step {
        if lastStep >= 0 {
          let (from, isAllowed) = plan.steps[lastStep]
          commands.append(.note(.transition(from: from, to: compiled.stepName, isAllowed: isAllowed)))
        }
        lastStep = compiled.step
      }
      beginChecks()
      refusal = nil
      isAudited = false
      switch compiled.act.kind {
      case .read, .find, .wait: return flush(.poll, now, &commands)
      case .review: return flush(.review, now, &commands)
      case .change:
        if request.isDryRun, parts.dryRun.withholds(compiled.stage) { return flush(.check, now, &commands) }
        if isHeldBack(now, &commands) { return }
        open(now)
        return flush(.check, now, &commands)
      }
    }
    finishForward(now, &commands)
  }

  /// Marks the act as about to be sent, and has that written before anything is sent.
  mutating func open(_ now: Instant) {
    let compiled = act
    states[index].status = .open
    states[index].isUnknown = false
    states[index].opened = now
    states[index].earlierSends += states[index].attempts
    states[index].attempts = 0
    guard parts.intents == .writtenAhead else { return }
    auditAhead(compiled.operation, now)
    buffer.append(
      .intent(
        Intent(
          act: index, generation: states[index].generation, operation: compiled.operation,
          arguments: arguments(of: compiled.act.arguments), key: key(attempt: 0), at: now)))
  }

  func arguments(of arguments: [Argument]) -> Fields {
    arguments.filled(from: facts, conditional: parts.concurrency == .conditional)
  }

  func key(attempt: Int) -> String {
    parts.keys.key(
      run: request.run, version: plan.workflow.version, act: act.name, generation: states[index].generation,
      attempt: attempt, salt: UInt64(bitPattern: began.nanoseconds))
  }

  // MARK: Reads and waits

  /// Sends the read or the poll at the cursor.
  mutating func poll(_ now: Instant, _ commands: inout [Command]) {
    let compiled = act
    if case .wait = compiled.act.kind, request.isDryRun, parts.dryRun == .readsOnly {
      cursor += 1
      return enter(now, &commands)
    }
    tries += 1
    let purpose: Call.Purpose =
      switch compiled.act.kind {
      case .read, .find: .read
      case .wait, .change, .review: .poll
      }
    call(purpose, compiled.operation, arguments(of: compiled.act.arguments), attempt: tries, &commands)
  }

  mutating func readAnswered(_ answer: Answer, _ now: Instant, _ commands: inout [Command]) {
    if case .find(let mayBeMissing) = act.act.kind { return found(answer, mayBeMissing, now, &commands) }
    if case .succeeded(let response) = plan.catalogue.outcome(of: answer) {
      guard let learned = act.act.outputs.read(from: response.body) else { return stopUnread(now, &commands) }
      if parts.guards == .checked, let lookup = act.lookup,
        case .differing(_, let field) = lookup.finding(in: response.body, given: facts)
      {
        return escalate("\(act.name.text): the \(field.text) is another one", now, &commands)
      }
      return complete(learned, now, &commands)
    }
    guard mayTry(after: tries) else {
      return fail("\(act.name.text) could not be read", now, &commands)
    }
    wait(until: now + delay(answer, attempt: tries), .backoff, .poll, now, &commands)
  }

  /// Learns from what was looked for, where it is there.
  private mutating func found(
    _ answer: Answer, _ mayBeMissing: Bool, _ now: Instant, _ commands: inout [Command]
  ) {
    guard let lookup = act.lookup else { preconditionFailure("what has no lookup is looked for") }
    guard let finding = finding(answer, lookup) else {
      guard mayTry(after: tries) else { return fail("\(act.name.text) could not be read", now, &commands) }
      return wait(until: now + delay(answer, attempt: tries), .backoff, .poll, now, &commands)
    }
    if case .one(let object) = finding, let learned = lookup.outputs.read(from: object) {
      return complete(learned, now, &commands)
    }
    if !hasWaited {
      // A lagging replica may not show it yet, or show what is no longer so.
      hasWaited = true
      return wait(until: now + act.staleness, .settling, .poll, now, &commands)
    }
    switch finding {
    case .none where mayBeMissing: complete([:], now, &commands)
    case .none: escalate("\(act.name.text): nothing there", now, &commands)
    case .one: escalate("\(act.name.text): what is there could not be read", now, &commands)
    case .differing(_, let field): escalate("\(act.name.text): the \(field.text) is another one", now, &commands)
    case .several(_, let count): escalate("\(act.name.text): \(count) where one should be", now, &commands)
    }
  }

  mutating func pollAnswered(_ answer: Answer, _ now: Instant, _ commands: inout [Command]) {
    let compiled = act
    guard case .wait(let poll) = compiled.act.kind else { preconditionFailure("only a wait is polled") }
    var pause = poll.interval
    if case .succeeded(let response) = plan.catalogue.outcome(of: answer) {
      if poll.ready.allSatisfy({ $0.holds(for: response.body, given: facts) }) {
        return complete(act.act.outputs.read(from: response.body) ?? [:], now, &commands)
      }
      if poll.failed.contains(where: { $0.holds(for: response.body, given: facts) }) {
        return lifecycleFailed(poll, now, &commands)
      }
    } else {
      if poll.endsWhenGone, case .failed(let response) = plan.catalogue.outcome(of: answer),
        response.error.flatMap({ plan.catalogue.nature(of: $0.code) }) == .notFound
      {
        return complete([:], now, &commands)
      }
      pause = max(pause, delay(answer, attempt: min(tries, 8)))
    }
    guard tries < poll.limit else {
      return fail("\(act.name.text) did not come to an end", now, &commands)
    }
    wait(until: now + pause, .poll, .poll, now, &commands)
  }

  /// What an earlier act began has failed for good: once more from there with a new key, or give up.
  private mutating func lifecycleFailed(_ poll: Poll, _ now: Instant, _ commands: inout [Command]) {
    let compiled = act
    guard states[compiled.restartAt].generation < poll.restarts else {
      return fail("\(plan.acts[compiled.restartAt].name.text) failed after it was accepted", now, &commands)
    }
    let last = index
    buffer.append(.restarted(act: compiled.restartAt, through: last, at: now))
    beginAnew(compiled.restartAt, through: last)
    cursor = order.firstIndex(of: compiled.restartAt) ?? 0
    enter(now, &commands)
  }

  // MARK: Side effects

  /// How many side effects the run may send.
  var mutationCap: Int { min(plan.playbook.policy.mutationCap, request.mutationCap) }

  /// Sends the side effect at the cursor.
  mutating func send(_ now: Instant, _ commands: inout [Command]) {
    let compiled = act
    if states[index].attempts == 0 {
      let isCounted = states[index].isUnknown
      guard parts.blastRadius.allows(sent: isCounted ? sent - 1 : sent, cap: mutationCap) else {
        if !isCounted { states[index].status = .untouched }
        commands.append(.note(.held(.blastRadiusCap)))
        return escalate("the run has sent \(sent) side effects, its cap", now, &commands)
      }
    }
    if isHeldBack(now, &commands) { return }
    if lacksVersion(compiled.act) { return stopUnread(now, &commands) }
    if renewing(.send, now, &commands) { return }
    if !isAudited, auditAhead(compiled.operation, now) { return flush(.send, now, &commands) }
    if states[index].attempts == 0, !states[index].isUnknown { sent += 1 }
    if states[index].isUnknown { states[index].mayBeTwice = true }
    states[index].attempts += 1
    states[index].lastSent = now
    let key = compiled.takesKey ? key(attempt: states[index].attempts) : nil
    call(
      .change, compiled.operation, arguments(of: compiled.act.arguments), key: key,
      attempt: states[index].attempts, &commands)
  }

  /// Whether a change is to carry the version that was read, and no read has shown one: sent without it, it would
  /// overwrite whatever stands there.
  private func lacksVersion(_ act: Act) -> Bool {
    guard parts.concurrency == .conditional, !request.isDryRun else { return false }
    return act.arguments.contains { argument in
      if case .version(let fact) = argument.source { facts[fact] == nil } else { false }
    }
  }

  mutating func changeAnswered(_ answer: Answer, _ now: Instant, _ commands: inout [Command]) {
    switch plan.catalogue.outcome(of: answer) {
    case .succeeded(let response):
      guard let learned = act.act.outputs.read(from: response.body) else {
        // It was done, and what was made can't be told.
        audit(.unknown, now)
        states[index].isUnknown = true
        return stopUnread(now, &commands)
      }
      audit(.done, now)
      complete(learned, now, &commands)
    case .notNow(let response):
      audit(.refused, now)
      if response.error.flatMap({ plan.catalogue.nature(of: $0.code) }) == .inFlight { states[index].isUnknown = true }
      notNow(answer, now, &commands)
    case .unknown:
      audit(.unknown, now)
      unknown(answer, now, &commands)
    case .failed(let response):
      refused(response, now, &commands)
    }
  }

  /// The act is done: keeps what it established, and goes on.
  mutating func complete(
    _ learned: Fields, adopted: Bool = false, _ now: Instant, _ commands: inout [Command]
  ) {
    learn(learned)
    if case .find = act.act.kind { workOut() }
    states[index].status = .done
    states[index].isUnknown = false
    states[index].looksFirst = false
    states[index].lastSent = now
    earlierTries = 0
    if inherited == index { inherited = nil }
    if adopted {
      let object = act.act.outputs.first.flatMap { facts.text($0.fact) } ?? ""
      commands.append(.note(.adopted(act: act.name, object: object)))
      audit(.adopted, now)
    }
    let record = JournalRecord.result(act: index, facts: learned, isAdopted: adopted, at: now)
    switch parts.results {
    case .atOnce: buffer.append(record)
    case .whenTheStepIsOver:
      buffer.append(contentsOf: late)
      late = [record]
    }
    let compiled = act
    let isLast = cursor + 1 == order.count || plan.acts[order[cursor + 1]].step != compiled.step
    cursor += 1
    guard compiled.asksDecider, isLast else { return enter(now, &commands) }
    askTriage(plan.workflow.steps[compiled.step], &commands)
  }

  mutating func askTriage(_ step: Step, _ commands: inout [Command]) {
    var facts = facts
    facts[.workflow] = .text(plan.workflow.name.text)
    ask(
      DecisionQuery(
        fork: .triage, step: step.name, options: step.transitions, facts: facts,
        text: facts.text(.ticketText) ?? "", prompt: prompt), &commands)
  }

  /// Writes an audit entry, to be stored with the next records.
  mutating func audit(_ outcome: AuditEntry.Outcome, of operation: Name? = nil, _ now: Instant) {
    guard parts.audit == .written else { return }
    buffer.append(entry(outcome, operation ?? act.operation, now))
  }

  /// Has it written who is about to do what, before it is sent. False where nothing is audited.
  @discardableResult
  mutating func auditAhead(_ operation: Name, _ now: Instant) -> Bool {
    guard parts.audit == .written else { return false }
    buffer.append(entry(.sent, operation, now))
    isAudited = true
    return true
  }

  private func entry(_ outcome: AuditEntry.Outcome, _ operation: Name, _ now: Instant) -> JournalRecord {
    .audit(
      AuditEntry(
        act: index, operation: operation, principal: parts.credentials.principal(for: act), outcome: outcome,
        at: now))
  }

  private mutating func finishForward(_ now: Instant, _ commands: inout [Command]) {
    buffer.append(contentsOf: late)
    late = []
    if request.isDryRun {
      return over(Claim(.planned, present: planned, reason: "dry run: nothing was done"), now, &commands)
    }
    over(Claim(.completed, present: present), now, &commands)
  }
}

extension AgentParts.DryRun {
  /// Whether a dry run holds back a side effect of this stage.
  func withholds(_ stage: Step.Stage) -> Bool { self == .readsOnly || stage == .pivot }
}
