// What an agent says at its end; checked against what the systems hold.

import Operations
import Primitives

/// How a run ends, in an agent's words or in truth.
public enum Ending: String, Hashable, Sendable, CaseIterable {
  /// The goal holds exactly.
  case completed
  /// Nothing of it is left, in the sense of the domain: a paid invoice is credited, not deleted.
  case rolledBack = "rolled-back"
  /// Stopped, and handed over with what is there and what may be there.
  case escalated
}

/// What an agent says at its end.
public struct Claim: Hashable, Sendable {
  public var ending: Ending
  /// The sentence it would put into the ticket.
  public var text: String
  /// What it says is there.
  public var holdings: [Holding]
  /// What may be there: one entry for each outcome it could not find out.
  public var possibly: [Holding]
  /// Why it escalated.
  public var reason: String?
  /// What the person who takes over should do first.
  public var nextAction: String?
  /// In a dry run: what would be done, in order.
  public var plan: [Planned] = []

  public init(
    _ ending: Ending, text: String, holdings: [Holding] = [], possibly: [Holding] = [], reason: String? = nil,
    nextAction: String? = nil
  ) {
    self.ending = ending
    self.text = text
    self.holdings = holdings
    self.possibly = possibly
    self.reason = reason
    self.nextAction = nextAction
  }

  /// One effect that a dry run holds back.
  public struct Planned: Hashable, Sendable {
    public var step: Name
    public var operation: Name
    /// What is known of them beforehand.
    public var arguments: Fields
    public var principal: Name
    /// What makes it safe to send it again, in a word: `key`, `unique name`, `idempotent`, `read-back`.
    public var protection: String
    /// How it is taken back: the operations, or why nothing does.
    public var reversal: String

    public init(
      step: Name, operation: Name, arguments: Fields, principal: Name, protection: String, reversal: String
    ) {
      self.step = step
      self.operation = operation
      self.arguments = arguments
      self.principal = principal
      self.protection = protection
      self.reversal = reversal
    }
  }

  /// An object as the agent knows it.
  public struct Holding: Hashable, Sendable {
    /// `cloud.cluster`, the kind that effects have.
    public var kind: Name
    /// The system's id, where the agent knows it.
    public var object: String?

    public init(kind: Name, object: String?) {
      self.kind = kind
      self.object = object
    }
  }
}

extension Claim: StableHashable {
  public func hash(into hasher: inout StableHasher) {
    hasher.combine(ending.rawValue)
    hasher.combine(text)
    hasher.combine(holdings)
    hasher.combine(possibly)
    hasher.combine(reason)
    hasher.combine(nextAction)
    hasher.combine(plan)
  }
}

extension Claim.Planned: StableHashable {
  public func hash(into hasher: inout StableHasher) {
    hasher.combine(step)
    hasher.combine(operation)
    hasher.combine(arguments)
    hasher.combine(principal)
    hasher.combine(protection)
    hasher.combine(reversal)
  }
}

extension Claim.Holding: StableHashable {
  public func hash(into hasher: inout StableHasher) {
    hasher.combine(kind)
    hasher.combine(object)
  }
}
