// What people and automations did beside the agent: theirs, not the agent's, though its word has to fit it.

import Operations
import Primitives

extension Facts {
  /// Whether somebody else took an object away and nothing that the agent asked for afterwards could have shown it. An
  /// agent that looked and did not see, or that says so all the same, is not excused.
  func wasTakenUnseen(_ object: ObjectFact, terms: JudgingTerms) -> Bool {
    guard let end = object.endIndex, object.endedBy == nil, let outside = object.outsideIndex else { return false }
    return !wasShown(object.id, of: object.kind, after: object.isForeign ? end : min(outside, end), terms: terms)
  }

  /// Whether a read that was sent after an event could show what an object is: by its kind, or because it names it.
  private func wasShown(_ id: String, of kind: Name, after index: Int, terms: JudgingTerms) -> Bool {
    var number = calls.count - 1
    while number >= 0, calls[number].sentIndex > index {
      let call = calls[number]
      if let operation = call.operation, !call.isMutation, call.view == .succeeded || call.nature == .notFound,
        terms.operations[operation].sees.contains(kind) || call.arguments.entries.contains(where: { $0.value.text == id })
      {
        return true
      }
      number -= 1
    }
    return false
  }

  /// How much of an intent somebody else took away unseen.
  func takenUnseen(of number: Int, terms: JudgingTerms) -> Int {
    objects.count { $0.claimedBy == number && !$0.isPermanent && wasTakenUnseen($0, terms: terms) }
  }

  /// Whether somebody else gave an owner's money back unseen.
  func wasGivenBackUnseen(_ intent: Intent, terms: JudgingTerms) -> Bool {
    objects.contains { object in
      object.role.takesBack && object.isForeign && object.owner == intent.owner
        && !wasShown(object.parent.map { objects[$0].id } ?? object.id, of: intent.kind, after: object.firstIndex, terms: terms)
    }
  }

  /// Whether somebody else brought an object about when the agent could no longer see it: no call that brought another
  /// one for the same wish about was sent after it. Such a one is not the agent's surplus.
  func isLateForeign(_ object: ObjectFact) -> Bool {
    guard object.isForeign else { return false }
    return !objects.contains { other in
      guard other.isOwn, other.kind == object.kind, other.claimedBy == object.claimedBy, other.owner == object.owner,
        other.period == object.period, let cause = other.cause, let call = callIndex(cause)
      else { return false }
      return calls[call].sentIndex > object.firstIndex
    }
  }
}
