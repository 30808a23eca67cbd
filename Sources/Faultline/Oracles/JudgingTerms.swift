// What an oracle may know beside the trace: the scenario's terms, prepared for quick reading.

import Operations
import Primitives

/// The terms of the scenario, never the agent's insides.
///
/// Cheap to build from tables that were prepared once for the systems and principals of a world. Both never
/// change and are handed to every oracle with every event, so they are passed by reference.
public final class JudgingTerms: Sendable {
  public var intents: [Intent] { tables.intents }
  public let rules: [Scenario.Rule]
  public let limits: Scenario.Limits
  public var catalogue: Catalogue { tables.catalogue }
  /// The scopes that the scenario granted. The first is the widest principal that the workflow may use.
  public var principals: [Principal] { tables.principals }
  public let isDryRun: Bool
  /// Practices that are judged: declared by the agent or demanded by the scenario.
  public let judged: Set<Practice>
  let tables: JudgingTables
  /// Whether a rule depends on when something is done.
  let readsCalendar: Bool

  public init(
    rules: [Scenario.Rule], limits: Scenario.Limits, tables: JudgingTables, isDryRun: Bool, judged: Set<Practice>
  ) {
    self.rules = rules
    self.limits = limits
    self.tables = tables
    self.isDryRun = isDryRun
    self.judged = judged
    readsCalendar = rules.contains(where: \.readsCalendar)
  }

  /// The catalogue's operations, by number.
  var operations: OperationTable { tables.operations }
  /// What the intents' kinds are, in the order of the intents.
  var roles: [ObjectRole] { tables.roles }
}

/// What oracles look up in every run, prepared once for a scenario's world.
public final class JudgingTables: Sendable {
  let catalogue: Catalogue
  let intents: [Intent]
  let roles: [ObjectRole]
  let principals: [Principal]
  let operations: OperationTable
  /// For each principal, the others that may do strictly less; empty where it is no wider than the first.
  let narrower: [[Int]]
  /// What was there before the run, each object by its last effect.
  let given: [Effect]

  public init(catalogue: Catalogue, intents: [Intent], principals: [Principal], given: [Effect] = []) {
    self.catalogue = catalogue
    self.given = given
    // Of what is to be gone there may be as many in the meantime as there were: what a rollback puts back is no surplus.
    let intents = intents.map { intent in
      guard intent.isRemoval else { return intent }
      var counted = intent
      counted.times = 0...given.count { $0.change != .ended && Facts.belongs($0, to: intent) }
      return counted
    }
    self.intents = intents
    self.principals = principals
    operations = OperationTable(catalogue, kinds: intents.map(\.kind))
    roles = intents.map { ObjectRole(kind: $0.kind) }
    narrower = principals.map { principal in
      let isFair = principal.scopes.allSatisfy { principals[0].scopes.contains($0) }
      return isFair ? [] : principals.indices.filter { principals[$0].mayLess(than: principal) }
    }
  }
}

extension Principal {
  /// Whether everything that this one may do, the other may do too, and more.
  fileprivate func mayLess(than other: Principal) -> Bool {
    scopes.allSatisfy(other.scopes.contains) && !other.scopes.allSatisfy(scopes.contains)
  }
}
