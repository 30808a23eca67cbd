// Which principal a step calls under.

import Primitives

/// A service principal that this environment gives out, and what it may do.
public struct Credential: Hashable, Sendable {
  public var principal: Name
  public var scopes: [Name]

  public init(_ principal: Name, scopes: [Name]) {
    self.principal = principal
    self.scopes = scopes
  }
}

extension [Credential] {
  func narrowest(covering scopes: [Name]) -> Name? {
    covering(scopes).min { $0.scopes.count < $1.scopes.count }?.principal
  }

  func widest(covering scopes: [Name]) -> Name? {
    covering(scopes).max { $0.scopes.count < $1.scopes.count }?.principal
  }

  private func covering(_ scopes: [Name]) -> [Credential] {
    filter { credential in scopes.allSatisfy { credential.scopes.contains($0) } }
  }
}
