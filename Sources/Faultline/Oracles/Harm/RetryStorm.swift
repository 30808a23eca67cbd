// Asking again, and again.

import Operations
import Primitives

/// One intent cost more wire attempts than the scenario allows.
///
/// Counts the attempts of each mutating operation for each intent, by the agent and its client library together,
/// whatever became of them; for a read the attempts in a row up to one that is answered; and for the agent's own store
/// how often it failed a process in one place. Fires above `limits.attempts_per_intent`; silent at it, about what a
/// person has run anew after a look, and about reads that poll and are answered.
/// Source: 243 attempts from five layers of three,
/// https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
public struct RetryStorm: Oracle {
  public static let name: Name = "retry-storm"
  public static let summary = "One intent cost more wire attempts than the scenario's cap."
  public static let interests: EventKinds = [.sent, .answered, .people, .storeFailures]

  private struct Count: Hashable, Sendable, StableHashable {
    var operation: Int
    var intent: Int
    var attempts: Int
    /// Where those begin.
    var start: Int
    /// The most there ever were, from `first` to `last`; differs from `attempts` for reads, which begin anew
    /// after an answer.
    var peak = 0
    var first = 0
    var last = 0

    mutating func count(at index: Int) {
      if attempts == 0 { start = index }
      attempts += 1
      guard attempts > peak else { return }
      peak = attempts
      first = start
      last = index
    }

    func hash(into hasher: inout StableHasher) {
      hasher.combine(operation)
      hasher.combine(intent)
      hasher.combine(attempts)
      hasher.combine(start)
      hasher.combine(peak)
      hasher.combine(first)
      hasher.combine(last)
    }
  }
  private var counts: [Count] = []

  /// How often a store failed one process in one place.
  private struct StoreCount: Hashable, Sendable, StableHashable {
    var process: ProcessID
    var label: Name
    var failures: Int
    var first: Int
    var last: Int

    func hash(into hasher: inout StableHasher) {
      hasher.combine(process)
      hasher.combine(label)
      hasher.combine(failures)
      hasher.combine(first)
      hasher.combine(last)
    }
  }
  private var storeCounts: [StoreCount] = []

  public init() {}

  public mutating func observe(
    _ event: WorldEvent, index: Int, at now: Instant, facts: Facts, terms: JudgingTerms
  ) {
    switch event {
    case .sent:
      guard let number = facts.current, let operation = facts.calls[number].operation else { return }
      let intent = facts.calls[number].intent ?? -1
      let known = counts.firstIndex { $0.operation == operation && $0.intent == intent } ?? counts.count
      if known == counts.count {
        counts.append(Count(operation: operation, intent: intent, attempts: 0, start: index))
      }
      counts[known].count(at: index)
    case .answered:
      guard let number = facts.current, !facts.calls[number].isMutation,
        facts.calls[number].view == .succeeded || facts.calls[number].view == .failed,
        let operation = facts.calls[number].operation,
        let known = counts.firstIndex(where: { $0.operation == operation })
      else { return }
      counts[known].attempts = 0
    case .desk(_, .resumed, _):
      // A person has looked and had it go on: it begins anew.
      for number in counts.indices { counts[number].attempts = 0 }
    case .storeFailed(let process, let label, _):
      if let known = storeCounts.firstIndex(where: { $0.process == process && $0.label == label }) {
        storeCounts[known].failures += 1
        storeCounts[known].last = index
      } else {
        storeCounts.append(StoreCount(process: process, label: label, failures: 1, first: index, last: index))
      }
    default: break
    }
  }

  public func conclude(facts: Facts, terms: JudgingTerms) -> [Violation] {
    let cap = terms.limits.attemptsPerIntent
    let overAsked = storeCounts.filter { $0.failures > cap }.map { count in
      Violation(
        Self.name, intent: nil, expected: cap, observed: count.failures,
        message: "The store failed \(count.failures) times at \(count.label); \(cap) attempts are allowed.",
        evidence: [count.first, count.last])
    }
    return overAsked + counts.filter { $0.peak > cap }.map { count in
      Violation(
        Self.name, intent: count.intent >= 0 ? terms.intents[count.intent].name : nil, expected: cap,
        observed: count.peak,
        message: "\(terms.operations[count.operation].name) was attempted \(count.peak) times; \(cap) are allowed.",
        evidence: [count.first, count.last])
    }
  }

  public func hash(into hasher: inout StableHasher) {
    hasher.combine(counts)
    hasher.combine(storeCounts)
  }

  /// Without the events that are only shown. What never passed the cap and begins anew is no count at all; the rest
  /// counts in whatever order it was begun.
  func combineState(into hasher: inout StableHasher, cap: Int) {
    var sum: UInt64 = 0
    for count in counts where count.attempts > 0 || count.peak > cap {
      var part = StableHasher()
      part.combine(count.operation)
      part.combine(count.intent)
      part.combine(count.attempts)
      part.combine(count.peak > cap ? count.peak : 0)
      sum &+= Draw.mix(part.digest)
    }
    hasher.combine(sum)
    guard !storeCounts.isEmpty else { return }
    for count in storeCounts {
      hasher.combine(count.process)
      hasher.combine(count.label)
      hasher.combine(count.failures)
    }
  }
}
