// Somebody else's change, overwritten by one who had not seen it.

import Operations
import Primitives

/// A call changed or ended something that somebody else had changed since its caller last looked at it.
///
/// Fires where an effect of a call follows an effect of another principal, or of another process of the agent, on the
/// same object and of the same kind, the system offers a condition by which the call would have been refused, and the caller was not shown the object
/// between that change and the sending. Silent where the caller had read it anew: what it overwrites then, it
/// overwrites knowingly; where nothing was left to change; where the system has no conditional write, since nobody
/// can close that gap; and about what systems do by themselves.
/// Source: https://developer.zendesk.com/documentation/ticketing/managing-tickets/creating-and-updating-tickets/#protecting-against-ticket-update-collisions
public struct LostUpdate: Oracle {
  public static let name: Name = "lost-update"
  public static let summary = "A call overwrote what somebody else had changed since its caller last looked."
  public static let interests: EventKinds = [.effects, .handled, .answered]

  /// What somebody else changed last about an object.
  private struct Change: Hashable, Sendable, StableHashable {
    var kind: Name
    var object: String
    /// Who changed it: a principal, or a process of the agent.
    var author: String
    /// The process that changed it; nil for somebody who is none.
    var process: UInt8?
    var index: Int
    /// Calls that were handled after it and whose answers show the object.
    var showings: [CallID] = []
    /// Processes that such an answer reached, and when.
    var witnesses: [Witness] = []

    func hash(into hasher: inout StableHasher) {
      hasher.combine(kind)
      hasher.combine(object)
      hasher.combine(author)
      hasher.combine(process.map { Int($0) } ?? -1)
      hasher.combine(index)
      hasher.combine(showings)
      hasher.combine(witnesses)
    }
  }

  private struct Witness: Hashable, Sendable, StableHashable {
    var process: UInt8
    var index: Int

    func hash(into hasher: inout StableHasher) {
      hasher.combine(UInt64(process))
      hasher.combine(index)
    }
  }

  private struct Loss: Hashable, Sendable, StableHashable {
    var change: Change
    var call: Name
    var sentIndex: Int
    var index: Int

    func hash(into hasher: inout StableHasher) {
      hasher.combine(change)
      hasher.combine(call)
      hasher.combine(sentIndex)
      hasher.combine(index)
    }
  }

  private var changes: [Change] = []
  private var losses: [Loss] = []

  public init() {}

  public mutating func observe(
    _ event: WorldEvent, index: Int, at now: Instant, facts: Facts, terms: JudgingTerms
  ) {
    switch event {
    case .effect(let effect): take(effect, index: index, facts: facts, terms: terms)
    case .handled(let wire, let response, _):
      for number in changes.indices where response.shows(changes[number].object) {
        changes[number].showings.append(wire.call)
      }
    case .answered(let call, _, let answer):
      guard answer.response?.isSuccess == true else { return }
      for number in changes.indices where changes[number].showings.contains(call) {
        changes[number].witnesses.append(Witness(process: call.process, index: index))
      }
    default: break
    }
  }

  private mutating func take(_ effect: Effect, index: Int, facts: Facts, terms: JudgingTerms) {
    let known = changes.firstIndex { $0.kind == effect.kind && $0.object == effect.object }
    guard let cause = effect.cause else {
      guard let principal = effect.principal, effect.change != .created else { return }
      if let known { changes.remove(at: known) }
      changes.append(Change(kind: effect.kind, object: effect.object, author: principal.text, index: index))
      return
    }
    defer {
      if effect.change != .created { own(effect, by: cause, index: index, facts: facts) }
    }
    guard let known, changes[known].process != cause.process, let number = facts.callIndex(cause), let operation = facts.calls[number].operation,
      terms.operations[operation].isConditional
    else { return }
    let sent = facts.calls[number].sentIndex
    let change = changes[known]
    guard !change.witnesses.contains(where: { $0.process == cause.process && $0.index < sent }) else { return }
    losses.append(Loss(change: change, call: facts.calls[number].name, sentIndex: sent, index: index))
    // Once overwritten, it can't be lost again.
    changes.remove(at: known)
  }

  /// Notes a process's own change, where there is another process that could overwrite it.
  private mutating func own(_ effect: Effect, by cause: CallID, index: Int, facts: Facts) {
    guard facts.processes.contains(where: { $0.id.index != cause.process }) else { return }
    changes.removeAll { $0.kind == effect.kind && $0.object == effect.object }
    changes.append(
      Change(
        kind: effect.kind, object: effect.object,
        author: Phrase.process(ProcessID(index: cause.process, incarnation: cause.incarnation)), process: cause.process,
        index: index))
  }

  public func conclude(facts: Facts, terms: JudgingTerms) -> [Violation] {
    losses.map { loss in
      Violation(
        Self.name, expected: 0, observed: 1,
        message: "\(loss.call) overwrote what \(loss.change.author) had changed about \(loss.change.object), "
          + "which its caller had not seen.",
        objects: [loss.change.object], evidence: [loss.change.index, loss.sentIndex, loss.index])
    }
  }

  public func hash(into hasher: inout StableHasher) {
    hasher.combine(changes)
    hasher.combine(losses)
  }
}
