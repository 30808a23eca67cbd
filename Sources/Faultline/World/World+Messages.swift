// Messages that systems send by themselves, and what can happen to them on their way: webhooks, meter events.

import Operations
import Primitives
import Simulation

extension World {
  /// Puts a message under way.
  mutating func post(_ message: Delivery, from system: Int) {
    let draw = Draw(seed: simulation.seed, key: message.stableDigest)
    let latency = span(World.messageLatency, draw, percent: shape.messages)
    let arrival = Happening.message(message, from: system)
    let (fault, index) = messageFault(message, from: system)
    switch fault {
    case .deliver: simulation.schedule(arrival, after: latency)
    case .webhookDuplicate:
      tookEffect(index)
      simulation.schedule(arrival, after: latency)
      simulation.schedule(arrival, after: latency + span(World.copyDelay, draw.derived(1), percent: shape.messages))
    case .webhookReordered:
      tookEffect(index)
      // What is sent within that time is there before it.
      simulation.schedule(arrival, after: max(latency, setup.catalogue.services[system].bounds.notice))
    }
  }

  /// Asks what happens to a message. Offered where somebody would take it otherwise: a second delivery where it does
  /// something a second time, a late one where it does anything.
  private mutating func messageFault(_ message: Delivery, from system: Int) -> (MessageFault, Int?) {
    let site = messageSite(message, from: system)
    guard simulation.mayDeviate(World.anyMessageFault, at: site) else { return (.deliver, nil) }
    var offer = Offer<MessageFault>()
    if setup.isTrigger(message) {
      // A supervisor that never runs two processes of an agent keeps the second delivery back.
      if replacesPaused { offer.add(.webhookDuplicate) }
    } else {
      for index in systems.indices where index != system {
        var receiver = systems[index]
        receiver.receive(message, at: now)
        let once = receiver.ledger.count
        guard once != systems[index].ledger.count else { continue }
        offer.add(.webhookReordered)
        receiver.receive(message, at: now)
        if receiver.ledger.count != once { offer.add(.webhookDuplicate) }
      }
    }
    let fault = simulation.choose(offer, at: site)
    return fault == .deliver ? (.deliver, nil) : (fault, note(fault.name, at: site))
  }

  private static let anyMessageFault = Offer<MessageFault>(of: .webhookDuplicate, .webhookReordered)

  /// The place at which a message is sent: the n-th of its kind about its subject.
  private mutating func messageSite(_ message: Delivery, from system: Int) -> Site {
    let subject = (message.body.text("owner") ?? message.body.text("customer")).map { Name($0) }
    let place = Site.Place(
      process: setup.systemNames[system], incarnation: 1, run: setup.flows[setup.flow(for: subject)].run,
      point: message.topic, subject: subject)
    let key = message.topic.hash ^ Draw.mix(place.subject?.hash ?? 0)
    let known = messagesSent.firstIndex { $0.key == key } ?? messagesSent.count
    if known == messagesSent.count { messagesSent.append((key, 0)) }
    messagesSent[known].count += 1
    return Site(place, call: messagesSent[known].count, aspect: .message)
  }
}
