// The end of a run: what is there, what may be there, and the word that is given on it.

import Operations
import Primitives

extension Orchestrator {
  /// Hands the run over to a person.
  mutating func escalate(_ why: String, _ now: Instant, _ commands: inout [Command]) {
    buffer.append(contentsOf: late)
    late = []
    if wantsSurvey { return beginSurvey(why, now, &commands) }
    handOver(why, present: present, possibly: possibly, now, &commands)
  }

  /// Says what is there and what may be there, and that a person is to go on.
  mutating func handOver(
    _ why: String, present: [Claim.Item], possibly: [Claim.Item], _ now: Instant, _ commands: inout [Command]
  ) {
    reason = why
    switch parts.handOver {
    case .withContext:
      over(
        Claim(
          .escalated, present: present, possibly: possibly, reason: why,
          nextAction: (storeOutage == nil ? "" : "See to the store first. ")
            + (possibly.isEmpty
              ? "Decide whether to finish or to take back what is present."
              : "Find out what became of each possible item, then finish or take back.")), now, &commands)
    case .bare:
      over(Claim(.escalated, reason: "something went wrong"), now, &commands)
    }
  }

  /// Writes the last word, then gives it.
  mutating func over(_ word: Claim, _ now: Instant, _ commands: inout [Command]) {
    claim = word
    if storeOutage != nil { return conclude(&commands) }
    buffer.append(.finished(word, at: now))
    flush(.finish, now, &commands)
  }

  mutating func conclude(_ commands: inout [Command]) {
    guard let claim else { preconditionFailure("a run ends without a word on it") }
    mode = .over
    expectation = .nothing
    if claim.ending == .escalated { commands.append(.note(.escalated(hasContext: parts.handOver == .withContext))) }
    commands.append(.finish(claim))
  }

  /// What is known to be there.
  var present: [Claim.Item] {
    var items: [Claim.Item] = []
    for index in order where states[index].status == .done && !states[index].isUnknown && plan.acts[index].isChange {
      if isIllegible(index) { continue }
      items.append(item(index))
    }
    return items
  }

  /// What may be there: sent, or written as about to be sent, without a known outcome; and, where the journal may have
  /// forgotten something, whatever it does not show.
  var possibly: [Claim.Item] {
    var items: [Claim.Item] = []
    if let over = mayHavePaged, plan.acts.indices.contains(over), let alarm = plan.alarm {
      items.append(Claim.Item(act: plan.acts[over].name, operation: alarm.operation, id: ""))
    }
    for index in order where plan.acts[index].isChange {
      let state = states[index]
      // Done, and perhaps taken back by a call whose answer never came.
      let isOpen =
        (state.status == .open && (state.isUnknown || state.attempts > 0))
        || (state.status == .done && (state.isUnknown || isIllegible(index)))
      if isOpen || (state.status == .undone && state.needsRecheck) || (isDoubtful && state.status != .done) {
        var item = item(index)
        // The id that is known is that of what an earlier attempt made and lost.
        if state.status == .open { item.id = "" }
        items.append(item)
      }
      if isUnreviewed(index) {
        items.append(Claim.Item(act: plan.acts[index].name, operation: plan.acts[index].operation, id: ""))
      }
    }
    return items + surplus
  }

  /// Whether what an act made is in a system that can't be read any more.
  private func isIllegible(_ index: Int) -> Bool {
    distrusted.map { plan.acts[index].operation.text.hasPrefix("\($0).") } ?? false
  }

  /// Whether nobody has looked yet for what was made beside an act's own: its call takes no key, or was repeated.
  private func isUnreviewed(_ index: Int) -> Bool {
    guard plan.acts[index].isReviewed, states[index].status == .done,
      !plan.acts[index].takesKey || isRepeated(index)
    else { return false }
    return plan.acts.indices.contains { review in
      plan.acts[review].act.kind == .review(plan.acts[index].name)
        && (states[review].status == .untouched || states[review].status == .open)
    }
  }

  private func item(_ index: Int) -> Claim.Item {
    let act = plan.acts[index]
    let id = act.idFact.flatMap { facts.text($0) } ?? ""
    return Claim.Item(act: act.name, operation: act.operation, id: id)
  }
}
