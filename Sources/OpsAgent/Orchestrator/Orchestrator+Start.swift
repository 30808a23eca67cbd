// The beginning of an incarnation: lease, journal, and the decision to go on.

import Operations
import Primitives

extension Orchestrator {
  mutating func start(_ now: Instant, _ commands: inout [Command]) {
    began = now
    guard case .leased(let span) = parts.flight else { return loadJournal(now, &commands) }
    leaseEnd = now + span
    commands.append(.acquire(span))
    expectation = .lease
  }

  mutating func leased(_ outcome: LeaseOutcome, _ now: Instant, _ commands: inout [Command]) {
    switch outcome {
    case .granted(let lease):
      storeTries = 0
      self.lease = lease
      loadJournal(now, &commands)
    case .held(let until):
      commands.append(.wait(until: max(until, now + .milliseconds(1)), why: .lease))
      expectation = .leaseTimer
    }
  }

  mutating func loadJournal(_ now: Instant, _ commands: inout [Command]) {
    guard parts.memory == .durable else { return loaded([], now, &commands) }
    commands.append(.load)
    expectation = .records
  }

  mutating func loaded(_ records: [JournalRecord], _ now: Instant, _ commands: inout [Command]) {
    if storeOutage == nil { storeTries = 0 }
    guard case .opened(let opening)? = records.first else {
      // Before anything is sent the journal is begun: a process that came before has sent nothing, or this is another
      // store.
      isDoubtful = mayHaveForgotten
      if storeOutage != nil { return escalateWithoutStore(now, &commands) }
      if isDoubtful, parts.versions == .pinned, parts.readBack == .byNaturalKey, !request.isDryRun,
        let earlier = library.newest(plan.workflow.name, before: plan.workflow.version)
      {
        return seekEarlier(earlier, now, &commands)
      }
      return begin(now, &commands)
    }
    if parts.versions == .pinned {
      guard let pinned = library.find(opening.workflow, version: opening.version) else {
        return endWithoutVersion(of: opening, records, now, &commands)
      }
      if pinned !== plan { adopt(pinned) }
      prompt = opening.prompt
    }
    facts = opening.input
    for record in records { restore(record, now, opening) }
    if !plan.playbook.amounts.isEmpty { workOut() }
    if mode == .over {
      guard mayTakeUp else { return conclude(&commands) }
      return takeUp(opening, now, &commands)
    }
    if storeOutage != nil { return escalateWithoutStore(now, &commands) }
    if isUnverified { return lookAround(now, &commands) }
    earlierTries = parts.retries.attempts(within: now - (records.last { $0.at != nil }?.at ?? opening.at))
    inherited = states.lastIndex { $0.status == .open }
    if mode == .backward {
      cursor = undoStart
      return undoNext(now, &commands)
    }
    guard prompt <= library.prompt else {
      return escalate("this agent does not have version \(prompt) of the decider's instructions", now, &commands)
    }
    moveToFirstUnfinished()
    guard cursor < order.count else { return enter(now, &commands) }
    let step = plan.workflow.steps[act.step]
    commands.append(.note(.resumed(step: step.name)))
    ask(
      DecisionQuery(
        fork: .afterRestart, step: step.name,
        options: mayCompensate ? [.resume, .compensate, .escalate] : [.resume, .escalate], facts: facts,
        text: states[index].status == .open ? "the outcome of \(act.name.text) is unknown" : "", prompt: prompt),
      &commands)
  }

  /// Begins the journal, and the run.
  mutating func begin(_ now: Instant, _ commands: inout [Command]) {
    // Records without an opening were never written by this agent with its memory in order.
    buffer.append(
      .opened(
        Opening(
          workflow: plan.workflow.name, version: plan.workflow.version, input: request.input, replica: replica,
          at: now, prompt: prompt)))
    // Where no ticketing system is at hand, the text came with the request.
    if let first = plan.workflow.steps.first, first.asksDecider, !plan.acts.contains(where: { $0.step == 0 }) {
      return askTriage(first, &commands)
    }
    enter(now, &commands)
  }

  /// Folds one record into the state. A send of an earlier incarnation can't be later than now; one that says so was
  /// written by a clock that was wrong, and how old its key is nobody knows.
  private mutating func restore(_ record: JournalRecord, _ now: Instant, _ opening: Opening) {
    switch record {
    case .opened: break
    case .intent(let intent):
      guard states.indices.contains(intent.act) else { return }
      states[intent.act].status = .open
      states[intent.act].generation = intent.generation
      states[intent.act].opened = intent.at <= now ? intent.at : now - plan.acts[intent.act].keyWindow
      states[intent.act].lastSent = now
      states[intent.act].isUnknown = true
      sent += 1
    case .result(let act, let learned, _, let at):
      guard states.indices.contains(act) else { return }
      states[act].status = .done
      states[act].isUnknown = false
      states[act].lastSent = min(at, now)
      learn(learned)
    case .skipped(let act):
      if states.indices.contains(act) { states[act].status = .skipped }
    case .refused(let act, let why, _):
      if states.indices.contains(act) { states[act].status = .refused }
      reason = why
    case .restarted(let act, let through, _):
      beginAnew(act, through: through)
    case .decided(let query, let decision, _):
      guard mayLearn(at: query.fork) else { return }
      learn(decision.fields)
      // What policy says and names that the agent made up are not written down; a ticket need not have added anything.
      _ = derive()
    case .turned(let why, _):
      mode = .backward
      reason = why
    case .undoing(let act, _, _, _):
      guard states.indices.contains(act), states[act].status != .undone else { return }
      states[act].lastSent = now
      states[act].isUnknown = true
    case .undone(let act, let isFinal, _):
      guard states.indices.contains(act) else { return }
      states[act].status = .undone
      states[act].needsRecheck = !isFinal
      states[act].wasRechecked = isFinal
      states[act].lastSent = now
    case .audit(let entry):
      if entry.operation == plan.alarm?.operation { mayHavePaged = entry.act }
      guard states.indices.contains(entry.act), entry.outcome == .sent else { return }
      if mode == .backward { states[entry.act].undoSends += 1 } else { states[entry.act].earlierSends += 1 }
    case .finished(let word, _):
      if mode != .over { direction = mode }
      mode = .over
      claim = word
    case .takenUp: beginAgain(opening)
    case .verified: isUnverified = false
    }
  }

  /// Resets the acts from `act` to `through` so that they run again with new keys.
  mutating func beginAnew(_ first: Int, through last: Int) {
    guard first <= last, states.indices.contains(last) else { return }
    for index in first...last {
      let before = states[index]
      states[index] = ActState()
      states[index].generation = before.generation + 1
      states[index].earlierSends = before.earlierSends + before.attempts
    }
  }

  mutating func moveToFirstUnfinished() {
    cursor = 0
    while cursor < order.count {
      switch states[index].status {
      case .done, .skipped: cursor += 1
      case .untouched, .open, .refused, .undone: return
      }
    }
  }

  /// Whether there is a way back: the pivot and whatever can't be taken back have certainly not happened.
  var mayCompensate: Bool {
    for (index, state) in states.enumerated() {
      let act = plan.acts[index]
      guard act.isChange, state.status == .done || (state.status == .open && state.isUnknown) else { continue }
      if !act.isReversible { return false }
      if act.stage == .pivot, parts.pivot == .last || state.status == .open { return false }
    }
    return true
  }
}
