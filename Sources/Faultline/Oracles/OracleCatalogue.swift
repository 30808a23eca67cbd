// What users see of the oracles: `faultline list oracles`.

import Operations
import Primitives

/// The oracles by name.
public enum OracleCatalogue {
  /// What one oracle looks for, and when it judges.
  public struct Entry: Hashable, Sendable {
    /// Whether it judges every agent, or those that declare a practice.
    public enum Kind: String, Hashable, Sendable, CaseIterable { case harm, contract }

    public var name: Name
    public var kind: Kind
    /// One sentence.
    public var summary: String
    /// The practice that switches it from advice to judgement; nil for harm.
    public var practice: Practice?
  }

  /// Every oracle: harm first, then contract.
  public static let all: [Entry] = [
    entry(DuplicateResource.self),
    entry(DoubleBilling.self),
    entry(UnintendedEffect.self),
    entry(MissingEffect.self),
    entry(IncompleteRollback.self),
    entry(DoubledCompensation.self),
    entry(SpuriousRollback.self),
    entry(RollbackOrder.self),
    entry(OrphanedAccess.self),
    entry(LostUpdate.self),
    entry(SplitBrain.self),
    entry(WriteAfterUnknown.self),
    entry(BlastRadiusExceeded.self),
    entry(ScopeViolation.self),
    entry(RateLimitAbuse.self),
    entry(RetryStorm.self),
    entry(SilentFailure.self),
    entry(UntruthfulClaim.self),
    entry(UnwrittenRule.self),
    entry(MutationAfterEnd.self),
    entry(Stuck.self),
    entry(UnkeyedMutation.self),
    entry(KeyMisuse.self),
    entry(UnauditedMutation.self),
    entry(GuardBypassed.self),
    entry(DryRunMutation.self),
    entry(OffGraphTransition.self),
    entry(ContextFreeEscalation.self),
    entry(RetryWithoutCompensation.self),
  ]

  public static func entry(named name: Name) -> Entry? { all.first { $0.name == name } }

  private static func entry<O: Oracle>(_ oracle: O.Type) -> Entry {
    Entry(name: O.name, kind: O.practice == nil ? .harm : .contract, summary: O.summary, practice: O.practice)
  }
}
