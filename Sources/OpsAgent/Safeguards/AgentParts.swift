// What an agent is composed of. Each part is a strategy; the reference takes the careful one of each.

import Operations
import Primitives

/// The parts of one agent.
public struct AgentParts: Hashable, Sendable {
  public var memory: Memory = .durable
  public var intents: Intents = .writtenAhead
  public var results: Results = .atOnce
  public var keys: Keys = .stable
  public var readBack: ReadBack = .byNaturalKey
  public var guards: Guards = .checked
  public var blastRadius: BlastRadius = .capped
  public var compensation: Compensation = .performed
  public var compensationOrder: CompensationOrder = .reverse
  public var compensationRepeats: CompensationRepeats = .idempotent
  public var retries: Retries = .bounded(.reference)
  public var pauses: Pauses = .honoured
  public var unknowns: Unknowns = .resolved
  public var flight: Flight = .leased(.minutes(5))
  public var fencing: Fencing = .carried
  public var confidence: Confidence = .atLeast(percent: 70, twiceBelow: 80)
  public var transitions: Transitions = .closed
  public var handOver: HandOver = .withContext
  public var dryRun: DryRun = .readsOnly
  public var credentials: Credentials = .scoped
  public var concurrency: Concurrency = .conditional
  public var versions: Versions = .pinned
  public var pivot: Pivot = .last
  public var audit: Audit = .written

  /// Every part the careful one.
  public static let reference = AgentParts()

  public init() {}

  public enum Memory: Hashable, Sendable { case durable, volatile }
  public enum Intents: Hashable, Sendable { case writtenAhead, unwritten }
  public enum Results: Hashable, Sendable { case atOnce, whenTheStepIsOver }
  public enum ReadBack: Hashable, Sendable { case byNaturalKey, none }
  public enum Guards: Hashable, Sendable { case checked, trusting }
  public enum Compensation: Hashable, Sendable { case performed, skipped }
  public enum CompensationOrder: Hashable, Sendable { case reverse, asDone }
  public enum CompensationRepeats: Hashable, Sendable { case idempotent, asIfFirst }
  public enum Unknowns: Hashable, Sendable { case resolved, takenForFailure }
  public enum HandOver: Hashable, Sendable { case withContext, bare }
  public enum DryRun: Hashable, Sendable { case readsOnly, pivotOnly }
  public enum Versions: Hashable, Sendable { case pinned, newest }
  public enum Pivot: Hashable, Sendable { case last, whereAsked }
  public enum Audit: Hashable, Sendable { case written, none }

  /// How a call gets its key.
  public enum Keys: Hashable, Sendable {
    /// One key for one intention of one run, however often it is sent and whoever sends it.
    case stable
    /// A new key for each logical call, as SDKs make one when nobody sets it.
    case freshPerAttempt

    /// Thirteen characters and a prefix: stored without allocation.
    ///
    /// Another version of the workflow may ask for something else by the same act, which one key must not do.
    func key(run: Name, version: Int, act: Name, generation: Int, attempt: Int, salt: UInt64) -> String {
      var hasher = StableHasher(seed: run.hash)
      if version > 1 { hasher.combine(version) }
      hasher.combine(act)
      hasher.combine(generation)
      if self == .freshPerAttempt {
        hasher.combine(attempt)
        hasher.combine(salt)
      }
      return Draw(word: hasher.digest).identifier("k-")
    }

    /// Whether sending again with the same key is protected by the key.
    var isProtective: Bool { self == .stable }
  }

  /// How many side effects a run may send.
  public enum BlastRadius: Hashable, Sendable {
    case capped, unlimited

    func allows(sent: Int, cap: Int) -> Bool { self == .unlimited || sent < cap }
  }

  /// How long to wait before sending again, and how often.
  public enum Retries: Hashable, Sendable {
    case bounded(Backoff)
    /// Again at once, and for ever.
    case eager

    func allows(attempts: Int) -> Bool {
      switch self {
      case .bounded(let backoff): attempts < backoff.attempts
      case .eager: true
      }
    }

