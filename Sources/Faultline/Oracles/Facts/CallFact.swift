// One logical call of an agent: what it asked, what the caller saw, and what really happened.

import Operations
import Primitives

/// What one logical call's events add up to.
public struct CallFact: Sendable {
  /// What the caller knows.
  public enum View: UInt8, Hashable, Sendable { case unanswered, succeeded, failed, notNow, unknown }
  /// How an outcome that the caller could not know was found out.
  public enum Resolution: UInt8, Hashable, Sendable { case none, sameKey, readBack }

  public internal(set) var id: CallID
  /// Its number in the table of operations; nil where no service has such an operation.
  public internal(set) var operation: Int?
  /// What was sent first.
  public internal(set) var request: Request
  /// A digest of its idempotency key; nil where none was sent.
  public internal(set) var key: UInt64?
  public internal(set) var step: Name
  public internal(set) var isMutation: Bool
  public internal(set) var isCompensation: Bool
  /// The number of the intent that it is made for, by kind and owner.
  public internal(set) var intent: Int?
  /// Whether the intent had all it wanted when the call was sent.
  public internal(set) var wasFull: Bool
  public internal(set) var attempts: Int
  public internal(set) var sentIndex: Int
  public internal(set) var sentAt: Instant
  /// When its caller asked for it, by the caller's clock: another time than it was sent only where the process was
  /// stopped in between, or its clock had jumped.
  public internal(set) var askedAt: Instant
  public internal(set) var view: View = .unanswered
  /// What a refusal means by its documentation.
  public internal(set) var nature: ErrorNature?
  /// The event at which the caller learned of it, or learned that it will not: an answer, a crash.
  public internal(set) var viewIndex: Int = 0
  public internal(set) var resolution: Resolution = .none
  /// Deliveries that the system handled.
  public internal(set) var handled: Int = 0
  /// Effects that it had.
  public internal(set) var effects: Int = 0
  /// The first effect it had.
  public internal(set) var effectIndex: Int?
  /// The first effect that did more than take back what came about in the run.
  public internal(set) var changeIndex: Int?

  public var name: Name { request.operation }
  public var arguments: Fields { request.arguments }
  public var principal: Name { request.principal }
  public var process: ProcessID { ProcessID(index: id.process, incarnation: id.incarnation) }
  /// An outcome that nobody has found out.
  public var isOpen: Bool { isMutation && view == .unknown && resolution == .none }
}

extension CallFact: StableHashable {
  public func hash(into hasher: inout StableHasher) {
    hasher.combine(id)
    hasher.combine(operation ?? -1)
    hasher.combine(name)
    hasher.combine(arguments)
    hasher.combine(principal)
    hasher.combine(key ?? 0)
    hasher.combine(key != nil)
    hasher.combine(step)
    hasher.combine(isMutation)
    hasher.combine(isCompensation)
    hasher.combine(intent ?? -1)
    hasher.combine(wasFull)
    hasher.combine(attempts)
    hasher.combine(sentIndex)
    hasher.combine(sentAt)
    hasher.combine(askedAt)
    hasher.combine(UInt64(view.rawValue))
    hasher.combine(nature?.rawValue)
    hasher.combine(viewIndex)
    hasher.combine(UInt64(resolution.rawValue))
    hasher.combine(handled)
    hasher.combine(effects)
    hasher.combine(effectIndex ?? -1)
    hasher.combine(changeIndex ?? -1)
  }
}
