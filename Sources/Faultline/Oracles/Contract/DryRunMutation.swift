// A rehearsal that left traces.

import Operations
import Primitives

/// A mutation was sent in a dry run.
///
/// Fires by sending, whatever the system made of it; silent in runs that are none, and about reads. What such a
/// call leaves behind is an ``UnintendedEffect`` as well where no intent claims it.
/// Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#dry-run
public struct DryRunMutation: Oracle {
  public static let name: Name = "dry-run-mutation"
  public static let summary = "A mutation was sent in a dry run."
  public static let practice: Practice? = .dryRun

  public init() {}

  public func conclude(facts: Facts, terms: JudgingTerms) -> [Violation] {
    guard terms.isDryRun else { return [] }
    return Phrase.byOperation(facts.calls.filter(\.isMutation)) { calls in
      Violation(
        Self.name, intent: calls[0].intent.map { terms.intents[$0].name }, expected: 0, observed: calls.count,
        message: "\(calls[0].name) was sent in a dry run.", evidence: calls.map(\.sentIndex))
    }
  }
}
