// Explicit bytes for every event: changing any field of any event changes the hash.

import Operations
import Primitives
import Simulation

extension WorldEvent: TraceEvent {
  public func hash(into hasher: inout StableHasher) {
    switch self {
    case .processStarted(let process, let trigger):
      hasher.combine(1 as UInt64)
      hasher.combine(process)
      hasher.combine(trigger)
    case .processCrashed(let process):
      hasher.combine(2 as UInt64)
      hasher.combine(process)
    case .processPaused(let process, let landmark):
      hasher.combine(3 as UInt64)
      hasher.combine(process)
      hasher.combine(landmark.rawValue)
    case .processResumed(let process):
      hasher.combine(4 as UInt64)
      hasher.combine(process)
    case .sent(let wire, let request, let step, let isCompensation):
      hasher.combine(5 as UInt64)
      hasher.combine(wire)
      hasher.combine(request)
      hasher.combine(step)
      hasher.combine(isCompensation)
    case .handled(let wire, let response, let isCopy):
      hasher.combine(6 as UInt64)
      hasher.combine(wire)
      hasher.combine(response)
      hasher.combine(isCopy)
    case .effect(let effect):
      hasher.combine(7 as UInt64)
      hasher.combine(effect)
    case .attemptEnded(let wire, let answer):
      hasher.combine(8 as UInt64)
      hasher.combine(wire)
      hasher.combine(answer)
    case .answered(let call, let operation, let answer):
      hasher.combine(9 as UInt64)
      hasher.combine(call)
      hasher.combine(operation)
      hasher.combine(answer)
    case .fault(let record):
      hasher.combine(10 as UInt64)
      hasher.combine(record.site.key)
      hasher.combine(record.answer)
    case .stored(let process, let label, let isWrite):
      hasher.combine(11 as UInt64)
      hasher.combine(process)
      hasher.combine(label)
      hasher.combine(isWrite)
    case .staleWrite(let process, let label, let outcome):
      hasher.combine(41 as UInt64)
      hasher.combine(process)
      hasher.combine(label)
      hasher.combine(outcome.rawValue)
    case .storeFailed(let process, let label, let failure):
      hasher.combine(40 as UInt64)
      hasher.combine(process)
      hasher.combine(label)
      hasher.combine(failure.rawValue)
    case .decided(let process, let decided):
      hasher.combine(12 as UInt64)
      hasher.combine(process)
      hasher.combine(decided)
    case .observed(let process, let observation):
      hasher.combine(13 as UInt64)
      hasher.combine(process)
      hasher.combine(observation)
    case .delivered(let delivery, let recipient):
      hasher.combine(14 as UInt64)
      hasher.combine(delivery)
      hasher.combine(recipient)
    case .acted(let who, let request, let response):
      hasher.combine(31 as UInt64)
      hasher.combine(who)
      hasher.combine(request)
      hasher.combine(response)
    case .desk(let who, let step, let process):
      hasher.combine(32 as UInt64)
      hasher.combine(who)
      hasher.combine(step.rawValue)
      hasher.combine(process)
    case .claimed(let process, let claim):
      hasher.combine(15 as UInt64)
      hasher.combine(process)
      hasher.combine(claim)
    case .stoodDown(let process):
      hasher.combine(17 as UInt64)
      hasher.combine(process)
    case .leftOpen(let process, let doing):
      hasher.combine(18 as UInt64)
      hasher.combine(process)
      hasher.combine(doing)
    case .ended(let reason):
      hasher.combine(16 as UInt64)
      switch reason {
      case .quiet: hasher.combine(1 as UInt64)
      case .stalled: hasher.combine(2 as UInt64)
      case .livelocked: hasher.combine(4 as UInt64)
      case .limit(let name):
        hasher.combine(3 as UInt64)
        hasher.combine(name)
      }
    }
  }
}

extension Observation: StableHashable {
  public func hash(into hasher: inout StableHasher) {
    switch self {
    case .transition(let from, let to, let isAllowed):
      hasher.combine(1 as UInt64)
      hasher.combine(from)
      hasher.combine(to)
      hasher.combine(isAllowed)
    case .guardChecked(let step, let holds):
      hasher.combine(2 as UInt64)
      hasher.combine(step)
      hasher.combine(holds)
    case .audited(let ticket):
      hasher.combine(3 as UInt64)
      hasher.combine(UInt64(ticket))
    case .compensating(let step):
      hasher.combine(4 as UInt64)
      hasher.combine(step)
    case .adopted(let step, let object):
      hasher.combine(5 as UInt64)
      hasher.combine(step)
      hasher.combine(object)
    case .readBack(let step, let found):
      hasher.combine(6 as UInt64)
      hasher.combine(step)
      hasher.combine(found)
    case .mark(let name):
      hasher.combine(7 as UInt64)
      hasher.combine(name)
    }
  }
}
