// What happens in the systems without the agent: lifecycles, metering, webhooks, other people.

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
    systemDigests[system] = nil
    let messages = systems[system].advance(to: now)
    readLedger(system)
    for message in messages { post(message, from: system) }
    lookAfter(system)
  }

  /// A system's message arrives: a new ticket that asks for the workflow starts a process, everything else goes to the
  /// other systems, which take what concerns them.
  mutating func deliver(_ delivery: Delivery, from sender: Int) {
    if setup.isTrigger(delivery) {
      record(.delivered(delivery, to: "agent"))
      begin(delivery)
      return
    }
    record(.delivered(delivery, to: "systems"))
    for index in systems.indices where index != sender {
      systemDigests[index] = nil
      systems[index].receive(delivery, at: now)
      readLedger(index)
      lookAfter(index)
    }
  }

  /// Lets somebody else get at the object between what the agent knows of it and what it asks for.
  mutating func disturb(_ call: CallTerms) {
    let site = call.site.aspect(.outside)
    guard simulation.mayDeviate(World.anyOutsideFault, at: site) else { return }
    let system = call.route.system
    let changes = systems[system].outOfBandChanges(before: call.request, at: now)
    guard !changes.isEmpty else { return }
    var offer = Offer<OutsideFault>()
    for answer in OutsideFault.allCases {
      if let change = answer.change, changes.contains(OutOfBandChanges(change)) { offer.add(answer) }
    }
    let answer = simulation.choose(offer, at: site)
    guard let change = answer.change else { return }
    let fault = note(answer.name, at: site)
    systemDigests[system] = nil
    systems[system].apply(
      change, before: call.request, at: now, entropy: simulation.draw(at: site.aspect(.identity)).derived(3))
    // Whatever it changed is in the ledger and not in the trace yet.
    if systems[system].ledger.count != ledgerRead[system] { tookEffect(fault) }
    readLedger(system)
    lookAfter(system)
  }

  private static let anyOutsideFault = Offer<OutsideFault>(of: .settled, .altered, .removed)
}
