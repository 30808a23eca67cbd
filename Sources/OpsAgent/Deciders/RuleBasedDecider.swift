// A decider without a model: it reads tickets by rule and says how sure it is.

import Operations
import Primitives

/// Reads `Key: value` lines and, where there are none, the few sentences that people use instead.
///
/// Its confidence is a count of what it found, not a guess: all three of customer, plan and period by line
/// give 95 percent, by sentence 80; with one missing it is not sure.
///
/// There are two versions of its instructions. Under the second one the last plan that a ticket names counts, wherever
/// it is named, and the ticket is read anew after a restart.
public struct RuleBasedDecider: Decider, Hashable {
  /// The plans that it knows by name.
  public var plans: [String]

  public init(plans: [String] = ["starter", "pro", "enterprise"]) { self.plans = plans }

  public mutating func decide(_ query: DecisionQuery) -> Decision {
    switch query.fork {
    case .triage: triage(query)
    case .afterFailure: afterFailure(query)
    case .afterRestart:
      Decision(
        .resume, confidence: 100, reason: "the journal says where it stopped",
        fields: query.prompt > 1 ? TicketReader(query.facts.text(.ticketText) ?? "", plans: plans, prompt: 2).fields : [:])
    }
  }

  public func hash(into hasher: inout StableHasher) { hasher.combine(plans) }

  private func afterFailure(_ query: DecisionQuery) -> Decision {
    if query.options.contains(.compensate) {
      return Decision(.compensate, confidence: 100, reason: "before the pivot everything can be taken back")
    }
    return Decision(.escalate, confidence: 100, reason: "there is no way back from here")
  }

  // MARK: Triage

  private func triage(_ query: DecisionQuery) -> Decision {
    let ticket = TicketReader(query.text, plans: plans, prompt: query.prompt)
    let workflow = query.facts.text(.workflow).map { Name($0) } ?? CustomerOnboarding.name
    if let stays = RequestKind.people.first(where: ticket.requests.contains) {
      return Decision(.escalate, confidence: 90, reason: stays.reason ?? "", fields: ticket.fields)
    }
    if workflow != CustomerOnboarding.name || ticket.requests.contains(.planChange) {
      // The work that the words ask for must be the work that the run is for, and no other.
      guard ticket.requests.allSatisfy({ $0.workflow == workflow }), ticket.requests.count == 1 else {
        return Decision(
          .escalate, confidence: 90,
          reason: "the ticket does not ask \(RequestKind.phrase(for: workflow)), or not for that alone",
          fields: ticket.fields)
      }
    } else if ticket.isForbidding {
      return Decision(
        .escalate, confidence: 90, reason: "the ticket asks to stop or to cancel", fields: ticket.fields)
    }
    let missing = RequestKind.needed(for: workflow).filter { ticket.fields[$0] == nil && query.facts[$0] == nil }
    guard missing.isEmpty else {
      return Decision(
        .proceed, confidence: 20 * (3 - missing.count),
        reason: "\(missing.map(\.text).joined(separator: " and ")) is not to be found", fields: ticket.fields)
    }
    if ticket.isHedged {
      return Decision(
        .proceed, confidence: 50, reason: "the writer of the ticket is not sure", fields: ticket.fields)
    }
    return Decision(
      .proceed, confidence: ticket.isExact ? 95 : 80, reason: "the ticket asks \(RequestKind.phrase(for: workflow))",
      fields: ticket.fields)
  }
}
