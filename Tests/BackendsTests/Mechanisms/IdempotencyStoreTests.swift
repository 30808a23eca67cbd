// What a key store remembers, for how long, and among which requests.

import Operations
import Primitives
import Testing

@testable import Backends

@Suite("Idempotency store")
struct IdempotencyStoreTests {
  let start = Instant(year: 2026, month: 11, day: 20)
  let mismatch = Refusal(400, "mismatch", .keyMismatch, "The key {} was used otherwise.")
  let busy = Refusal(409, "in_use", .inFlight, "The key {} is in use.")
  let done = Response.ok(["id": "x1"])
  let failed = Response.refused(402, "declined", "Declined.")
  let broken = Response.refused(500, "broken", "Broken.")

  func dialect(
    _ memory: IdempotencyDialect.Memory = .everyAnswer, scope: IdempotencyDialect.Scope = .account,
    compares: Bool = true, refusesInFlight: Bool = true
  ) -> IdempotencyDialect {
    IdempotencyDialect(
      carrier: "idempotency-key", window: .hours(24), memory: memory, scope: scope,
      mismatch: compares ? mismatch : nil, inFlight: refusesInFlight ? busy : nil)
  }

  func request(_ operation: Name = "test.write", _ arguments: Fields = ["a": 1]) -> Request {
    Request(operation, arguments, principal: "agent", idempotencyKey: "K")
  }

  func store(
    _ dialect: IdempotencyDialect, _ request: Request? = nil, committed: Response, sent: Response
  ) -> IdempotencyStore {
    var store = IdempotencyStore()
    store.remember(
      "K", of: request ?? self.request(), committed: committed, sent: sent, under: dialect, at: start,
      finishesAt: start + .milliseconds(40))
    return store
  }

  /// The answer of a verdict, or nil where the request is to be executed.
  func answer(_ verdict: IdempotencyStore.Verdict) -> Response? {
    switch verdict {
    case .fresh: nil
    case .replay(let response), .refused(let response): response
    }
  }

  @Test("which outcomes a retry sees again is the dialect's choice")
  func memory() {
    let cases: [(IdempotencyDialect.Memory, committed: Response, sent: Response, replay: Response?)] = [
      (.everyAnswer, done, done, done), (.everyAnswer, failed, failed, failed), (.everyAnswer, done, broken, broken),
      (.successes, done, done, done), (.successes, failed, failed, nil), (.successes, done, broken, nil),
      (.committedWork, done, done, done), (.committedWork, failed, failed, nil), (.committedWork, done, broken, done),
    ]
    for (memory, committed, sent, replay) in cases {
      let dialect = dialect(memory)
      let store = store(dialect, committed: committed, sent: sent)
      let verdict = store.verdict(on: "K", of: request(), under: dialect, at: start + .seconds(1))
      #expect(answer(verdict) == replay, "\(memory): \(committed.status) sent as \(sent.status)")
    }
  }

  @Test("a key lives for its window and is a new key afterwards")
  func window() {
    let store = store(dialect(), committed: done, sent: done)
    let last = start + .hours(24) - .nanoseconds(1)
    #expect(answer(store.verdict(on: "K", of: request(), under: dialect(), at: last)) == done)
    #expect(answer(store.verdict(on: "K", of: request(), under: dialect(), at: start + .hours(24))) == nil)
  }

  @Test("other parameters are refused; the order in which they are written does not count")
  func parameters() {
    let first = request("test.write", ["a": 1, "b": 2])
    let store = store(dialect(), first, committed: done, sent: done)
    let now = start + .seconds(1)
    let swapped = request("test.write", ["b": 2, "a": 1])
    #expect(answer(store.verdict(on: "K", of: swapped, under: dialect(), at: now)) == done)
    let other = request("test.write", ["a": 1, "b": 3])
    #expect(answer(store.verdict(on: "K", of: other, under: dialect(), at: now))?.error?.code == "mismatch")
    let elsewhere = request("test.other", ["a": 1, "b": 2])
    #expect(answer(store.verdict(on: "K", of: elsewhere, under: dialect(), at: now))?.error?.code == "mismatch")
    #expect(answer(store.verdict(on: "L", of: first, under: dialect(), at: now)) == nil)
  }

