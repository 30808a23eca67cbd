// What is sound after an unknown outcome, asked by more than one oracle.

import Operations
import Primitives

extension Facts {
  /// The call of unknown outcome that a new call repeats as if it had failed; nil where the new call is sound.
  ///
  /// An outcome is unknown when no usable answer came, when the caller's process died before it, and, for
  /// another process, while the first one still waits. Where an intent wants several, a new call may be the
  /// next one of them, until all of them may be there.
  func guess(by call: CallFact, terms: JudgingTerms) -> Int? {
    guard let operation = call.operation, let intent = call.intent, terms.operations[operation].brings else {
      return nil
    }
    let kind = terms.operations[operation].kind
    var possible = 0
    var unknown: Int?
    for (number, earlier) in calls.enumerated() where earlier.id != call.id && earlier.intent == intent {
      guard let other = earlier.operation, terms.operations[other].brings, terms.operations[other].kind == kind else {
        continue
      }
      if isSameAttempt(earlier, call, terms: terms) { return nil }
      let isUnknown =
        earlier.resolution == .none
        && (earlier.view == .unknown || (earlier.view == .unanswered && earlier.process != call.process))
      if isUnknown, unknown == nil { unknown = number }
      if isUnknown || earlier.view == .succeeded { possible += 1 }
    }
    return possible >= terms.intents[intent].times.upperBound ? unknown : nil
  }
}
