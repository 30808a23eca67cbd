// More of a thing than anybody wants: the second cluster.

import Operations
import Primitives

/// An intent has more objects than it wants.
///
/// Fires when more than `times` of them are live at the end, or ever happened where they can't be taken back
/// (mail). Silent when a surplus was taken back before the end, when a repeated call was answered with the
/// first call's object, about what a person made by hand after the agent had asked for its own, and about money, which ``DoubleBilling`` judges by sums. Silent, too, about what a network made
/// by delivering one call twice, where whoever hands over never learnt what came of that call (no answer came, or the
/// process that got it died) and says that the thing is possibly there: who stops there did all that can be done
/// without a look.
/// Source: https://github.com/hashicorp/terraform-provider-aws/issues/27543
public struct DuplicateResource: Oracle {
  public static let name: Name = "duplicate-resource"
  public static let summary = "An intent has more live objects, or more messages sent, than it wants."

  public init() {}

  public func conclude(facts: Facts, terms: JudgingTerms) -> [Violation] {
    var found: [Violation] = []
    for number in terms.intents.indices {
      guard facts.intents[number].ever > terms.intents[number].times.upperBound else { continue }
      let intent = terms.intents[number]
      guard !facts.role(of: number, terms: terms).isMoney, facts.isOver(number, terms: terms) else { continue }
      let objects = facts.objects.filter {
        $0.claimedBy == number && ($0.isPermanent || ($0.isLive && $0.intent == number))
      }
      let known = objects.indices.count {
        !isHandedOverCopy(objects[$0], of: objects[..<$0], facts) && !facts.isLateForeign(objects[$0])
      }
      guard known > intent.times.upperBound else { continue }
      let wanted = Phrase.count(intent.times.upperBound, intent.kind)
      found.append(
        Violation(
          Self.name, intent: intent.name, expected: intent.times.upperBound, observed: objects.count,
          message: "\(Phrase.wish(intent)) should have \(wanted) and has \(objects.count): "
            + "\(Phrase.list(objects.map(\.id))).",
          objects: objects.map(\.id), evidence: objects.map(\.firstIndex)))
    }
    return found
  }

  /// Whether an object is the copy of one before it, by one call that the network delivered twice, and the last claim
  /// hands over that there may be such a thing: nobody but who looks once more can know of it, and a person will.
  private func isHandedOverCopy(_ object: ObjectFact, of earlier: ArraySlice<ObjectFact>, _ facts: Facts) -> Bool {
    guard let claim = facts.claim, claim.ending == .escalated, claim.possibly.contains(where: { $0.kind == object.kind }),
      let cause = object.cause
    else { return false }
    return earlier.contains { $0.cause == cause }
  }
}
