// What the reader should take away from a story: where it went wrong, what is there now, what to take back.

import Faultline
import Operations
import Primitives
import Simulation

extension Story {
  /// The call that treated unknown as failed: it asks again, in a way that the system can't recognise, for
  /// something that had happened, and a violation shows the result.
  var defect: Int? {
    let evidence = verdict.violations.flatMap(\.evidence)
    return calls.indices.first { position in
      let call = calls[position]
      guard let repetition = call.repeats, repetition.key != .same, !repetition.hasReadBack else { return false }
      return calls[repetition.earlier].wasCommitted && calls[repetition.earlier].isUnknown(in: catalogue)
        && call.effects.contains { evidence.contains($0) }
    }
  }

  /// `#4 committed, #5 hid it, #11 treated unknown as failed.`
  var why: String? {
    guard let defect, let repetition = calls[defect].repeats else { return nil }
    let earlier = calls[repetition.earlier]
    guard let committed = earlier.effects.first else { return nil }
    let hid = earlier.faults.first.map { "#\($0) hid it" } ?? "the caller did not learn it"
    return "#\(committed) committed, \(hid), #\(calls[defect].sent[0]) treated unknown as failed."
  }

  /// The intents with another count than they should have, `2 clusters`.
  var wrongCounts: [String] {
    scenario.intents.filter { intent in
      verdict.violations.contains { $0.intent == intent.name && $0.observed != nil && $0.observed != $0.expected }
    }
    .map { $0.noun(observed($0)) }
  }

  /// One plain sentence for each owner: what there should be and what there is.
  var sentences: [String] {
    let concerned = scenario.intents.filter { intent in
      verdict.violations.isEmpty
        ? intent.times.upperBound > 0
        : verdict.violations.contains { $0.intent == intent.name && $0.expected != nil && $0.observed != nil }
    }
    var owners: [Name] = []
    for intent in concerned where !owners.contains(intent.owner) { owners.append(intent.owner) }
    return owners.map { owner in
      let mine = concerned.filter { $0.owner == owner }
      let wanted = Words.list(mine.map { "\(wantedCount($0))\($0.period.map { " for \($0)" } ?? "")" })
      let has = Words.list(mine.map { $0.noun(observed($0)) })
      if verdict.result == .pass, mine.allSatisfy({ $0.times.contains(observed($0)) }) {
        return "\(owner) should have \(wanted), and has exactly that."
      }
      return "\(owner) should have \(wanted). It has \(has)."
    }
  }

  private func wantedCount(_ intent: Intent) -> String {
    intent.times.lowerBound == intent.times.upperBound
      ? intent.noun(intent.times.upperBound)
      : "\(intent.times.lowerBound) to \(intent.noun(intent.times.upperBound))"
  }

  /// What an oracle counted, else what the trace adds up to.
  private func observed(_ intent: Intent) -> Int {
    verdict.violations.first { $0.intent == intent.name && $0.observed != nil }?.observed
      ?? holdings[intent.name]?.count ?? 0
  }

  /// What a person has to take back or add by hand, one instruction each.
  var cleaning: [String] {
    var lines: [String] = []
    for intent in scenario.intents.reversed() {
      guard verdict.violations.contains(where: { $0.intent == intent.name }) else { continue }
      let held = holdings[intent.name] ?? []
      let excess = held.count - intent.times.upperBound
      if excess > 0 {
        for item in surplus(held, count: excess) { lines.append(instruction(for: item)) }
      } else if claim?.ending == .completed, held.count < intent.times.lowerBound {
        lines.append("add the missing \(Words.noun(intent.kind)) for \(intent.owner)")
      }
    }
    for violation in verdict.violations {
      for object in violation.objects where violation.expected == nil || violation.expected == 0 {
        let kind = record.trace.entries.lazy.compactMap { entry -> Effect? in
          if case .effect(let effect) = entry.event, effect.object == object { effect } else { nil }
        }.last
        guard let kind, kind.change != .ended else { continue }
        let line = instruction(for: Held(object: object, effect: kind, index: 0))
        if !lines.contains(line) { lines.append(line) }
      }
    }
    return lines
  }

  /// The objects to give up: first those that the agent does not know of, then the latest.
  private func surplus(_ held: [Held], count: Int) -> [Held] {
    let unknown = held.filter(isUnreferenced)
    let rest = held.reversed().filter { item in !unknown.contains { $0.index == item.index } }
    return Array((unknown + rest).prefix(count))
  }

  /// Whether the agent names objects of this kind, and not this one.
  private func isUnreferenced(_ item: Held) -> Bool {
    let known = claim?.holdings.filter { $0.kind == item.effect.kind }.compactMap(\.object) ?? []
    return !known.isEmpty && !known.contains(item.object)
  }

  /// Names the operation that takes an effect back, where the catalogue has one.
  private func instruction(for item: Held) -> String {
    let thing = "\(Words.noun(item.effect.kind)) \(Words.printable(item.object))"
    let amount = item.effect.amount.map { " \($0)" } ?? ""
    let unreferenced = isUnreferenced(item) ? "unreferenced " : ""
    let operations = catalogue.allOperations
    let maker = operations.first { operation in
      operation.effect?.kind == item.effect.kind && operation.effect?.change != .ended && operation.compensation != nil
    }
    let remover = operations.first { $0.effect?.kind == item.effect.kind && $0.effect?.change == .ended }
    if let operation = maker?.compensation ?? remover?.name {
      return "\(operation) for the \(unreferenced)\(thing)\(amount)"
    }
    return "tell \(item.effect.owner?.text ?? "whom it concerns"): \(thing)\(amount) can't be taken back"
  }
}
