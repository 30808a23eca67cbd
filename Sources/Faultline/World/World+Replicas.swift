// Several processes of one agent: who starts them, who stands in for whom, and whose step comes first.

import Operations
import Primitives
import Simulation

extension World {
  // MARK: Starting

  /// Starts what a trigger starts: every replica at the first, one more process at each further one.
  mutating func begin(_ delivery: Delivery) {
    let rollout = setup.scenario.rollout
    guard delivery.topic == Delivery.request || rollout.hasWebhook else { return }
    let flow = setup.flow(of: delivery)
    let isFirst = seatsTaken(in: flow) == 0
    if isFirst { unbegun -= 1 }
    for number in 0..<(isFirst ? rollout.count : 1) {
      spawn(.delivery(delivery), for: flow, after: rollout.stagger * Int64(number))
    }
  }

  /// Has those start the work who do so beside the ticket's webhook.
  mutating func scheduleStarts() {
    for start in setup.scenario.rollout.starts {
      for time in 1...start.times {
        for flow in setup.flows {
          simulation.schedule(
            .message(.requested("\(start.by.rawValue)-\(time)", with: flow.wish), from: systems.count),
            after: start.gap * Int64(time - 1))
        }
      }
    }
  }

  // MARK: Standing in

  /// The process that takes over from one that stopped answering: a replica beside it, or else one that the supervisor
  /// starts. Nil where there can't be any more processes.
  mutating func replacement(of process: ProcessID) -> UInt8? {
    if setup.scenario.rollout.count > 1,
      let peer = processes.firstIndex(where: {
        $0.id.index != process.index && $0.id.workflow == process.workflow && !$0.hasFinished && $0.pausedUntil == nil
      })
    {
      return UInt8(peer)
    }
    return spawn(.takeover, for: process.workflow, after: World.takeoverDelay)
  }

  // MARK: Order

  /// Takes one of several simultaneous events: which of two comes first is a choice where they are steps of different
  /// processes at one store or one system.
  mutating func nextOfSimultaneous() -> Happening? {
    let calls = calls
    let processes = processes
    return simulation.next(
      site: { World.orderSite(of: $0, calls: calls, processes: processes) },
      matters: { World.collide($0, $1, calls: calls) })
  }

  private static func orderSite(
    of happening: Happening, calls: ContiguousArray<Call>, processes: [Process]
  ) -> Site? {
    switch happening {
    case .arrival(let call, let attempt, false): return calls[call].site.aspect(.order, attempt: Int(attempt))
    case .store(let process, let store, _, _):
      let passages = processes[Int(process.index)].passages
      let place = passages.first { $0.place.point == store.label && $0.place.subject == nil }?.place
      return place.map { Site($0, call: Int(store.passage), aspect: .order) }
    default: return nil
    }
  }

  /// Whether it matters which of two simultaneous events comes first.
  private static func collide(_ first: Happening, _ second: Happening, calls: ContiguousArray<Call>) -> Bool {
    switch (first, second) {
    case (.store(let one, let write, _, _), .store(let other, let otherWrite, _, _)):
      one.index != other.index && one.workflow == other.workflow && (write.isWrite || otherWrite.isWrite)
    case (.arrival(let one, _, _), .arrival(let other, _, _)):
      calls[one].system == calls[other].system
        && (calls[one].operation.isMutation || calls[other].operation.isMutation)
    case (.arrival(let call, _, _), .systemDue(let system)): calls[call].system == system
    default: false
    }
  }
}

extension Delivery {
  static let request: Name = "workflow.requested"

  /// The message by which somebody asks for a scenario's workflow.
  static func requested(_ id: String, with input: Fields) -> Delivery {
    Delivery(topic: request, id: id, body: input)
  }
}
