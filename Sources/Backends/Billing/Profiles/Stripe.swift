// What Stripe's two API generations share.

import Operations
import Primitives

/// Stripe's front end. Error codes: https://docs.stripe.com/error-codes; behaviour: https://docs.stripe.com/error-low-level.
enum Stripe {
  static let mismatch = Refusal(
    400, "idempotency_error", .keyMismatch, "The key {} was first used with other parameters.")
  static let otherEndpoint = Refusal(
    400, "idempotency_error", .keyMismatch, "The key {} was first used on another endpoint.")
  static let inFlight = Refusal(
    409, "idempotency_key_in_use", .inFlight, "A request with the key {} is still in progress.")
  static let keyTooLong = Refusal(
    400, "idempotency_key_too_long", .refused, "A key has at most 255 characters.")

  /// 100 requests a second for an account and 25 for each endpoint; a refusal names the reason and never says
  /// when to come back (https://docs.stripe.com/rate-limits).
  static let limiter = LimiterDialect(
    rules: [
      LimitRule(.all, per: .account, .window(100, per: .seconds(1)), headers: reason("global-rate")),
      LimitRule(.all, per: .operation, .window(25, per: .seconds(1)), headers: reason("endpoint-rate")),
    ],
    refusal: Refusal(429, "rate_limit", .notNow, "Too many requests."))

  /// - Parameter headers: what a 500 carries beside its status.
  static func dialect(_ idempotency: IdempotencyDialect, serverErrorHeaders headers: Fields) -> SystemDialect {
    SystemDialect(
      idempotency: idempotency, limiter: limiter,
      unauthenticated: Refusal(401, "invalid_api_key", .forbidden, "There is no key for {}."),
      expired: Refusal(401, "api_key_expired", .expired, "The key of {} has expired."),
      forbidden: Refusal(403, "insufficient_permissions", .forbidden, "The key lacks the permission {}."),
      outage: Refusal(503, "service_unavailable", .indeterminate, "The service is unavailable."),
      serverError: Refusal(500, "api_error", .indeterminate, "An error occurred on our side.", headers: headers),
      invalidParameter: Refusal(400, "parameter_invalid", .malformed, "Invalid parameter: {}."),
      refusesUnknownParameters: true)
  }

  static func description(
    _ profile: Name, _ dialect: SystemDialect, keysOnDelete: Bool, keyWindow: TimeSpan
  ) -> ServiceDescription {
    ServiceDescription(
      backend: .billing, profile: profile, operations: BillingOperations.all(keysOnDelete: keysOnDelete),
      errors: dialect.errors + BillingRefusal.all.map(\.documented),
      // Staleness: search lags by less than a minute (https://docs.stripe.com/search). Lateness: not documented;
      // our choice, as long as Stripe's SDKs wait for an answer (80 seconds).
      bounds: ServiceBounds(staleness: .minutes(1), lateness: .seconds(80), keyWindow: keyWindow),
      values: [
        ClosedField(
          .status,
          [
            "draft", "open", "paid", "void", "uncollectible", "active", "canceled", "succeeded", "refunded", "issued",
          ])
      ])
  }

  private static func reason(_ reason: String) -> Fields { ["stripe-rate-limited-reason": .text(reason)] }
}
