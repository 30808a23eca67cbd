// A pager in the manner of PagerDuty's Events API v2, from its public documentation.

import Operations
import Primitives

extension NotificationDialect {
  /// PagerDuty's dialect: https://developer.pagerduty.com/docs/events-api-v2-overview. It takes no idempotency key;
  /// `dedup_key` is the natural key of a page while it is open. Lateness is our modelling choice.
  static let pager = NotificationDialect(
    profile: "pager",
    front: SystemDialect(
      idempotency: nil,
      limiter: LimiterDialect(
        rules: [.pagerDuty],
        refusal: Refusal(429, "throttle_exceeded", .notNow, "Requests for this service arrive too quickly.")),
      unauthenticated: Refusal(400, "invalid_routing_key", .forbidden, "The routing key of {} is invalid."),
      forbidden: Refusal(403, "access_denied", .forbidden, "The key lacks {}."),
      outage: Refusal(503, "service_unavailable", .indeterminate, "The service is unavailable."),
      serverError: Refusal(500, "internal_error", .indeterminate, "An error occurred while processing the event."),
      invalidParameter: PageRules.pagerDuty.invalidEvent),
    bounds: ServiceBounds(staleness: PageRules.pagerDuty.staleness, lateness: .minutes(1), keyWindow: nil),
    mail: nil,
    pages: .pagerDuty)
}

extension NotificationDialect.PageRules {
  /// Lengths: https://developer.pagerduty.com/docs/send-alert-event. That an accepted event is visible a few seconds
  /// later follows from the API being asynchronous; two seconds, and five at most, are our modelling choice.
  static let pagerDuty = Self(
    invalidEvent: Refusal(400, "invalid_event", .refused, "Event object is invalid: {}."),
    longestSummary: 1_024,
    longestKey: 255,
    ingestion: .seconds(2),
    staleness: .seconds(5))
}

extension LimitRule {
  /// PagerDuty throttles by load and documents no number (https://developer.pagerduty.com/docs/events-api-v2-overview);
  /// 120 events a minute are our modelling choice.
  static let pagerDuty = LimitRule(
    .operations([.page, .resolvePage]), per: .account, .window(120, per: .minutes(1)))
}
