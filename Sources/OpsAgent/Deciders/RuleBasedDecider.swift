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
    if ticket.isForbidding {
      return Decision(
        .escalate, confidence: 90, reason: "the ticket asks to stop or to cancel", fields: ticket.fields)
    }
    var known = 0
    for name in [Name.customer, .plan, .period] where ticket.fields[name] != nil || query.facts[name] != nil {
      known += 1
    }
    guard known == 3 else {
      return Decision(
        .proceed, confidence: 20 * known, reason: "customer, plan or period is not to be found",
        fields: ticket.fields)
    }
    if ticket.isHedged {
      return Decision(
        .proceed, confidence: 50, reason: "the writer of the ticket is not sure", fields: ticket.fields)
    }
    return Decision(
      .proceed, confidence: ticket.isExact ? 95 : 80, reason: "the ticket asks to onboard a customer",
      fields: ticket.fields)
  }
}
