// Keeping to the rules of the house that the deployment was told: wait, ask a person, or give up in good order.

import Operations
import Primitives

extension Orchestrator {
  /// Waits or stops where a rule holds back the change at the cursor; false where none does.
  ///
  /// Asked before its intent is written and before each time that it is sent, since time passes in between.
  mutating func isHeldBack(_ now: Instant, _ commands: inout [Command]) -> Bool {
    guard !request.rules.isEmpty, !request.isDryRun, let effect = plan.catalogue[act.operation]?.effect else {
      return false
    }
    if let until = request.rules.frozen(effect, at: now) {
      guard until - now <= HouseRules.patience else {
        commands.append(.note(refusal("no freeze")))
        giveUpUnsent("changes are frozen until \(until)")
        escalate("changes are frozen until \(until)", now, &commands)
        return true
      }
      waitOut(until, now, &commands)
      return true
    }
    if let books = request.rules.closedBooks(effect, of: facts.text(.period), at: now) {
      let why = "the books of \(facts.text(.period) ?? "the month") are closed in \(books.zone)"
      giveUpUnsent(why)
      commands.append(.note(refusal("open books")))
      fail(why, now, &commands)
      return true
    }
    if request.rules.needsApproval(effect, of: facts.money(.price)) {
      giveUpUnsent("giving money back needs a second person")
      commands.append(.note(refusal("approval")))
      escalate("\(act.name.text) gives money back, which a second person has to approve", now, &commands)
      return true
    }
    return false
  }

  private func refusal(_ check: Name) -> Note { .guarded(step: act.stepName, act: act.name, check: check, holds: false) }

  /// Why a person has to go this way back: it gives money back that a second person has to approve, or it takes something
  /// out of books that are closed. A draft is in none.
  func forbids(_ way: Undo.Way, _ now: Instant) -> String? {
    guard !request.rules.isEmpty, let effect = plan.catalogue[way.operation]?.effect else { return nil }
    if request.rules.needsApproval(effect, of: facts.money(.price)) {
      return "taking back \(act.name.text) gives money back, which a second person has to approve"
    }
    if facts.text(.invoiceStatus) != "draft",
      let books = request.rules.closedBooks(effect, of: facts.text(.period), at: now)
    {
      return "taking back \(act.name.text) changes the books of \(facts.text(.period) ?? "the month"), "
        + "which are closed in \(books.zone)"
    }
    return nil
  }

  /// Sleeps until a freeze is over, with everything written down before.
  private mutating func waitOut(_ until: Instant, _ now: Instant, _ commands: inout [Command]) {
    if states[index].status == .open, states[index].attempts > 0 || states[index].isUnknown {
      return wait(until: until, .freeze, .thaw, now, &commands)
    }
    states[index].status = .untouched
    if !buffer.isEmpty { return flush(.enter, now, &commands) }
    wait(until: until, .freeze, .enter, now, &commands)
  }

  /// Goes on with an act that was sent before a freeze, when the freeze is over: its key may be forgotten by then.
  mutating func thaw(_ now: Instant, _ commands: inout [Command]) {
    guard states[index].isUnknown else {
      states[index].opened = now
      beginChecks()
      return flush(.check, now, &commands)
    }
    resumeAct(now, &commands)
  }

  /// Nothing was sent under this intent, so nothing of it exists.
  private mutating func giveUpUnsent(_ why: String) {
    guard states[index].attempts == 0, !states[index].isUnknown else { return }
    if states[index].status == .open { buffer.append(.refused(act: index, reason: why, at: states[index].opened)) }
    states[index].status = .untouched
  }
}
