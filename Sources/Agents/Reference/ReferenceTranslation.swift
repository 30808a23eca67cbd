// Between the reference agent's words and the simulator's.

import Faultline
import OpsAgent
import Operations
import Primitives

extension Note {
  /// What the world is told; nil for what only a person in production wants to know.
  func observation(nextCall: UInt32) -> Observation? {
    switch self {
    case .transition(let from, let to, let isAllowed): .transition(from: from, to: to, isAllowed: isAllowed)
    case .guarded(let step, _, _, let holds): .guardChecked(step: step, holds: holds)
    case .audited: .audited(ticket: nextCall)
    case .compensating(let act): .compensating(step: act)
    case .adopted(let act, let object): .adopted(step: act, object: object)
    case .readBack(let act, let found): .readBack(step: act, found: found)
    case .resumed: .mark(ReferenceMarks.resumed)
    case .takenUp: .mark(ReferenceMarks.takenUp)
    case .held(let safeguard): .mark(ReferenceMarks.mark(of: safeguard))
    case .escalated(let hasContext): hasContext ? .mark(ReferenceMarks.handedOver) : nil
    case .paged: .mark(ReferenceMarks.paged)
    case .renewedCredential: .mark(ReferenceMarks.renewed)
    case .planned: nil
    }
  }
}

extension PlannedEffect {
  var translated: Faultline.Claim.Planned {
    let reversal: String
    switch stage {
    case .forwardOnly: reversal = "not at all: behind the pivot"
    case .pivot where undo.isEmpty: reversal = "not at all: the pivot"
    case .pivot: reversal = undo.map(\.text).joined(separator: " or ") + ", by a person: the pivot"
    case .compensable:
      reversal = undo.isEmpty ? "with what it is part of" : undo.map(\.text).joined(separator: " or ")
    }
    return Faultline.Claim.Planned(
      step: step, operation: operation, arguments: arguments, principal: principal,
      protection: protection == .none ? "read-back" : protection.rawValue, reversal: reversal)
  }
}

extension OpsAgent.StoreFailure {
  init(_ failure: Faultline.StoreFailure) {
    switch failure {
    case .busy: self = .busy
    case .full: self = .full
    case .ioError: self = .ioError
    }
  }
}

extension DecisionQuery {
  /// The point at which it is asked, as sites and scenarios name it.
  var point: Name {
    switch fork {
    case .triage: "triage"
    case .afterFailure: "after-failure"
    case .afterRestart: "after-restart"
    }
  }
}

extension OpsAgent.Claim {
  func translated(_ catalogue: Catalogue, of workflow: Name) -> Faultline.Claim {
    func holdings(_ items: [Item], namingUpdates: Bool = false) -> [Faultline.Claim.Holding] {
      items.compactMap { item in
        // What only changed an object, or ended one, is no object of its own; that it may have changed it has to be said.
        guard let effect = catalogue[item.operation]?.effect,
          namingUpdates || (effect.change != .updated && effect.change != .ended)
        else {
          return nil
        }
        return Faultline.Claim.Holding(kind: effect.kind, object: item.id.isEmpty ? nil : item.id)
      }
    }
    let ending: Faultline.Ending
    let text: String
    switch self.ending {
    case .completed: (ending, text) = (.completed, Self.done[workflow] ?? "done")
    case .planned: (ending, text) = (.completed, "dry run: nothing was done")
    case .rolledBack: (ending, text) = (.rolledBack, "rolled back: \(reason)")
    case .escalated: (ending, text) = (.escalated, "stopped: \(reason)")
    }
    return Faultline.Claim(
      ending, text: text, holdings: self.ending == .planned ? [] : holdings(present),
      possibly: holdings(possibly, namingUpdates: true), reason: reason.isEmpty ? nil : reason, nextAction: nextAction.isEmpty ? nil : nextAction)
  }
}

extension OpsAgent.Claim {
  /// What is said of a workflow that was completed.
  fileprivate static let done: [Name: String] = [
    CustomerOnboarding.name: "onboarded", CustomerOffboarding.name: "offboarded", PlanChange.name: "plan changed",
  ]
}

/// The names of store operations as crash points, by the position of the act in its workflow.
final class CheckpointLabels: Sendable {
  private let intents: [Name]
  private let results: [Name]
  private let undoing: [Name]
  private let undone: [Name]
  private let refused: [Name]
  private let opened: Name = "checkpoint:opened"
  private let decided: Name = "checkpoint:decided"
  private let turned: Name = "checkpoint:turned"
  private let finished: Name = "checkpoint:finished"
  private let restarted: Name = "checkpoint:restarted"
  private let takenUp: Name = "checkpoint:taken-up"
  private let verified: Name = "checkpoint:verified"
  private let notes: Name = "checkpoint:notes"

  init(of workflow: CompiledWorkflow) {
    func names(_ suffix: String) -> [Name] { workflow.actNames.map { Name("checkpoint:\($0).\(suffix)") } }
    intents = names("intent")
    results = names("result")
    undoing = names("undoing")
    undone = names("undone")
    refused = names("refused")
  }

  /// What the last telling record of a transaction is about.
  func label(of records: [JournalRecord]) -> Name {
    for number in records.indices.reversed() {
      switch records[number] {
      case .intent(let intent): return label(intents, intent.act)
      case .result(let act, _, _, _): return label(results, act)
      case .undoing(let act, _, _, _): return label(undoing, act)
      case .undone(let act, _, _): return label(undone, act)
      case .refused(let act, _, _): return label(refused, act)
      case .opened: return opened
      case .decided: return decided
      case .turned: return turned
      case .finished: return finished
      case .restarted: return restarted
      case .takenUp: return takenUp
      case .verified: return verified
      case .skipped, .audit: continue
      }
    }
    return notes
  }

  private func label(_ names: [Name], _ act: Int) -> Name { names.indices.contains(act) ? names[act] : notes }
}

extension HouseRules {
  /// What the deployment was told.
  init(told rules: [Scenario.Rule]) {
    self.init()
    for rule in rules {
      switch rule.term {
      case .regionIn(let regions): residency.append(Residency(of: rule.kinds, regions: regions))
      case .changeFreeze(let window): freezes.append(Freeze(of: rule.kinds, in: window))
      case .booksClosed(let zone, let after): books.append(Books(of: rule.kinds, in: zone, after: after))
      case .fourEyes(let above, _): fourEyes.append(FourEyes(of: rule.kinds, above: above))
      }
    }
  }
}
