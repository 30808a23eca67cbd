// The door of a system of record: a pure state machine over virtual time.

import Primitives

/// What the world decides about one handling of one request. Neutral: a backend knows no faults, only
/// which of the behaviours that its vendor documents it shows this time.
public struct Conditions: Hashable, Sendable {
  /// The logical call, for the ledger; nil for what a system does by itself.
  public var call: CallID?
  /// Where ids and other made-up values of this handling come from.
  public var entropy: Draw
  /// How far the replica that answers a read lags behind the last write; zero is fresh. At most the
  /// profile's declared staleness.
  public var readLag: TimeSpan
  /// Whether what this call starts asynchronously will come to a good end.
  public var lifecycleFails: Bool
  /// The handler commits, then the front end answers 500 all the same.
  public var errorAfterCommit: Bool
  /// A compensation is refused for the reason the vendor documents (a dependency, a conflict).
  public var refusesCompensation: Bool
  /// The limiter's bucket is empty for this request.
  public var limited: Bool
  /// The system is in an outage: its front end answers 503 and nothing behind it runs.
  public var outage: Bool
  /// How far the limiter lags: it lets this request through uncounted, and for that long refuses what comes after.
  public var limiterLag: TimeSpan = .zero
  /// Whether there is room for a part only of what the call asks for.
  public var fallsShort = false
  /// A parameter that the system's present release asks for beside those that are declared.
  public var requiredParameter: Name?
  /// Whether the credential that the call carries expires just before it arrives.
  public var expiresCredential = false
  /// Which shard of the key store this request meets; 0 is the one that keys are kept in.
  public var keyShard: UInt8 = 0
  /// Whether what decides about the scope of a key, and is left to the system, has changed by a failover.
  public var movesKeyScope = false
  /// How long the handling takes, where that is longer than usual; the key is in use until then.
  public var handlingTime: TimeSpan = .zero
  /// What the ids that are made up here are marked with.
  public var seal = Seal.none

  public init(
    call: CallID?, entropy: Draw, readLag: TimeSpan = .zero, lifecycleFails: Bool = false,
    errorAfterCommit: Bool = false, refusesCompensation: Bool = false, limited: Bool = false, outage: Bool = false
  ) {
    self.call = call
    self.entropy = entropy
    self.readLag = readLag
    self.lifecycleFails = lifecycleFails
    self.errorAfterCommit = errorAfterCommit
    self.refusesCompensation = refusesCompensation
    self.limited = limited
    self.outage = outage
  }
}

/// A message that a system sends by itself: to another system (metering) or to an agent (a webhook).
public struct Delivery: Hashable, Sendable, StableHashable {
  /// What it is about, `cloud.cluster.running`, `ticketing.ticket.created`.
  public var topic: Name
  /// The sender's id of the event; the same in every delivery of it.
  public var id: String
  /// What it says.
  public var body: Fields

  public init(topic: Name, id: String, body: Fields) {
    self.topic = topic
    self.id = id
    self.body = body
  }

  public func hash(into hasher: inout StableHasher) {
    hasher.combine(topic)
    hasher.combine(id)
    hasher.combine(body)
  }
}

/// A simulated system of record.
///
/// A value: copying it forks its history. It reads no clock and draws no chance; both come in with the
/// request. The world holds backends by name through this protocol and knows none of them by type.
public protocol Backend: StableHashable, Sendable {
  var description: ServiceDescription { get }

  /// Everything this system ever did, in order. The world reads what was appended since it last looked.
  var ledger: EffectLedger { get }

  /// When ``advance(to:)`` next has something to do; nil when nothing is under way.
  var nextDue: Instant? { get }

  /// Handles one delivery of one request.
  mutating func handle(_ request: Request, at now: Instant, under conditions: Conditions) -> Response

  /// Does what has become due: lifecycles, propagation, automations. Returns what it sends by itself.
  mutating func advance(to now: Instant) -> [Delivery]

