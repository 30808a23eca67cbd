// All oracles of a run, and the facts that they share.

import Operations
import Primitives
import Simulation

/// The oracles that watch one run.
///
/// Oracles that keep something of their own are stored values of their own type, so that no event is
/// dispatched at run time, and each sees only the kinds of events that it cares about. The others read
/// everything from the facts when the run is over.
public struct OracleBench: Sendable, StableHashable {
  public let terms: JudgingTerms
  public private(set) var facts: Facts

  private var spuriousRollback = SpuriousRollback()
  private var rollbackOrder = RollbackOrder()
  private var lostUpdate = LostUpdate()
  private var splitBrain = SplitBrain()
  private var writeAfterUnknown = WriteAfterUnknown()
  private var scopeViolation = ScopeViolation()
  private var rateLimitAbuse = RateLimitAbuse()
  private var retryStorm = RetryStorm()
  private var unwrittenRule = UnwrittenRule()
  private var keyMisuse = KeyMisuse()
  private var unauditedMutation = UnauditedMutation()
  private var guardBypassed = GuardBypassed()
  private var offGraphTransition = OffGraphTransition()

  public init(terms: JudgingTerms) {
    self.terms = terms
    facts = Facts(terms: terms)
  }

  public mutating func observe(_ event: WorldEvent, index: Int, at now: Instant) {
    facts.observe(event, index: index, at: now, terms: terms)
    let kind = event.kind
    guard Self.interests.contains(kind) else { return }
    if SpuriousRollback.interests.contains(kind) {
      spuriousRollback.observe(event, index: index, at: now, facts: facts, terms: terms)
    }
    if RollbackOrder.interests.contains(kind) {
      rollbackOrder.observe(event, index: index, at: now, facts: facts, terms: terms)
    }
    if LostUpdate.interests.contains(kind) {
      lostUpdate.observe(event, index: index, at: now, facts: facts, terms: terms)
    }
    if SplitBrain.interests.contains(kind) {
      splitBrain.observe(event, index: index, at: now, facts: facts, terms: terms)
    }
    if WriteAfterUnknown.interests.contains(kind) {
      writeAfterUnknown.observe(event, index: index, at: now, facts: facts, terms: terms)
    }
    if ScopeViolation.interests.contains(kind) {
      scopeViolation.observe(event, index: index, at: now, facts: facts, terms: terms)
    }
    if RateLimitAbuse.interests.contains(kind) {
      rateLimitAbuse.observe(event, index: index, at: now, facts: facts, terms: terms)
    }
    if RetryStorm.interests.contains(kind) {
      retryStorm.observe(event, index: index, at: now, facts: facts, terms: terms)
    }
    if UnwrittenRule.interests.contains(kind) {
      unwrittenRule.observe(event, index: index, at: now, facts: facts, terms: terms)
    }
    if KeyMisuse.interests.contains(kind) {
      keyMisuse.observe(event, index: index, at: now, facts: facts, terms: terms)
    }
    if UnauditedMutation.interests.contains(kind) {
      unauditedMutation.observe(event, index: index, at: now, facts: facts, terms: terms)
    }
    if GuardBypassed.interests.contains(kind) {
      guardBypassed.observe(event, index: index, at: now, facts: facts, terms: terms)
    }
    if OffGraphTransition.interests.contains(kind) {
      offGraphTransition.observe(event, index: index, at: now, facts: facts, terms: terms)
    }
  }

  /// The events that any oracle beside the facts wants to see.
  private static let interests: EventKinds = [
    .processes, .sent, .handled, .effects, .answered, .stored, .observed, .people, .storeFailures,
  ]

  /// The ending that really holds, by what the systems hold; nil where the run ended badly.
  public func truth() -> Ending? { facts.truth(under: terms) }

  /// Everything that was wrong, judged and advised, in the order of the first evidence.
  public func conclude() -> [Violation] {
    var found: [Violation] = []
    concludeHarm(&found)
    concludeContract(&found)
    return Self.ordered(found)
  }

