// What the events so far add up to; computed once and read by every oracle.

import Operations
import Primitives
import Simulation

/// The state of a run as the systems and the wire show it.
///
/// Incremental: an event costs a few comparisons. Short arrays with linear search take the place of
/// dictionaries, and every fact keeps the index of the event that shows it.
public struct Facts: Sendable {
  public internal(set) var objects: [ObjectFact] = []
  /// In the order of ``JudgingTerms/intents``.
  public internal(set) var intents: [IntentFact]
  public internal(set) var calls: [CallFact] = []
  public internal(set) var processes: [ProcessFact] = []
  public internal(set) var claims: [ClaimFact] = []
  public internal(set) var takeBacks: [TakeBack] = []
  public internal(set) var promises: [RetryPromise] = []
  /// Digests of ids that systems showed in answers to reads: objects that were there before the run.
  var sightings: [UInt64] = []
  /// The first injected fault.
  public internal(set) var firstFault: (index: Int, at: Instant)?
  /// The last event that gives reason to take things back though no call failed: a crash, a guard that does
  /// not hold, a decision that was given from outside.
  public internal(set) var doubtIndex: Int?
  /// Where a person had a process go on that had handed over, by the process's index.
  public internal(set) var resumptions: [(process: UInt8, index: Int)] = []
  /// Processes that were stopped, since when, and whether they go on; until they take something in again.
  var stops: [(process: ProcessID, since: Instant, isOver: Bool)] = []
  /// Clocks that jumped, and whether that was before the call at which they did.
  var clocks: [(process: ProcessID, ahead: TimeSpan, hasJumped: Bool)] = []
  /// Processes that had said nothing when the run had to be ended, with what they were doing.
  public internal(set) var leftOpen: [(process: ProcessID, doing: String, index: Int)] = []
  public internal(set) var end: EndReason?
  public internal(set) var endIndex: Int = 0
  public internal(set) var attempts = 0
  /// The call that the newest event is about, by its position in ``calls``.
  var current: Int?
  /// Mutations whose outcome the caller could not know, whatever became of it later.
  var unknowns = 0
  /// Refunds and credits.
  var returns = 0
  /// Calls that changed something, those aside that only took back what came about in the run.
  public internal(set) var mutations = 0
  /// Steps that agents said they began to take back.
  public internal(set) var compensations = 0

  public init(terms: JudgingTerms) {
    intents = Array(repeating: IntentFact(), count: terms.intents.count)
    objects.reserveCapacity(24)
    calls.reserveCapacity(48)
    for effect in terms.tables.given { give(effect, terms: terms) }
  }

  /// Takes one event in.
  mutating func observe(_ event: WorldEvent, index: Int, at now: Instant, terms: JudgingTerms) {
    current = nil
    switch event {
    case .sent(let wire, let request, let step, let isCompensation):
      send(wire, request, step: step, isCompensation: isCompensation, index: index, at: now, terms: terms)
    case .handled(let wire, let response, _):
      handle(wire.call, response)
    case .effect(let effect):
      take(effect, index: index, terms: terms)
    case .attemptEnded(let wire, let answer):
      end(wire.call, answer, index: index, at: now, terms: terms)
    case .answered(let id, _, let answer):
      learn(id, answer, index: index, at: now, terms: terms)
    case .processStarted(let process, _):
      processes.append(ProcessFact(id: process, startIndex: index, crashIndex: nil, isDone: false))
    case .processCrashed(let process):
      crash(process, index: index)
    case .claimed(let process, let claim):
      claims.append(ClaimFact(process: process, claim: claim, index: index, at: now))
      if let number = processes.lastIndex(where: { $0.id == process }) { processes[number].isDone = true }
    case .stoodDown(let process):
      if let number = processes.lastIndex(where: { $0.id == process }) { processes[number].isDone = true }
    case .fault(let record):
      if firstFault == nil { firstFault = (index, now) }
      noteJump(record)
    case .observed(_, .guardChecked(_, holds: false)):
      doubtIndex = index
    case .observed(_, .compensating):
      compensations += 1
    case .decided(_, let decided) where decided.answer != nil:
      doubtIndex = index
    case .acted: doubtIndex = index
    case .desk(_, let step, let process):
      doubtIndex = index
      if step == .resumed { resumptions.append((process.index, index)) }
    case .leftOpen(let process, let doing):
      leftOpen.append((process, doing, index))
    case .ended(let reason):
      end = reason
      endIndex = index
    case .processPaused(let process, _): stops.append((process, now, false))
    case .processResumed(let process):
      for number in stops.indices where stops[number].process == process { stops[number].isOver = true }
    case .stored(let process, _, _): if !stops.isEmpty { forgetStop(of: process) }
    case .staleWrite, .storeFailed, .decided, .observed, .delivered: break
    }
  }

  /// What the run's last claim says; nil where nobody claimed anything.
  public var claim: Claim? { claims.last?.claim }

  private mutating func crash(_ process: ProcessID, index: Int) {
    doubtIndex = index
    if let number = processes.lastIndex(where: { $0.id == process }) { processes[number].crashIndex = index }
    for number in calls.indices where calls[number].view == .unanswered && calls[number].process == process {
      calls[number].view = .unknown
      calls[number].viewIndex = index
      if calls[number].isMutation { unknowns += 1 }
    }
  }
}

extension Facts: StableHashable {
  public func hash(into hasher: inout StableHasher) {
    hasher.combine(objects)
    hasher.combine(intents)
    hasher.combine(calls)
    hasher.combine(processes)
    hasher.combine(claims)
    hasher.combine(takeBacks)
    hasher.combine(promises)
    hasher.combine(sightings.count)
    for sighting in sightings { hasher.combine(sighting) }
    hasher.combine(firstFault?.index ?? -1)
    hasher.combine(firstFault?.at.nanoseconds ?? -1)
    hasher.combine(doubtIndex ?? -1)
    switch end {
    case nil: hasher.combine(0 as UInt64)
    case .quiet: hasher.combine(1 as UInt64)
    case .stalled: hasher.combine(2 as UInt64)
    case .livelocked: hasher.combine(4 as UInt64)
    case .limit(let name):
      hasher.combine(3 as UInt64)
      hasher.combine(name)
    }
    hasher.combine(resumptions.count)
    for resumption in resumptions {
      hasher.combine(UInt64(resumption.process))
      hasher.combine(resumption.index)
    }
    hasher.combine(stops.count)
    for stop in stops {
      hasher.combine(stop.process)
      hasher.combine(stop.since)
      hasher.combine(stop.isOver)
    }
    hasher.combine(clocks.count)
    for clock in clocks {
      hasher.combine(clock.process)
      hasher.combine(clock.ahead)
      hasher.combine(clock.hasJumped)
    }
    hasher.combine(leftOpen.count)
    for open in leftOpen {
      hasher.combine(open.process)
      hasher.combine(open.doing)
      hasher.combine(open.index)
    }
    hasher.combine(endIndex)
    hasher.combine(current ?? -1)
    hasher.combine(unknowns)
    hasher.combine(returns)
    hasher.combine(attempts)
    hasher.combine(mutations)
    hasher.combine(compensations)
  }
}
