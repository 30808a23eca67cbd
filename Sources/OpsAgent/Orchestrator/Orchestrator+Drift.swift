// A system that speaks otherwise than this workflow was written for: stop, page the owner, hand over. Nothing that was
// written for another system is fit to go on, and neither is it to take anything back.

import Operations
import Primitives

extension Orchestrator {
  /// What in an answer is not as documented; nil for nearly all. A field that is not there is noticed where it is read.
  func drift(in response: Response, _ purpose: Call.Purpose) -> String? {
    if purpose == .renew || purpose == .page || purpose == .pageLookup { return nil }
    guard response.isSuccess else {
      guard let error = response.error, plan.catalogue.nature(of: error.code) == .malformed else { return nil }
      return "\(act.operation.backendText) does not understand the request: \(error.message)"
    }
    if let field = act.values.undocumented(in: response.body) {
      return "\(act.operation.backendText) shows a \(field.text) that is not documented"
    }
    return nil
  }

  /// Stops because an answer that says "done" or "there" leaves out what the next calls need.
  mutating func stopUnread(_ now: Instant, _ commands: inout [Command]) {
    stop("\(act.operation.backendText) leaves out what it should show", now, &commands)
  }

  /// Goes no further, and has the owner of the step paged.
  mutating func stop(_ why: String, _ now: Instant, _ commands: inout [Command]) {
    reason = why
    distrusted = Name(act.operation.backendText)
    hasRenewed = false
    isAudited = false
    guard plan.alarm != nil, !request.isDryRun else { return escalate(why, now, &commands) }
    // A page is a side effect, too; whoever the run is handed over to is told anyhow.
    guard parts.blastRadius.allows(sent: sent, cap: mutationCap) else {
      commands.append(.note(.held(.blastRadiusCap)))
      return escalate("\(why); the run has sent \(sent) side effects, its cap", now, &commands)
    }
    beginChecks()
    page(now, &commands)
  }

  /// Pages the owner, once for one run: looks first whether an earlier incarnation, or a call without an answer, did.
  mutating func page(_ now: Instant, _ commands: inout [Command]) {
    guard let alarm = plan.alarm else { preconditionFailure("nobody can be paged here") }
    let key = Value.text(request.run.text)
    guard check > 0 else {
      tries += 1
      return call(
        .pageLookup, alarm.lookup, ["dedup_key": key], principal: alarm.principal, attempt: tries, &commands)
    }
    if !isAudited, auditAhead(alarm.operation, now) { return flush(.page, now, &commands) }
    tries += 1
    commands.append(.note(.guarded(step: act.stepName, act: act.name, check: "not paged yet", holds: true)))
    var arguments: Fields = [
      "summary": .text("\(step.owner.text): \(request.run.text) has stopped. \(reason)"), "severity": "error",
      "dedup_key": key,
    ]
    if let customer = facts[.customer] { arguments[.customer] = customer }
    call(.page, alarm.operation, arguments, principal: alarm.principal, attempt: tries, &commands)
  }

  mutating func pageLookupAnswered(_ answer: Answer, _ now: Instant, _ commands: inout [Command]) {
    guard case .succeeded(let response) = plan.catalogue.outcome(of: answer) else {
      return pageAgain(answer, now, &commands)
    }
    let key = Value.text(request.run.text)
    let isOpen = response.body.entries.contains { entry in
      entry.value.list?.contains { $0.record?["dedup_key"] == key && $0.record?["status"] == "triggered" } ?? false
    }
    if isOpen { return paged(now, &commands) }
    check = 1
    page(now, &commands)
  }

  mutating func pageAnswered(_ answer: Answer, _ now: Instant, _ commands: inout [Command]) {
    switch plan.catalogue.outcome(of: answer) {
    case .succeeded: paged(now, &commands)
    case .failed, .notNow: pageAgain(answer, now, &commands)
    case .unknown:
      guard let alarm = plan.alarm, mayTry(after: tries) else {
        let page = plan.alarm.map { Claim.Item(act: act.name, operation: $0.operation, id: "") }
        let possibly = possibly + (page.map { [$0] } ?? [])
        return handOver(
          "\(reason), and whether anybody was paged is not known", present: present, possibly: possibly, now,
          &commands)
      }
      check = 0
      let bounds = plan.catalogue.service(of: alarm.operation)?.bounds
      wait(
        until: now + (bounds?.lateness ?? .zero) + (bounds?.staleness ?? .zero), .settling, .page, now, &commands)
    }
  }

  private mutating func pageAgain(_ answer: Answer, _ now: Instant, _ commands: inout [Command]) {
    guard mayTry(after: tries) else { return escalate("\(reason), and nobody could be paged", now, &commands) }
    wait(until: now + delay(answer, attempt: tries), .backoff, .page, now, &commands)
  }

  private mutating func paged(_ now: Instant, _ commands: inout [Command]) {
    mayHavePaged = nil
    commands.append(.note(.paged(owner: step.owner)))
    escalate("\(reason); \(step.owner.text) was paged", now, &commands)
  }
}

extension Name {
  /// The system's part of an operation's name, for people.
  fileprivate var backendText: String { String(text.prefix { $0 != "." }) }
}
