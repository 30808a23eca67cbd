// The agent's last word as it is handed on: what is there by kind, and one sentence.

import Operations
import Primitives

extension Claim {
  /// One thing that is or may be there.
  public struct Holding: Hashable, Sendable {
    /// `cloud.cluster`, the kind that effects have.
    public var kind: Name
    /// The system's id of it; nil where none is known.
    public var id: String?
  }

  /// What is there. A dry run has nothing there.
  public func holdings(in catalogue: Catalogue) -> [Holding] {
    ending == .planned ? [] : present.compactMap { $0.holding(in: catalogue, namingUpdates: false) }
  }

  /// What may be there. That something may have changed an object has to be said.
  public func doubts(in catalogue: Catalogue) -> [Holding] {
    possibly.compactMap { $0.holding(in: catalogue, namingUpdates: true) }
  }

  /// The sentence that a person reads first.
  ///
  /// - Parameter workflow: what the run was about.
  public func sentence(on workflow: Name) -> String {
    switch ending {
    case .completed: Claim.done[workflow] ?? "done"
    case .planned: "dry run: nothing was done"
    case .rolledBack: "rolled back: \(reason)"
    case .escalated: "stopped: \(reason)"
    }
  }

  /// What is said of a workflow that was completed.
  private static let done: [Name: String] = [
    CustomerOnboarding.name: "onboarded", CustomerOffboarding.name: "offboarded", PlanChange.name: "plan changed",
  ]
}

extension Claim.Item {
  /// What only changed an object, or ended one, is no object of its own.
  fileprivate func holding(in catalogue: Catalogue, namingUpdates: Bool) -> Claim.Holding? {
    guard let effect = catalogue[operation]?.effect,
      namingUpdates || (effect.change != .updated && effect.change != .ended)
    else { return nil }
    return Claim.Holding(kind: effect.kind, id: id.isEmpty ? nil : id)
  }
}

extension PlannedEffect {
  /// How it is taken back: the operations, or why nothing does.
  public var reversal: String {
    switch stage {
    case .forwardOnly: "not at all: behind the pivot"
    case .pivot where undo.isEmpty: "not at all: the pivot"
    case .pivot: undo.map(\.text).joined(separator: " or ") + ", by a person: the pivot"
    case .compensable:
      undo.isEmpty ? "with what it is part of" : undo.map(\.text).joined(separator: " or ")
    }
  }

  /// What makes it safe to send it again, in a word.
  public var safety: String { protection == .none ? "read-back" : protection.rawValue }
}
