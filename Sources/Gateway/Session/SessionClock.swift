// How the world's time follows an outside process.

import Primitives

/// How time goes by in a world that outside processes work with.
public enum ClockMode: Hashable, Sendable, CustomStringConvertible {
  /// A second in the world is a second.
  case real
  /// A second is so many in the world: its windows and its Retry-After pass sooner.
  case scaled(Int64)
  /// Time passes with messages, and where the agent says that it sleeps.
  case virtual

  /// Reads `real`, `virtual`, `scaled:20`; nil for anything else.
  public init?(_ text: String) {
    switch text {
    case "real": self = .real
    case "virtual": self = .virtual
    default:
      guard text.hasPrefix("scaled:"), let factor = Int64(text.dropFirst(7)), (2...100_000).contains(factor) else {
        return nil
      }
      self = .scaled(factor)
    }
  }

  public var description: String {
    switch self {
    case .real: "real"
    case .scaled(let factor): "scaled:\(factor)"
    case .virtual: "virtual"
    }
  }

  /// How many seconds of the world one second is; nil where time does not pass by itself.
  var factor: Int64? {
    switch self {
    case .real: 1
    case .scaled(let factor): factor
    case .virtual: nil
    }
  }
}

/// The world's time as the machine's clock has it.
struct SessionClock: Sendable {
  let mode: ClockMode
  private let start: Instant
  private let begun = ContinuousClock.now
  /// How far somebody has set it forward.
  private var ahead = TimeSpan.zero

  init(_ mode: ClockMode, start: Instant) {
    self.mode = mode
    self.start = start
  }

  /// How far the world's time has come; nil where it does not pass by itself.
  var now: Instant? {
    guard let factor = mode.factor else { return nil }
    return start + TimeSpan(ContinuousClock.now - begun) * factor + ahead
  }

  /// Sets it forward; where time does not pass by itself, the world's own is set.
  mutating func advance(by span: TimeSpan) { ahead = ahead + span }

  /// How long to wait until the world's time reaches an instant; nil where it is reached, or where nobody has to wait.
  func wait(until instant: Instant) -> Duration? {
    guard let factor = mode.factor, let now, instant > now else { return nil }
    return .nanoseconds((instant - now).nanoseconds / factor)
  }
}
