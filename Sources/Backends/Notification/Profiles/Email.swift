// A transactional mail provider in the manner of Resend, from its public documentation.

import Operations
import Primitives

extension NotificationDialect {
  /// Resend's dialect (https://resend.com/docs/api-reference/errors), with a pager behind the same front end
  /// where a world needs one: limiter, scopes and outages then answer for pages in the mail vendor's words,
  /// and what a page does is PagerDuty's.
  ///
  /// - Parameters:
  ///   - takesKeys: false for a gateway that strips the header on its way, so that no key ever arrives
  ///     (https://github.com/agentmail-to/agentmail-mcp/issues/49). The description then says so.
  ///   - pages: whether the paging operations exist.
  ///
  /// The window of 24 hours is documented (https://resend.com/docs/dashboard/emails/idempotency-keys); staleness
  /// and lateness are our modelling choice.
  static func email(takesKeys: Bool, pages: Bool) -> NotificationDialect {
    NotificationDialect(
      profile: "email",
      front: .email(takesKeys: takesKeys),
      bounds: ServiceBounds(
        staleness: pages ? .seconds(5) : .seconds(3), lateness: .minutes(1), keyWindow: takesKeys ? .hours(24) : nil),
      mail: MailRules(
        invalidAddress: Refusal(400, "validation_error", .malformed, "Invalid `to` field: {} is not an address."),
        invalidKey: .invalidKey,
        staleness: .seconds(3)),
      pages: pages ? .pagerDuty : nil)
  }
}

extension Refusal {
  fileprivate static let invalidKey = Refusal(
    400, "invalid_idempotency_key", .refused, "The key must be between 1-256 chars.")
}

extension SystemDialect {
  fileprivate static func email(takesKeys: Bool) -> SystemDialect {
    SystemDialect(
      idempotency: takesKeys ? .email : nil, limiter: .email,
      unauthenticated: Refusal(403, "invalid_api_key", .forbidden, "The API key of {} is invalid."),
      forbidden: Refusal(401, "restricted_api_key", .forbidden, "This API key is restricted; it lacks {}."),
      outage: Refusal(503, "service_unavailable", .indeterminate, "The service is unavailable."),
      serverError: Refusal(500, "internal_server_error", .indeterminate, "An unexpected error occurred."),
      invalidParameter: Refusal(400, "validation_error", .malformed, "An error with a field of the request: {}."),
      missingParameter: Refusal(422, "missing_required_field", .malformed, "Missing `{}` field."))
  }
}

extension IdempotencyDialect {
  /// https://resend.com/docs/dashboard/emails/idempotency-keys: a key is tied to the mail that was sent with it.
  fileprivate static let email = IdempotencyDialect(
    carrier: "Idempotency-Key", window: .hours(24), memory: .committedWork,
    mismatch: Refusal(
      409, "invalid_idempotent_request", .keyMismatch, "Same idempotency key used with a different request payload."),
    inFlight: Refusal(
      409, "concurrent_idempotent_requests", .inFlight,
      "Same idempotency key used while original request is still in progress."),
    maximumLength: 256, tooLong: .invalidKey)
}

extension LimiterDialect {
  /// Two requests a second for a team, with the headers of the IETF's sixth draft:
  /// https://resend.com/docs/api-reference/rate-limit.
  fileprivate static let email = LimiterDialect(
    rules: [
      LimitRule(
        .operations([.sendMail, .listMails]), per: .account, .window(2, per: .seconds(1)),
        headers: ["ratelimit-limit": 2, "ratelimit-remaining": 0, "ratelimit-reset": 1]),
      .pagerDuty,
    ],
    refusal: Refusal(429, "rate_limit_exceeded", .notNow, "Too many requests; slow down."), sendsRetryAfter: true)
}
