// Effects: the only thing oracles count. What a system holds, not what anyone says.

import Primitives

/// One change of one system's state, as its ledger keeps it.
///
/// Kept in one object that never changes, since ledger, trace and oracles all hold it.
public struct Effect: Sendable {
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

  @usableFromInline struct Content: Hashable, Sendable {
    @usableFromInline var backend: Name
    @usableFromInline var kind: Name
    @usableFromInline var change: Change
    @usableFromInline var object: String
    @usableFromInline var owner: Name?
    @usableFromInline var amount: Money?
    @usableFromInline var attributes: Fields
    @usableFromInline var permanence: EffectClass.Permanence
    @usableFromInline var cause: CallID?
    @usableFromInline var principal: Name?
  }

  @usableFromInline final class Box: Sendable {
    @usableFromInline let content: Content

    init(_ content: Content) { self.content = content }
  }

  @usableFromInline var box: Box

  public init(
    backend: Name, kind: Name, change: Change, object: String, owner: Name?, amount: Money? = nil,
    attributes: Fields = [:], permanence: EffectClass.Permanence = .reversible, cause: CallID? = nil,
    principal: Name? = nil
  ) {
    box = Box(
      Content(
        backend: backend, kind: kind, change: change, object: object, owner: owner, amount: amount,
        attributes: attributes, permanence: permanence, cause: cause, principal: principal))
  }

  private mutating func edit(_ change: (inout Content) -> Void) {
    var content = box.content
    change(&content)
    box = Box(content)
  }

  /// The system, `cloud`.
  public var backend: Name {
    @inlinable get { box.content.backend }
    set { edit { $0.backend = newValue } }
  }
  /// `cloud.cluster`; the kind that intents name.
  public var kind: Name {
    @inlinable get { box.content.kind }
    set { edit { $0.kind = newValue } }
  }
  /// What happened to it.
  public var change: Change {
    @inlinable get { box.content.change }
    set { edit { $0.change = newValue } }
  }
  /// The system's own id of the object.
  public var object: String {
    @inlinable get { box.content.object }
    set { edit { $0.object = newValue } }
  }
  /// Whose it is: the natural key of the customer or parent that the system's own fields link it to.
  /// Nil where the system holds no link, which makes it nobody's.
  public var owner: Name? {
    @inlinable get { box.content.owner }
    set { edit { $0.owner = newValue } }
  }
  /// The amount of money that moved or is claimed.
  public var amount: Money? {
    @inlinable get { box.content.amount }
    set { edit { $0.amount = newValue } }
  }
  /// Selected fields of the object after the change: period, region, status, reference.
  public var attributes: Fields {
    @inlinable get { box.content.attributes }
    set { edit { $0.attributes = newValue } }
  }
  /// Whether it counts while it is live, or for ever.
  public var permanence: EffectClass.Permanence {
    @inlinable get { box.content.permanence }
    set { edit { $0.permanence = newValue } }
  }
  /// Which logical call caused it; nil where the system did it by itself (metering, automation).
  public var cause: CallID? {
    @inlinable get { box.content.cause }
    set { edit { $0.cause = newValue } }
  }
  /// The principal that caused it; nil where the system did it by itself.
  public var principal: Name? {
    @inlinable get { box.content.principal }
    set { edit { $0.principal = newValue } }
  }
}

extension Effect: Hashable {
  public static func == (a: Effect, b: Effect) -> Bool { a.box === b.box || a.box.content == b.box.content }
  public func hash(into hasher: inout Hasher) { hasher.combine(box.content) }
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
