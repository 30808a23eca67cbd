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

/// How what a call started comes to its end.
public enum LifecycleFault: UInt8, ChoiceAnswer {
  case succeed
  /// Accepted with a 2xx, never ready.
  case asyncFailure

  public static var benign: LifecycleFault { .succeed }
  public var name: Name { Self.names[Int(rawValue)] }
  private static let names = allCases.map(\.spelling)

  private var spelling: Name {
    switch self {
    case .succeed: "succeed"
    case .asyncFailure: "async-failure"
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
  /// The same, but it stops just before sending: its request leaves when the other has finished.
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
