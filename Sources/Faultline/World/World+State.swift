// The state of a world as one number, so that a search can tell whether it has been here before.

import Operations
import Primitives
import Simulation

/// A digest of everything that can influence what a world does next or how its run is judged.
public struct StateKey: Hashable, Sendable {
  let high: UInt64
  let low: UInt64
}

extension World {
  /// Whether the choice that was answered last has run its course: the faulted call's answer or timeout was
  /// taken in, the process that died or was paused goes on, simultaneous events are through. From there on
  /// a world may equal one that got here otherwise; in between it hardly can.
  public var hasSettled: Bool {
    guard simulation.driver.pending.isEmpty, let site = simulation.decisions.last?.site else { return false }
    switch site.aspect {
    case .request, .answer, .read, .lifecycle, .outside, .key, .schema:
      for call in calls.reversed() where call.terms.isAt(site) { return !call.isOpen }
      return false
    case .crash:
      guard let process = processes.first(where: { $0.name == site.process }), process.isAlive else { return false }
      return process.pausedUntil == nil
        && (Int(process.id.incarnation) > site.incarnation || faults.last?.leavesAlive ?? false)
    case .message:
      return !simulation.queue.upcoming.contains { if case .message = $0.event { true } else { false } }
    case .order: return simulation.queue.nextTime.map { $0 > now } ?? true
    case .store:
      return !simulation.queue.upcoming.contains { scheduled in
        if case .store(_, _, _, let disk) = scheduled.event { disk != .perform } else { false }
      }
    case .decision, .latency, .identity: return false
    }
  }

  /// The state as a key. Two worlds of one search with equal keys have equal futures, apart from the
  /// numbers that no violation depends on: event indices, times to recover, counts of calls.
  ///
  /// Covers systems, stores and agents, what is under way and held back, sites passed, and what the oracles
  /// know. Times are absolute, since lease, keys and journals hold absolute times.
  public mutating func stateKey() -> StateKey {
    var parts: [UInt64] = []
    parts.reserveCapacity(systems.count + 4)
    for index in systems.indices { parts.append(digest(ofSystem: index)) }
    parts.append(deployment.stableDigest)
    parts.append(surroundings)
    parts.append(bench.stateDigest(at: now))
    for bench in otherBenches { parts.append(bench.stateDigest(at: now)) }
    var high = StableHasher(seed: 1)
    var low = StableHasher(seed: 2)
    for part in parts {
      high.combine(part)
      low.combine(part)
    }
    return StateKey(high: high.digest, low: low.digest)
  }

  /// A system's digest, kept until the system is touched again where time alone does not change it.
  private mutating func digest(ofSystem index: Int) -> UInt64 {
    if let known = systemDigests[index] { return known }
    let digest = systems[index].stateDigest(at: now)
    if digest.isLasting { systemDigests[index] = digest.value }
    return digest.value
  }

  /// Everything but systems, agents and oracles.
  private var surroundings: UInt64 {
    var hasher = StableHasher()
    hasher.combine(now)
    hasher.combine(lastEnd)
    hasher.combine(isStoreFull)
    combineWatch(into: &hasher)
    for index in systems.indices {
      // How much there was to read in a ledger decides nothing: all of it was read.
      hasher.combine(systems[index].ledger.count - ledgerRead[index])
      hasher.combine(dueScheduled[index])
      hasher.combine(max(outageUntil[index], now))
      hasher.combine(UInt64(revisions[index]?.change.rawValue ?? 0))
      if let revision = revisions[index] { hasher.combine(revision.operation) }
    }
    var messages: UInt64 = 0
    for sent in messagesSent { messages &+= Draw.mix(sent.key &+ UInt64(sent.count)) }
    hasher.combine(messages)
    combinePeople(into: &hasher)
    hasher.combine(processes.count)
    for process in processes { combine(process, into: &hasher) }
    hasher.combine(held.count)
    for item in held {
      combine(callAt: item.call, into: &hasher)
      hasher.combine(UInt64(item.attempt))
      hasher.combine(item.landmark.rawValue)
    }
    hasher.combine(simulation.queue.count)
    for scheduled in simulation.queue.upcoming {
      hasher.combine(scheduled.at)
      hasher.combine(scheduled.yields ?? -1)
      combine(scheduled.event, into: &hasher)
    }
    return hasher.digest
  }

