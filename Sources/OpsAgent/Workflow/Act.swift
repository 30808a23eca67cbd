// Acts: how one environment brings an intention about. Data, so that they can be checked, shown and replaced.

import Operations
import Primitives

/// One call of one operation in the service of a step, with all that is needed to survive it.
public struct Act: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// Changes nothing.
    case read
    /// A side effect: intent first, key, read-back, undo.
    case change
    /// Looks for one thing by the act's lookup and learns what it says; where there is none, nothing is learnt, and the
    /// run goes on if it may be missing.
    case find(mayBeMissing: Bool)
    /// Reads again and again until what an earlier act began has come to an end.
    case wait(Poll)
    /// Looks again at what that act made by a call without a key or by one that was repeated, and removes what was
    /// made beside it.
    case review(Name)
  }

  /// What makes it sound to send a change again after an answer that never came.
  public enum Protection: String, Hashable, Sendable {
    /// The system executes one key once. Falls back to ``none`` where the operation takes no key.
    case key
    /// The system refuses a second object of that name.
    case uniqueName = "unique name"
    /// Doing it twice leaves what doing it once leaves.
    case idempotent
    /// Nothing: read back after the declared bounds, or hand over.
    case none
  }

  /// Unique within a workflow; in records and reports.
  public var name: Name
  public var kind: Kind
  public var operation: Name
  public var arguments: [Argument]
  /// What the answer establishes.
  public var outputs: [Output]
  public var protection: Protection
  /// Fresh reads and comparisons before the side effect.
  public var checks: [Check]
  /// How to find by natural key what this act made, after an answer that never came. For a read: what its
  /// answer has to agree with.
  public var lookup: Lookup?
  public var undo: Undo?
  /// The act runs only where all of these hold; otherwise it is skipped.
  public var conditions: [Condition]

  public init(
    _ name: Name, _ kind: Kind, _ operation: Name, _ arguments: [Argument] = [], outputs: [Output] = [],
    protection: Protection = .none, checks: [Check] = [], lookup: Lookup? = nil, undo: Undo? = nil,
    when conditions: [Condition] = []
  ) {
    self.name = name
    self.kind = kind
    self.operation = operation
    self.arguments = arguments
    self.outputs = outputs
    self.protection = protection
    self.checks = checks
    self.lookup = lookup
    self.undo = undo
    self.conditions = conditions
  }

  public var isChange: Bool { kind == .change }
}

/// One argument of a call and where it comes from.
public struct Argument: Hashable, Sendable {
  public enum Source: Hashable, Sendable {
    /// A fact of the run; left out where the run has no such fact.
    case fact(Name)
    case literal(Value)
    /// The version read before, for a conditional write.
    case version(Name)
    /// A literal that goes with it.
    case conditional(Value)
  }

  public var name: Name
  public var source: Source

  public init(_ name: Name, _ source: Source) {
    self.name = name
    self.source = source
  }

  /// An argument that carries the fact of the same name.
  public static func fact(_ name: Name) -> Argument { Argument(name, .fact(name)) }
  public static func fact(_ name: Name, _ fact: Name) -> Argument { Argument(name, .fact(fact)) }
  public static func literal(_ name: Name, _ value: Value) -> Argument { Argument(name, .literal(value)) }
}

/// A field of an answer that becomes a fact of the run.
public struct Output: Hashable, Sendable {
  public var fact: Name
  public var field: Name
  /// An answer without a required field can't be read, which makes its outcome unknown.
  public var isRequired: Bool

  public init(_ fact: Name, _ field: Name, required: Bool = true) {
    self.fact = fact
    self.field = field
    isRequired = required
  }
}

/// A test of one field of an object.
public struct Match: Hashable, Sendable {
  public enum Test: Hashable, Sendable {
    /// The field holds what this fact holds; true where the run has no such fact.
    case fact(Name)
    case oneOf([Value])
    /// The field is absent or holds none of these.
    case noneOf([Value])
    /// A list that contains what this fact holds.
    case contains(Name)
    /// The field holds something else than this fact; true where the run has no such fact.
    case differs(Name)
    /// The field is there.
    case known
    /// The field is not there, or says no: a mark that only what is gone carries.
    case unmarked

    /// Whether an object without the field leaves the test open.
    var needsField: Bool { self != .unmarked }
  }

  public var field: Name
  public var test: Test

  public init(_ field: Name, _ test: Test) {
    self.field = field
    self.test = test
  }

