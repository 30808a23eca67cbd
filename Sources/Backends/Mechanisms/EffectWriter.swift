// Handlers write effects through this, so that cause and principal are never forgotten or made up.

import Operations
import Primitives

/// The pen of one system's ledger: it knows who is writing.
struct EffectWriter: Sendable {
  let backend: Name
  private(set) var ledger = EffectLedger()
  private var cause: CallID?
  private var principal: Name?

  init(backend: Name) { self.backend = backend }

  /// What follows is the doing of this call.
  mutating func begin(cause: CallID?, principal: Name) {
    self.cause = cause
    self.principal = principal
  }

  /// What follows the system does by itself.
  mutating func end() {
    cause = nil
    principal = nil
  }

  mutating func record(
    _ change: Effect.Change, _ kind: Name, object: String, owner: Name?, amount: Money? = nil,
    attributes: Fields = [:], permanence: EffectClass.Permanence = .reversible
  ) {
    ledger.append(
      Effect(
        backend: backend, kind: kind, change: change, object: object, owner: owner, amount: amount,
        attributes: attributes, permanence: permanence, cause: cause, principal: principal))
  }
}

extension EffectWriter: StableHashable {
  func hash(into hasher: inout StableHasher) {
    hasher.combine(backend)
    hasher.combine(ledger)
    hasher.combine(cause)
    hasher.combine(principal?.hash ?? 0)
  }
}
