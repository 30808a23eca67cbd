// Amazon EC2, from its public documentation.

import Operations
import Primitives

extension CloudDialect {
  /// EC2's dialect.
  ///
  /// Codes and statuses: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html. Spans are
  /// our modelling choice, because EC2 documents none: its guide advises to poll from about two seconds upwards
  /// (https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html). That an hour passes until
  /// a terminated instance disappears is documented
  /// (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/terminating-instances.html).
  ///
  /// - Parameter burst: how many requests of one kind the account may send at once where the bucket is a small one.
  static func ec2(deadTokens: TokenOfTheDead, burst: Int64 = 50) -> CloudDialect {
    CloudDialect(
      profile: "ec2",
      front: .ec2(burst: burst),
      bounds: ServiceBounds(staleness: .seconds(5), lateness: .minutes(1), keyWindow: .hours(24)),
      malformedNetwork: Refusal(400, "InvalidVpcID.Malformed", .refused, "Invalid id: '{}' (expecting 'vpc-...')"),
      networkNotFound: Refusal(400, "InvalidVpcID.NotFound", .notFound, "The vpc ID '{}' does not exist"),
      networkInUse: Refusal(
        400, "DependencyViolation", .dependency, "The vpc '{}' has dependencies and cannot be deleted."),
      malformedCluster: Refusal(400, "InvalidInstanceID.Malformed", .refused, "Invalid id: '{}' (expecting 'i-...')"),
      clusterNotFound: Refusal(400, "InvalidInstanceID.NotFound", .notFound, "The instance ID '{}' does not exist"),
      clusterBusy: Refusal(
        400, "IncorrectInstanceState", .dependency, "The instance '{}' is not in a state from which it can be ended."),
      clusterGone: Refusal(
        400, "IncorrectState", .refused, "The instance '{}' has ended or is ending."),
      malformedSnapshot: Refusal(
        400, "InvalidSnapshotID.Malformed", .refused, "Invalid id: '{}' (expecting 'snap-...')"),
      snapshotNotFound: Refusal(400, "InvalidSnapshot.NotFound", .notFound, "The snapshot '{}' does not exist."),
      snapshotInUse: Refusal(400, "InvalidSnapshot.InUse", .dependency, "The snapshot '{}' is in use."),
      invalidValue: Refusal(400, "InvalidParameterValue", .malformed, "Invalid value: {}"),
      vcpuQuota: Refusal(
        400, "VcpuLimitExceeded", .refused, "You have requested more vCPU capacity than your limit of {} allows."),
      instanceQuota: Refusal(
        400, "InstanceLimitExceeded", .refused, "You have reached the limit of {} instances that you can launch."),
      noCapacity: Refusal(
        // "Wait a few minutes and then submit your request again; capacity can shift frequently."
        500, "InsufficientInstanceCapacity", .notNow,
        "There is not enough capacity in the Availability Zone {}; naming no zone may find some."),
      tokenOfTheDead: Refusal(
        400, "IdempotentInstanceTerminated", .refused,
        "The client token belongs to the terminated instance {}; use a different token."),
      deadTokens: deadTokens,
      launchFailure: "Server.InsufficientInstanceCapacity",
      getStaleness: .seconds(2),
      listStaleness: .seconds(5),
      launchTime: .seconds(30),
      shutdownTime: .seconds(45),
      snapshotTime: .seconds(40),
      afterlife: .hours(1),
      quotaAfterlife: .minutes(5))
  }
}

extension SystemDialect {
  /// The front end that EC2's actions share.
  fileprivate static func ec2(burst: Int64) -> SystemDialect {
    SystemDialect(
      idempotency: .ec2, limiter: .ec2(burst: burst),
      unauthenticated: Refusal(401, "AuthFailure", .forbidden, "AWS was not able to validate the credentials of {}."),
      // "If you're using temporary security credentials, this error can also occur if the credentials have expired."
      expired: Refusal(400, "RequestExpired", .expired, "Request has expired: the credentials of {} have."),
      forbidden: Refusal(403, "UnauthorizedOperation", .forbidden, "You are not authorized to perform {}."),
      outage: Refusal(503, "Unavailable", .indeterminate, "The server is overloaded and can't handle the request."),
      serverError: Refusal(500, "InternalError", .indeterminate, "An internal error has occurred."),
      invalidParameter: Refusal(400, "InvalidParameterValue", .malformed, "Invalid value: {}"),
      missingParameter: Refusal(400, "MissingParameter", .malformed, "The request must contain the parameter {}."))
  }
}

extension IdempotencyDialect {
  /// `ClientToken`: https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html. A token is zonal where
  /// the request names a zone, else regional. How long it is kept is undocumented; a day is our choice. A
  /// launch that failed for capacity keeps the token tied to its parameters
  /// (https://github.com/ubicloud/ubicloud/pull/5898).
  fileprivate static let ec2 = IdempotencyDialect(
    carrier: "ClientToken", window: .hours(24), memory: .committedWork, scope: .firstArgument([.zone, .region]),
    mismatch: Refusal(
      400, "IdempotentParameterMismatch", .keyMismatch,
      "Arguments on this idempotent request are inconsistent with arguments used in previous request(s)."),
    inFlight: nil, comparesFailures: true, maximumLength: 64,
    tooLong: Refusal(400, "InvalidParameterValue", .malformed, "Invalid value: a client token has 64 characters at most"))
}

extension LimiterDialect {
  /// Token buckets per action of an account in a region, and resource buckets for what is launched or ended:
  /// https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html. A refusal carries no Retry-After.
  fileprivate static func ec2(burst: Int64) -> LimiterDialect {
    LimiterDialect(
      rules: [
        LimitRule(.reads, per: .operation, TokenBucket.Limit(capacity: 100, refill: 20)),
        LimitRule(
          .operations([.createNetwork, .deleteNetwork, .createSnapshot, .deleteSnapshot, .modifyCluster]),
          per: .operation, TokenBucket.Limit(capacity: burst, refill: 5)),
        LimitRule(.operations([.createCluster]), per: .operation, TokenBucket.Limit(capacity: 5, refill: 2)),
        LimitRule(.operations([.tagCluster]), per: .operation, TokenBucket.Limit(capacity: 100, refill: 10)),
        LimitRule(.operations([.terminateCluster]), per: .operation, TokenBucket.Limit(capacity: 100, refill: 5)),
        LimitRule(
          .operations([.createCluster]), per: .operation, TokenBucket.Limit(capacity: 1_000, refill: 2),
          cost: .argument(.count)),
        LimitRule(.operations([.terminateCluster]), per: .operation, TokenBucket.Limit(capacity: 1_000, refill: 20)),
      ],
      refusal: Refusal(503, "RequestLimitExceeded", .notNow, "Request limit exceeded."))
  }
}
