// Which requests a limiter turns away, and what it tells them.

import Operations
import Primitives
import Testing

@testable import Backends

@Suite("Rate limiter")
struct RateLimiterTests {
  let start = Instant(year: 2026, month: 11, day: 20)
  let write = Operation("test.write", "Writes.", effect: EffectClass("test.thing", .created), scope: "test.write")
  let read = Operation("test.read", "Reads.", scope: "test.read")

  func dialect(_ rules: [LimitRule], retryAfter: Bool = false, punishes: Bool = false) -> LimiterDialect {
    LimiterDialect(
      rules: rules, refusal: Refusal(429, "slow_down", .notNow, "Slow down."), sendsRetryAfter: retryAfter,
      nominalWait: .seconds(7), punishesEarlyRetries: punishes)
  }

  func ask(
    _ limiter: inout RateLimiter, _ dialect: LimiterDialect, _ operation: Operation, _ arguments: Fields = [:],
    by principal: Name = "agent", drained: Bool = false, at now: Instant
  ) -> Response? {
    limiter.refusal(
      of: Request(operation.name, arguments, principal: principal), operation, under: dialect, isDrained: drained,
      at: now)
  }

  @Test("a resource bucket takes as many tokens as objects are asked for")
  func resourceCost() {
    let dialect = dialect([
      LimitRule(.mutations, per: .account, TokenBucket.Limit(capacity: 10, refill: 1), cost: .argument("count"))
    ])
    var limiter = RateLimiter()
    #expect(ask(&limiter, dialect, write, ["count": 8], at: start) == nil)
    #expect(ask(&limiter, dialect, write, ["count": 3], at: start)?.status == 429)
    #expect(ask(&limiter, dialect, write, ["count": 2], at: start) == nil)
    #expect(ask(&limiter, dialect, read, at: start) == nil, "reads are not counted by a rule for mutations")
  }

  @Test("a request that one rule refuses takes no token from another")
  func allOrNone() {
    let dialect = dialect([
      LimitRule(.all, per: .account, .window(2, per: .hours(1))),
      LimitRule(.operations(["test.write"]), per: .account, .window(1, per: .hours(1))),
    ])
    var limiter = RateLimiter()
    #expect(ask(&limiter, dialect, write, at: start) == nil)
    #expect(ask(&limiter, dialect, write, at: start) != nil)
    #expect(ask(&limiter, dialect, read, at: start) == nil)
    #expect(ask(&limiter, dialect, read, at: start) != nil)
  }

  @Test("partitions don't share a bucket")
  func partitions() {
    let dialect = dialect([LimitRule(.all, per: .principalAndArgument("ticket"), .window(1, per: .hours(1)))])
    var limiter = RateLimiter()
    #expect(ask(&limiter, dialect, write, ["ticket": "T-1"], at: start) == nil)
    #expect(ask(&limiter, dialect, write, ["ticket": "T-1"], at: start) != nil)
    #expect(ask(&limiter, dialect, write, ["ticket": "T-2"], at: start) == nil)
    #expect(ask(&limiter, dialect, write, ["ticket": "T-1"], by: "other", at: start) == nil)
  }

  @Test("Retry-After is sent only where the dialect documents it, rounded up to whole seconds")
  func retryAfter() {
    let rules = [LimitRule(.all, per: .account, .window(1, per: .milliseconds(1_500)), headers: ["reason": "burst"])]
    for sends in [true, false] {
      let dialect = dialect(rules, retryAfter: sends)
      var limiter = RateLimiter()
      #expect(ask(&limiter, dialect, read, at: start) == nil)
      let refused = ask(&limiter, dialect, read, at: start)
      #expect(refused?.headers.int("retry-after") == (sends ? 2 : nil))
      #expect(refused?.headers.text("reason") == "burst")
    }
  }

  @Test("a drained limiter refuses once, whatever its buckets hold")
  func drained() {
    let dialect = dialect([LimitRule(.all, per: .account, .window(100, per: .seconds(1)))], retryAfter: true)
    var limiter = RateLimiter()
    #expect(ask(&limiter, dialect, read, drained: true, at: start)?.headers.int("retry-after") == 7)
    #expect(ask(&limiter, dialect, read, at: start) == nil)
  }

