// The faults, as answers to choices. Names are what users type; each is made once, since random drivers weigh by name.

import Operations
import Primitives
import Simulation

/// What may happen to a request on its way.
public enum RequestFault: UInt8, ChoiceAnswer {
  case deliver
  /// The limiter turns it away. Caller: 429 or 503. Truth: not executed this time.
  case rateLimited
  /// It never arrives. Caller: timeout. Truth: not executed.
  case requestLost
  /// The network delivers it twice. Caller: one answer. Truth: handled twice; what that does depends on
  /// the dialect.
  case duplicateDelivery
  /// The system's front end is down for a while. Caller: 503. Truth: not executed.
  case outage
  /// A compensation is refused for a documented reason. Caller: 4xx. Truth: not executed.
  case compensationRefused
  /// The limiter counts late: it lets this request through uncounted, and then refuses for longer than it says.
  /// Caller: an answer, then 429 or 503 to whatever comes within ``World/limiterLag``. Truth: this request was
  /// handled, those were not.
  case laggyLimiter
  /// The caller's credential has expired, and is refused from this request on until it is renewed. Caller: 401 or what
  /// the vendor answers instead. Truth: not executed.
  case credentialExpired
  /// It arrives only after the caller gave up, and executes then. Caller: timeout.
  case lateAfterTimeout
  case lateAfterRetry
  case lateAfterCompensation
  case lateAfterRestart
  case lateAtEnd

  public static var benign: RequestFault { .deliver }

  public var name: Name { Self.names[Int(rawValue)] }
  private static let names = allCases.map(\.spelling)

  private var spelling: Name {
    switch self {
    case .deliver: "deliver"
    case .rateLimited: "rate-limited"
    case .requestLost: "request-lost"
    case .duplicateDelivery: "duplicate-delivery"
    case .outage: "outage"
    case .compensationRefused: "compensation-refused"
    case .laggyLimiter: "laggy-limiter"
    case .credentialExpired: "credential-expired"
    case .lateAfterTimeout: "late-arrival:after-timeout"
    case .lateAfterRetry: "late-arrival:after-retry"
    case .lateAfterCompensation: "late-arrival:after-compensation"
    case .lateAfterRestart: "late-arrival:after-restart"
    case .lateAtEnd: "late-arrival:at-end"
    }
  }

  /// When a late request arrives; nil for the others.
  public var landmark: Landmark? {
    switch self {
    case .lateAfterTimeout: .afterTimeout
    case .lateAfterRetry: .afterRetry
    case .lateAfterCompensation: .afterCompensation
    case .lateAfterRestart: .afterRestart
    case .lateAtEnd: .atEnd
    default: nil
    }
  }
}

/// What may happen to an answer on its way back.
public enum AnswerFault: UInt8, ChoiceAnswer {
  case arrive
  /// The system did it; the answer never comes. Caller: timeout.
  case responseLost
  /// The system did it, then its front end failed. Caller: 500.
  case errorAfterCommit
  /// The system did it; the body is cut off. Caller: unreadable.
  case truncatedResponse
  /// The system is still at it when the caller hangs up, and finishes. Caller: timeout, and "in progress" to the
  /// same key until then. Truth: executed.
  case slowResponse
  /// The system did it, the answer never comes, and the caller is held up until the system has forgotten the key.
  /// Caller: timeout, seen too late. Truth: executed; the same key executes again.
  case keyExpired

  public static var benign: AnswerFault { .arrive }

  public var name: Name { Self.names[Int(rawValue)] }
  private static let names = allCases.map(\.spelling)

  private var spelling: Name {
    switch self {
    case .arrive: "arrive"
    case .responseLost: "response-lost"
    case .errorAfterCommit: "error-after-commit"
    case .truncatedResponse: "truncated-response"
    case .slowResponse: "slow-response"
    case .keyExpired: "key-expired"
    }
  }
}

/// Which part of a key store a repeated key meets.
public enum KeyFault: UInt8, ChoiceAnswer {
  case known
  /// A shard that does not know it. Caller: 2xx, and a mark that says "replayed" all the same. Truth: executed again.
  case keyStoreSplit
  /// Another scope: a failover moved what the request leaves open. Caller: 2xx. Truth: executed again, as documented.
  case keyScopeChange

  public static var benign: KeyFault { .known }

  public var name: Name {
    switch self {
    case .known: "known"
    case .keyStoreSplit: "key-store-split"
    case .keyScopeChange: "key-scope-change"
    }
  }
}

/// Which replica answers a read.
public enum ReadFault: UInt8, ChoiceAnswer {
  case fresh
  /// One that lags by the profile's declared staleness. Caller: an older truth, or not found.
  case staleRead

  public static var benign: ReadFault { .fresh }
  public var name: Name { Self.names[Int(rawValue)] }
  private static let names = allCases.map(\.spelling)

  private var spelling: Name {
    switch self {
    case .fresh: "fresh"
    case .staleRead: "stale-read"
    }
  }
}

/// Whether a system still speaks as its documentation says. A new release of it is the case from one call on, for all
/// that come later.
public enum SchemaFault: UInt8, ChoiceAnswer {
  case documented
  /// `id` has another name in every answer. Caller: 2xx without it. Truth: executed.
  case renamedField
  /// States have values that nobody has documented. Caller: 2xx. Truth: executed.
  case newValue
  /// The operation asks for a parameter that nobody has documented. Caller: 4xx. Truth: not executed.
  case newParameter

