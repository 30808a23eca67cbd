// Jira Cloud: no keys at all, three limiters, a search that answers with ids.

import Operations
import Primitives

extension BackendProfile {
  static let jira = BackendProfile(
    .ticketing, "jira", "Jira Cloud: no idempotency keys, write limits per issue, search by ids.",
    options: TicketingOptions.parameters
  ) { options in
    SimulatedBackend(
      TicketingSystem(
        TicketingRules(
          description: Jira.description, dialect: Jira.dialect, options: try TicketingOptions(options),
          refusals: Jira.refusals, locksClosed: false, statusChangesCollide: true, searchAnswersWithIDs: true)))
  }
}

private enum Jira {
  /// Jira answers with messages and no codes; these names are ours. Statuses:
  /// https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/
  static let refusals = TicketingRules.Refusals(
    missing: Refusal(404, "issue_not_found", .notFound, "The issue {} does not exist or is hidden."),
    invalid: Refusal(400, "invalid_input", .malformed, "The request is invalid: {}."),
    conflict: Refusal(409, "transition_conflict", .conflict, "Another transition of {} is in progress."))

  /// Points in an hour, bursts in a second, writes to one issue
  /// (https://developer.atlassian.com/cloud/jira/platform/rate-limiting/). Retrying early fails again and may
  /// extend the wait.
  static let limiter = LimiterDialect(
    rules: [
      LimitRule(.all, per: .account, .window(65_000, per: .hours(1)), headers: reason("jira-quota-tenant-based")),
      LimitRule(.all, per: .operation, .window(100, per: .seconds(1)), headers: reason("jira-burst-based")),
      LimitRule(
        .operations([.updateTicket, .deleteTicket]), per: .operation, .window(50, per: .seconds(1)),
        headers: reason("jira-burst-based")),
      LimitRule(issueWrites, per: .argument(.ticket), .window(20, per: .seconds(2)), headers: perIssue),
      LimitRule(issueWrites, per: .argument(.ticket), .window(100, per: .seconds(30)), headers: perIssue),
    ],
    refusal: Refusal(429, "rate_limited", .notNow, "Too many requests; see Retry-After."),
    sendsRetryAfter: true, nominalWait: .seconds(5), punishesEarlyRetries: true)

  static let dialect = SystemDialect(
    idempotency: nil, limiter: limiter,
    unauthenticated: Refusal(401, "unauthorized", .forbidden, "{} is not authenticated."),
    // https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/
    expired: Refusal(401, "token_expired", .expired, "The access token of {} has expired."),
    forbidden: Refusal(403, "forbidden", .forbidden, "The permission {} is missing."),
    outage: Refusal(503, "service_unavailable", .indeterminate, "The service is unavailable."),
    serverError: Refusal(500, "internal_error", .indeterminate, "An internal error occurred."),
    invalidParameter: Refusal(400, "invalid_input", .malformed, "Invalid parameter: {}."),
    refusesUnknownParameters: true)

  /// Search is eventually consistent without a documented bound; a minute is our choice, and so is the lateness.
  static let description = ServiceDescription(
    backend: .ticketing, profile: "jira",
    operations: TicketingOperations.all(keyOnCreate: false, hasSafeUpdate: false, searchTakesFields: true),
    errors: dialect.errors + refusals.all.map(\.documented),
    bounds: ServiceBounds(staleness: .minutes(1), lateness: .minutes(1), keyWindow: nil),
    topics: [.ticketCreated],
    values: [ClosedField(.status, Ticket.Status.allCases.map(\.rawValue))])

  private static let issueWrites = LimitRule.Target.operations([.updateTicket, .deleteTicket, .addComment])
  private static let perIssue = reason("jira-per-issue-on-write")
  private static func reason(_ reason: String) -> Fields { ["ratelimit-reason": .text(reason)] }
}
