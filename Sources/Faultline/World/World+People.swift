// People at work: what they do by hand, and the desk that takes over what an agent hands over.

import Operations
import Primitives
import Simulation

extension World {
  /// How far one scripted act is.
  struct ActProgress: Hashable, Sendable {
    enum Status: UInt8, Hashable, Sendable { case waiting = 1, coming, done, failed }

    var status = Status.waiting
    /// How often its point was passed.
    var passages: UInt16 = 0
    /// How often it was asked to come again later.
    var tries: UInt8 = 0
    /// Why it could not be done, in words.
    var why = ""
  }

  /// How far the desk is.
  struct DeskState: Sendable {
    /// The process whose run is in hand; nil while nobody has handed anything over.
    var inHand: ProcessID?
    /// How many were taken in hand.
    var taken = 0
    /// What the person could not do, in words.
    var troubles: [String] = []
  }

  /// What scripted people could not do or never came to do, one sentence each.
  var undone: [String] {
    var reasons = desk.troubles
    for (index, progress) in acts.enumerated() where progress.status != .done {
      let act = setup.scenario.people[index]
      reasons.append(
        progress.status == .failed
          ? "\(act.who) could not do \(act.deed.operation): \(progress.why)."
          : "\(act.who) never came to do \(act.deed.operation).")
    }
    return reasons
  }

  /// Whether somebody has a run in hand, so that it is not over though no process works on it.
  var isInHand: Bool { desk.inHand != nil }

  // MARK: Moments

  mutating func scheduleActs() {
    for (index, act) in setup.scenario.people.enumerated() {
      guard case .at(let span) = act.moment else { continue }
      acts[index].status = .coming
      simulation.schedule(.act(index), at: setup.scenario.start + span + act.delay)
    }
  }

  /// A request of this operation is about to be handled, or a transaction at this checkpoint to be done.
  mutating func comes(to point: Name, by process: ProcessID) {
    // People act by hand around the first workflow alone; so it is below.
    guard process.workflow == 0 else { return }
    for index in acts.indices where acts[index].status == .waiting {
      guard case .before(point, let call) = setup.scenario.people[index].moment else { continue }
      acts[index].passages += 1
      if Int(acts[index].passages) == call { begin(index) }
    }
  }

  /// It was done.
  mutating func passed(_ point: Name, by process: ProcessID) {
    guard process.workflow == 0 else { return }
    for index in acts.indices where acts[index].status == .waiting {
      guard case .after(point, let call) = setup.scenario.people[index].moment else { continue }
      acts[index].passages += 1
      if Int(acts[index].passages) == call { begin(index) }
    }
  }

  /// A process said how it ended.
  mutating func heard(_ claim: Claim, of process: ProcessID) {
    guard process.workflow == 0 else { return }
    for index in acts.indices where acts[index].status == .waiting {
      if case .ending(claim.ending) = setup.scenario.people[index].moment { begin(index) }
    }
    guard claim.ending == .escalated, let terms = setup.scenario.desk, !isInHand, desk.taken < terms.times else { return }
    desk.inHand = process
    desk.taken += 1
    simulation.schedule(.desk(process, 0), at: terms.opens(after: now))
  }

  private mutating func begin(_ index: Int) {
    acts[index].status = .coming
    let delay = setup.scenario.people[index].delay
    if delay > .zero { simulation.schedule(.act(index), after: delay) } else { act(index) }
  }

  // MARK: Acts

  /// Somebody does what the script says, by a request like any other that carries their own name.
  mutating func act(_ index: Int) {
    let act = setup.scenario.people[index]
    switch doByHand(act.deed, as: act.who, number: index + 1, tries: acts[index].tries) {
    case .done: acts[index].status = .done
    case .later(let span):
      acts[index].tries += 1
      simulation.schedule(.act(index), after: span)
    case .failed(let why):
      acts[index].status = .failed
      acts[index].why = why
    }
  }

  private enum ByHand {
    case done
    case later(TimeSpan)
    case failed(String)
  }

  /// How often somebody comes again where a system asks to.
  private static let patience: UInt8 = 4

