// Who may do what: agents are service principals with scopes, never an administrator.

import Operations
import Primitives

/// The principals of one system and the scopes that each holds.
struct ScopeTable: Sendable {
  private struct Grant: Sendable {
    let principal: Name
    var scopes: [Name]
  }

  enum Verdict {
    case admitted, unknownPrincipal, outOfScope
  }

  private var grants: [Grant] = []
  /// Principals whose credential has expired, sorted.
  private var expired: [Name] = []

  init() {}

  mutating func expire(_ principal: Name) { if !hasExpired(principal) { expired = (expired + [principal]).sorted() } }
  mutating func renew(_ principal: Name) { expired.removeAll { $0 == principal } }
  func hasExpired(_ principal: Name) -> Bool { expired.contains(principal) }
  func knows(_ principal: Name) -> Bool { grants.contains { $0.principal == principal } }

  /// Installs a principal, replacing an earlier one of that name.
  mutating func admit(_ principal: Name, scopes: Set<Name>) {
    grants.removeAll { $0.principal == principal }
    // Sorted, because a set's order differs from process to process and the table is hashed.
    grants.append(Grant(principal: principal, scopes: scopes.sorted()))
  }

  func verdict(on principal: Name, for scope: Name) -> Verdict {
    for index in grants.indices where grants[index].principal.hash == principal.hash {
      for held in grants[index].scopes.indices where grants[index].scopes[held].hash == scope.hash { return .admitted }
      return .outOfScope
    }
    return .unknownPrincipal
  }
}

extension ScopeTable: StableHashable {
  func hash(into hasher: inout StableHasher) {
    hasher.combine(grants.count)
    for grant in grants {
      hasher.combine(grant.principal)
      hasher.combine(grant.scopes)
    }
    hasher.combine(expired)
  }
}
