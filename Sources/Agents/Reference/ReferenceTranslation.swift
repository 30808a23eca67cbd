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
    case .resumed: .mark("resumed")
    case .planned, .escalated: nil
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
  func translated(_ catalogue: Catalogue) -> Faultline.Claim {
    func holdings(_ items: [Item]) -> [Faultline.Claim.Holding] {
      items.compactMap { item in
        // What only changed an object is no object of its own.
        guard let effect = catalogue[item.operation]?.effect, effect.change != .updated else { return nil }
        return Faultline.Claim.Holding(kind: effect.kind, object: item.id.isEmpty ? nil : item.id)
      }
    }
    let ending: Faultline.Ending
    let text: String
    switch self.ending {
    case .completed: (ending, text) = (.completed, "onboarded")
    case .planned: (ending, text) = (.completed, "dry run: nothing was done")
    case .rolledBack: (ending, text) = (.rolledBack, "rolled back: \(reason)")
    case .escalated: (ending, text) = (.escalated, "stopped: \(reason)")
    }
    return Faultline.Claim(
      ending, text: text, holdings: self.ending == .planned ? [] : holdings(present), possibly: holdings(possibly),
      reason: reason.isEmpty ? nil : reason, nextAction: nextAction.isEmpty ? nil : nextAction)
  }
}

/// The names of store operations as crash points.
struct CheckpointLabels: Sendable {
  /// For each act of a compiled workflow, its position in the full playbook, where the names are.
  private let positions: [Int]

  init(of workflow: CompiledWorkflow) {
    positions = workflow.actNames.map { name in CheckpointLabels.acts.firstIndex(of: name) ?? -1 }
  }

  /// What the last telling record of a transaction is about.
  func label(of records: [JournalRecord]) -> Name {
    for record in records.reversed() {
      switch record {
      case .intent(let intent): return label(CheckpointLabels.intents, intent.act)
      case .result(let act, _, _, _): return label(CheckpointLabels.results, act)
      case .undoing(let act, _, _, _): return label(CheckpointLabels.undoing, act)
      case .undone(let act, _, _): return label(CheckpointLabels.undone, act)
      case .refused(let act, _, _): return label(CheckpointLabels.refused, act)
      case .opened: return CheckpointLabels.opened
      case .decided: return CheckpointLabels.decided
      case .turned: return CheckpointLabels.turned
      case .finished: return CheckpointLabels.finished
      case .restarted: return CheckpointLabels.restarted
      case .skipped, .audit: continue
      }
    }
    return CheckpointLabels.notes
  }

  private func label(_ names: [Name], _ act: Int) -> Name {
    guard positions.indices.contains(act), positions[act] >= 0 else { return CheckpointLabels.notes }
    return names[positions[act]]
  }

  private static let acts = CustomerOnboarding.playbook.entries.flatMap(\.acts).map(\.name)
  private static let intents = names("intent")
  private static let results = names("result")
  private static let undoing = names("undoing")
  private static let undone = names("undone")
  private static let refused = names("refused")
  private static let opened: Name = "checkpoint:opened"
  private static let decided: Name = "checkpoint:decided"
  private static let turned: Name = "checkpoint:turned"
  private static let finished: Name = "checkpoint:finished"
  private static let restarted: Name = "checkpoint:restarted"
  private static let notes: Name = "checkpoint:notes"

  private static func names(_ suffix: String) -> [Name] { acts.map { Name("checkpoint:\($0).\(suffix)") } }
}
