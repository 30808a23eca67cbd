// What the systems do by themselves: lifecycles, metering, webhooks.

import Operations
import Primitives
import Simulation

extension World {
  /// A message between systems, or from a system to the agent's front door.
  static let messageLatency = TimeSpan.milliseconds(20)...TimeSpan.milliseconds(120)

  /// Takes new ledger entries into the trace.
  mutating func readLedger(_ system: Int) {
    let effects = systems[system].ledger.effects
    for index in ledgerRead[system]..<effects.count { record(.effect(effects[index])) }
    ledgerRead[system] = effects.count
  }

  /// Makes sure that a system is looked at when it next has something to do.
  mutating func lookAfter(_ system: Int) {
    guard let due = systems[system].nextDue else { return }
    let at = max(due, now)
    if let scheduled = dueScheduled[system], scheduled <= at { return }
    dueScheduled[system] = at
    simulation.schedule(.systemDue(system), at: at)
  }

  mutating func advance(_ system: Int) {
    if let scheduled = dueScheduled[system], scheduled <= now { dueScheduled[system] = nil }
    let messages = systems[system].advance(to: now)
    readLedger(system)
    for message in messages {
      let draw = Draw(seed: simulation.seed, key: message.stableDigest)
      simulation.schedule(.message(message, from: system), after: span(World.messageLatency, draw))
    }
    lookAfter(system)
  }

  /// A system's message arrives: a new ticket starts a process, everything else goes to the other
  /// systems, which take what concerns them.
  mutating func deliver(_ delivery: Delivery, from sender: Int) {
    if delivery.topic == World.trigger {
      record(.delivered(delivery, to: "agent"))
      spawn(.delivery(delivery))
      return
    }
    record(.delivered(delivery, to: "systems"))
    for index in systems.indices where index != sender {
      systems[index].receive(delivery, at: now)
      readLedger(index)
      lookAfter(index)
    }
  }

  /// The message that starts the workflow.
  static let trigger: Name = "ticketing.ticket.created"
}
