// Invariants before a side effect, each by a fresh read.

import Operations
import Primitives

extension Orchestrator {
  /// Starts with the first check of the act at the cursor.
  mutating func beginChecks() {
    check = 0
    tries = 0
    hasWaited = false
  }

  /// Makes the next check of the act at the cursor, or sends it once all have held.
  mutating func runCheck(_ now: Instant, _ commands: inout [Command]) {
    let checks = act.checks
    while check < checks.count {
      let next = checks[check]
      if isOutOfReach(next) || (parts.guards == .trusting && !next.isEssential) {
        check += 1
        continue
      }
      tries += 1
      return call(.check, next.lookup.operation, arguments(of: next.lookup.arguments), attempt: tries, &commands)
    }
    guard request.isDryRun, parts.dryRun.withholds(act.stage) else { return flush(.send, now, &commands) }
    planAct(now, &commands)
  }

  /// A dry run can't confirm what would only come to exist by not running dry.
  private func isOutOfReach(_ check: CompiledCheck) -> Bool {
    request.isDryRun
      && (check.rule == .present || check.lookup.arguments.contains { isMissing($0.source) }
        || check.lookup.identity.contains { isMissing($0.test) })
  }

  /// What is told apart by something that the run would first have to make.
  private func isMissing(_ test: Match.Test) -> Bool {
    if case .fact(let name) = test { facts[name] == nil } else { false }
  }

  private func isMissing(_ source: Argument.Source) -> Bool {
    if case .fact(let name) = source { facts[name] == nil } else { false }
  }

  private mutating func planAct(_ now: Instant, _ commands: inout [Command]) {
    let compiled = act
    planned.append(Claim.Item(act: compiled.name, operation: compiled.operation, id: ""))
    commands.append(
      .note(
        .planned(
          PlannedEffect(
            step: compiled.stepName, act: compiled.name, operation: compiled.operation,
            arguments: arguments(of: compiled.act.arguments),
            principal: parts.credentials.principal(for: compiled),
            protection: compiled.protection,
            undo: compiled.act.undo?.ways.map(\.operation) ?? [], stage: compiled.stage))))
    cursor += 1
    enter(now, &commands)
  }

  mutating func checkAnswered(_ answer: Answer, _ now: Instant, _ commands: inout [Command]) {
    let made = act.checks[check]
    guard let finding = finding(answer, made.lookup) else {
      guard mayTry(after: tries) else {
        return fail("\(made.name.text) could not be checked", now, &commands)
      }
      return wait(until: now + delay(answer, attempt: tries), .backoff, .check, now, &commands)
    }
    switch (made.rule, finding) {
    case (.absent, .none) where isForgotten(answer, made.lookup):
      isDoubtful = true
      escalate("\(act.name.text) was done and is gone, and the journal shows neither", now, &commands)
    case (.absent, .none):
      if made.waitsForStaleness, !hasWaited {
        hasWaited = true
        return wait(until: now + act.staleness + act.notice, .settling, .check, now, &commands)
      }
      held(made, now, &commands)
    case (.absent, .one) where made.lookup.seeksAbsence && !mayHaveBeenSent:
      // Somebody else took it away: nothing to do, and nothing to put back.
      commands.append(.note(.guarded(step: act.stepName, act: act.name, check: made.name, holds: true)))
      skip(now, &commands)
    case (.absent, .one(let object)):
      commands.append(.note(.guarded(step: act.stepName, act: act.name, check: made.name, holds: true)))
      guard let learned = made.lookup.outputs.read(from: object) else { return stopUnread(now, &commands) }
      guard !request.isDryRun else {
        return escalate("\(made.name.text): what exists could not be read", now, &commands)
      }
      // Nothing in the journal says that it was sent: either others made it, or the journal has forgotten it.
      if mayHaveForgotten, !states[index].isUnknown { isDoubtful = true }
      complete(learned, adopted: true, now, &commands)
    case (.present, .one(let object)):
      guard let learned = made.lookup.outputs.read(from: object) else { return stopUnread(now, &commands) }
      learn(learned)
      held(made, now, &commands)
    default:
      // A lagging replica may show what was true before the last write; ask once more after its bound.
      if !hasWaited {
        hasWaited = true
        return wait(until: now + act.staleness, .settling, .check, now, &commands)
      }
      violated(made, finding, now, &commands)
    }
  }

  /// Whether the act at the cursor may have been sent, by this incarnation or an earlier one.
  private var mayHaveBeenSent: Bool {
    states[index].isUnknown || states[index].attempts > 0 || states[index].earlierSends > 0
  }

  /// Passes over the act at the cursor: there is nothing for it to do, and nothing to take back.
  mutating func skip(_ now: Instant, _ commands: inout [Command]) {
    states[index].status = .skipped
    buffer.append(.skipped(act: index))
    cursor += 1
    enter(now, &commands)
  }

  /// Whether an act that the journal knows nothing of was done before this process, and taken back: then the run had
  /// turned round, or somebody ended what it made, and to do it again would be a guess.
  private func isForgotten(_ answer: Answer, _ lookup: CompiledLookup) -> Bool {
    guard mayHaveForgotten, !states[index].isUnknown, states[index].generation == 0,
      case .succeeded(let response) = plan.catalogue.outcome(of: answer)
    else { return false }
    return lookup.showsRemains(in: response.body, given: facts)
  }

  private mutating func held(_ made: CompiledCheck, _ now: Instant, _ commands: inout [Command]) {
    commands.append(.note(.guarded(step: act.stepName, act: act.name, check: made.name, holds: true)))
    check += 1
    tries = 0
    hasWaited = false
    runCheck(now, &commands)
  }

  private mutating func violated(
    _ made: CompiledCheck, _ finding: Lookup.Finding, _ now: Instant, _ commands: inout [Command]
  ) {
    commands.append(.note(.guarded(step: act.stepName, act: act.name, check: made.name, holds: false)))
    if !states[index].isUnknown {
      // Nothing has been sent under this intent.
      states[index].status = .refused
      buffer.append(.refused(act: index, reason: "\(made.name.text) does not hold", at: now))
    }
    switch finding {
    case .none: fail("\(made.name.text): nothing there", now, &commands)
    case .one: fail("\(made.name.text): something there", now, &commands)
    case .differing(_, let field): escalate("\(made.name.text): \(field.text) differs", now, &commands)
    case .several(_, let count): escalate("\(made.name.text): \(count) where one should be", now, &commands)
    }
  }
}
