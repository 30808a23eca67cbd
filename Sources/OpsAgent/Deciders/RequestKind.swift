// What people ask a ticketing system for, and what of it stays with people.

import Primitives

/// What a ticket asks for.
enum RequestKind: Hashable, Sendable {
  case onboarding, offboarding, planChange
  /// Somebody has to lead an incident.
  case incident
  /// Somebody has to say what a policy means.
  case interpretation
  /// Somebody has to decide about money that no rule gives.
  case adjustment

  /// The workflow that does it; nil for what stays with people.
  var workflow: Name? {
    switch self {
    case .onboarding: CustomerOnboarding.name
    case .offboarding: CustomerOffboarding.name
    case .planChange: PlanChange.name
    case .incident, .interpretation, .adjustment: nil
    }
  }

  /// Why no workflow may do it; nil where one may.
  var reason: String? {
    switch self {
    case .onboarding, .offboarding, .planChange: nil
    case .incident: "to coordinate an incident stays with people: page the incident lead"
    case .interpretation: "what a policy means stays with people: ask whoever owns the policy"
    case .adjustment: "a one-off adjustment of money stays with people: ask finance, who has to decide it"
    }
  }

  /// What stays with people, in the order in which it is looked for.
  static let people: [RequestKind] = [.incident, .interpretation, .adjustment]

  /// Why a ticket with this text is plainly no work for a workflow; nil where it may be, in whatever words.
  static func objection(to workflow: Name, in text: String) -> String? {
    let ticket = TicketReader(text, plans: [])
    let requests = ticket.requests
    // To cancel is what other workflows are for.
    if workflow == CustomerOnboarding.name, ticket.isForbidding { return "the ticket asks to stop or to cancel" }
    if let stays = people.first(where: requests.contains) { return stays.reason }
    guard !requests.isEmpty, !requests.contains(where: { $0.workflow == workflow }) else { return nil }
    return "the ticket does not ask \(phrase(for: workflow))"
  }

  /// What has to be known before it can be done, beside the customer.
  static func needed(for workflow: Name) -> [Name] {
    workflow == CustomerOffboarding.name ? [.customer, .period] : [.customer, .plan, .period]
  }

  /// How people say it.
  static func phrase(for workflow: Name) -> String {
    switch workflow {
    case CustomerOffboarding.name: "to offboard a customer"
    case PlanChange.name: "for another plan"
    default: "to onboard a customer"
    }
  }
}
