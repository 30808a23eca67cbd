// What the reader should take away from a story: where it went wrong, and what is there now.

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
    let concerned = verdict.violations.isEmpty ? scenario.intents.filter { $0.times.lowerBound > 0 || $0.isRemoval } : wrong
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