    /// Whether a decider that gave no decision is asked once more; a model is no system that has to be waited for.
    func allows(asks: Int) -> Bool {
      switch self {
      case .bounded: asks < 3
      case .eager: true
      }
    }

    /// How many attempts someone who began this long ago can be taken to have made.
    func attempts(within elapsed: TimeSpan) -> Int {
      switch self {
      case .bounded(let backoff): backoff.attempts(within: elapsed)
      case .eager: 0
      }
    }

    func delay(afterAttempt attempt: Int, draw: Draw) -> TimeSpan {
      switch self {
      case .bounded(let backoff): backoff.delay(afterAttempt: attempt, draw: draw)
      case .eager: .milliseconds(10)
      }
    }
  }

  /// What becomes of a system's request to wait.
  public enum Pauses: Hashable, Sendable {
    case honoured, ownBackoff

    func delay(asked: TimeSpan?, own: TimeSpan) -> TimeSpan {
      guard self == .honoured, let asked else { return own }
      return asked + own
    }
  }

  /// Whether a run is worked on by one replica at a time.
  public enum Flight: Hashable, Sendable {
    /// Under a lease of this length.
    case leased(TimeSpan)
    case free
  }

  public enum Fencing: Hashable, Sendable {
    case carried, none

    func token(_ token: Int64) -> Int64? { self == .carried && token > 0 ? token : nil }
  }

  public enum Confidence: Hashable, Sendable {
    /// A decider that is less sure is asked again, and has to say the same; one that is not sure at all is not
    /// followed.
    case atLeast(percent: Int, twiceBelow: Int)
    case any

    func accepts(_ percent: Int) -> Bool {
      switch self {
      case .atLeast(let threshold, _): percent >= threshold
      case .any: true
      }
    }

    func wantsConfirmation(_ percent: Int) -> Bool {
      switch self {
      case .atLeast(let threshold, let sure): percent >= threshold && percent < sure
      case .any: false
      }
    }
  }

  public enum Transitions: Hashable, Sendable {
    case closed
    /// Whatever the decider names is done.
    case followed
  }

  public enum Credentials: Hashable, Sendable {
    /// The narrowest principal that covers the step.
    case scoped
    /// The widest principal at hand.
    case broad

    func principal(for act: CompiledAct) -> Name {
      self == .scoped ? act.principal : act.broadPrincipal
    }
  }

  public enum Concurrency: Hashable, Sendable {
    case conditional, lastWriteWins
  }
}

/// Exponential backoff with full jitter above a floor.
public struct Backoff: Hashable, Sendable {
  /// The first delay; it doubles with each attempt.
  public var base: TimeSpan
  public var ceiling: TimeSpan
  /// How many times one logical call is sent.
  public var attempts: Int

  public init(base: TimeSpan, ceiling: TimeSpan, attempts: Int) {
    self.base = base
    self.ceiling = ceiling
    self.attempts = attempts
  }

  /// Nine sends within two to four minutes: longer than the usual brown-out of a front end, and fewer than
  /// would make one worse.
  public static let reference = Backoff(base: .milliseconds(1_500), ceiling: .seconds(60), attempts: 9)

  /// The longest delay after an attempt.
  private func bound(afterAttempt attempt: Int) -> TimeSpan {
    min(base * (1 << Int64(min(max(attempt - 1, 0), 20))), ceiling)
  }

  /// How many sends fall into this time at the slowest; at most half of all, so that whoever goes on has some.
  func attempts(within elapsed: TimeSpan) -> Int {
    var count = 0
    var passed = TimeSpan.zero
    while count < attempts / 2, passed <= elapsed {
      count += 1
      passed = passed + bound(afterAttempt: count)
    }
    return count
  }

  /// Between half of the doubled base and all of it, as drawn: never at once, never in step with others.
  func delay(afterAttempt attempt: Int, draw: Draw) -> TimeSpan {
    let bound = bound(afterAttempt: attempt)
    return draw.span(in: (bound / 2)...bound)
  }
}
