// AWS IAM, from its public documentation.

import Operations
import Primitives

extension IdentityDialect {
  /// IAM's dialect.
  ///
  /// Codes and statuses: https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html and its siblings.
  /// That changes become visible with a delay is documented
  /// (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html), how long is not: five seconds, a
  /// minute of lateness and five milliseconds of simultaneity are our modelling choice.
  static let iam = IdentityDialect(
    profile: "iam",
    front: .iam,
    bounds: ServiceBounds(staleness: .seconds(5), lateness: .minutes(1), keyWindow: nil),
    invalidName: Refusal(
      400, "ValidationError", .malformed, "The name '{}' must match [\\w+=,.@-]+ and have 64 characters at most."),
    alreadyExists: Refusal(409, "EntityAlreadyExists", .alreadyExists, "{} already exists."),
    notFound: Refusal(404, "NoSuchEntity", .notFound, "{} cannot be found."),
    malformedDocument: Refusal(400, "MalformedPolicyDocument", .refused, "Syntax errors in policy {}."),
    conflict: Refusal(409, "DeleteConflict", .dependency, "Cannot delete entity, {}."),
    concurrent: Refusal(
      409, "ConcurrentModification", .conflict, "Another request is changing {} right now; wait and submit again."),
    tooMany: Refusal(409, "LimitExceeded", .refused, "Cannot exceed quota for AccessKeysPerUser: {}"),
    longestName: 64,
    keysPerRole: 2,
    propagation: .seconds(5),
    simultaneity: .milliseconds(5))
}

extension SystemDialect {
  /// The front end that IAM's actions share:
  /// https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html. IAM takes no idempotency keys. It
  /// throttles, but documents no numbers; those are our modelling choice.
  fileprivate static let iam = SystemDialect(
    idempotency: nil,
    limiter: LimiterDialect(
      rules: [
        LimitRule(.reads, per: .account, TokenBucket.Limit(capacity: 100, refill: 20)),
        LimitRule(.mutations, per: .account, TokenBucket.Limit(capacity: 30, refill: 5)),
      ],
      refusal: Refusal(400, "Throttling", .notNow, "Rate exceeded")),
    unauthenticated: Refusal(403, "InvalidClientTokenId", .forbidden, "The credentials of {} are invalid."),
    // https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
    expired: Refusal(403, "ExpiredTokenException", .expired, "The security token of {} is expired."),
    forbidden: Refusal(403, "AccessDenied", .forbidden, "The principal is not authorized to perform {}."),
    outage: Refusal(503, "ServiceUnavailable", .indeterminate, "The request failed; the server is unavailable."),
    serverError: Refusal(500, "ServiceFailure", .indeterminate, "The request failed because of an unknown error."),
    invalidParameter: Refusal(400, "ValidationError", .malformed, "A parameter fails to satisfy its constraint: {}."))
}
