// One object that the effects of a run speak of: what it is now, whose it is, and what brought it about.

import Operations
import Primitives

/// What one object's effects add up to.
public struct ObjectFact: Sendable {
  /// What was last said of it.
  var latest: Effect
  /// A digest of the id, by which fields that name it are recognised.
  var digest: UInt64
  /// The customer or parent it belongs to by the system's own links; nil where it is nobody's.
  public internal(set) var owner: Name?
  /// The billing period that it is about, its own or its parent's.
  public internal(set) var period: String?
  public internal(set) var amount: Money?
  public internal(set) var role: ObjectRole
  /// Whether it lets somebody in, and whether it is something to be let into.
  var isAccess: Bool
  var isAnchor: Bool
  public internal(set) var isPermanent: Bool
  public internal(set) var isLive: Bool
  /// Whether a call of this run brought it about, not a system by itself nor a time before the run.
  public internal(set) var isOwn: Bool
  /// Whether its beginning was seen; false for what was there before.
  public internal(set) var beganHere: Bool
  /// The call that brought it about, or that touched it first.
  public internal(set) var cause: CallID?
  /// The call that ended it; nil where it lives or the system ended it by itself.
  public internal(set) var endedBy: CallID?
  /// The event that shows its beginning, or its first change where it was there before.
  public internal(set) var firstIndex: Int
  public internal(set) var endIndex: Int?
  /// The first change or ending by a call, of an object that was there before.
  public internal(set) var touchIndex: Int?
  /// The first change or ending by somebody else than a call of this run.
  public internal(set) var outsideIndex: Int?
  /// When a call that ends it was accepted, where ending takes its time.
  public internal(set) var leavingIndex: Int?
  /// Whether it was on its way out at an event: a call had begun to end it, or somebody else had.
  func isLeaving(at index: Int) -> Bool {
    if let leavingIndex, leavingIndex < index { return true }
    guard let outsideIndex, endIndex != nil, endedBy == nil, !isForeign else { return false }
    return outsideIndex < index
  }
  /// Whether somebody else brought it about.
  var isForeign: Bool { beganHere && outsideIndex == firstIndex }
  /// What it was before the run; nil where it came about in the run.
  public internal(set) var given: Effect?
  /// What stands in its place, where it was there before, was ended and made anew.
  public internal(set) var heir: Int?
  /// Whether it stands in the place of what was there before.
  public internal(set) var isHeir = false
  /// Where it is linked to by money: the charge that a refund is of, the invoice that a charge is for.
  public internal(set) var parent: Int?
  /// The number of the intent that it belongs to now.
  public internal(set) var intent: Int?
  /// The intent that counted it as having been; set once an intent claims it and kept.
  public internal(set) var claimedBy: Int?

  public var kind: Name { latest.kind }
  public var id: String { latest.object }
  public var attributes: Fields { latest.attributes }
}

extension ObjectFact: StableHashable {
  public func hash(into hasher: inout StableHasher) {
    hasher.combine(kind)
    hasher.combine(id)
    hasher.combine(digest)
    hasher.combine(owner)
    hasher.combine(period)
    hasher.combine(amount)
    hasher.combine(attributes)
    hasher.combine(UInt64(role.rawValue))
    hasher.combine(isAccess)
    hasher.combine(isAnchor)
    hasher.combine(isPermanent)
    hasher.combine(isLive)
    hasher.combine(isOwn)
    hasher.combine(beganHere)
    hasher.combine(cause)
    hasher.combine(endedBy)
    hasher.combine(firstIndex)
    hasher.combine(endIndex ?? -1)
    hasher.combine(touchIndex ?? -1)
    hasher.combine(outsideIndex ?? -1)
    hasher.combine(leavingIndex ?? -1)
    hasher.combine(given != nil)
    hasher.combine(heir ?? -1)
    hasher.combine(isHeir)
    hasher.combine(parent ?? -1)
    hasher.combine(intent ?? -1)
    hasher.combine(claimedBy ?? -1)
  }
}

/// What an object is to the oracles, by the last part of its kind; the same for every system.
public enum ObjectRole: UInt8, Hashable, Sendable {
  /// A cluster, a role, a subscription: counted, and taken back in a rollback.
  case resource
  /// A mail, a comment, a page, a ticket's status: counted, and told rather than taken back.
  case message
  /// `charge`, `payment`: money that was captured.
  case charge
  /// `invoice`: money that is asked for.
  case invoice
  /// `invoice_item`: a part of an invoice.
  case item
  /// `refund`: captured money that went back.
  case refund
  /// `credit_note`, `credit`: asked or captured money that was given up.
  case credit

  init(kind: Name) {
    switch kind.text.split(separator: ".").last ?? "" {
    case "charge", "payment": self = .charge
    case "invoice": self = .invoice
    case "invoice_item": self = .item
    case "refund": self = .refund
    case "credit_note", "credit": self = .credit
    case "mail", "message", "comment", "note", "page", "status": self = .message
    default: self = .resource
    }
  }

  /// Whether it takes money back, rather than being something that can be taken back.
  public var takesBack: Bool { self == .refund || self == .credit }
  /// Whether it is judged by sums and not by counting.
  public var isMoney: Bool { self != .resource && self != .message }
}

/// What one kind of object is to the oracles.
struct KindTraits: Sendable {
  struct Traits: Sendable {
    var role: ObjectRole
    var isAccess: Bool
    var isAnchor: Bool
  }

  let kind: Name
  let traits: Traits

  init(_ kind: Name) {
    let last = kind.text.split(separator: ".").last ?? ""
    self.kind = kind
    traits = Traits(
      role: ObjectRole(kind: kind), isAccess: ["binding", "access_key", "grant"].contains(last),
      isAnchor: ["customer", "account", "cluster"].contains(last))
  }
}
