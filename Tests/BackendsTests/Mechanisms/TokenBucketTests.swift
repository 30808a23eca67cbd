// The limiter's arithmetic.

import Primitives
import Testing

@testable import Backends

@Suite("Token bucket")
struct TokenBucketTests {
  let start = Instant(year: 2026, month: 11, day: 20)

  func take(_ bucket: inout TokenBucket, _ count: Int64, at now: Instant) -> Bool { bucket.take(count, at: now) }

  @Test("a full bucket admits its capacity and no more")
  func capacity() {
    var bucket = TokenBucket(TokenBucket.Limit(capacity: 5, refill: 2), at: start)
    for _ in 0..<5 { #expect(take(&bucket, 1, at: start)) }
    #expect(!take(&bucket, 1, at: start))
  }

  @Test("a token comes back exactly when it is due, and not a nanosecond before")
  func refill() {
    var bucket = TokenBucket(TokenBucket.Limit(capacity: 5, refill: 2), at: start)
    #expect(take(&bucket, 5, at: start))
    let early = start + .milliseconds(500) - .nanoseconds(1)
    #expect(!take(&bucket, 1, at: early))
    #expect(bucket.wait(at: early) == .nanoseconds(1))
    #expect(take(&bucket, 1, at: start + .milliseconds(500)))
  }

  @Test("rates that divide no second evenly lose nothing, however often the bucket is asked", arguments: 1...20)
  func noDrift(seed: Int) {
    let limit = TokenBucket.Limit(capacity: 10, refill: 3, per: .seconds(10))
    var bucket = TokenBucket(limit, at: start)
    #expect(take(&bucket, 10, at: start))
    var now = start
    var taken: Int64 = 0
    var draw = Draw(seed: UInt64(seed), key: 1)
    while now - start < .seconds(100) {
      now += draw.span(in: .milliseconds(1)...(.milliseconds(900)))
      draw = draw.derived(1)
      if take(&bucket, 1, at: now) { taken += 1 }
    }
    #expect(taken + bucket.available(at: now) == (now - start).nanoseconds * 3 / 10_000_000_000)
  }

  @Test("waiting as long as the bucket says is enough", arguments: [1, 2, 3, 7] as [Int64])
  func waitIsEnough(count: Int64) {
    var bucket = TokenBucket(.window(7, per: .minutes(1)), at: start)
    #expect(take(&bucket, 7, at: start))
    let wait = bucket.wait(for: count, at: start)
    #expect(take(&bucket, count, at: start + wait))
    #expect(bucket.wait(for: 0, at: start + wait) == .zero)
  }

  @Test("a century of idling fills the bucket and overflows nothing")
  func idling() {
    var bucket = TokenBucket(.window(65_000, per: .hours(1)), at: start)
    #expect(take(&bucket, 65_000, at: start))
    #expect(bucket.available(at: start + .days(36_500)) == 65_000)
  }

  @Test("a request above the capacity is never admitted and takes nothing")
  func aboveCapacity() {
    var bucket = TokenBucket(TokenBucket.Limit(capacity: 5, refill: 5), at: start)
    #expect(!take(&bucket, 6, at: start))
    #expect(bucket.available(at: start) == 5)
  }
}
