// What of the facts a verdict can still depend on, so that two ways to one state are seen to be one.

import Operations
import Primitives

extension Facts {
  /// Combines what decides whether and where an oracle will find something.
  ///
  /// Left out is what no oracle decides by: when things happened, how often a request was handled or sent,
  /// the first fault. Event indices say only what came before what, and are combined as ranks: a run in
  /// which one more thing was noted on the way is not another state.
  func combineState(into hasher: inout StableHasher) {
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
      hasher.combine(flags)
      hasher.combine(object.cause)
      hasher.combine(object.endedBy)
      hasher.combine(ranks[object.firstIndex])
      hasher.combine(ranks[object.endIndex])
      hasher.combine(ranks[object.touchIndex])
      hasher.combine(ranks[object.outsideIndex])
      hasher.combine(ranks[object.leavingIndex])
      hasher.combine(object.parent ?? -1)
      hasher.combine(object.intent ?? -1)
      hasher.combine(object.claimedBy ?? -1)
    }
    hasher.combine(calls.count)
    for call in calls { combine(call, ranks, into: &hasher) }
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
    hasher.combine(promises.count)
    for promise in promises {
      hasher.combine(promise.process)
      hasher.combine(promise.principal)
      hasher.combine(promise.service)
      hasher.combine(promise.until)
    }
    hasher.combine(sightings.count)
    for sighting in sightings { hasher.combine(sighting) }
    hasher.combine(doubtIndex != nil)
    hasher.combine(resumptions.count)
    for resumption in resumptions {
      hasher.combine(UInt64(resumption.process))
      hasher.combine(ranks[resumption.index])
    }
    hasher.combine(unknowns)
    hasher.combine(returns)
    hasher.combine(mutations)
    hasher.combine(compensations)
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
    for call in facts.calls {
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
