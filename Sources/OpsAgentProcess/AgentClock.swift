// The time that an agent's process lives on: the machine's, or that of the systems that it works with.

import Foundation
import OpsAgent
import Primitives

/// What a process asks the time, and how it waits.
public protocol AgentClock: Sendable {
  func now() async -> Instant
  /// Whether time goes by while a process is busy with itself; if not, it does with calls and waits alone.
  var passesByItself: Bool { get }
  /// Returns when that time has come, not before.
  func sleep(until instant: Instant) async
}

/// The machine's clock, set as much forward or back as the systems' is.
///
/// Rules of the house and days of a month are about the systems' date. A machine whose clock is right has no need of it;
/// a simulated world has a date of its own.
public struct MachineClock: AgentClock {
  /// How far the systems' time is ahead of the machine's.
  private let ahead: TimeSpan

  public init() { ahead = .zero }

  /// A clock that shows this now, and goes as the machine's does.
  public init(showing instant: Instant) { ahead = instant - MachineClock.machine }

  private static var machine: Instant {
    Instant(nanoseconds: Int64(Date().timeIntervalSince1970 * 1_000_000) * 1_000)
  }

  public var passesByItself: Bool { true }

  public func now() async -> Instant { MachineClock.machine + ahead }

  public func sleep(until instant: Instant) async {
    // The machine's clock may be set while we sleep; whoever wakes too early sleeps on.
    while case let left = instant - (await now()), left > .zero {
      guard (try? await Task.sleep(for: .nanoseconds(left.nanoseconds))) != nil else { return }
    }
  }
}

/// The time of a world in which it does not go by as the machine's: it is asked for, and waits are declared.
public struct WorldClock: AgentClock {
  private let systems: HTTPSystems
  /// What a world that has ended still shows.
  private let start: Instant
  public let passesByItself: Bool

  init(_ systems: HTTPSystems, showing time: HTTPSystems.Time) {
    self.systems = systems
    start = time.now
    passesByItself = time.passes != "virtual"
  }

  public func now() async -> Instant { await systems.time()?.now ?? start }

  public func sleep(until instant: Instant) async {
    while case let left = instant - (await now()), left > .zero {
      guard await systems.letPass(left) else { return }
    }
  }
}

extension HTTPSystems {
  /// The clock of the systems, where they have one of their own; else the machine's.
  public func clock() async -> any AgentClock {
    guard let time = await time() else { return MachineClock() }
    return time.passesAsReal ? MachineClock(showing: time.now) : WorldClock(self, showing: time)
  }
}
