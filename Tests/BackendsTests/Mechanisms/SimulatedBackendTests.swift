// The stages that every call passes, and their order.

import Operations
import Primitives
import Testing

@testable import Backends

@Suite("Simulated backend")
struct SimulatedBackendTests {
  let start = Instant(year: 2026, month: 11, day: 20)

  func backend(_ system: ProbeSystem = ProbeSystem()) -> SimulatedBackend {
    var backend = SimulatedBackend(system)
    backend.admit("agent", scopes: ["probe.read", "probe.write"])
    backend.admit("reader", scopes: ["probe.read"])
    return backend
  }

  func put(_ name: String, by principal: Name = "agent", key: String? = nil, fence: Int64? = nil) -> Request {
    Request(
      "probe.put", ["name": .text(name)], principal: principal, idempotencyKey: key, fence: fence)
  }

  func get(_ name: String) -> Request { Request("probe.get", ["name": .text(name)], principal: "agent") }

  func send(
    _ request: Request, to backend: inout SimulatedBackend, after: TimeSpan = .zero,
    _ bend: (inout Conditions) -> Void = { _ in }
  ) -> Response {
    var conditions = Conditions(call: CallID(process: 0, incarnation: 1, number: 1), entropy: Draw(word: 1))
    bend(&conditions)
    return backend.handle(request, at: start + after, under: conditions)
  }

  @Test("an outage answers before anyone is asked who they are, and nothing runs")
  func outageFirst() {
    var backend = backend()
    #expect(send(put("a", by: "stranger"), to: &backend) { $0.outage = true }.status == 503)
    #expect(send(put("a"), to: &backend) { $0.outage = true }.status == 503)
    #expect(backend.ledger.count == 0)
    #expect(send(put("a"), to: &backend).status == 200)
  }

  @Test("a refusal for the scope is recorded as forbidden and takes no token")
  func scopeBeforeLimiter() {
    var backend = backend(ProbeSystem(capacity: 1))
    let refused = send(put("a", by: "reader"), to: &backend)
    #expect(refused.status == 403)
    let nature = backend.description.errors.first { $0.code == refused.error?.code }?.nature
    #expect(nature == .forbidden)
    #expect(send(put("a"), to: &backend).status == 200, "the one token is still there")
    #expect(send(put("b"), to: &backend).status == 429)
  }

  @Test("the limiter answers a retry before the key store can")
  func limiterBeforeKeys() {
    var backend = backend()
    #expect(send(put("a", key: "K"), to: &backend).status == 200)
    let limited = send(put("a", key: "K"), to: &backend, after: .seconds(1)) { $0.limited = true }
    #expect(limited.status == 429)
    #expect(limited.headers["replayed"] == nil)
    let replayed = send(put("a", key: "K"), to: &backend, after: .seconds(2))
    #expect(replayed.status == 200 && replayed.headers.text("replayed") == "true")
    #expect(backend.ledger.count == 1)
  }

  @Test("a refusal for the parameters is not kept with the key")
  func parametersBeforeKeys() {
    var backend = backend()
    let wrong = Request("probe.put", ["name": 7], principal: "agent", idempotencyKey: "K")
    #expect(send(wrong, to: &backend).error?.code == "invalid")
    let missing = Request("probe.put", principal: "agent", idempotencyKey: "K")
    #expect(send(missing, to: &backend).error?.code == "invalid")
    #expect(send(put("a", key: "K"), to: &backend, after: .seconds(1)).status == 200)
  }

  @Test("an error after the commit hides what was done; on a refusal there is nothing to hide")
  func errorAfterCommit() {
    var backend = backend()
    #expect(send(put("a"), to: &backend) { $0.errorAfterCommit = true }.status == 500)
    #expect(backend.ledger.count == 1)
    #expect(send(put("a"), to: &backend) { $0.errorAfterCommit = true }.error?.code == "present")
    #expect(send(get("a"), to: &backend) { $0.errorAfterCommit = true }.status == 200)
  }

  @Test(
    "a retry after an error on committed work sees what the dialect keeps",
    arguments: [(0, 500), (1, 409), (2, 200)])
  func cachedError(memory: Int, status: Int) {
    let memories: [IdempotencyDialect.Memory] = [.everyAnswer, .successes, .committedWork]
    var backend = backend(ProbeSystem(memory: memories[memory]))
    #expect(send(put("a", key: "K"), to: &backend) { $0.errorAfterCommit = true }.status == 500)
    #expect(send(put("a", key: "K"), to: &backend, after: .seconds(1)).status == status)
    #expect(backend.ledger.count == 1)
  }

  @Test("the same request delivered twice at one instant commits once")
  func duplicateDelivery() {
    var backend = backend()
    let answers = [send(put("a", key: "K"), to: &backend), send(put("a", key: "K"), to: &backend)]
    #expect(answers.map(\.status) == [200, 409])
    #expect(answers[1].error?.code == "busy")
    #expect(backend.ledger.count == 1)
  }

