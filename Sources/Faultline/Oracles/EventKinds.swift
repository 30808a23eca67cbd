// Which events an oracle wants to see; one bit for each kind, so that nobody is asked who does not care.

/// A set of kinds of ``WorldEvent``.
public struct EventKinds: OptionSet, Hashable, Sendable {
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  public static let processes = EventKinds(rawValue: 1)
  public static let sent = EventKinds(rawValue: 2)
  public static let handled = EventKinds(rawValue: 4)
  public static let effects = EventKinds(rawValue: 8)
  public static let attemptsEnded = EventKinds(rawValue: 16)
  public static let answered = EventKinds(rawValue: 32)
  public static let faults = EventKinds(rawValue: 64)
  public static let stored = EventKinds(rawValue: 128)
  public static let decided = EventKinds(rawValue: 256)
  public static let observed = EventKinds(rawValue: 512)
  public static let delivered = EventKinds(rawValue: 1_024)
  public static let claimed = EventKinds(rawValue: 2_048)
  public static let ended = EventKinds(rawValue: 4_096)
  public static let people = EventKinds(rawValue: 65_536)
  public static let storeFailures = EventKinds(rawValue: 131_072)
}

extension WorldEvent {
  /// The one kind that this event is of.
  public var kind: EventKinds {
    switch self {
    case .processStarted, .processCrashed, .processPaused, .processResumed, .stoodDown: .processes
    case .sent: .sent
    case .handled: .handled
    case .effect: .effects
    case .attemptEnded: .attemptsEnded
    case .answered: .answered
    case .fault: .faults
    case .stored, .staleWrite: .stored
    case .storeFailed: .storeFailures
    case .decided: .decided
    case .observed: .observed
    case .delivered: .delivered
    case .claimed: .claimed
    case .acted, .desk: .people
    case .leftOpen, .ended: .ended
    }
  }
}
