// What the reader should take away from a story: where it went wrong, what is there now, what to take back.

import Faultline
import Operations
import Primitives
import Simulation

extension Story {
  /// The call that treated unknown as failed, and the one whose outcome was unknown: after a call that had
  /// happened and was never answered, the agent changes something again, without the key that the system would
  /// recognise and without having looked, and a violation shows the result.
  var defect: (position: Int, unknown: Int)? {
    let evidence = verdict.violations.flatMap(\.evidence)
    for unknown in calls.indices where calls[unknown].wasCommitted && calls[unknown].isUnknown(in: catalogue) {
      let from = calls[unknown].answered?.index ?? calls[unknown].sent[calls[unknown].sent.count - 1]
      let next = calls.indices.first { position in
        let call = calls[position]
        return call.sent[0] > from && !call.isCompensation && call.effects.contains { evidence.contains($0) }
      }
      guard let next else { continue }
      if calls[next].repeats?.key == .same || hasLookedBack(for: unknown, before: next) { continue }
      return (next, unknown)
    }
    return nil
  }

  /// Whether the agent asked the system what had become of a call.
  func hasLookedBack(for unknown: Int, before next: Int) -> Bool {
    guard let lookup = catalogue[calls[unknown].request.operation]?.readBack else { return false }
    return calls[unknown..<next].contains {
      $0.request.operation == lookup && $0.answered?.answer.response?.isSuccess == true
    }
  }

  /// `#4 committed, #5 hid it, #11 treated unknown as failed.`
  var why: String? {
    guard let defect, let committed = calls[defect.unknown].effects.first else { return nil }
    let hid = calls[defect.unknown].faults.first.map { "#\($0) hid it" } ?? "the caller did not learn it"
    return "#\(committed) committed, \(hid), #\(calls[defect.position].sent[0]) treated unknown as failed."
  }

  /// The intents that a violation is about and that hold another number than they should.
  private var wrong: [Intent] {
    scenario.intents.filter { intent in
      verdict.violations.contains { $0.intent == intent.name } && !intent.times.contains(number(of: intent))
    }
  }

  private func number(of intent: Intent) -> Int { holdings[intent.name]?.count ?? 0 }

  /// What there is in another number than it should be, `2 clusters`.
  var wrongCounts: [String] { wrong.map { $0.noun(number(of: $0)) } }

  /// One plain sentence for each owner: what there should be and what there is. Empty where the violations are
  /// not about numbers.
  var sentences: [String] {
    let concerned = verdict.violations.isEmpty ? scenario.intents.filter { $0.times.lowerBound > 0 } : wrong
    var owners: [Name] = []
    for intent in concerned where !owners.contains(intent.owner) { owners.append(intent.owner) }
    return owners.map { owner in
      let mine = concerned.filter { $0.owner == owner }
      let wanted = Words.list(mine.map { "\(wantedCount($0))\($0.period.map { " for \($0)" } ?? "")" })
      if mine.allSatisfy({ $0.times.contains(number(of: $0)) }) {
        return "\(owner) should have \(wanted), and has exactly that."
      }
      return "\(owner) should have \(wanted). It has \(Words.list(mine.map { $0.noun(number(of: $0)) }))."
    }
  }

  /// A good end other than the goal, in a sentence; nil where the goal was reached.
  var peacefulEnd: String? {
    switch verdict.outcome {
    case .rolledBack: "The agent could not complete it and took it back; nothing of it is left."
    case .escalated: "The agent stopped and handed over."
    case .completed, nil: nil
    }
  }

  private func wantedCount(_ intent: Intent) -> String {
    let most = intent.noun(intent.times.upperBound)
    if intent.times.lowerBound == intent.times.upperBound { return most }
    return intent.times.lowerBound == 0 ? "at most \(most)" : "\(intent.times.lowerBound) to \(most)"
  }

  /// What a person has to take back or add by hand, one instruction each.
  var cleaning: [String] {
    var lines: [String] = []
    let violated = scenario.intents.filter { intent in verdict.violations.contains { $0.intent == intent.name } }
    for intent in violated.reversed() {
      // Taking back the money settles the document that asked for it.
      if !isPermanent(intent), violated.contains(where: { isPermanent($0) && system(of: $0) == system(of: intent) }) {
        continue
      }
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

  /// Whether nothing says that the agent knows of this object: it names others of the kind and not this one, or
  /// names none and never got this one's id in an answer.
  private func isUnreferenced(_ item: Held) -> Bool {
    let named = claim?.holdings.filter { $0.kind == item.effect.kind }.compactMap(\.object) ?? []
    guard named.isEmpty else { return !named.contains(item.object) }
    let others = holdings.values.joined().filter { $0.effect.kind == item.effect.kind && $0.object != item.object }
    return !learned(item) && others.contains(where: learned)
  }

  /// Whether its own system ever told the agent of it.
  private func learned(_ item: Held) -> Bool {
    calls.contains { call in
      call.request.operation.text.hasPrefix(item.effect.backend.text + ".")
        && call.answered?.answer.response?.body.texts.contains(item.object) ?? false
    }
  }

  private func isPermanent(_ intent: Intent) -> Bool {
    holdings[intent.name]?.contains { $0.effect.permanence == .permanent } ?? false
  }

  private func system(of intent: Intent) -> Substring { intent.kind.text.prefix { $0 != "." } }

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

extension Fields {
  /// Every text in these fields, at any depth.
  var texts: [String] { entries.flatMap { $0.value.texts } }
}

extension Value {
  fileprivate var texts: [String] {
    switch self {
    case .text(let text): [text]
    case .list(let list): list.flatMap(\.texts)
    case .record(let fields): fields.texts
    default: []
    }
  }
}
