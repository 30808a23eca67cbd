// Before a run is handed over whose journal may have forgotten something: a look at what is there, by natural key.

import Operations
import Primitives

extension Orchestrator {
  /// How often one lookup is asked; what can't be found out then is handed over as possible.
  private static let surveyTries = 3

  /// Whether the journal alone is no ground for saying what is there: it may lack something, or the run ends before it
  /// was looked once more at what a call without a key made.
  var wantsSurvey: Bool {
    (mayHaveForgotten || isDoubtful || storeOutage != nil) && !isSurveyed && parts.memory == .durable
      && parts.readBack == .byNaturalKey && parts.handOver == .withContext && !request.isDryRun
  }

  /// Looks for whatever the workflow makes, in its order, and hands over then.
  mutating func beginSurvey(_ why: String, _ now: Instant, _ commands: inout [Command]) {
    reason = why
    isSurveyed = true
    isAudited = false
    // Whoever slept past its lease may have been relieved, and what was done since is in no journal that it has read.
    if storeOutage != nil, case .leased = parts.flight, now >= leaseEnd { isDoubtful = true }
    surveyFromTheStart(now, &commands)
  }

  /// Looks, before a run is begun that may have been begun before, for whatever an earlier version would have made:
  /// under its names, which may be others than those of this version.
  ///
  /// A journal that is gone doesn't tell under which version the run went. What is found is handed over: to go on
  /// under this version would be a mixture.
  mutating func seekEarlier(_ version: CompiledWorkflow, _ now: Instant, _ commands: inout [Command]) {
    if successor == 0 { successor = plan.workflow.version }
    facts = request.input
    adopt(version)
    surveyFromTheStart(now, &commands)
  }

  /// Nothing is left to look for under the names of an earlier version.
  private mutating func soughtEarlier(_ now: Instant, _ commands: inout [Command]) {
    let version = plan.workflow.version
    if !surplus.isEmpty || states.contains(where: { $0.status == .done || $0.isUnknown }) {
      isSurveyed = true
      return escalate("the journal of an earlier run, perhaps under version \(version), is gone", now, &commands)
    }
    if let earlier = library.newest(plan.workflow.name, before: version) { return seekEarlier(earlier, now, &commands) }
    guard let own = library.find(plan.workflow.name, version: successor) else {
      preconditionFailure("a release has the version that it began with")
    }
    adopt(own)
    successor = 0
    facts = request.input
    cursor = 0
    begin(now, &commands)
  }

  /// Looks under the names that can be made up, whatever was decided so far.
  private mutating func surveyFromTheStart(_ now: Instant, _ commands: inout [Command]) {
    nameWhatIsKnown()
    cursor = 0
    tries = 0
    survey(now, &commands)
  }

  mutating func survey(_ now: Instant, _ commands: inout [Command]) {
    while cursor < order.count {
      let compiled = act
      if compiled.isChange, let lookup = compiled.lookup {
        if tries >= Orchestrator.surveyTries {
          // It was waited for as long as that system asked for, also where another of its operations comes next.
          silent.append(lookup.operation)
          tries = 0
        }
        if silent.contains(lookup.operation) {
          doubt(index)
        } else if lookup.arguments.allSatisfy({ isKnown($0.source) }) {
          let settled = states[index].lastSent + compiled.settling
          if compiled.isReviewed, !compiled.takesKey, states[index].status == .done, now < settled {
            return wait(until: settled, .settling, .survey, now, &commands)
          }
          tries += 1
          return call(.survey, lookup.operation, arguments(of: lookup.arguments), attempt: tries, &commands)
        } else if isDoubtful, successor == 0, states[index].status != .done {
          // What it would be found by was never made, or is not known.
          doubt(index)
        }
      }
      cursor += 1
    }
    if successor != 0 { return soughtEarlier(now, &commands) }
    isDoubtful = false
    escalate(reason, now, &commands)
  }

  private func isKnown(_ source: Argument.Source) -> Bool {
    if case .fact(let name) = source { facts[name] != nil } else { true }
  }

  mutating func surveyAnswered(_ answer: Answer, _ now: Instant, _ commands: inout [Command]) {
    guard let lookup = act.lookup else { preconditionFailure("an act without a lookup is looked for") }
    guard let finding = finding(answer, lookup) else {
      return wait(until: now + delay(answer, attempt: tries), .backoff, .survey, now, &commands)
    }
    switch finding {
    case .one(let object), .differing(let object, _), .several(let object, _):
      // A run that has turned round may have an act left that it had not come to.
      if case .several = finding {
        surplus.append(Claim.Item(act: act.name, operation: act.operation, id: ""))
      }
      guard let learned = lookup.outputs.read(from: object) else { return surveyedUnread(now, &commands) }
      learn(learned)
      states[index].status = .done
      states[index].isUnknown = false
    case .none where successor != 0 && now < began + act.settling:
      // Made just before the journal was lost, it may not show yet.
      tries = 0
      return wait(until: began + act.settling, .settling, .survey, now, &commands)
    case .none:
      let isDone = states[index].status == .done
      if isDone || (isDoubtful && now < began + act.settling) { doubt(index) }
    }
    surveyNext(now, &commands)
  }

  /// Something was shown that can't be read: what was looked for may be there, under an id that is not known.
  mutating func surveyedUnread(_ now: Instant, _ commands: inout [Command]) {
    states[index].status = .open
    states[index].isUnknown = true
    surveyNext(now, &commands)
  }

  private mutating func surveyNext(_ now: Instant, _ commands: inout [Command]) {
    tries = 0
    cursor += 1
    survey(now, &commands)
  }

  /// The act may have happened.
  private mutating func doubt(_ index: Int) {
    if states[index].status != .done { states[index].status = .open }
    states[index].isUnknown = true
  }
}
