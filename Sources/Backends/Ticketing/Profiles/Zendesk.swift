// Zendesk: a key on creation only, safe updates, limits with Retry-After.

import Operations
import Primitives

extension BackendProfile {
  static let zendesk = BackendProfile(
    .ticketing, "zendesk", "Zendesk Support: a key on create only (2 hours), safe updates, Retry-After.",
    options: TicketingOptions.parameters + [KeyRisks.storeOption]
  ) { options in
    SimulatedBackend(
      TicketingSystem(
        TicketingRules(
          description: Zendesk.description, dialect: Zendesk.dialect, options: try TicketingOptions(options),
          refusals: Zendesk.refusals, locksClosed: true, statusChangesCollide: false,
          searchAnswersWithIDs: false)),
      KeyRisks(options))
  }
}

private enum Zendesk {
  /// https://developer.zendesk.com/api-reference/introduction/requests/#response-status
  static let refusals = TicketingRules.Refusals(
    missing: Refusal(404, "RecordNotFound", .notFound, "There is no ticket {}."),
    invalid: Refusal(422, "RecordInvalid", .refused, "Record validation: {}."),
    conflict: Refusal(409, "UpdateConflict", .conflict, "The ticket {} changed since it was read."))

  /// https://developer.zendesk.com/api-reference/ticketing/introduction/#idempotency. In-flight behaviour and
  /// what becomes of failures are not documented: here a second request waits for the first, and only
  /// what was done is remembered.
  static let idempotency = IdempotencyDialect(
    carrier: "idempotency-key", window: .hours(2), memory: .committedWork,
    mismatch: Refusal(
      400, "IdempotentRequestError", .keyMismatch, "The parameters are not those of the first use of {}."),
    inFlight: nil, replayHeaders: ["x-idempotency-lookup": "hit"],
    firstHeaders: ["x-idempotency-lookup": "miss"],
    tooLong: Refusal(400, "IdempotencyKeyTooLong", .refused, "A key has at most 255 characters."))

  /// The Enterprise plan, 700 a minute; 100 updates a minute for an account; 30 updates in 10 minutes for one
  /// user and ticket (https://developer.zendesk.com/api-reference/introduction/rate-limits/). Zendesk counts
  /// in fixed windows; the buckets refill evenly. Who comes back early finds the window still spent.
  static let limiter = LimiterDialect(
    rules: [
      LimitRule(
        .all, per: .account, .window(700, per: .minutes(1)),
        headers: ["x-rate-limit": 700, "x-rate-limit-remaining": 0]),
      LimitRule(
        .operations([.updateTicket]), per: .principalAndArgument(.ticket), .window(30, per: .minutes(10))),
      LimitRule(.operations([.updateTicket]), per: .account, .window(100, per: .minutes(1))),
    ],
    refusal: Refusal(429, "TooManyRequests", .notNow, "The limit was reached; see Retry-After."),
    sendsRetryAfter: true, nominalWait: .seconds(10), punishesEarlyRetries: true)

  static let dialect = SystemDialect(
    idempotency: idempotency, limiter: limiter,
    unauthenticated: Refusal(401, "InvalidCredentials", .forbidden, "{} could not be authenticated."),
    // https://developer.zendesk.com/documentation/api-basics/authentication/refresh-token/
    expired: Refusal(401, "invalid_token", .expired, "The access token of {} is expired."),
    forbidden: Refusal(403, "Forbidden", .forbidden, "The scope {} is needed."),
    outage: Refusal(503, "ServiceUnavailable", .indeterminate, "The service is unavailable."),
    serverError: Refusal(500, "InternalError", .indeterminate, "Something went wrong."),
    invalidParameter: Refusal(422, "InvalidParameter", .malformed, "Invalid parameter: {}."))

  /// The search index lags by "up to a few minutes"
  /// (https://developer.zendesk.com/api-reference/ticketing/ticket-management/search/); two are our choice,
  /// and so is the lateness, Zendesk's own request limit of a minute.
  static let description = ServiceDescription(
    backend: .ticketing, profile: "zendesk",
    operations: TicketingOperations.all(keyOnCreate: true, hasSafeUpdate: true, searchTakesFields: false),
    errors: dialect.errors + refusals.all.map(\.documented),
    bounds: ServiceBounds(staleness: .minutes(2), lateness: .minutes(1), keyWindow: .hours(2)),
    topics: [.ticketCreated],
    values: [ClosedField(.status, Ticket.Status.allCases.map(\.rawValue))])
}
