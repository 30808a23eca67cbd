// A world without its agent: what a closer who knows the truth can still do with it, through real requests.

import Operations
import Primitives
import Simulation

extension World {
  /// This world as it goes on without its agent: every process is gone, nothing else goes wrong, and what was
  /// under way has arrived. Somebody else, who knows the truth, can act in it from now on.
  ///
  /// Also for agents that can't be forked: the copy never touches the agent.
  public func withoutAgent() -> World {
    var world = self
    world.end = nil
    world.deployment = Nobody()
    world.simulation.drive(by: .planned(Plan()))
    world.simulation.dropScheduled { happening in
      switch happening {
      case .start, .answer, .deadline, .retry, .store, .wake, .decision, .unpause, .act, .death, .desk: true
      case .message(let delivery, _): setup.isTrigger(delivery)
      case .arrival, .systemDue, .release: false
      }
    }
    world.desk.inHand = nil
    for index in world.processes.indices {
      if world.processes[index].isAlive, !world.processes[index].hasFinished {
        world.record(.processCrashed(world.processes[index].id))
      }
      world.processes[index].isAlive = false
      world.processes[index].hasFinished = true
      world.processes[index].pausedUntil = nil
    }
    // Beyond the numbers that the agent's own processes can have.
    let number = setup.flows.count == 1 ? processes.count : focus * ProcessID.seats + World.mostProcesses
    var closer = Process(name: World.closer, id: ProcessID(index: UInt8(number), incarnation: 1))
    closer.isAlive = true
    world.seat(closer)
    world.record(.processStarted(closer.id, trigger: World.closer))
    _ = world.releaseAtEnd()
    world.settle()
    return world
  }

  private static let closer: Name = "closer"

  /// Whether a process of the agent could decide something now.
  public var canAgentAct: Bool {
    processes.contains { $0.isAlive && !$0.hasFinished && $0.pausedUntil == nil }
  }

  private var focused: OracleBench { bench(of: focus) }

  /// What the systems and the wire show so far of the workflow that is looked at.
  public var facts: Facts { focused.facts }

  /// What is wanted of it.
  public var intents: [Intent] { focused.terms.intents }

  /// The request of a call, as the agent sent it; nil where there was no such call.
  public func request(of call: CallID) -> Request? { calls.first { $0.id == call }?.request }

  /// Lets happen what happens by itself within the time for which systems are watched after a run.
  public mutating func settle() { pass(until: now + World.settlingTime) }

  /// Lets time pass, and what happens by itself in it.
  public mutating func pass(_ span: TimeSpan) {
    let until = now + span
    pass(until: until)
    simulation.advance(to: until)
  }

  private mutating func pass(until: Instant) {
    var left = setup.scenario.limits.events
    while left > 0, let next = simulation.queue.nextTime, next <= until,
      let happening = simulation.next(site: { _ in nil })
    {
      handle(happening)
      left -= 1
    }
  }

  /// Sends a request and has its answer at once. Scopes, states, limits and outages are those of the system: where
  /// it asks to wait, the request is sent again after that time.
  ///
  /// - Precondition: the agent is gone.
  public mutating func ask(_ request: Request, isCompensation: Bool = false) -> Response {
    guard let route = setup.route(request.operation) else {
      return .refused(404, "UnknownOperation", "No system of this world offers \(request.operation).")
    }
    var response = Response(status: 503)
    for _ in 0..<4 {
      if outageUntil[route.system] > now { pass(outageUntil[route.system] - now) }
      response = carry(request, by: route, isCompensation: isCompensation)
      guard let span = response.retryAfter, !response.isSuccess else { break }
      pass(span)
    }
    return response
  }

  private mutating func carry(_ request: Request, by route: WorldSetup.Route, isCompensation: Bool) -> Response {
    guard let index = processes.firstIndex(where: { $0.name == World.closer }) else {
      preconditionFailure("somebody else acts in a world that still has its agent")
    }
    processes[index].callCount += 1
    let number = processes[index].callCount
    let wire = Wire(
      call: CallID(process: processes[index].id.index, incarnation: 1, number: number), attempt: 1)
    record(.sent(wire, request: request, step: World.closer, isCompensation: isCompensation))
    let site = Site(
      process: World.closer, incarnation: 1, run: setup.flows[focus].run, point: request.operation, subject: nil,
      call: Int(number), aspect: .identity)
    let response = systems[route.system].handle(
      request, at: now, under: Conditions(call: wire.call, entropy: simulation.draw(at: site)))
    record(.handled(wire, response: response, isCopy: false))
    readLedger(route.system)
    lookAfter(route.system)
    record(.answered(wire.call, operation: request.operation, .response(response)))
    return response
  }

  /// Hands over, truthfully: what is there, and what may be there. Returns what is wrong then.
  ///
  /// - Precondition: the agent is gone.
  public mutating func handOver() -> [Violation] {
    let facts = focused.facts
    var claim = Claim(
      .escalated, text: "Handed over.",
      holdings: facts.holdings(at: trace.count + 1).map {
        Claim.Holding(kind: facts.objects[$0].kind, object: facts.objects[$0].id)
      },
      reason: "something went wrong", nextAction: "go on by hand")
    for number in facts.unmentionedUnknowns(claim, terms: focused.terms) {
      guard let operation = facts.calls[number].operation, let kind = focused.terms.operations[operation].kind else {
        continue
      }
      claim.possibly.append(Claim.Holding(kind: kind, object: nil))
    }
    if let index = processes.firstIndex(where: { $0.name == World.closer }) {
      processes[index].hasFinished = true
      record(.claimed(processes[index].id, claim))
    }
    settle()
    end = .quiet
    record(.ended(.quiet))
    return focused.conclude().filter { !$0.isAdvice }
  }
}

/// Nobody: the deployment of an agent that is gone.
private struct Nobody: AgentDeployment {
  var isForkable: Bool { true }
  func start(_ process: ProcessID, trigger: Trigger, at now: Instant, into commands: inout [AgentCommand]) {}
  func resume(_ process: ProcessID, _ input: AgentInput, at now: Instant, into commands: inout [AgentCommand]) {}
  func perform(_ store: StoreCall, of process: ProcessID, at now: Instant) {}
  func crash(_ process: ProcessID) {}
  func explanation() -> [String] { [] }
  func hash(into hasher: inout StableHasher) {}
}