  private func concludeHarm(_ found: inout [Violation]) {
    ask(DuplicateResource(), &found)
    ask(DoubleBilling(), &found)
    ask(UnintendedEffect(), &found)
    ask(MissingEffect(), &found)
    ask(IncompleteRollback(), &found)
    ask(DoubledCompensation(), &found)
    ask(spuriousRollback, &found)
    ask(rollbackOrder, &found)
    ask(OrphanedAccess(), &found)
    ask(lostUpdate, &found)
    ask(splitBrain, &found)
    ask(writeAfterUnknown, &found)
    ask(BlastRadiusExceeded(), &found)
    ask(scopeViolation, &found)
    ask(rateLimitAbuse, &found)
    ask(retryStorm, &found)
    ask(SilentFailure(), &found)
    ask(UntruthfulClaim(), &found)
    ask(unwrittenRule, &found)
    ask(MutationAfterEnd(), &found)
    ask(Stuck(), &found)
  }

  private func concludeContract(_ found: inout [Violation]) {
    ask(UnkeyedMutation(), &found)
    ask(keyMisuse, &found)
    ask(unauditedMutation, &found)
    ask(guardBypassed, &found)
    ask(DryRunMutation(), &found)
    ask(offGraphTransition, &found)
    ask(ContextFreeEscalation(), &found)
    ask(RetryWithoutCompensation(), &found)
  }

  private func ask<O: Oracle>(_ oracle: O, _ found: inout [Violation]) {
    let violations = oracle.conclude(facts: facts, terms: terms)
    guard !violations.isEmpty else { return }
    let isAdvice = O.practice.map { !terms.judged.contains($0) } ?? false
    for var violation in violations {
      if isAdvice { violation.isAdvice = true }
      // What was there before the run and was not touched has no event.
      violation.evidence.removeAll { $0 < 1 }
      found.append(violation)
    }
  }

  /// By first evidence; where that is the same, in the order in which the oracles were asked.
  private static func ordered(_ found: [Violation]) -> [Violation] {
    guard found.count > 1 else { return found }
    return found.enumerated().sorted { first, second in
      let left = first.element.evidence.first ?? .max
      let right = second.element.evidence.first ?? .max
      return left == right ? first.offset < second.offset : left < right
    }.map(\.element)
  }

  public func hash(into hasher: inout StableHasher) {
    facts.hash(into: &hasher)
    combineOracles(into: &hasher)
    splitBrain.hash(into: &hasher)
    retryStorm.hash(into: &hasher)
    unwrittenRule.hash(into: &hasher)
    guardBypassed.hash(into: &hasher)
    writeAfterUnknown.hash(into: &hasher)
    keyMisuse.hash(into: &hasher)
  }

  /// A digest of what a verdict can still depend on. Equal for two ways to one state, where evidence and
  /// numbers that no oracle decides by may differ.
  func stateDigest(at now: Instant) -> UInt64 {
    var hasher = StableHasher()
    facts.combineState(into: &hasher, at: now)
    combineOracles(into: &hasher)
    splitBrain.combineState(into: &hasher)
    retryStorm.combineState(into: &hasher, cap: terms.limits.attemptsPerIntent)
    unwrittenRule.combineState(into: &hasher)
    // Where a rule reads the calendar, what is still under way is judged by when it was sent.
    if terms.readsCalendar {
      for call in facts.calls where call.isMutation && call.effects == 0 { hasher.combine(call.askedAt) }
      for clock in facts.clocks {
        hasher.combine(clock.process)
        hasher.combine(clock.ahead)
      }
      for stop in facts.stops {
        hasher.combine(stop.process)
        hasher.combine(stop.since)
      }
    }
    guardBypassed.combineState(into: &hasher, facts)
    writeAfterUnknown.combineState(into: &hasher, facts)
    keyMisuse.combineState(into: &hasher, facts)
    return hasher.digest
  }

  /// Those that keep nothing that two ways to one state could differ in.
  private func combineOracles(into hasher: inout StableHasher) {
    spuriousRollback.hash(into: &hasher)
    rollbackOrder.hash(into: &hasher)
    lostUpdate.hash(into: &hasher)
    scopeViolation.hash(into: &hasher)
    rateLimitAbuse.hash(into: &hasher)
    unauditedMutation.hash(into: &hasher)
    offGraphTransition.hash(into: &hasher)
  }
}
