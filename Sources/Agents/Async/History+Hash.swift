// What went into a process and came out of it, as numbers for a running hash.

import Faultline
import Operations
import Primitives

extension StableHasher {
  mutating func combine(_ input: AgentInput) {
    switch input {
    case .answered(let ticket, let answer):
      combine(1 as UInt64)
      combine(UInt64(ticket))
      combine(answer)
    case .stored(let ticket):
      combine(2 as UInt64)
      combine(UInt64(ticket))
    case .storeFailed(let ticket, let failure):
      combine(5 as UInt64)
      combine(UInt64(ticket))
      combine(failure.rawValue)
    case .woke(let ticket):
      combine(3 as UInt64)
      combine(UInt64(ticket))
    case .decided(let ticket, let answer):
      combine(4 as UInt64)
      combine(UInt64(ticket))
      combine(answer)
    }
  }

  mutating func combine(_ command: AgentCommand) {
    switch command {
    case .call(let call):
      combine(1 as UInt64)
      combine(UInt64(call.ticket))
      combine(call.request)
      combine(call.step)
      combine(call.isCompensation)
    case .store(let store):
      combine(2 as UInt64)
      combine(UInt64(store.ticket))
      combine(store.label)
      combine(store.isWrite)
    case .wait(let ticket, let until):
      combine(3 as UInt64)
      combine(UInt64(ticket))
      combine(until)
    case .decide(let decision):
      combine(4 as UInt64)
      combine(UInt64(decision.ticket))
      combine(decision.point)
      combine(decision.alternatives)
    case .observe(let observation):
      combine(5 as UInt64)
      combine(observation)
    case .finish(let claim):
      combine(6 as UInt64)
      combine(claim)
    }
  }
}
