// The omniscient closer: could the run still have come to a good end?

import Faultline
import Operations
import Primitives

/// Knows the truth, and tries to bring a run to a good end from where it stands.
public struct Closer: Sendable {
  /// Oracles that judge what a run did, which nothing can mend, rather than what the systems hold.
  private static let conduct: Set<Name> = [
    SpuriousRollback.name, RollbackOrder.name, WriteAfterUnknown.name, BlastRadiusExceeded.name, ScopeViolation.name,
    RateLimitAbuse.name, RetryStorm.name, MutationAfterEnd.name,
  ]

  /// Whether an oracle judges what a run did rather than what the systems hold at its end.
  public static func judgesConduct(_ oracle: Name) -> Bool {
    conduct.contains(oracle) || OracleCatalogue.entry(named: oracle)?.kind == .contract
  }
}
