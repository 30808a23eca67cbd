// The agent is gone and told nobody.

import Operations
import Primitives

/// The run ended without any claim, and no process lives that could still make one.
///
/// Fires when every process died or stood down and none said how it ended. Silent as soon as one process made a
/// claim, true or false, and where a process lives on without a claim, which is ``Stuck``.
/// Source: https://github.com/langchain-ai/langgraph/issues/8764 (an accepted run can vanish)
public struct SilentFailure: Oracle {
  public static let name: Name = "silent-failure"
  public static let summary = "The run is over, no process lives, and nobody said how it ended."

  public init() {}

  public func conclude(facts: Facts, terms: JudgingTerms) -> [Violation] {
    guard facts.end != nil, facts.claims.isEmpty, !facts.processes.contains(where: \.isAlive) else {
      return []
    }
    let deaths = facts.processes.compactMap(\.crashIndex)
    return [
      Violation(
        Self.name, expected: 1, observed: 0,
        message: "The run is over and nobody said how it ended.", evidence: deaths + [facts.endIndex])
    ]
  }
}
