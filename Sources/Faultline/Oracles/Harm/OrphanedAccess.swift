// A key to a door behind which nobody lives any more.

import Operations
import Primitives

/// Access that this run granted is live at the end, and its owner has neither an account nor a cluster.
///
/// Fires for live bindings, grants and access keys of the run whose owner should have, or had, a customer
/// record or a cluster, and has none of them at the end. Silent while any of these is live, where the run and
/// its intents know of none (the customer was there before), and where an escalation names the access.
/// Source: leaked IAM grants, https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html
public struct OrphanedAccess: Oracle {
  public static let name: Name = "orphaned-access"
  public static let summary = "A live binding or access key belongs to an owner without an account or cluster."

  public init() {}

  public func conclude(facts: Facts, terms: JudgingTerms) -> [Violation] {
    var found: [Violation] = []
    for object in facts.objects where object.role == .resource && object.isLive && object.isOwn {
      guard Self.isAccess(object.kind), isOrphan(object, facts: facts, terms: terms) else { continue }
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
    let anchors = facts.objects.filter { $0.owner == owner && Self.isAnchor($0.kind) }
    if anchors.isEmpty { return terms.intents.contains { $0.owner == owner && Self.isAnchor($0.kind) } }
    return !anchors.contains(where: \.isLive)
  }

  private static func last(_ kind: Name) -> Substring { kind.text.split(separator: ".").last ?? "" }
  private static func isAccess(_ kind: Name) -> Bool { ["binding", "access_key", "grant"].contains(last(kind)) }
  private static func isAnchor(_ kind: Name) -> Bool { ["customer", "account", "cluster"].contains(last(kind)) }
}