  public static var benign: SchemaFault { .documented }

  public var name: Name {
    switch self {
    case .documented: "documented"
    case .renamedField: "schema-drift:renamed-field"
    case .newValue: "schema-drift:new-value"
    case .newParameter: "schema-drift:new-parameter"
    }
  }
}

/// How what a call started comes to its end.
public enum LifecycleFault: UInt8, ChoiceAnswer {
  case succeed
  /// Accepted with a 2xx, never ready.
  case asyncFailure
  /// There is room for a part of what was asked for. Caller: 2xx that says how much, or a refusal to who asked for all
  /// or nothing. Truth: that part was done, or nothing.
  case partialBatch

  public static var benign: LifecycleFault { .succeed }
  public var name: Name { Self.names[Int(rawValue)] }
  private static let names = allCases.map(\.spelling)

  private var spelling: Name {
    switch self {
    case .succeed: "succeed"
    case .asyncFailure: "async-failure"
    case .partialBatch: "partial-batch"
    }
  }
}

/// What somebody else may have done to the object of a request when it arrives. Caller: a version conflict, a
/// refusal, another state, or nothing. Truth: an effect of another principal.
public enum OutsideFault: UInt8, ChoiceAnswer {
  case undisturbed
  /// Somebody did by hand what the request asks for.
  case settled
  /// Somebody changed the object otherwise.
  case altered
  /// Somebody ended it.
  case removed

  public static var benign: OutsideFault { .undisturbed }

  public var name: Name { Self.names[Int(rawValue)] }
  private static let names = allCases.map(\.spelling)

  private var spelling: Name {
    switch self {
    case .undisturbed: "undisturbed"
    case .settled: "out-of-band-change:settled"
    case .altered: "out-of-band-change:altered"
    case .removed: "out-of-band-change:removed"
    }
  }

  /// What a backend is asked to do; nil for nothing.
  var change: OutOfBandChange? {
    switch self {
    case .undisturbed: nil
    case .settled: .settled
    case .altered: .altered
    case .removed: .removed
    }
  }
}

/// What may happen to a message that a system sends by itself: a webhook that starts the agent, a meter event.
public enum MessageFault: UInt8, ChoiceAnswer {
  case deliver
  /// It is delivered again a moment later, under the same id. Truth: one event.
  case webhookDuplicate
  /// It takes as long as the sender declares at most, and what was sent after it may arrive first. Truth: the event
  /// was when it was.
  case webhookReordered

  public static var benign: MessageFault { .deliver }

  public var name: Name {
    switch self {
    case .deliver: "deliver"
    case .webhookDuplicate: "webhook-duplicate"
    case .webhookReordered: "webhook-reordered"
    }
  }
}

/// What becomes of a request on the wire whose caller, a process outside, dies at another one.
public enum FlightFault: UInt8, ChoiceAnswer {
  case delivered
  /// The connection is torn down before the system has read it. Truth: not executed.
  case dropped

  public static var benign: FlightFault { .delivered }

  public var name: Name {
    switch self {
    case .delivered: "delivered"
    case .dropped: "request-dropped"
    }
  }
}

/// What may happen to a process around one command.
public enum CrashFault: UInt8, ChoiceAnswer {
  case live
  /// Dies before the request leaves, or before the transaction commits.
  case crashBefore
  /// Dies after the request left or the transaction committed, before anything follows from it.
  case crashAfter
  /// Dies when the answer is there but not yet taken in.
  case crashOnAnswer
  /// Stops after sending until its deadline has passed, then goes on.
  case pauseAfterTimeout
  /// Stops after sending; the supervisor starts another replica; it goes on when that one has finished.
  case pauseAfterTakeover
  /// The same, but it stops just before sending, or before a transaction commits: the request leaves, or the write
  /// reaches the store, when the other has finished.
  case pauseUnsent
  /// Is stopped before the transaction commits, and starts again under the agent's next release.
  case deployBefore
  /// The same, when the transaction has committed.
  case deployAfter
  /// The clock that it reads is a day and two hours fast from then on; that of the systems and of its store is not.
  case clockAhead
  /// The same, ten minutes slow: it sees a time that it has seen before.
  case clockBack

  public static var benign: CrashFault { .live }

  public var name: Name { Self.names[Int(rawValue)] }
  private static let names = allCases.map(\.spelling)

  private var spelling: Name {
    switch self {
    case .live: "live"
    case .crashBefore: "crash:before"
    case .crashAfter: "crash:after"
    case .crashOnAnswer: "crash:on-answer"
    case .pauseAfterTimeout: "pause:after-timeout"
    case .pauseAfterTakeover: "pause:after-takeover"
    case .pauseUnsent: "pause:after-takeover-unsent"
    case .deployBefore: "deploy:before"
    case .deployAfter: "deploy:after"
    case .clockAhead: "clock-jump:ahead"
    case .clockBack: "clock-jump:back"
    }
  }

  /// By how much the process's clock jumps; zero for the others.
  ///
  /// Ahead by more than the day for which most systems keep a key, back by more than the reference's lease.
  var clockJump: TimeSpan {
    switch self {
    case .clockAhead: .hours(26)
    case .clockBack: .minutes(-10)
    default: .zero
    }
  }

  public var landmark: Landmark? {
    switch self {
    case .pauseAfterTimeout: .afterTimeout
    case .pauseAfterTakeover, .pauseUnsent: .afterTakeover
    default: nil
    }
  }
}
