// Still working after the work was said to be over.

import Operations
import Primitives

/// A call changed something although its process had claimed an ending before it sent it.
///
/// Fires by send time, for later incarnations of that process, too. Silent after a person had it go on, until it claims
/// an ending again; about another process that goes on
/// (two that work on one thing are told by what they make), about a request that was under way when the claim was
/// made and arrived later, about reads, and about calls that changed nothing: refused by a fence, recognised by
/// their key.
/// Source: quiescence; stale plan wins, https://aws.amazon.com/message/101925/
public struct MutationAfterEnd: Oracle {
  public static let name: Name = "mutation-after-end"
  public static let summary = "A process claimed an ending, and then sent a call that changed something."

  public init() {}

  public func conclude(facts: Facts, terms: JudgingTerms) -> [Violation] {
    var found: [Violation] = []
    for (number, claim) in facts.claims.enumerated() {
      let process = claim.process.index
      let resumed = facts.resumptions.last { $0.process == process && $0.index < claim.index }?.index ?? -1
      let isFirst = facts.claims.firstIndex { $0.process.index == process && $0.index > resumed } == number
      guard isFirst else { continue }
      let until = facts.resumptions.first { $0.process == process && $0.index > claim.index }?.index ?? .max
      guard let newest = facts.calls.last, newest.sentIndex > claim.index else { continue }
      let late = facts.calls.filter {
        $0.id.process == process && $0.sentIndex > claim.index && $0.sentIndex < until && $0.effects > 0
      }
      guard !late.isEmpty else { continue }
      found.append(
        Violation(
          Self.name, intent: late[0].intent.map { terms.intents[$0].name }, expected: 0, observed: late.count,
          message: "The run was said to be \(claim.claim.ending.rawValue), and then "
            + "\(Phrase.list(late.map { "\($0.name)" })) changed something.",
          evidence: [claim.index] + late.flatMap { [$0.sentIndex] + ($0.effectIndex.map { [$0] } ?? []) }))
    }
    return found
  }
}
