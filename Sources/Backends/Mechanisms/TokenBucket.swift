// The limiter's arithmetic, in integers: no rounding error accumulates however often a bucket is asked.

import Primitives

/// A bucket that holds at most `limit.capacity` tokens and gains `limit.refill` of them each `limit.period`.
///
/// The level is counted in fractions of a token of which `limit.period` nanoseconds' worth make one: with a
/// period of one second these are nano-tokens. A nanosecond then adds exactly `limit.refill` fractions.
struct TokenBucket: Hashable, Sendable {
  /// Size and speed, as vendors document them ("5, refilled at 2 a second").
  struct Limit: Hashable, Sendable {
    var capacity: Int64
    var refill: Int64
    var period: TimeSpan

    init(capacity: Int64, refill: Int64, per period: TimeSpan = .seconds(1)) {
      precondition(capacity > 0 && refill > 0 && period > .zero, "a bucket without size or refill admits nothing")
      self.capacity = capacity
      self.refill = refill
      self.period = period
    }

    /// So many in each window, all of which may be spent at once.
    static func window(_ count: Int64, per period: TimeSpan) -> Limit {
      Limit(capacity: count, refill: count, per: period)
    }
  }

  let limit: Limit
  /// In fractions of a token; see the type.
  private(set) var level: Int64
  private(set) var updatedAt: Instant

  /// A full bucket.
  init(_ limit: Limit, at now: Instant) {
    self.limit = limit
    level = limit.capacity * limit.period.nanoseconds
    updatedAt = now
  }

  /// Whole tokens in the bucket.
  func available(at now: Instant) -> Int64 { level(at: now) / limit.period.nanoseconds }

  /// Whether `count` tokens are there.
  func has(_ count: Int64 = 1, at now: Instant) -> Bool { level(at: now) >= count * limit.period.nanoseconds }

  /// Takes `count` tokens if they are there, else leaves the bucket as it is.
  mutating func take(_ count: Int64 = 1, at now: Instant) -> Bool {
    let refilled = level(at: now)
    let price = count * limit.period.nanoseconds
    guard refilled >= price else { return false }
    level = refilled - price
    updatedAt = now
    return true
  }

  /// How long until `count` tokens are there; a count above the capacity waits for a full bucket.
  func wait(for count: Int64 = 1, at now: Instant) -> TimeSpan {
    let missing = min(count, limit.capacity) * limit.period.nanoseconds - level(at: now)
    guard missing > 0 else { return .zero }
    return TimeSpan(nanoseconds: (missing + limit.refill - 1) / limit.refill)
  }

  /// Whether it holds all it can.
  func isFull(at now: Instant) -> Bool { level(at: now) == limit.capacity * limit.period.nanoseconds }

  /// The same bucket, last looked at now.
  mutating func settle(at now: Instant) {
    level = level(at: now)
    updatedAt = max(updatedAt, now)
  }

  private func level(at now: Instant) -> Int64 {
    let full = limit.capacity * limit.period.nanoseconds
    let elapsed = (now - updatedAt).nanoseconds
    guard elapsed > 0 else { return level }
    // A year of idling would overflow.
    let (gained, isHuge) = elapsed.multipliedReportingOverflow(by: limit.refill)
    return isHuge || gained >= full - level ? full : level + gained
  }
}

extension TokenBucket: StableHashable {
  func hash(into hasher: inout StableHasher) {
    hasher.combine(limit.capacity)
    hasher.combine(limit.refill)
    hasher.combine(limit.period)
    hasher.combine(level)
    hasher.combine(updatedAt)
  }
}
