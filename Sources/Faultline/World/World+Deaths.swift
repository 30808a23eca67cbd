// How processes outside die beside their calls: after an answer, after a while; and what becomes of what they sent.

import Operations
import Primitives
import Simulation

extension World {
  /// The point in plans at which a process outside has been answered: `#3` is its third answer.
  public static let answeredPoint: Name = "answered"
  /// The point in plans of a process outside from its start on: a crash there has a time, `crash:after-1500ms`.
  public static let runningPoint: Name = "running"
  /// How the names of those answers begin.
  static let delayed = "crash:after-"

  /// How long a process lives that is to die after a while; nil for every other answer.
  static func delay(of answer: Name) -> TimeSpan? {
    answer.text.hasPrefix(delayed) ? TimeSpan(answer.text.dropFirst(delayed.count)) : nil
  }

  private static let answerDeath = Offer<CrashFault>(of: .crashAfter)

  /// A process outside has been answered: it may die now, with the answer in its hands.
  mutating func wasAnswered(_ process: ProcessID) {
    guard isOutside, isRunning(process) else { return }
    let site = passage(process, point: World.answeredPoint, subject: nil, aspect: .crash)
    guard simulation.choose(World.answerDeath, at: site) != .live else { return }
    tookEffect(note(CrashFault.crashAfter.name, at: site))
    crash(process)
  }

  /// Whether a process that has just died has its last answer: it dies after it was written, not before.
  public func diedAnswered(_ process: ProcessID) -> Bool {
    let name = processes[Int(process.index)].name
    let death = faults.last { fault in
      fault.record.site.process == name && fault.record.site.incarnation == Int(process.incarnation)
        && fault.record.answer != FlightFault.dropped.name
    }
    return death?.record.site.point == World.answeredPoint
  }

  /// A process outside has started: a plan may say how long it lives. There is no end of possible times, so those are
  /// possible that the plan names.
  mutating func limitLife(of process: ProcessID) {
    guard isOutside, !simulation.driver.pending.isEmpty else { return }
    let site = passage(process, point: World.runningPoint, subject: nil, aspect: .crash)
    let named = simulation.driver.pending.filter { $0.at.matches(site) && World.delay(of: $0.choose) != nil }
    guard let answer = simulation.choose(among: named.map(\.choose), at: site), let span = World.delay(of: answer)
    else { return }
    simulation.schedule(.death(process, fault: note(answer, at: site)), after: span)
  }

  /// The time of a process is over, unless it has ended by itself.
  mutating func die(_ process: ProcessID, fault: Int) {
    guard isRunning(process) else { return }
    tookEffect(fault)
    crash(process)
  }

  /// When the next process dies whose time a plan limits; nil where none does.
  public var nextDeath: Instant? {
    for coming in simulation.queue.upcoming {
      if case .death(let process, _) = coming.event, isRunning(process) { return coming.at }
    }
    return nil
  }

  private static let flight = Offer<FlightFault>(of: .dropped)

  /// A process outside dies: each of its requests that is on the wire, beside the one at which it dies, arrives or is
  /// dropped with its connection.
  mutating func settleFlight(of process: ProcessID) {
    guard isOutside else { return }
    for index in calls.indices where calls[index].process == process && calls[index].crash != .crashAfter {
      let attempt = calls[index].attempt
      let isComing = simulation.queue.upcoming.contains { scheduled in
        if case .arrival(index, attempt, false) = scheduled.event { true } else { false }
      }
      if isComing, isDropped(index, attempt: attempt) {
        simulation.dropScheduled { happening in
          if case .arrival(index, attempt, _) = happening { true } else { false }
        }
      }
    }
  }

  private mutating func isDropped(_ index: Int, attempt: UInt8) -> Bool {
    let site = calls[index].site.aspect(.crash, attempt: Int(attempt))
    guard simulation.choose(World.flight, at: site) == .dropped else { return false }
    tookEffect(note(FlightFault.dropped.name, at: site))
    return true
  }

  /// Puts a call on the wire whose caller died at another one that it sent at the same moment.
  public mutating func submitFromDead(_ call: AgentCall, by process: ProcessID) {
    let owner = Int(process.index)
    guard owner < processes.count, processes[owner].id == process, let route = setup.route(call.request.operation)
    else { return }
    let id = countCall(of: process)
    let subject = self.subject(of: call.request, on: route)
    let site = passage(process, point: call.request.operation, subject: subject, aspect: .request)
    calls.append(
      Call(
        CallTerms(
          id: id, process: process, ticket: call.ticket, request: call.request, step: call.step,
          isCompensation: call.isCompensation, route: route, subject: subject, site: site),
        crash: .live, crashFaultIndex: nil))
    if !isDropped(calls.count - 1, attempt: 1) { send(calls.count - 1) }
  }
}
