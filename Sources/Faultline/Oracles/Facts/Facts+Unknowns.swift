// What is sound after an unknown outcome, asked by more than one oracle.

import Operations
import Primitives

extension Facts {
  /// The call of unknown outcome that a new call repeats as if it had failed; nil where the new call is sound.
  ///
  /// An outcome is unknown when no usable answer came, when the caller's process died before it, and, for
  /// another process, while the first one still waits. Where an intent wants several, a new call may be the
  /// next one of them, until all of them may be there.
  func guess(by position: Int, terms: JudgingTerms) -> Int? {
    guard unknowns > 0 || processes.count > 1 else { return nil }
    let call = calls[position]
    guard let operation = call.operation, let intent = call.intent, terms.operations[operation].brings else {
      return nil
    }
    let kind = terms.operations[operation].kind
    var possible = 0
    var unknown: Int?
    for number in calls.indices where number != position && calls[number].intent == intent {
      let earlier = calls[number]
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
