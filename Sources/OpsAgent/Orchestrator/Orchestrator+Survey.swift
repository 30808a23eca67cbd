// Before a run is handed over whose journal may have forgotten something: a look at what is there, by natural key.

import Operations
import Primitives

extension Orchestrator {
  /// How often one lookup is asked; what can't be found out then is handed over as possible.
  private static let surveyTries = 3

  /// Whether the journal alone is no ground for saying what is there: it may lack something, or the run ends before it
  /// was looked once more at what a call without a key made.
  var wantsSurvey: Bool {
    (mayHaveForgotten || isDoubtful || storeOutage != nil) && !isSurveyed && parts.memory == .durable && parts.readBack == .byNaturalKey
      && parts.handOver == .withContext && !request.isDryRun
  }

  /// Looks for whatever the workflow makes, in its order, and hands over then.
  mutating func beginSurvey(_ why: String, _ now: Instant, _ commands: inout [Command]) {
    reason = why
    isSurveyed = true
    isAudited = false
    cursor = 0
    tries = 0
    survey(now, &commands)
  }

  mutating func survey(_ now: Instant, _ commands: inout [Command]) {
    while cursor < order.count {
      let compiled = act
      if compiled.isChange, let lookup = compiled.lookup {
        if lookup.arguments.allSatisfy({ isKnown($0.source) }) {
          let settled = states[index].lastSent + compiled.settling
          if compiled.isReviewed, !compiled.takesKey, states[index].status == .done, now < settled {
            return wait(until: settled, .settling, .survey, now, &commands)
          }
          tries += 1
          return call(.survey, lookup.operation, arguments(of: lookup.arguments), attempt: tries, &commands)
        }
        // What it would be found by was never made, or is not known.
        if isDoubtful, states[index].status != .done { doubt(index) }
      }
      cursor += 1
    }
    isDoubtful = false
    escalate(reason, now, &commands)
  }

  private func isKnown(_ source: Argument.Source) -> Bool {
    if case .fact(let name) = source { facts[name] != nil } else { true }
  }

  mutating func surveyAnswered(_ answer: Answer, _ now: Instant, _ commands: inout [Command]) {
    guard let lookup = act.lookup else { preconditionFailure("an act without a lookup is looked for") }
    let finding = finding(answer, lookup)
    if finding == nil, tries < Orchestrator.surveyTries {
      return wait(until: now + delay(answer, attempt: tries), .backoff, .survey, now, &commands)
    }
    switch finding {
    case .one(let object), .differing(let object, _), .several(let object, _):
      // A run that has turned round may have an act left that it had not come to.
      if case .several? = finding {
        surplus.append(Claim.Item(act: act.name, operation: act.operation, id: ""))
      }
      learn(lookup.outputs.read(from: object) ?? [:])
      states[index].status = .done
      states[index].isUnknown = false
    case .some(.none):
      let isDone = states[index].status == .done
      if isDone || (isDoubtful && now < began + act.settling) { doubt(index) }
    case nil: doubt(index)
    }
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
