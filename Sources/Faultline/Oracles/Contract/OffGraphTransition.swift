// A step that the workflow does not allow from there.

import Operations
import Primitives

/// The agent moved along an edge that its own graph does not have.
///
/// Fires on a transition that the agent lets be known and that its graph forbids; silent about allowed ones and
/// about agents that let none be known.
/// Source: milestones with order constraints, https://arxiv.org/abs/2408.04682
public struct OffGraphTransition: Oracle {
  public static let name: Name = "off-graph-transition"
  public static let summary = "The agent moved along an edge that its workflow graph does not have."
  public static let practice: Practice? = .closedTransitions
  public static let interests: EventKinds = .observed

  private struct Edge: Hashable, Sendable, StableHashable {
    var from: Name
    var to: Name
    var index: Int

    func hash(into hasher: inout StableHasher) {
      hasher.combine(from)
      hasher.combine(to)
      hasher.combine(index)
    }
  }
  private var offences: [Edge] = []

  public init() {}

  public mutating func observe(
    _ event: WorldEvent, index: Int, at now: Instant, facts: Facts, terms: JudgingTerms
  ) {
    guard case .observed(_, .transition(let from, let to, isAllowed: false)) = event else { return }
    offences.append(Edge(from: from, to: to, index: index))
  }

  public func conclude(facts: Facts, terms: JudgingTerms) -> [Violation] {
    offences.map { edge in
      Violation(
        Self.name, expected: 0, observed: 1,
        message: "It went from \(edge.from) to \(edge.to), which the workflow does not allow.", evidence: [edge.index])
    }
  }

  public func hash(into hasher: inout StableHasher) { hasher.combine(offences) }
}
