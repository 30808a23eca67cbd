// A world as processes outside reach it: call by call, while their own time goes by.

import Operations
import Primitives
import Simulation

extension World {
  /// How a logical call of an outside process fares.
  public enum CallFate: Hashable, Sendable {
    /// A request or an answer of its last attempt is on its way.
    case underWay
    /// Nothing of it will reach its caller any more: it hangs until the caller gives up.
    case lost
    /// It was answered, given up, or its caller died.
    case over
  }

  /// When something happens next by itself; nil where nothing is to come.
  public var nextTime: Instant? { simulation.queue.nextTime }

  /// Whether an incarnation lives and has not said its last word.
  public func isRunning(_ process: ProcessID) -> Bool {
    isAlive(process) && !processes[Int(process.index)].hasFinished
  }

  /// Whether a process is going to start.
  public var isStarting: Bool {
    simulation.queue.upcoming.contains { if case .start = $0.event { true } else { false } }
  }

  /// Lets everything happen that is due by an instant, and moves the clock there. Time never goes back.
  ///
  /// - Returns: false where the run was given up at its limit of events or of virtual time.
  public mutating func pass(to instant: Instant) -> Bool {
    let last = setup.scenario.start + setup.scenario.limits.virtualTime
    while end == nil, let next = simulation.queue.nextTime, next <= instant {
      if next > last { return giveUp(.limit("virtual_time")) }
      if trace.count >= eventLimit { return giveUp(.limit("events")) }
      guard let happening = simulation.next() else { break }
      handle(happening)
    }
    guard end == nil else { return false }
    simulation.advance(to: min(instant, last))
    return true
  }

  /// Puts a call of a live process on the wire.
  ///
  /// - Returns: the call's number, by which it is asked after; nil where no system of this world offers the
  ///   operation, which its caller is told at once, and where the process died before the request left.
  public mutating func submit(_ call: AgentCall, from process: ProcessID) -> Int? {
    let before = calls.count
    place(call, from: process)
    return calls.count > before ? before : nil
  }

  /// Puts the next wire attempt of a logical call on the wire: its caller's library asks again.
  ///
  /// - Returns: false where the call has had all the attempts that are counted.
  public mutating func attemptAgain(_ call: Int) -> Bool {
    guard calls[call].attempt < .max, isAlive(calls[call].process) else { return false }
    calls[call].isOpen = true
    send(call)
    return true
  }

  /// What becomes of a call as things stand.
  public func fate(of call: Int) -> CallFate {
    guard calls[call].isOpen, isAlive(calls[call].process) else { return .over }
    let attempt = calls[call].attempt
    let isComing = simulation.queue.upcoming.contains { scheduled in
      switch scheduled.event {
      case .arrival(call, attempt, false), .answer(call, attempt, _): true
      default: false
      }
    }
    return isComing ? .underWay : .lost
  }

  /// Ends a call that its caller does not wait for any longer. What it asked for may happen all the same.
  public mutating func hangUp(_ call: Int, _ absence: Answer.Absence) {
    attemptEnded(call, attempt: calls[call].attempt, .none(absence))
  }

  /// What the system answered to the last attempt of a call, whether or not it reaches the caller; nil before it
  /// was handled, and in a world that records no events.
  public func handling(of call: Int) -> Response? {
    for entry in trace.entries.reversed() {
      if case .handled(let wire, let response, false) = entry.event, wire.call == calls[call].id { return response }
    }
    return nil
  }

  /// A process has ended by itself.
  public mutating func end(_ process: ProcessID, claiming claim: Claim?) {
    guard isRunning(process) else { return }
    finish(process, claim)
  }

  /// Notes something about a live process in the trace.
  public mutating func note(_ observation: Observation, of process: ProcessID) {
    record(.observed(process, observation))
  }

  private mutating func giveUp(_ reason: EndReason) -> Bool {
    finish(reason)
    return false
  }
}
