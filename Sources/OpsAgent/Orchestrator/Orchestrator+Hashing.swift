// The digest of an orchestrator's state, so that a search can tell two states apart.

import Operations
import Primitives

extension Orchestrator: StableHashable {
  /// Covers everything that distinguishes two incarnations of one composition on one workflow; the
  /// composition and the workflow are the same for all states of one search.
  public func hash(into hasher: inout StableHasher) {
    hasher.combine(request)
    hasher.combine(replica)
    hasher.combine(plan.workflow.name)
    hasher.combine(plan.workflow.version)
    hasher.combine(facts)
    hasher.combine(states)
    hasher.combine(UInt64(mode.rawValue))
    hasher.combine(cursor)
    hasher.combine(lastStep)
    expectation.hash(into: &hasher)
    hasher.combine(query)
    hasher.combine(asks)
    hasher.combine(said)
    hasher.combine(prompt)
    hasher.combine(buffer)
    hasher.combine(late)
    hasher.combine(lease)
    hasher.combine(leaseEnd)
    hasher.combine(check)
    hasher.combine(isAudited)
    hasher.combine(hasWaited)
    hasher.combine(tries)
    hasher.combine(earlierTries)
    hasher.combine(inherited ?? -1)
    hasher.combine(UInt64(storeTries) << 3 | (isSurveyed ? 4 : 0) | (isDoubtful ? 2 : 0) | (hasPredecessor ? 1 : 0))
    hasher.combine(successor)
    hasher.combine(storeOutage)
    hasher.combine(silent)
    hasher.combine(surplus)
    hasher.combine(sent)
    hasher.combine(began)
    hasher.combine(claim)
    hasher.combine(reason)
    hasher.combine(refusal)
    hasher.combine(removal)
    hasher.combine(UInt64(direction.rawValue))
    hasher.combine(takenUp)
    hasher.combine(isUnverified)
    hasher.combine(planned)
    hasher.combine(refusedCall)
    hasher.combine(hasRenewed)
    hasher.combine(unansweredReads)
    hasher.combine(mayHavePaged ?? -1)
    hasher.combine(distrusted?.hash ?? 0)
  }
}

extension Orchestrator.ActState: StableHashable {
  func hash(into hasher: inout StableHasher) {
    let flags: UInt64 =
      (isUnknown ? 1 : 0) | (needsRecheck ? 2 : 0) | (hasMore ? 4 : 0) | (wasRechecked ? 8 : 0)
      | (mayBeTwice ? 16 : 0) | (looksFirst ? 32 : 0)
    hasher.combine(UInt64(status.rawValue) << 8 | flags)
    hasher.combine(generation)
    hasher.combine(attempts)
    hasher.combine(earlierSends)
    hasher.combine(undoSends)
    hasher.combine(opened)
    hasher.combine(lastSent)
  }
}

extension Orchestrator.Expectation: StableHashable {
  func hash(into hasher: inout StableHasher) {
    switch self {
    case .start: hasher.combine(1 as UInt64)
    case .lease: hasher.combine(2 as UInt64)
    case .leaseTimer: hasher.combine(3 as UInt64)
    case .records: hasher.combine(4 as UInt64)
    case .nothing: hasher.combine(5 as UInt64)
    case .renewal(let then): hasher.combine(6 << 8 | UInt64(then.rawValue))
    case .stored(let then): hasher.combine(7 << 8 | UInt64(then.rawValue))
    case .timer(let then): hasher.combine(8 << 8 | UInt64(then.rawValue))
    case .decision: hasher.combine(9 as UInt64)
    case .storeTimer(let then, let looks): hasher.combine(11 << 16 | UInt64(then.rawValue) << 8 | (looks ? 1 : 0))
    case .look(let then): hasher.combine(12 << 8 | UInt64(then.rawValue))
    case .answer(let purpose):
      hasher.combine(10 as UInt64)
      hasher.combine(purpose.rawValue)
    }
  }
}