  @Test("where early retries are punished, only who waited gets through", arguments: [true, false])
  func earlyRetry(punishes: Bool) {
    let rules = [LimitRule(.all, per: .account, .window(100, per: .seconds(1)))]
    let dialect = dialect(rules, retryAfter: true, punishes: punishes)
    var limiter = RateLimiter()
    #expect(ask(&limiter, dialect, read, drained: true, at: start) != nil)
    let early = ask(&limiter, dialect, read, at: start + .seconds(5))
    #expect(early?.headers.int("retry-after") == (punishes ? 2 : nil))
    #expect(ask(&limiter, dialect, read, by: "other", at: start + .seconds(5)) == nil)
    #expect(ask(&limiter, dialect, read, at: start + .seconds(7)) == nil)
  }

  @Test("a limiter that counts late refuses everything for as long as it lags, and announces less")
  func countsLate() {
    let dialect = dialect([LimitRule(.all, per: .account, .window(100, per: .seconds(1)))], retryAfter: true)
    var limiter = RateLimiter()
    #expect(ask(&limiter, dialect, write, at: start) == nil)
    limiter.fallBehind(by: .seconds(30), at: start)
    let refused = ask(&limiter, dialect, write, at: start + .seconds(1))
    #expect(refused?.retryAfter == .seconds(7))
    #expect(ask(&limiter, dialect, read, at: start + .seconds(8))?.status == 429, "longer than it said")
    #expect(ask(&limiter, dialect, write, at: start + .seconds(30)) == nil)
  }

  @Test("what a limiter owes is part of its hash")
  func lagIsHashed() {
    var limiter = RateLimiter()
    let before = limiter.stableDigest
    limiter.fallBehind(by: .seconds(30), at: start)
    #expect(limiter.stableDigest != before)
  }

  @Test("a limiter that nobody could tell from a fresh one any more is settled, and its digest that of a fresh one")
  func settled() {
    let dialect = dialect(
      [LimitRule(.all, per: .principal, TokenBucket.Limit(capacity: 2, refill: 1))], punishes: true)
    var limiter = RateLimiter()
    _ = ask(&limiter, dialect, read, at: start)
    _ = ask(&limiter, dialect, read, drained: true, at: start)
    func settled(after span: TimeSpan) -> RateLimiter {
      var copy = limiter
      copy.settle(at: start + span)
      return copy
    }
    #expect(!settled(after: .milliseconds(999)).isSettled, "a token is missing")
    #expect(!settled(after: .seconds(6)).isSettled, "the caller was told to wait for 7 s")
    #expect(settled(after: .seconds(7)).isSettled)
    #expect(settled(after: .seconds(7)).stableDigest == RateLimiter().stableDigest)
  }

  @Test("buckets that hold as much are one state, however they came to it and whichever was asked first")
  func settledAlike() {
    let dialect = dialect([LimitRule(.all, per: .principal, TokenBucket.Limit(capacity: 9, refill: 1))])
    func limiter(_ asked: [(Name, TimeSpan)]) -> UInt64 {
      var limiter = RateLimiter()
      for (principal, span) in asked { _ = ask(&limiter, dialect, read, by: principal, at: start + span) }
      limiter.settle(at: start + .seconds(3))
      return limiter.stableDigest
    }
    // Both have 8 of 9 tokens at the third second: what "a" took at the first is back.
    let both = limiter([("a", .seconds(1)), ("a", .seconds(2)), ("a", .seconds(2)), ("b", .seconds(3))])
    #expect(limiter([("b", .seconds(3)), ("a", .seconds(2)), ("a", .seconds(2))]) == both)
    #expect(limiter([("a", .seconds(3)), ("a", .seconds(3)), ("b", .seconds(3))]) != both)
    #expect(limiter([("a", .seconds(2)), ("a", .seconds(2))]) != both)
  }
}
