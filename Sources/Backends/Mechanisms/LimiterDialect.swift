// How a vendor limits rates, as data: which buckets, what the refusal says, whether it says when to come back.

import Operations
import Primitives

/// One documented limit: what it counts, per what, and the bucket. A class, since every request asks every rule.
final class LimitRule: Sendable {
  enum Target: Sendable {
    case all, reads, mutations
    case operations([Name])
  }
  /// Calls in different partitions do not share a bucket.
  enum Partition: Sendable {
    case account
    case operation
    case principal
    /// The value of an argument: one bucket for each ticket, each subscription.
    case argument(Name)
    case principalAndArgument(Name)
  }
  enum Cost: Sendable {
    /// One token a request.
    case request
    /// As many tokens as the integer argument says, one where it is absent: a resource bucket.
    case argument(Name)
  }

  let target: Target
  let partition: Partition
  let cost: Cost
  let limit: TokenBucket.Limit
  /// Headers of a refusal by this rule, on top of the dialect's.
  let headers: Fields

  init(
    _ target: Target, per partition: Partition, _ limit: TokenBucket.Limit, cost: Cost = .request,
    headers: Fields = [:]
  ) {
    self.target = target
    self.partition = partition
    self.limit = limit
    self.cost = cost
    self.headers = headers
  }

  func applies(to operation: Operation) -> Bool {
    switch target {
    case .all: true
    case .reads: !operation.isMutation
    case .mutations: operation.isMutation
    case .operations(let names): names.contains(operation.name)
    }
  }

  func partition(of request: Request) -> UInt64 {
    switch partition {
    case .account: 0
    case .operation: request.operation.hash
    case .principal: request.principal.hash
    case .argument(let name): digest(of: request.arguments[name])
    case .principalAndArgument(let name): digest(of: request.arguments[name]) ^ request.principal.hash
    }
  }

  func cost(of request: Request) -> Int64 {
    switch cost {
    case .request: 1
    case .argument(let name): max(1, request.arguments.int(name) ?? 1)
    }
  }

  private func digest(of value: Value?) -> UInt64 { value?.stableDigest ?? 1 }
}

/// A vendor's limiter. A class, as the rules are.
final class LimiterDialect: Sendable {
  let rules: [LimitRule]
  let refusal: Refusal
  /// Whether a refusal carries `retry-after` in whole seconds. Stripe and EC2 document none.
  let sendsRetryAfter: Bool
  /// The wait that a refusal asks for where no bucket says how long: the world drained it.
  let nominalWait: TimeSpan
  /// Whether a caller who comes back before the span it was told is refused again, whatever the bucket holds.
  let punishesEarlyRetries: Bool

  init(
    rules: [LimitRule], refusal: Refusal, sendsRetryAfter: Bool = false, nominalWait: TimeSpan = .seconds(1),
    punishesEarlyRetries: Bool = false
  ) {
    self.rules = rules
    self.refusal = refusal
    self.sendsRetryAfter = sendsRetryAfter
    self.nominalWait = nominalWait
    self.punishesEarlyRetries = punishesEarlyRetries
  }
}
