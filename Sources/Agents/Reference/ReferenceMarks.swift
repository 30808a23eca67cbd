// What the reference agent's runs may touch: its safeguards at work, its compensations, its ways to recover.

import Faultline
import OpsAgent
import Operations
import Primitives

enum ReferenceMarks {
  static let resumed: Name = "recovery:resumed"
  static let takenUp: Name = "recovery:taken-up"
  static let tookOver: Name = "recovery:took-over"
  static let waitedForLease: Name = "safeguard:single-flight-lease"
  static let honouredPause: Name = "safeguard:honoured-retry-after"
  static let renewed: Name = "recovery:renewed-credential"
  static let paged: Name = "recovery:paged-owner"
  static let handedOver: Name = "safeguard:escalation-context"

  /// The mark of a part that held the agent back.
  static func mark(of safeguard: Safeguard) -> Name { safeguards[safeguard, default: Name(safeguard.rawValue)] }

  private static let safeguards = Dictionary(
    uniqueKeysWithValues: Safeguard.allCases.map { ($0, Name("safeguard:\($0.rawValue)")) })

  /// Safeguards that show when they act. The others show in what does not happen.
  private static let visible: [Safeguard] = [
    .idempotencyKeys, .preActionGuards, .blastRadiusCap, .honouredRetryAfter, .singleFlightLease, .fencing,
    .confidenceThreshold, .closedTransitions, .escalationContext,
  ]

  /// Everything that a run of the agent without these parts may touch, in one workflow or in any.
  static func all(without removed: [Safeguard], in workflow: Name? = nil) -> [Name] {
    var marks = visible.filter { !removed.contains($0) }.map { mark(of: $0) }
    if !removed.contains(.persistedState) { marks += [resumed, takenUp] }
    if !removed.contains(.singleFlightLease) { marks.append(tookOver) }
    if !removed.contains(.readBack) { marks += [Marks.readBackFound, Marks.readBackEmpty] }
    marks += [Marks.adopted, renewed, paged]
    if !removed.contains(.compensation) {
      let acts = workflow.flatMap(WorkflowShelf.versions)?.last?.playbook.entries.flatMap(\.acts)
        ?? WorkflowShelf.all.flatMap { $0[$0.count - 1].playbook.entries.flatMap(\.acts) }
      marks += acts.filter { $0.undo != nil }.map { Marks.compensation(of: $0.name) }
    }
    return marks
  }

  /// What an event and the agent's reaction to it show; nil for most.
  static func mark(of event: Event, before last: @autoclosure () -> Command?, at now: Instant) -> Name? {
    switch event {
    case .leased(.held): waitedForLease
    case .stored(.fenced): Marks.fenceRefused
    case .answered(.response(let response)):
      if let asked = response.retryAfter, case .wait(let until, _)? = last(), until >= now + asked {
        honouredPause
      } else {
        nil
      }
    case .started, .leased, .loaded, .stored, .failed, .renewed, .answered, .decided, .undecided, .woke: nil
    }
  }
}
