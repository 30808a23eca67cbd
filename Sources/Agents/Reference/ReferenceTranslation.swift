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
    Faultline.Claim.Planned(
      step: step, operation: operation, arguments: arguments, principal: principal, protection: safety,
      reversal: reversal)
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
    let ending: Faultline.Ending =
      switch self.ending {
      case .completed, .planned: .completed
      case .rolledBack: .rolledBack
      case .escalated: .escalated
      }
    func translated(_ holdings: [Holding]) -> [Faultline.Claim.Holding] {
      holdings.map { Faultline.Claim.Holding(kind: $0.kind, object: $0.id) }
    }
    return Faultline.Claim(
      ending, text: sentence(on: workflow), holdings: translated(holdings(in: catalogue)),
      possibly: translated(doubts(in: catalogue)), reason: reason.isEmpty ? nil : reason,
      nextAction: nextAction.isEmpty ? nil : nextAction)
  }
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
