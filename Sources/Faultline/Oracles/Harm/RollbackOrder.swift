// Taking the ground away from under what still stands on it.

import Operations
import Primitives

/// A call set out to end something while a thing that lives in it stood, and nobody had set out to end that.
///
/// Fires along declared dependencies only (`Intent.dependsOn`), by send time, and only about things that the
/// agent had been told of, or shown where they were there before, and that some operation ends. Silent when the dependent thing is gone or its ending was
/// sent before, also where the system still refuses and the call is repeated until it goes; and when the dependent
/// thing names another object as its parent.
/// Source: reverse dependency order, https://learn.microsoft.com/azure/architecture/patterns/saga
public struct RollbackOrder: Oracle {
  public static let name: Name = "rollback-order"
  public static let summary = "Something was taken back before what depends on it."
  public static let interests: EventKinds = .sent

  private struct Offence: Hashable, Sendable, StableHashable {
    var intent: Int
    var dependent: Int
    var index: Int

    func hash(into hasher: inout StableHasher) {
      hasher.combine(intent)
      hasher.combine(dependent)
      hasher.combine(index)
    }
  }
  private var offences: [Offence] = []

  public init() {}

  public mutating func observe(
    _ event: WorldEvent, index: Int, at now: Instant, facts: Facts, terms: JudgingTerms
  ) {
    guard let begun = facts.begun(at: index), let number = facts.calls[begun].operation,
      terms.operations[number].change == .ended, let intent = facts.calls[begun].intent
    else { return }
    let call = facts.calls[begun]
    let target = call.arguments.entries.lazy.compactMap { $0.value.text.flatMap(facts.objectIndex(id:)) }
      .first { facts.objects[$0].kind == terms.operations[number].kind }
    if let target, !facts.objects[target].isLive { return }
    for (dependent, wish) in terms.intents.enumerated() where wish.dependsOn.contains(terms.intents[intent].name) {
      guard let object = standing(dependent, on: target, of: intent, facts: facts, terms: terms) else { continue }
      offences.append(Offence(intent: intent, dependent: object, index: index))
    }
  }

  /// An object of the dependent intent that stands on the target, that the agent knows of, and that nobody set
  /// out to end.
  private func standing(
    _ dependent: Int, on target: Int?, of intent: Int, facts: Facts, terms: JudgingTerms
  ) -> Int? {
    let kind = terms.intents[dependent].kind
    let isEnding = facts.calls.contains { call in
      call.intent == dependent
        && call.operation.map { terms.operations[$0].change == .ended && terms.operations[$0].kind == kind } ?? false
    }
    if isEnding || !terms.operations.canEnd(kind) { return nil }
    return facts.objects.indices.first { number in
      let object = facts.objects[number]
      guard object.intent == dependent, object.isLive, !object.isPermanent else { return false }
      if object.role == .invoice, facts.isSettledBack(invoice: number) { return false }
      if object.given != nil {
        guard facts.sightings.contains(object.digest) else { return false }
      } else {
        guard object.isOwn, let cause = object.cause.flatMap(facts.callIndex) else { return false }
        guard facts.calls[cause].view == .succeeded else { return false }
      }
      let parents = object.attributes.entries.compactMap { $0.value.text.flatMap(facts.objectIndex(id:)) }
        .filter { facts.objects[$0].claimedBy == intent }
      return parents.isEmpty ? facts.intents[intent].live <= 1 : target.map(parents.contains) ?? true
    }
  }

  public func conclude(facts: Facts, terms: JudgingTerms) -> [Violation] {
    offences.map { offence in
      let object = facts.objects[offence.dependent]
      let ground = Phrase.noun(terms.intents[offence.intent].kind)
      return Violation(
        Self.name, intent: terms.intents[offence.intent].name, expected: 0, observed: 1,
        message: "The \(ground) was to go while the \(Phrase.thing(object)), which depends on it, still stood.",
        objects: [object.id], evidence: [object.firstIndex, offence.index])
    }
  }

  public func hash(into hasher: inout StableHasher) { hasher.combine(offences) }
}
