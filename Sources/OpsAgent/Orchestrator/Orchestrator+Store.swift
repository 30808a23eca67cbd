// When the agent's own store fails: again in bounds, a look at what was written, then a person. Nothing is sent that
// could not be written down before.

import Operations
import Primitives

extension Orchestrator {
  /// The store did not do what it was asked for.
  mutating func storeFailed(
    _ command: Command, _ failure: StoreFailure, _ now: Instant, _ commands: inout [Command]
  ) {
    // What was to be written is to be written still.
    if case .store(let records, _) = command { buffer.insert(contentsOf: records, at: 0) }
    storeTries += 1
    // What was not written extends no lease.
    if case .renewal = expectation { leaseEnd = min(leaseEnd, now) }
    guard failure.isPassing, parts.retries.allows(attempts: storeTries) else { return giveUp(failure, now, &commands) }
    commands.append(.wait(until: now + storeDelay, why: .store))
    switch expectation {
    case .lease: expectation = .leaseTimer
    case .records: expectation = .timer(.load)
    case .stored(let then): expectation = .storeTimer(then, looks: failure == .ioError)
    case .look(let then): expectation = .storeTimer(then, looks: true)
    // Whatever comes after the renewal asks for it once more.
    case .renewal(let then): expectation = .timer(then)
    case .start, .leaseTimer, .nothing, .storeTimer, .timer, .decision, .answer:
      preconditionFailure("the store failed and was not asked")
    }
  }

  /// Whether a process came before this one and wrote a journal, which may not be the one that is here.
  var mayHaveForgotten: Bool { hasPredecessor && parts.memory == .durable }

  private var storeDelay: TimeSpan {
    let draw = Draw(seed: request.run.hash, key: replica.hash).derived(UInt64(storeTries))
    return parts.retries.delay(afterAttempt: storeTries, draw: draw)
  }

  /// Reads the journal, to see whether a write whose outcome is unknown is in it.
  mutating func look(_ then: Then, _ commands: inout [Command]) {
    commands.append(.load)
    expectation = .look(then)
  }

  /// The journal ends with what was to be written, or it is written now. Nobody else writes under this lease.
  mutating func looked(
    _ records: [JournalRecord], _ then: Then, _ now: Instant, _ commands: inout [Command]
  ) {
    guard records.suffix(buffer.count) == buffer[...] else { return flush(then, now, &commands) }
    storeTries = 0
    buffer.removeAll(keepingCapacity: true)
    run(then, now, &commands)
  }

  /// The store is of no use any more: a person has to know, and what was not written is not done.
  private mutating func giveUp(_ failure: StoreFailure, _ now: Instant, _ commands: inout [Command]) {
    storeOutage = failure
    buffer.removeAll(keepingCapacity: true)
    switch expectation {
    case .lease where failure.isPassing && parts.memory == .durable:
      // Perhaps it can be read: then it is known what to hand over.
      commands.append(.load)
      expectation = .records
    case .lease, .records:
      isDoubtful = true
      escalateWithoutStore(now, &commands)
    case .stored(.finish), .look(.finish):
      // The journal that the word goes by may not be the last that was written of the run.
      guard claim?.ending == .escalated, wantsSurvey else { return conclude(&commands) }
      claim = nil
      beginSurvey(reason, now, &commands)
    default: escalateWithoutStore(now, &commands)
    }
  }

  /// Hands over what is known without the store.
  mutating func escalateWithoutStore(_ now: Instant, _ commands: inout [Command]) {
    escalate("the store \(storeOutage?.description ?? "is gone")", now, &commands)
  }
}
