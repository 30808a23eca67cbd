// What the agent says at the end. It says nothing that it does not know.

import Operations
import Primitives

/// The agent's last word on a run.
public struct Claim: Hashable, Sendable {
  public enum Ending: UInt8, Hashable, Sendable, CaseIterable {
    /// The goal holds.
    case completed = 1
    /// Nothing of it is left.
    case rolledBack = 2
    /// Stopped, and handed over to a person.
    case escalated = 3
    /// A dry run: nothing was done; `present` lists what would be.
    case planned = 4
  }

  /// One thing in one system.
  public struct Item: Hashable, Sendable {
    /// The act that brought it about, `provision-cluster`.
    public var act: Name
    /// The operation that was called for it.
    public var operation: Name
    /// The system's id of it; empty where none is known.
    public var id: String

    public init(act: Name, operation: Name, id: String) {
      self.act = act
      self.operation = operation
      self.id = id
    }
  }

  public var ending: Ending
  /// What is there.
  public var present: [Item]
  /// What may be there: each act whose outcome is not known.
  public var possibly: [Item]
  /// Why it ended so.
  public var reason: String
  /// What a person should do next; empty where nothing is left to do.
  public var nextAction: String

  public init(
    _ ending: Ending, present: [Item] = [], possibly: [Item] = [], reason: String = "", nextAction: String = ""
  ) {
    self.ending = ending
    self.present = present
    self.possibly = possibly
    self.reason = reason
    self.nextAction = nextAction
  }
}

extension Claim: StableHashable {
  public func hash(into hasher: inout StableHasher) {
    hasher.combine(UInt64(ending.rawValue))
    hasher.combine(present)
    hasher.combine(possibly)
    hasher.combine(reason)
    hasher.combine(nextAction)
  }
}

extension Claim.Item: StableHashable {
  public func hash(into hasher: inout StableHasher) {
    hasher.combine(act)
    hasher.combine(operation)
    hasher.combine(id)
  }
}