  @Test("a smaller fence is refused where fences are enforced", arguments: [true, false])
  func fences(enforced: Bool) {
    var backend = backend(ProbeSystem(enforcesFences: enforced))
    #expect(send(put("a", fence: 2), to: &backend).status == 200)
    let drop = Request("probe.drop", ["name": "a"], principal: "agent", fence: 1)
    let answer = send(drop, to: &backend)
    #expect(answer.error?.code == (enforced ? "StaleFence" : nil))
    #expect(backend.ledger.count == (enforced ? 1 : 2))
  }

  @Test("a lagging read is offered only while it would answer otherwise, and lags no further than declared")
  func readLag() {
    var backend = backend()
    #expect(backend.applicable(to: get("a"), at: start) == [])
    _ = send(put("a"), to: &backend)
    #expect(backend.applicable(to: get("a"), at: start + .seconds(5)) == .readLag)
    #expect(backend.applicable(to: get("b"), at: start + .seconds(5)) == [])
    #expect(backend.applicable(to: get("a"), at: start + .seconds(10)) == [])
    #expect(send(get("a"), to: &backend, after: .seconds(5)) { $0.readLag = .seconds(60) }.status == 404)
    #expect(send(get("a"), to: &backend, after: .seconds(10)) { $0.readLag = .seconds(60) }.status == 200)
  }

  @Test("an effect names the call and the principal that caused it")
  func cause() {
    var backend = backend()
    _ = send(put("a"), to: &backend)
    let effect = backend.ledger.effects.first
    #expect(effect?.cause == CallID(process: 0, incarnation: 1, number: 1))
    #expect(effect?.principal == "agent")
    #expect(effect?.backend == "probe")
  }

  @Test("an unknown operation is refused")
  func unknownOperation() {
    var backend = backend()
    #expect(send(Request("probe.fly", principal: "agent"), to: &backend).error?.code == "UnknownOperation")
  }

  @Test("a copy is another history")
  func copies() {
    var one = backend()
    var two = one
    #expect(one.stableDigest == two.stableDigest)
    _ = send(put("a"), to: &one)
    #expect(two.ledger.count == 0)
    #expect(send(get("a"), to: &two).status == 404)
    #expect(one.stableDigest != two.stableDigest)
  }

  @Test("every stage's state is in the digest")
  func digest() {
    let plain = backend()
    var digests = [plain.stableDigest]
    let changes: [(inout SimulatedBackend) -> Void] = [
      { $0.admit("other", scopes: []) },
      { _ = send(get("a"), to: &$0) },
      { _ = send(put("a"), to: &$0) },
      { _ = send(put("a", key: "K"), to: &$0) },
      { _ = send(put("a", fence: 1), to: &$0) },
    ]
    for change in changes {
      var changed = plain
      change(&changed)
      digests.append(changed.stableDigest)
    }
    #expect(Set(digests).count == digests.count)
  }

  @Test("a read leaves no trace in the state once its token is back; a write does, whatever the ledger says")
  func stateDigest() {
    let fresh = backend(ProbeSystem(capacity: 1))
    var asked = fresh
    _ = send(get("a"), to: &asked)
    #expect(asked.stateDigest(at: start).value != fresh.stateDigest(at: start).value)
    #expect(!asked.stateDigest(at: start).isLasting)
    let later = start + .hours(2)
    #expect(asked.stateDigest(at: later) == fresh.stateDigest(at: later))
    #expect(asked.stateDigest(at: later).isLasting)
    var written = fresh
    _ = send(put("a"), to: &written)
    #expect(written.stateDigest(at: later).value != fresh.stateDigest(at: later).value)
  }

  @Test("an expired credential is refused until it is renewed, and nobody else's is")
  func expiredCredential() throws {
    var backend = backend(ProbeSystem(expires: true))
    let before = backend.stableDigest
    let refused = send(put("a"), to: &backend) { $0.expiresCredential = true }
    #expect(refused.status == 401)
    #expect(backend.description.errors.first { $0.code == refused.error?.code }?.nature == .expired)
    #expect(backend.stableDigest != before)
    #expect(send(put("a"), to: &backend).status == 401)
    #expect(send(Request("probe.get", ["name": "a"], principal: "reader"), to: &backend).status == 404)
    let renewal = try #require(backend.description.renewal)
    #expect(send(Request(renewal, principal: "stranger"), to: &backend).error?.code == "who")
    #expect(send(Request(renewal, principal: "agent"), to: &backend).status == 200)
    #expect(send(put("a"), to: &backend).status == 200)
    #expect(backend.ledger.count == 1)
  }

  @Test("a key is in use for as long as its request takes")
  func slowHandling() {
    var backend = backend()
    #expect(send(put("a", key: "K"), to: &backend) { $0.handlingTime = .seconds(45) }.status == 200)
    #expect(send(put("a", key: "K"), to: &backend, after: .seconds(31)).error?.code == "busy")
    #expect(send(put("a", key: "K"), to: &backend, after: .seconds(45)).headers.text("replayed") == "true")
    #expect(backend.ledger.count == 1)
  }
}
