// Looking once more at what a call made that may have been done twice: without a key, since a network may have
// delivered it twice; with one, where it was sent again, since "replayed" is a system's word and not a fact.

import Operations
import Primitives

extension Orchestrator {
  /// Waits until nothing sent before can still appear, then lists what the reviewed act made.
  mutating func review(_ now: Instant, _ commands: inout [Command]) {
    let made = act.reviewed
    let maker = plan.acts[made]
    guard parts.readBack == .byNaturalKey, !request.isDryRun, states[made].status == .done,
      !maker.takesKey || isRepeated(made), let lookup = maker.lookup
    else {
      states[index].status = .skipped
      buffer.append(.skipped(act: index))
      cursor += 1
      return enter(now, &commands)
    }
    // Under a key nothing arrives late and does anything; what was done is there, and may be hidden.
    let settled = states[made].lastSent + (maker.takesKey ? maker.staleness : maker.settling)
    if now < settled { return wait(until: settled, .settling, .review, now, &commands) }
    tries += 1
    call(.review, lookup.operation, arguments(of: lookup.arguments), attempt: tries, &commands)
  }

  /// Whether an act was sent again before it was known whether it had happened, by this incarnation or an earlier one.
  func isRepeated(_ index: Int) -> Bool { states[index].mayBeTwice || states[index].earlierSends > 1 }

  mutating func reviewAnswered(_ answer: Answer, _ now: Instant, _ commands: inout [Command]) {
    let compiled = plan.acts[act.reviewed]
    let maker = compiled.act
    guard let lookup = compiled.lookup, let own = maker.outputs.first else {
      preconditionFailure("only an act with a lookup and an id is reviewed")
    }
    guard case .succeeded(let response) = plan.catalogue.outcome(of: answer) else {
      guard mayTry(after: tries) else {
        return fail("what \(maker.name.text) made could not be reviewed", now, &commands)
      }
      return wait(until: now + delay(answer, attempt: tries), .backoff, .review, now, &commands)
    }
    tries = 0
    let found = lookup.objects(in: response.body, given: facts)
    // What has no id can't be told from what is to stay.
    guard found.allSatisfy({ $0[own.field] != nil }) else { return stopUnread(now, &commands) }
    guard let extra = found.first(where: { $0[own.field] != facts[own.fact] }) else {
      return complete([:], now, &commands)
    }
    var extraFacts = facts
    extraFacts[own.fact] = extra[own.field]
    guard let way = maker.undo?.ways.first else {
      return escalate("\(maker.name.text): \(found.count) exist where one should", now, &commands)
    }
    removal = way.arguments.filled(from: extraFacts, conditional: true)
    auditAhead(way.operation, now)
    buffer.append(.undoing(act: index, operation: way.operation, arguments: removal, at: now))
    flush(.remove, now, &commands)
  }

  /// Removes the surplus object that the review found.
  mutating func remove(_ now: Instant, _ commands: inout [Command]) {
    guard let way = plan.acts[act.reviewed].act.undo?.ways.first else {
      preconditionFailure("a way to remove was chosen before")
    }
    if renewing(.remove, now, &commands) { return }
    if !isAudited, auditAhead(way.operation, now) { return flush(.remove, now, &commands) }
    tries += 1
    call(.remove, way.operation, removal, attempt: tries, &commands)
  }

  mutating func removeAnswered(_ answer: Answer, _ now: Instant, _ commands: inout [Command]) {
    switch plan.catalogue.outcome(of: answer) {
    case .succeeded:
      audit(.takenBack, of: plan.acts[act.reviewed].act.undo?.ways.first?.operation, now)
      tries = 0
      wait(until: now + act.staleness, .settling, .review, now, &commands)
    case .failed, .notNow, .unknown:
      guard mayTry(after: tries) else {
        return escalate("a surplus of \(plan.acts[act.reviewed].act.name.text) could not be removed", now, &commands)
      }
      wait(until: now + delay(answer, attempt: tries), .backoff, .review, now, &commands)
    }
  }
}
