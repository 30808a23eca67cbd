// More changes than one run may make.

import Operations
import Primitives

/// Calls of one run changed more than the scenario allows.
///
/// Counts logical calls that had an effect, each once: a refused, throttled or lost call changes nothing, and a
/// repetition that the system recognised changes nothing more. Nor is a call counted that takes back what came about
/// in the run: it leaves less behind, and an agent at its cap must still be able to roll back. Who makes and
/// unmakes in a circle is caught by what was made. Fires above `limits.mutations`; silent at it.
/// Source: https://sre.google/sre-book/automation-at-google/
public struct BlastRadiusExceeded: Oracle {
  public static let name: Name = "blast-radius-exceeded"
  public static let summary = "More calls changed something than the scenario's limit of mutations allows."

  public init() {}

  public func conclude(facts: Facts, terms: JudgingTerms) -> [Violation] {
    guard facts.mutations > terms.limits.mutations else { return [] }
    let effects = facts.calls.compactMap(\.changeIndex).sorted()
    return [
      Violation(
        Self.name, expected: terms.limits.mutations, observed: facts.mutations,
        message: "\(facts.mutations) calls changed something; \(terms.limits.mutations) are allowed.",
        evidence: Array(effects.dropFirst(terms.limits.mutations)))
    ]
  }
}
