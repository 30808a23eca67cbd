// Effects: the only thing oracles count. What a system holds, not what anyone says.

import Primitives

/// One change of one system's state, as its ledger keeps it.
public struct Effect: Hashable, Sendable {
  /// What happened to the object.
  public enum Change: String, Hashable, Sendable, CaseIterable {
    /// The object begins to exist.
    case created
    /// The object changed.
    case updated
    /// The object ended: deleted, terminated, voided, refunded in full.
    case ended
    /// A thing that happened and can't un-happen: a mail, a comment.
    case happened
  }

  /// The system, `cloud`.
  public var backend: Name
  /// `cloud.cluster`; the kind that intents name.
  public var kind: Name
  /// What happened to it.
  public var change: Change
  /// The system's own id of the object.
  public var object: String
  /// Whose it is: the natural key of the customer or parent that the system's own fields link it to.
  /// Nil where the system holds no link, which makes it nobody's.
  public var owner: Name?
  /// The amount of money that moved or is claimed.
  public var amount: Money?
  /// Selected fields of the object after the change: period, region, status, reference.
  public var attributes: Fields
  /// Whether it counts while it is live, or for ever.
  public var permanence: EffectClass.Permanence
  /// Which logical call caused it; nil where the system did it by itself (metering, automation).
  public var cause: CallID?
  /// The principal that caused it; nil where the system did it by itself.
  public var principal: Name?

  public init(
    backend: Name, kind: Name, change: Change, object: String, owner: Name?, amount: Money? = nil,
    attributes: Fields = [:], permanence: EffectClass.Permanence = .reversible, cause: CallID? = nil,
    principal: Name? = nil
  ) {
    self.backend = backend
    self.kind = kind
    self.change = change
    self.object = object
    self.owner = owner
    self.amount = amount
    self.attributes = attributes
    self.permanence = permanence
    self.cause = cause
    self.principal = principal
  }
}

extension Effect: StableHashable {
  public func hash(into hasher: inout StableHasher) {
    hasher.combine(backend)
    hasher.combine(kind)
    hasher.combine(change.rawValue)
    hasher.combine(object)
    hasher.combine(owner?.hash ?? 0)
    hasher.combine(amount)
    hasher.combine(attributes)
    hasher.combine(permanence.rawValue)
    hasher.combine(cause)
    hasher.combine(principal?.hash ?? 0)
  }
}

/// A logical call: one intention of one incarnation of one process, however often the wire carries it.
public struct CallID: Hashable, Sendable {
  /// Index of the process in the run.
  public var process: UInt8
  /// From 1.
  public var incarnation: UInt8
  /// The n-th logical call of that incarnation, from 1.
  public var number: UInt16

  public init(process: UInt8, incarnation: UInt8, number: UInt16) {
    self.process = process
    self.incarnation = incarnation
    self.number = number
  }
}

extension CallID: StableHashable {
  public func hash(into hasher: inout StableHasher) {
    hasher.combine(UInt64(process) << 32 | UInt64(incarnation) << 16 | UInt64(number))
  }
}