  func holds(for object: Fields, given facts: Fields) -> Bool {
    switch test {
    case .fact(let name):
      guard let wanted = facts[name] else { return true }
      return object[field] == wanted
    case .oneOf(let values):
      guard let value = object[field] else { return false }
      return values.contains(value)
    case .noneOf(let values):
      guard let value = object[field] else { return true }
      return !values.contains(value)
    case .contains(let name):
      guard let wanted = facts[name] else { return true }
      return object[field]?.list?.contains(wanted) ?? false
    case .differs(let name):
      guard let other = facts[name] else { return true }
      return object[field] != other
    case .known:
      return object[field].map { !$0.isNull } ?? false
    case .unmarked:
      return object[field] != true
    }
  }
}

/// A condition on the facts of the run.
public struct Condition: Hashable, Sendable {
  public var fact: Name
  public var test: Match.Test

  public init(_ fact: Name, _ test: Match.Test) {
    self.fact = fact
    self.test = test
  }

  /// The run has learnt this fact.
  public static func known(_ fact: Name) -> Condition { Condition(fact, .known) }

  func holds(given facts: Fields) -> Bool { Match(fact, test).holds(for: facts, given: facts) }

  /// Whether it can't hold any more: what a run will only learn by not running dry is taken for granted.
  func fails(given facts: Fields) -> Bool { (test == .known || facts[fact] != nil) && !holds(given: facts) }
}

/// A read that has to confirm something before a side effect.
public struct Check: Hashable, Sendable {
  public enum Rule: Hashable, Sendable {
    /// Nothing of the kind may exist. What exists and agrees is adopted; what differs stops the run.
    case absent
    /// Exactly one must exist, and agree.
    case present
  }

  public var name: Name
  public var lookup: Lookup
  public var rule: Rule
  /// Whether "none" counts only after the system's staleness bound, and after the time within which other systems
  /// may tell it of something.
  public var waitsForStaleness: Bool
  /// Whether looking is what the step is for, and not a guard: it is then done in any composition.
  public var isEssential: Bool

  public init(
    _ name: Name, _ rule: Rule, _ lookup: Lookup, waitsForStaleness: Bool = false, isEssential: Bool = false
  ) {
    self.isEssential = isEssential
    self.name = name
    self.rule = rule
    self.lookup = lookup
    self.waitsForStaleness = waitsForStaleness
  }
}

/// Poll until a field says how an asynchronous lifecycle ended.
public struct Poll: Hashable, Sendable {
  public var ready: [Match]
  public var failed: [Match]
  public var interval: TimeSpan
  /// After this many polls the step has failed.
  public var limit: Int
  /// The act to begin anew, with a new key, where the lifecycle failed.
  public var restartAt: Name
  /// How many new attempts follow a failed lifecycle.
  public var restarts: Int
  /// Whether what is not found any more has come to its end.
  public var endsWhenGone: Bool

  public init(
    ready: [Match], failed: [Match], every interval: TimeSpan, limit: Int, restartAt: Name, restarts: Int,
    endsWhenGone: Bool = false
  ) {
    self.ready = ready
    self.failed = failed
    self.interval = interval
    self.limit = limit
    self.restartAt = restartAt
    self.restarts = restarts
    self.endsWhenGone = endsWhenGone
  }
}

/// How an act is taken back.
public struct Undo: Hashable, Sendable {
  /// One way of taking back, for objects in one state.
  public struct Way: Hashable, Sendable {
    /// The state of the object, as the lookup's facts tell it, in which this way is open.
    public var conditions: [Condition]
    public var operation: Name
    public var arguments: [Argument]

    public init(_ operation: Name, _ arguments: [Argument], when conditions: [Condition] = []) {
      self.conditions = conditions
      self.operation = operation
      self.arguments = arguments
    }
  }

  /// Tried in order; the first whose conditions hold is taken.
  public var ways: [Way]
  /// Whether the object is read first because the way depends on its state.
  public var readsState: Bool
  /// Acts whose effect may have brought this object about without this act: taken back with them, and
  /// looked for once more at the end.
  public var alsoAfter: [Name]
  /// States of the object in which nothing is left to take back.
  public var nothingLeft: [Condition]
  /// Whether taking back takes its time and may fail after it was accepted: it is looked at again until it is done.
  public var isConfirmed: Bool

  public init(
    _ ways: [Way], readsState: Bool = false, alsoAfter: [Name] = [], nothingLeft: [Condition] = [],
    isConfirmed: Bool = false
  ) {
    self.ways = ways
    self.isConfirmed = isConfirmed
    self.nothingLeft = nothingLeft
    self.readsState = readsState
    self.alsoAfter = alsoAfter
  }
}