  @Test("a vendor that compares nothing replays the old answer to a new request")
  func comparesNothing() {
    let dialect = dialect(compares: false)
    let store = store(dialect, committed: done, sent: done)
    let other = request("test.write", ["a": 2])
    #expect(answer(store.verdict(on: "K", of: other, under: dialect, at: start + .seconds(1))) == done)
  }

  @Test("while the first request is handled, a second is turned away, or waits for its outcome")
  func inFlight() {
    let during = start + .milliseconds(39)
    let after = start + .milliseconds(40)
    let refusing = dialect()
    let first = store(refusing, committed: done, sent: done)
    #expect(answer(first.verdict(on: "K", of: request(), under: refusing, at: during))?.error?.code == "in_use")
    #expect(answer(first.verdict(on: "K", of: request(), under: refusing, at: after)) == done)
    let waiting = dialect(refusesInFlight: false)
    let second = store(waiting, committed: done, sent: done)
    #expect(answer(second.verdict(on: "K", of: request(), under: waiting, at: during)) == done)
  }

  @Test("an outcome that releases the key still holds it while in flight")
  func releasedInFlight() {
    let dialect = dialect(.successes)
    let store = store(dialect, committed: failed, sent: failed)
    let during = store.verdict(on: "K", of: request(), under: dialect, at: start)
    #expect(answer(during)?.error?.code == "in_use")
    #expect(answer(store.verdict(on: "K", of: request(), under: dialect, at: start + .seconds(1))) == nil)
  }

  @Test("a key that is zonal executes again in another zone and in none")
  func zonal() {
    let dialect = dialect(scope: .argument("zone"))
    let store = store(dialect, request("test.write", ["zone": "a"]), committed: done, sent: done)
    let now = start + .seconds(1)
    for (zone, expected) in [("a", done), ("b", nil)] as [(String, Response?)] {
      let again = request("test.write", ["zone": .text(zone)])
      #expect(answer(store.verdict(on: "K", of: again, under: dialect, at: now)) == expected)
    }
    #expect(answer(store.verdict(on: "K", of: request("test.write", [:]), under: dialect, at: now)) == nil)
  }

  @Test("a key that is unique per operation is another key on another operation")
  func perOperation() {
    let dialect = dialect(scope: .operation)
    let store = store(dialect, committed: done, sent: done)
    let now = start + .seconds(1)
    #expect(answer(store.verdict(on: "K", of: request("test.other"), under: dialect, at: now)) == nil)
    #expect(answer(store.verdict(on: "K", of: request(), under: dialect, at: now)) == done)
  }

  @Test("a shard knows its own keys, and a moved scope is another one")
  func places() {
    let dialect = dialect()
    var store = store(dialect, committed: done, sent: done)
    let other = Response.ok(["id": "x2"])
    let shard = IdempotencyStore.Place(shard: 1)
    let later = start + .seconds(1)
    #expect(answer(store.verdict(on: "K", of: request(), under: dialect, at: later, in: shard)) == nil)
    let moved = IdempotencyStore.Place(isMoved: true)
    #expect(answer(store.verdict(on: "K", of: request(), under: dialect, at: later, in: moved)) == nil)
    let before = store.stableDigest
    store.remember(
      "K", of: request(), committed: other, sent: other, under: dialect, at: later, finishesAt: later, in: shard)
    #expect(store.stableDigest != before)
    // From now on a replay alternates between two things, as the shard will have it.
    #expect(answer(store.verdict(on: "K", of: request(), under: dialect, at: later, in: shard)) == other)
    #expect(answer(store.verdict(on: "K", of: request(), under: dialect, at: later)) == done)
  }
}