  /// Takes a message from another system: a meter event, a webhook.
  mutating func receive(_ delivery: Delivery, at now: Instant)

  /// The business object that a request is about, by natural key, also where the request names an id.
  /// Nil where nobody can tell.
  func subject(of request: Request) -> Name?

  /// Whether a condition could change anything about this request now; an answer that can change
  /// nothing is not offered to a search.
  func applicable(to request: Request, at now: Instant) -> ApplicableConditions

  /// What somebody else could do to the object of this request just before it is handled. Only what would
  /// change something is named.
  func outOfBandChanges(before request: Request, at now: Instant) -> OutOfBandChanges

  /// Lets somebody else do it: the ledger gets effects of another principal and of no call.
  mutating func apply(_ change: OutOfBandChange, before request: Request, at now: Instant, entropy: Draw)

  /// Installs a principal with its scopes, replacing an earlier one of that name.
  mutating func admit(_ principal: Name, scopes: Set<Name>)

  /// A digest of all that what it does from an instant on can depend on. Equal for two states that nobody could
  /// tell apart any more, though they came about otherwise.
  func stateDigest(at now: Instant) -> BackendStateDigest
}

/// What ``Backend/stateDigest(at:)`` says.
public struct BackendStateDigest: Hashable, Sendable {
  public var value: UInt64
  /// Whether it stays the same until the system is touched again, whatever time passes.
  public var isLasting: Bool

  public init(_ value: UInt64, isLasting: Bool) {
    self.value = value
    self.isLasting = isLasting
  }
}

extension Backend {
  public func stateDigest(at now: Instant) -> BackendStateDigest { BackendStateDigest(stableDigest, isLasting: true) }
  public func outOfBandChanges(before request: Request, at now: Instant) -> OutOfBandChanges { [] }
  public mutating func apply(_ change: OutOfBandChange, before request: Request, at now: Instant, entropy: Draw) {}
}

/// What a person or a vendor's automation may do to an object that an agent works with.
public enum OutOfBandChange: UInt8, Hashable, Sendable, CaseIterable {
  /// Does by hand what the request asks for: pays the invoice, deletes the role.
  case settled = 1
  /// Changes it otherwise: puts the ticket on hold.
  case altered = 2
  /// Ends it: deletes the cluster.
  case removed = 3
}

/// A set of them.
public struct OutOfBandChanges: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  /// The set of one.
  public init(_ change: OutOfBandChange) { self.init(rawValue: 1 << change.rawValue) }

  public static let settled = OutOfBandChanges(.settled)
  public static let altered = OutOfBandChanges(.altered)
  public static let removed = OutOfBandChanges(.removed)
}

/// Which conditions could make a difference to one request.
public struct ApplicableConditions: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// A lagging replica would answer otherwise than a fresh one.
  public static let readLag = ApplicableConditions(rawValue: 1)
  /// What the request starts can come to a bad end.
  public static let lifecycleFailure = ApplicableConditions(rawValue: 2)
  /// The request takes something back, and could be refused.
  public static let compensationRefusal = ApplicableConditions(rawValue: 4)
  /// The request asks for several things, of which there could be room for some.
  public static let shortfall = ApplicableConditions(rawValue: 32)
  /// The request repeats a key, which another shard of the store would not know.
  public static let keySplit = ApplicableConditions(rawValue: 8)
  /// The request repeats a key, and leaves open what decides about the key's scope.
  public static let keyScope = ApplicableConditions(rawValue: 16)
}

/// A system's append-only record of its effects.
public struct EffectLedger: Sendable, StableHashable {
  /// In the order in which they happened.
  @inlinable public var effects: [Effect] { written }
  @usableFromInline var written: [Effect] = []

  public init() {}

  /// How many effects there were.
  @inlinable public var count: Int { written.count }
  /// Adds an effect; none is ever taken out.
  @inlinable public mutating func append(_ effect: Effect) { written.append(effect) }

  public func hash(into hasher: inout StableHasher) { hasher.combine(written) }
}
