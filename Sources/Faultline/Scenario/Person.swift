// People and vendors' automations as actors of the world: what they do by hand, when, and who takes over at the desk.

import Operations
import Primitives

extension Scenario {
  /// One thing done by hand: an operation of the catalogue on somebody's things.
  public struct HandDeed: Hashable, Sendable {
    public var operation: Name
    /// The natural key of the customer whose things it is done to.
    public var owner: Name
    /// Arguments that the file gives; the others are found from what the systems hold for the owner.
    public var arguments: Fields

    public init(_ operation: Name, to owner: Name, with arguments: Fields = [:]) {
      self.operation = operation
      self.owner = owner
      self.arguments = arguments
    }
  }

  /// Something that a person or a vendor's automation does of its own accord, once.
  public struct ScriptedAct: Hashable, Sendable {
    /// When it is done.
    public enum Moment: Hashable, Sendable {
      /// Just before the n-th request of this operation is handled, or the n-th transaction at this checkpoint.
      case before(Name, call: Int)
      /// Once the n-th call of this operation was done, or the n-th transaction at this checkpoint.
      case after(Name, call: Int)
      /// So long after the run began.
      case at(TimeSpan)
      /// Once an agent said that it ended so.
      case ending(Ending)
    }

    /// Whose hand it is; never a principal of the agent.
    public var who: Name
    public var deed: HandDeed
    public var moment: Moment
    /// How long after the moment.
    public var delay: TimeSpan

    public init(_ who: Name, _ deed: HandDeed, _ moment: Moment, delay: TimeSpan = .zero) {
      self.who = who
      self.deed = deed
      self.moment = moment
      self.delay = delay
    }
  }

  /// Who takes over what the agent hands over.
  public struct Desk: Hashable, Sendable {
    public enum Outcome: String, Hashable, Sendable, CaseIterable {
      /// The person finishes by hand, and the run is over.
      case close
      /// The agent is told to go on.
      case resume
    }

    public var who: Name
    /// How long it takes until the person looks at a run that was handed over.
    public var after: TimeSpan
    /// When nobody is at the desk; what comes in then waits until the end of it.
    public var closed: CalendarWindow?
    /// What the person does, one after the other, each so long after the one before.
    public var repairs: [(deed: HandDeed, delay: TimeSpan)]
    public var outcome: Outcome
    /// How many hand-overs are answered so; later ones are left.
    public var times: Int

    public init(
      _ who: Name, after: TimeSpan = .minutes(20), closed: CalendarWindow? = nil,
      repairs: [(deed: HandDeed, delay: TimeSpan)] = [], _ outcome: Outcome, times: Int = 1
    ) {
      self.who = who
      self.after = after
      self.closed = closed
      self.repairs = repairs
      self.outcome = outcome
      self.times = times
    }

    /// When somebody is there for what was handed over at an instant.
    func opens(after handOver: Instant) -> Instant {
      let due = handOver + after
      return closed?.end(at: due) ?? due
    }

    public static func == (a: Desk, b: Desk) -> Bool {
      a.who == b.who && a.after == b.after && a.closed == b.closed && a.outcome == b.outcome && a.times == b.times
        && a.repairs.elementsEqual(b.repairs) { $0.deed == $1.deed && $0.delay == $1.delay }
    }

    public func hash(into hasher: inout Hasher) {
      hasher.combine(who)
      hasher.combine(outcome)
    }
  }
}

/// What a person did with a run that was handed over.
public enum DeskStep: String, Hashable, Sendable, CaseIterable {
  case claimed, closed, resumed
}
