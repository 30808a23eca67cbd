// What of the facts a verdict can still depend on, so that two ways to one state are seen to be one.

import Operations
import Primitives

extension Facts {
  /// Combines what decides whether and where an oracle will find something.
  ///
  /// Left out is what no oracle decides by: when things happened, how often a request was handled or sent,
  /// the first fault, reads that are over, promises that were kept. Event indices say only what came before
  /// what, and are combined as ranks: a run in which one more thing was noted on the way is not another state.
  func combineState(into hasher: inout StableHasher, at now: Instant) {
    let ranks = Ranks(of: self)
    hasher.combine(objects.count)
    for object in objects {
      hasher.combine(object.kind)
      hasher.combine(object.id)
      hasher.combine(object.owner)
      hasher.combine(object.period)
      hasher.combine(object.amount)
      hasher.combine(object.attributes)
      let flags: UInt64 =
        (object.isPermanent ? 1 : 0) | (object.isLive ? 2 : 0) | (object.isOwn ? 4 : 0) | (object.beganHere ? 8 : 0)
        | (object.given != nil ? 16 : 0) | (object.isHeir ? 32 : 0)
      hasher.combine(flags)
      hasher.combine(object.cause)
      hasher.combine(object.endedBy)
      hasher.combine(ranks[object.firstIndex])
      hasher.combine(ranks[object.endIndex])
      hasher.combine(ranks[object.touchIndex])
      hasher.combine(ranks[object.outsideIndex])
      hasher.combine(ranks[object.leavingIndex])
      hasher.combine(object.parent ?? -1)
      hasher.combine(object.heir ?? -1)
      hasher.combine(object.intent ?? -1)
      hasher.combine(object.claimedBy ?? -1)
    }
    var mattering = 0
    for number in calls.indices where calls[number].matters {
      combine(calls[number], ranks, into: &hasher)
      mattering += 1
    }
    hasher.combine(mattering)
    hasher.combine(troubledReads)
    hasher.combine(intents)
    hasher.combine(processes.count)
    for process in processes {
      hasher.combine(process.id)
      hasher.combine(ranks[process.startIndex])
      hasher.combine(ranks[process.crashIndex])
      hasher.combine(process.isDone)
    }
    hasher.combine(claims.count)
    for claim in claims {
      hasher.combine(claim.process)
      hasher.combine(claim.claim)
      hasher.combine(ranks[claim.index])
    }
    hasher.combine(takeBacks.count)
    for takeBack in takeBacks {
      hasher.combine(takeBack.object)
      hasher.combine(takeBack.call)
      hasher.combine(takeBack.intent ?? -1)
      hasher.combine(takeBack.wasInExcess)
    }
    // Nobody can call too early any more once the time has come.
    for promise in promises where now < promise.until {
      hasher.combine(promise.process)
      hasher.combine(promise.principal)
      hasher.combine(promise.service)
      hasher.combine(promise.until)
    }
    // What was seen counts, in whatever order.
    hasher.combine(sightings.reduce(0 as UInt64) { $0 &+ Draw.mix($1) })
    hasher.combine(doubtIndex != nil)
    hasher.combine(resumptions.count)
    for resumption in resumptions {
      hasher.combine(UInt64(resumption.process))
      hasher.combine(ranks[resumption.index])
    }
    hasher.combine(unknowns > 0)
    hasher.combine(returns)
    hasher.combine(mutations)
    hasher.combine(compensations)
  }

  /// A digest of the reads that came to no good end and that no later one made good: as long as nothing else gives
  /// reason to, they are one for taking things back (``SpuriousRollback``).
  private var troubledReads: UInt64 {
    guard doubtIndex == nil else { return 0 }
    var names: [UInt64] = []
    for number in calls.indices where !calls[number].matters && calls[number].view != .succeeded {
      let call = calls[number]
      if call.nature == .notFound { continue }
      let isHealed = calls.contains {
        $0.view == .succeeded && $0.name == call.name && $0.intent == call.intent && $0.viewIndex > call.viewIndex
      }
      if !isHealed, !names.contains(call.name.hash) { names.append(call.name.hash) }
    }
    return names.reduce(0) { $0 &+ Draw.mix($1) }
  }

  private func combine(_ call: CallFact, _ ranks: Ranks, into hasher: inout StableHasher) {
    hasher.combine(call.id)
    hasher.combine(call.request)
    hasher.combine(call.key ?? 0)
    hasher.combine(call.step)
    let flags: UInt64 =
      (call.isMutation ? 1 : 0) | (call.isCompensation ? 2 : 0) | (call.wasFull ? 4 : 0)
      | (call.nature == .notFound ? 8 : 0) | (call.key != nil ? 16 : 0)
    hasher.combine(flags | UInt64(call.view.rawValue) << 8 | UInt64(call.resolution.rawValue) << 16)
    hasher.combine(call.intent ?? -1)
    hasher.combine(ranks[call.sentIndex])
    hasher.combine(ranks[call.viewIndex])
    hasher.combine(call.effects)
    hasher.combine(ranks[call.effectIndex])
    hasher.combine(ranks[call.changeIndex])
  }
}

extension CallFact {
  /// Whether a verdict can still depend on it: it may have changed something, or its answer is still to come. What a
  /// read showed is known to whoever asked, and an oracle that cares about it keeps it.
  fileprivate var matters: Bool { isMutation || key != nil || effects > 0 || view == .unanswered }
}

/// The order of the events that the facts refer to.
private struct Ranks {
  /// The rank of each event that is referred to, 0 for all others.
  private var ranks: [Int32]

  init(of facts: Facts) {
    ranks = []
    func mark(_ index: Int?) {
      guard let index else { return }
      if index >= ranks.count { ranks.append(contentsOf: repeatElement(0, count: index - ranks.count + 64)) }
      ranks[index] = 1
    }
    for object in facts.objects {
      mark(object.firstIndex)
      mark(object.endIndex)
      mark(object.touchIndex)
      mark(object.outsideIndex)
      mark(object.leavingIndex)
    }
    for number in facts.calls.indices where facts.calls[number].matters {
      let call = facts.calls[number]
      mark(call.sentIndex)
      mark(call.viewIndex)
      mark(call.effectIndex)
      mark(call.changeIndex)
    }
    for process in facts.processes {
      mark(process.startIndex)
      mark(process.crashIndex)
    }
    for claim in facts.claims { mark(claim.index) }
    for resumption in facts.resumptions { mark(resumption.index) }
    var rank: Int32 = 0
    for index in ranks.indices where ranks[index] > 0 {
      rank += 1
      ranks[index] = rank
    }
  }

  subscript(index: Int) -> Int { Int(ranks[index]) }
  subscript(index: Int?) -> Int { index.map { Int(ranks[$0]) } ?? -1 }
}
