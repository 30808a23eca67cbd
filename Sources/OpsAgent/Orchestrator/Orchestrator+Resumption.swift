// Taken up again after a person had it in hand: the journal says how it was, and the world how it is.

import Operations
import Primitives

extension Orchestrator {
  /// Whether a person has ordered that a run which was handed over goes on, and this journal knows of no such order yet.
  var mayTakeUp: Bool { claim?.ending == .escalated && request.resumptions > takenUp }

  /// Writes the order down, so that it is carried out once and across crashes, and looks around.
  mutating func takeUp(_ opening: Opening, _ now: Instant, _ commands: inout [Command]) {
    // The fold of the record: going on now and going on after a crash are the same.
    beginAgain(opening)
    buffer.append(.takenUp(order: takenUp, at: now))
    commands.append(.note(.takenUp))
    lookAround(now, &commands)
  }

  /// Folds an order to go on into the state: what was refused may be tried again, and so may what was given up after
  /// too many tries; what was done is not believed until it has been seen.
  mutating func beginAgain(_ opening: Opening) {
    takenUp += 1
    mode = direction
    claim = nil
    reason = ""
    isUnverified = true
    let hasChanged = states.indices.contains { plan.acts[$0].isChange && states[$0].hasBegun }
    for index in states.indices {
      states[index].attempts = 0
      states[index].earlierSends = 0
      states[index].undoSends = 0
      switch states[index].status {
      case .refused, .skipped: beginAnew(index, through: index)
      case .done where !hasChanged: beginAnew(index, through: index)
      case .untouched, .open, .done, .undone: break
      }
      states[index].earlierSends = 0
    }
    // Nothing was changed yet, so the ticket is read anew, too: somebody may have mended it.
    if !hasChanged { facts = opening.input }
  }

  /// Compares what the journal says is done with what the systems hold, before anything else is done.
  mutating func lookAround(_ now: Instant, _ commands: inout [Command]) {
    cursor = 0
    beginChecks()
    guard mode == .forward, parts.readBack == .byNaturalKey else { return goOn(now, &commands) }
    flush(.verify, now, &commands)
  }

  /// Looks at the next thing that is believed to be there.
  mutating func verify(_ now: Instant, _ commands: inout [Command]) {
    while cursor < order.count {
      let compiled = act
      let status = states[index].status
      if compiled.isChange, status == .done || status == .undone, let lookup = compiled.lookup {
        tries += 1
        return call(.verify, lookup.operation, arguments(of: lookup.arguments), attempt: tries, &commands)
      }
      cursor += 1
    }
    goOn(now, &commands)
  }

  mutating func verifyAnswered(_ answer: Answer, _ now: Instant, _ commands: inout [Command]) {
    guard let lookup = act.lookup else { preconditionFailure("an act without a lookup is looked for") }
    guard let finding = finding(answer, lookup) else {
      guard mayTry(after: tries) else { return escalate("\(act.name.text) can't be looked for", now, &commands) }
      return wait(until: now + delay(answer, attempt: tries), .backoff, .verify, now, &commands)
    }
    tries = 0
    switch finding {
    case .one(let object):
      let learned = lookup.outputs.read(from: object) ?? [:]
      let isAnother = act.idFact.map { learned[$0] != nil && learned[$0] != facts[$0] } ?? false
      learn(learned)
      if isAnother || states[index].status == .undone {
        // Somebody has put another in its place, and it agrees.
        states[index].status = .done
        commands.append(.note(.adopted(act: act.name, object: act.idFact.flatMap { facts.text($0) } ?? "")))
        audit(.adopted, now)
        buffer.append(.result(act: index, facts: learned, isAdopted: true, at: now))
      }
      cursor += 1
      hasWaited = false
      verify(now, &commands)
    case .none:
      guard hasWaited else {
        hasWaited = true
        return wait(until: now + act.staleness, .settling, .verify, now, &commands)
      }
      isGone(now, &commands)
    case .differing(_, let field):
      escalate("\(act.name.text): \(field.text) was changed by someone else", now, &commands)
    case .several(_, let count):
      escalate("\(act.name.text): \(count) exist where one should", now, &commands)
    }
  }

  /// Somebody took away what was there. It is made again where nothing that is there stands on it; else a person has to
  /// say what they meant by it.
  private mutating func isGone(_ now: Instant, _ commands: inout [Command]) {
    hasWaited = false
    states[index].status = .undone
    states[index].needsRecheck = false
    states[index].wasRechecked = true
    buffer.append(.undone(act: index, isFinal: true, at: now))
    let users = act.idFact.map { dependents(on: $0) } ?? []
    let hasTurned = states.indices.contains { plan.acts[$0].stage != .compensable && states[$0].hasBegun }
    guard act.isReversible, !hasTurned, !users.contains(where: { plan.acts[$0].isChange && states[$0].hasBegun }) else {
      return escalate("\(act.name.text) was taken back by someone else", now, &commands)
    }
    for again in [index] + users {
      buffer.append(.restarted(act: again, through: again, at: now))
      beginAnew(again, through: again)
    }
    cursor += 1
    verify(now, &commands)
  }

  /// The acts that name this fact in what they send.
  private func dependents(on fact: Name) -> [Int] {
    plan.acts.indices.filter { other in
      other != index && plan.acts[other].act.arguments.contains { $0.source == .fact(fact) }
    }
  }

  /// The world is known again: finishes what is open by a look, then what is left.
  private mutating func goOn(_ now: Instant, _ commands: inout [Command]) {
    isUnverified = false
    buffer.append(.verified(at: now))
    inherited = states.lastIndex { $0.status == .open }
    if mode == .backward {
      cursor = undoStart
      return flush(.undo, now, &commands)
    }
    moveToFirstUnfinished()
    guard cursor < order.count, states[index].status == .open else { return flush(.enter, now, &commands) }
    beginChecks()
    // Whether its key is still known or not: a person may have done it by hand.
    guard parts.unknowns == .resolved, parts.readBack == .byNaturalKey, act.lookup != nil else {
      return resumeAct(now, &commands)
    }
    flush(.readBack, now, &commands)
  }
}

extension Orchestrator.ActState {
  /// Whether anything of it may have come about.
  fileprivate var hasBegun: Bool {
    switch status {
    case .open, .done, .undone: true
    case .untouched, .skipped, .refused: false
    }
  }
}