  private mutating func doByHand(
    _ deed: Scenario.HandDeed, as who: Name, number: Int, tries: UInt8
  ) -> ByHand {
    guard let route = setup.route(deed.operation) else { return .failed("no system offers it") }
    let system = route.system
    if outageUntil[system] > now { return .later(outageUntil[system] - now) }
    var arguments = deed.arguments
    for parameter in route.operation.parameters where parameter.isRequired && arguments[parameter.name] == nil {
      guard let value = value(of: parameter, for: deed, route.operation) else {
        return .failed("\(deed.owner) has nothing that tells its \(parameter.name)")
      }
      arguments[parameter.name] = value
    }
    let request = Request(deed.operation, arguments, principal: who)
    let site = Site(
      process: who, incarnation: 1 + Int(tries), run: setup.flows[0].run, point: deed.operation, subject: deed.owner,
      call: number, aspect: .identity)
    var conditions = Conditions(call: nil, entropy: simulation.draw(at: site))
    conditions.seal = seal
    systemDigests[system] = nil
    let response = systems[system].handle(request, at: now, under: conditions)
    record(.acted(who, request: request, response: response))
    readLedger(system)
    lookAfter(system)
    if response.isSuccess { return .done }
    if let span = response.retryAfter, tries < World.patience { return .later(span) }
    return .failed("it was refused, \(response.error?.code.text ?? String(response.status))")
  }

  /// What a person would write there, who sees what the systems hold for the owner.
  private func value(of parameter: Parameter, for deed: Scenario.HandDeed, _ operation: Operation) -> Value? {
    let objects = bench.facts.objects
    func newest(_ isMeant: (ObjectFact) -> Bool) -> ObjectFact? {
      objects.last { $0.isLive && $0.owner == deed.owner && isMeant($0) }
    }
    switch parameter.kind {
    case .text:
      if parameter.name == "ticket" { return setup.ticket.map { .text($0) } }
      if let object = newest({ $0.kind.text.hasSuffix(".\(parameter.name)") }) { return .text(object.id) }
      if parameter.name == operation.subject { return .text(deed.owner.text) }
      guard let kind = operation.effect?.kind, let object = newest({ $0.kind == kind }) else { return nil }
      return object.attributes[parameter.name]
    case .money:
      let invoice = newest { $0.role == .invoice || $0.role == .charge }
      return invoice?.amount.map { .money($0) }
    case .int, .bool, .instant, .list, .record: return nil
    }
  }

  // MARK: The desk

  /// A person at the desk goes on with what was handed over: claims it, repairs, closes it or has it resumed.
  mutating func attend(_ process: ProcessID, stage: Int) {
    guard let terms = setup.scenario.desk, desk.inHand == process else { return }
    if stage == 0 {
      record(.desk(terms.who, .claimed, process))
    } else if stage <= terms.repairs.count {
      let number = 1_000 * desk.taken + stage
      switch doByHand(terms.repairs[stage - 1].deed, as: terms.who, number: number, tries: 0) {
      case .done: break
      case .later(let span):
        simulation.schedule(.desk(process, UInt8(stage)), after: max(span, .seconds(1)))
        return
      case .failed(let why):
        desk.troubles.append("\(terms.who) could not do \(terms.repairs[stage - 1].deed.operation): \(why).")
      }
    } else {
      return hand(back: process, terms)
    }
    let delay = stage < terms.repairs.count ? terms.repairs[stage].delay : World.handlingTime
    simulation.schedule(.desk(process, UInt8(stage + 1)), after: delay)
  }

  /// How long a person takes from the last look to the last word.
  static let handlingTime = TimeSpan.minutes(1)

  private mutating func hand(back process: ProcessID, _ terms: Scenario.Desk) {
    desk.inHand = nil
    switch terms.outcome {
    case .close:
      record(.desk(terms.who, .closed, process))
      lastEnd = now
    case .resume:
      record(.desk(terms.who, .resumed, process))
      let index = Int(process.index)
      guard processes[index].id.incarnation < .max else { return }
      let next = ProcessID(index: process.index, incarnation: processes[index].id.incarnation + 1)
      processes[index].hasFinished = false
      processes[index].isAlive = false
      lastEnd = nil
      simulation.schedule(.start(next, .resume), after: World.restartDelay)
    }
  }

  // MARK: State

  func combinePeople(into hasher: inout StableHasher) {
    for act in acts {
      hasher.combine(UInt64(act.status.rawValue) << 32 | UInt64(act.passages) << 8 | UInt64(act.tries))
    }
    hasher.combine(desk.inHand)
    hasher.combine(desk.taken)
    hasher.combine(desk.troubles.count)
  }
}