  private func combine(_ process: Process, into hasher: inout StableHasher) {
    hasher.combine(process.id)
    hasher.combine(process.isAlive)
    hasher.combine(process.hasFinished)
    hasher.combine(UInt64(process.callCount))
    hasher.combine(process.pausedUntil?.rawValue)
    hasher.combine(process.standIn.map { Int($0) } ?? -1)
    hasher.combine(process.clock)
    // A passage counts wherever it stands in the list.
    var passages: UInt64 = 0
    for passage in process.passages { passages &+= Draw.mix(passage.key &+ UInt64(passage.count)) }
    hasher.combine(passages)
    hasher.combine(process.deferred.count)
    for happening in process.deferred { combine(happening, into: &hasher) }
  }

  /// A call by what it is, not by its number: calls that are over leave no trace here.
  private func combine(callAt index: Int, into hasher: inout StableHasher) {
    let call = calls[index]
    hasher.combine(call.id)
    hasher.combine(UInt64(call.ticket))
    hasher.combine(call.request)
    hasher.combine(call.step)
    hasher.combine(call.isCompensation)
    hasher.combine(call.subject)
    hasher.combine(call.site)
    hasher.combine(UInt64(call.attempt))
    hasher.combine(UInt64(call.requestFault.rawValue))
    hasher.combine(UInt64(call.answerFault.rawValue))
    hasher.combine(call.answerFaultAsked)
    hasher.combine(UInt64(call.crash.rawValue))
    hasher.combine(call.isOpen)
    hasher.combine(call.hasEnded)
  }

  private func combine(_ happening: Happening, into hasher: inout StableHasher) {
    switch happening {
    case .start(let process, let trigger):
      hasher.combine(1 as UInt64)
      hasher.combine(process)
      hasher.combine(trigger.name)
      if case .delivery(let delivery) = trigger { hasher.combine(delivery) }
    case .arrival(let call, let attempt, let isCopy):
      hasher.combine(2 as UInt64)
      combine(callAt: call, into: &hasher)
      hasher.combine(UInt64(attempt))
      hasher.combine(isCopy)
    case .answer(let call, let attempt, let answer):
      hasher.combine(3 as UInt64)
      combine(callAt: call, into: &hasher)
      hasher.combine(UInt64(attempt))
      hasher.combine(answer)
    case .deadline(let call, let attempt):
      hasher.combine(4 as UInt64)
      combine(callAt: call, into: &hasher)
      hasher.combine(UInt64(attempt))
    case .retry(let call):
      hasher.combine(5 as UInt64)
      combine(callAt: call, into: &hasher)
    case .store(let process, let store, let crash, let disk):
      hasher.combine(6 as UInt64)
      hasher.combine(process)
      hasher.combine(UInt64(store.ticket))
      hasher.combine(store.label)
      hasher.combine(store.isWrite)
      hasher.combine(UInt64(crash.rawValue) << 8 | UInt64(disk.rawValue))
    case .wake(let process, let ticket):
      hasher.combine(7 as UInt64)
      hasher.combine(process)
      hasher.combine(UInt64(ticket))
    case .decision(let process, let ticket, let answer):
      hasher.combine(8 as UInt64)
      hasher.combine(process)
      hasher.combine(UInt64(ticket))
      hasher.combine(answer)
    case .systemDue(let index):
      hasher.combine(9 as UInt64)
      hasher.combine(index)
    case .message(let delivery, let sender):
      hasher.combine(10 as UInt64)
      hasher.combine(delivery)
      hasher.combine(sender)
    case .release(let call, let attempt):
      hasher.combine(11 as UInt64)
      combine(callAt: call, into: &hasher)
      hasher.combine(UInt64(attempt))
    case .unpause(let index):
      hasher.combine(12 as UInt64)
      hasher.combine(UInt64(index))
    case .act(let index):
      hasher.combine(21 as UInt64)
      hasher.combine(index)
    case .death(let process, _):
      hasher.combine(23 as UInt64)
      hasher.combine(process)
    case .desk(let process, let stage):
      hasher.combine(22 as UInt64)
      hasher.combine(process)
      hasher.combine(UInt64(stage))
    }
  }
}

extension World.CallTerms {
  /// Whether a choice at this site bent this call.
  fileprivate func isAt(_ other: Site) -> Bool {
    site.call == other.call && site.incarnation == other.incarnation && site.point == other.point
      && site.subject == other.subject && site.process == other.process
  }
}

extension Verdict.FaultOutcome {
  /// Whether it is a fault of a process that lives on: a pause, or a clock that jumps.
  fileprivate var leavesAlive: Bool {
    CrashFault.allCases.contains {
      ($0.landmark != nil || $0.clockJump != .zero) && $0.name == record.answer
    }
  }
}
