// A second one before the first was taken back.

import Operations
import Primitives

/// A call brought about another resource of an intent that had all it wanted when the call was sent.
///
/// Fires also where the surplus was taken back later: a retry is to take back, or to adopt, what the attempt
/// before left. Silent when the earlier object was gone at the time of sending or on its way out, when
/// the system answered with the object that was there, about copies that the network made, about the same call under
/// the same key (which asks for what is there, and for no second one), and about money and messages.
/// Source: half-created profile, https://github.com/hashicorp/terraform-provider-aws/issues/12121
public struct RetryWithoutCompensation: Oracle {
  public static let name: Name = "retry-without-compensation"
  public static let summary = "A second resource was made before the first attempt's was taken back or adopted."
  public static let practice: Practice? = .compensateBeforeRetry

  public init() {}

  public func conclude(facts: Facts, terms: JudgingTerms) -> [Violation] {
    var found: [Violation] = []
    for number in facts.objects.indices where facts.objects[number].role == .resource && facts.objects[number].isOwn {
      guard let intent = facts.objects[number].claimedBy, facts.intents[intent].ever > 1,
        let cause = facts.objects[number].cause.flatMap(facts.callIndex), facts.calls[cause].wasFull
      else { continue }
      let object = facts.objects[number]
      let call = facts.calls[cause]
      guard call.intent == intent, object.firstIndex > call.sentIndex else { continue }
      let before = facts.objects.filter {
        $0.claimedBy == intent && $0.firstIndex < call.sentIndex && ($0.endIndex.map { $0 > call.sentIndex } ?? true)
          && !$0.isLeaving(at: call.sentIndex) && !isRepetition(call, of: $0, facts, terms)
      }
      guard before.count >= terms.intents[intent].times.upperBound else { continue }
      found.append(
        Violation(
          Self.name, intent: terms.intents[intent].name, expected: terms.intents[intent].times.upperBound,
          observed: before.count + 1,
          message: "\(call.name) made \(object.id) while \(Phrase.list(before.map(\.id))) was there.",
          objects: before.map(\.id) + [object.id],
          evidence: before.map(\.firstIndex) + [call.sentIndex, object.firstIndex]))
    }
    return found
  }

  /// Whether a call asks once more for what the call asked for that made the object.
  private func isRepetition(_ call: CallFact, of object: ObjectFact, _ facts: Facts, _ terms: JudgingTerms) -> Bool {
    guard let first = object.cause.flatMap(facts.callIndex), facts.calls[first].key != nil else { return false }
    return facts.isSameAttempt(facts.calls[first], call, terms: terms)
  }
}
