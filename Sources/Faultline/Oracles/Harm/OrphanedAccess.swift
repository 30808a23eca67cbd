// A key to a door behind which nobody lives any more.

import Operations
import Primitives

/// Access that this run granted, or took the ground from, is live at the end, and its owner has neither an account nor
/// a cluster.
///
/// Fires for live bindings, grants and access keys of the run whose owner should have, or had, a customer
/// record or a cluster, and has none of them at the end. Silent while any of these is live, where the run and
/// its intents know of none (the customer was there before), about keys that were made inactive, and where an escalation names the access.
/// Source: leaked IAM grants, https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html
public struct OrphanedAccess: Oracle {
  public static let name: Name = "orphaned-access"
  public static let summary = "A live binding or access key belongs to an owner without an account or cluster."

  public init() {}

  public func conclude(facts: Facts, terms: JudgingTerms) -> [Violation] {
    var found: [Violation] = []
    for number in facts.objects.indices where facts.objects[number].isAccess && facts.objects[number].isLive {
      let object = facts.objects[number]
      guard object.isOwn || object.given != nil, object.attributes.text("status") != "Inactive",
        isOrphan(object, facts: facts, terms: terms)
      else { continue }
      if let claim = facts.claim, claim.ending == .escalated, Facts.names(claim, object) { continue }
      found.append(
        Violation(
          Self.name, intent: object.claimedBy.map { terms.intents[$0].name }, expected: 0, observed: 1,
          message: "The \(Phrase.thing(object)) is live, and \(object.owner?.text ?? "nobody") has no account "
            + "and no cluster.",
          objects: [object.id], evidence: [object.firstIndex, facts.endIndex]))
    }
    return found
  }

  private func isOrphan(_ object: ObjectFact, facts: Facts, terms: JudgingTerms) -> Bool {
    guard let owner = object.owner else { return true }
    var hadAnchor = false
    for number in facts.objects.indices where facts.objects[number].isAnchor {
      guard facts.objects[number].owner == owner else { continue }
      // Who could not know that somebody took it away leaves nobody's access behind.
      if facts.objects[number].isLive || facts.wasTakenUnseen(facts.objects[number], terms: terms) { return false }
      hadAnchor = true
    }
    return hadAnchor || terms.intents.contains { $0.owner == owner && terms.operations.traits(of: $0.kind).isAnchor }
  }
}
