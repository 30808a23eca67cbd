// A handover that leaves the next person in the dark.

import Operations
import Primitives

/// An escalation without what the person who takes over needs.
///
/// Fires when the last claim escalates and names no reason or no next action, leaves out something that the run
/// made and that is there (a resource, an invoice, captured money), or has no `possibly` of that kind for an
/// outcome that nobody found out. Things may be named by id or, where the agent knows none, by kind. Silent
/// about other endings, about what systems did by themselves, and about mails and notes.
/// Source: https://sre.google/sre-book/managing-incidents/ (live, explicit handoff)
public struct ContextFreeEscalation: Oracle {
  public static let name: Name = "context-free-escalation"
  public static let summary = "An escalation lacks reason, next action, what is there, or what may be there."
  public static let practice: Practice? = .escalationContext

  public init() {}

  public func conclude(facts: Facts, terms: JudgingTerms) -> [Violation] {
    guard let fact = facts.claims.last, fact.claim.ending == .escalated else { return [] }
    let claim = fact.claim
    var lacks: [String] = []
    if claim.reason?.isEmpty ?? true { lacks.append("a reason") }
    if claim.nextAction?.isEmpty ?? true { lacks.append("a next action") }
    let unnamed = facts.holdings(at: fact.index).map { facts.objects[$0] }.filter { !Facts.names(claim, $0) }
    lacks += unnamed.map { "the \(Phrase.thing($0))" }
    let unknowns = facts.unmentionedUnknowns(claim, terms: terms).map { facts.calls[$0] }
    lacks += unknowns.map { "what \($0.name) may have done" }
    guard !lacks.isEmpty else { return [] }
    return [
      Violation(
        Self.name, expected: 0, observed: lacks.count,
        message: "The handover does not say \(Phrase.list(lacks)).", objects: unnamed.map(\.id),
        evidence: unnamed.map(\.firstIndex) + unknowns.map(\.sentIndex) + [fact.index])
    ]
  }
}
