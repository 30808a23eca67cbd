// The key store: the one mechanism that turns "again" into "once", within its window and its scope.

import Operations
import Primitives

/// Keys that were used, what with, and what came of it.
struct IdempotencyStore: Sendable {
  private struct Entry: Sendable {
    let key: String
    let scope: UInt64
    let shard: UInt8
    let operation: Name
    let fingerprint: UInt64
    let usedAt: Instant
    /// Until then the first request is in flight.
    let finishesAt: Instant
    /// What a replay answers; nil where the outcome released the key.
    let outcome: Response?
  }

  enum Verdict {
    /// Never seen, expired or released: execute.
    case fresh
    /// Answer with this; do not execute.
    case replay(Response)
    case refused(Response)
  }

  /// A part of the store.
  struct Place {
    /// A shard knows the keys that it was sent, and no others.
    var shard: UInt8 = 0
    /// Whether what a request leaves open about its scope is not what it was.
    var isMoved = false
  }

  private var entries: [Entry] = []

  init() {}

  /// - Parameter place: which part of the store the request meets.
  func verdict(
    on key: String, of request: Request, under dialect: IdempotencyDialect, at now: Instant, in place: Place = Place()
  ) -> Verdict {
    if let tooLong = dialect.tooLong, key.utf8.count > dialect.maximumLength { return .refused(tooLong.response(key)) }
    let scope = scope(of: request, under: dialect, in: place)
    guard let index = index(of: key, in: scope, place.shard), now - entries[index].usedAt < dialect.window else {
      return .fresh
    }
    let entry = entries[index]
    let isRunning = now < entry.finishesAt
    if entry.outcome == nil, !isRunning, !dialect.comparesFailures { return .fresh }
    if entry.operation != request.operation, let refusal = dialect.otherOperation ?? dialect.mismatch {
      return .refused(refusal.response(key))
    }
    if entry.fingerprint != request.arguments.fingerprint, let refusal = dialect.mismatch {
      return .refused(refusal.response(key))
    }
    if isRunning, let inFlight = dialect.inFlight { return .refused(inFlight.response(key)) }
    return entry.outcome.map(Verdict.replay) ?? .fresh
  }

  /// Keeps what a request with a key came to.
  ///
  /// - Parameters:
  ///   - committed: what the handler did and would have answered.
  ///   - sent: what the caller was sent, which differs where the front end failed after the commit.
  mutating func remember(
    _ key: String, of request: Request, committed: Response, sent: Response, under dialect: IdempotencyDialect,
    at now: Instant, finishesAt: Instant, in place: Place = Place()
  ) {
    let outcome: Response? =
      switch dialect.memory {
      case .everyAnswer: sent
      case .successes: sent.isSuccess ? sent : nil
      case .committedWork: committed.isSuccess ? committed : nil
      }
    let scope = scope(of: request, under: dialect, in: place)
    if let index = index(of: key, in: scope, place.shard) { entries.remove(at: index) }
    entries.append(
      Entry(
        key: key, scope: scope, shard: place.shard, operation: request.operation,
        fingerprint: request.arguments.fingerprint,
        usedAt: now, finishesAt: finishesAt, outcome: outcome))
  }

  /// A key is kept once in each scope of each shard.
  private func index(of key: String, in scope: UInt64, _ shard: UInt8) -> Int? {
    for index in entries.indices
    where entries[index].scope == scope && entries[index].shard == shard && entries[index].key == key {
      return index
    }
    return nil
  }

  private func scope(of request: Request, under dialect: IdempotencyDialect, in place: Place) -> UInt64 {
    let named = scope(of: request, under: dialect)
    return place.isMoved ? Draw.mix(named ^ IdempotencyStore.moved) : named
  }

  private static let moved = Name("moved").hash

  private func scope(of request: Request, under dialect: IdempotencyDialect) -> UInt64 {
    switch dialect.scope {
    case .account: 0
    case .operation: request.operation.hash
    case .argument(let name): request.arguments[name]?.stableDigest ?? 0
    case .firstArgument(let names): digest(of: names, in: request.arguments)
    }
  }

  private func digest(of names: [Name], in arguments: Fields) -> UInt64 {
    for name in names {
      // With the name: a zone and a region of one spelling are two name spaces.
      if let value = arguments[name] { return Draw.mix(value.stableDigest ^ name.hash) }
    }
    return 0
  }
}

extension IdempotencyStore: StableHashable {
  func hash(into hasher: inout StableHasher) {
    hasher.combine(entries.count)
    for entry in entries {
      hasher.combine(entry.key)
      hasher.combine(entry.scope)
      hasher.combine(UInt64(entry.shard))
      hasher.combine(entry.operation)
      hasher.combine(entry.fingerprint)
      hasher.combine(entry.usedAt)
      hasher.combine(entry.finishesAt)
      hasher.combine(entry.outcome)
    }
  }
}
