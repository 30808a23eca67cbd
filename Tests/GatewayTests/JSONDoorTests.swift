// The plain door: what it takes, what it refuses, and what each fault does to the socket and to the truth.

import Faultline
import Operations
import Primitives
import Simulation
import Testing

@testable import Gateway

@Suite struct JSONDoorTests {
  private func ask(_ request: WireRequest, in session: Session) async -> WireReply {
    await JSONDoor().handle(request, in: session)
  }

  private func finish(_ session: Session) async -> RunRecord {
    await session.close()
    return await session.finished()
  }

  @Test func anOperationIsDoneAndAnswered() async throws {
    let session = try await Bench.session()
    let reply = await ask(Bench.post("v1/cloud/create_network", Bench.network), in: session)
    let response = try #require(reply.response)
    #expect(response.status == 200)
    #expect(response.document?["customer"] == "acme")
    #expect(await finish(session).made("cloud.network") == 1)
  }

  @Test(arguments: [
    ("response-lost", Aspect.answer, 1), ("request-lost", .request, 0), ("late-arrival:at-end", .request, 1),
  ] as [(Name, Aspect, Int)])
  func aLostMessageClosesTheSocket(fault: Name, aspect: Aspect, made: Int) async throws {
    let session = try await Bench.session([Bench.fault("cloud.create_network", fault, aspect)])
    #expect(await ask(Bench.post("v1/cloud/create_network", Bench.network), in: session).isClosed)
    #expect(await finish(session).made("cloud.network") == made)
  }

  @Test func aTruncatedAnswerIsCutOffAfterTheCommit() async throws {
    let session = try await Bench.session([Bench.fault("cloud.create_network", "truncated-response", .answer)])
    let reply = await ask(Bench.post("v1/cloud/create_network", Bench.network), in: session)
    guard case .cutOff(let whole, .middle) = reply else {
      Issue.record("the body was not cut off")
      return
    }
    #expect(whole.document?["name"] == "acme-net")
    #expect(await finish(session).made("cloud.network") == 1)
  }

  @Test func anErrorAfterCommitIsAProblemAndTheTruthIsDone() async throws {
    let session = try await Bench.session([Bench.fault("cloud.create_network", "error-after-commit", .answer)])
    let reply = await ask(Bench.post("v1/cloud/create_network", Bench.network), in: session)
    let response = try #require(reply.response)
    #expect(response.status >= 500)
    #expect(response.header("content-type") == "application/problem+json")
    #expect(await finish(session).made("cloud.network") == 1)
  }

  @Test func aLimitedCallSaysHowLongToWaitWhereTheVendorDoes() async throws {
    let session = try await Bench.session([Bench.fault("ticketing.get_ticket", "rate-limited", .request)])
    let reply = await ask(Bench.post("v1/ticketing/get_ticket", ["ticket": "1001"]), in: session)
    let response = try #require(reply.response)
    #expect(response.status == 429)
    #expect(response.header("retry-after").flatMap { Int($0) } ?? 0 > 0)
  }

  /// A library's attempts are one logical call, which loses all its answers; the agent's next wish is another.
  @Test func attemptsUnderOneKeyAreOneCall() async throws {
    let session = try await Bench.session([Bench.fault("billing.create_customer", "response-lost", .answer)])
    let request = Bench.post(
      "v1/billing/create_customer", ["reference": "acme"], headers: [("idempotency-key", "one")])
    for attempt in 1...3 {
      let reply = await ask(request, in: session)
      #expect(reply.isClosed, "attempt \(attempt)")
    }
    let fourth = await ask(request, in: session)
    #expect(fourth.response?.status == 200)
    let record = await finish(session)
    #expect(record.verdict.metrics.calls == 2)
    #expect(record.verdict.metrics.attempts == 4)
    #expect(record.made("billing.customer") == 1)
  }

  @Test func requestsThatComeTogetherAreTakenInOneOrder() async throws {
    func hash() async throws -> UInt64 {
      let session = try await Bench.session(quiet: .milliseconds(50))
      let names = ["b", "a", "c"].shuffled()
      await withTaskGroup(of: Void.self) { group in
        for name in names {
          group.addTask {
            _ = await JSONDoor().handle(
              Bench.post("v1/identity/create_role", ["name": .text(name), "customer": "acme"]), in: session)
          }
        }
      }
      return await finish(session).verdict.traceHash
    }
    let first = try await hash()
    for _ in 0..<3 { #expect(try await hash() == first) }
  }

  @Test(arguments: [
    ("GET", "v1/cloud/create_network", "{}", 405), ("POST", "v1/cloud/conquer", "{}", 404),
    ("POST", "v1/cloud/create_network", "{", 400), ("POST", "v1/cloud/create_network", "[]", 400),
    ("POST", "v1/cloud/create_network", #"{"name": 7}"#, 400),
    ("POST", "v1/cloud/create_network", #"{"nam": "acme-net"}"#, 400),
  ])
  func whatIsNoCallIsRefusedAndNothingRuns(method: String, path: String, body: String, status: Int) async throws {
    let session = try await Bench.session()
    let reply = await ask(WireRequest(method: method, path: path, body: Array(body.utf8)), in: session)
    #expect(reply.response?.status == status)
    #expect(reply.response?.document?["detail"]?.text?.isEmpty == false)
    #expect(await finish(session).verdict.metrics.calls == 0)
  }

  @Test func anInstantGoesThereAndBackToTheNanosecond() throws {
    let instant = Instant(year: 2026, month: 11, day: 2, hour: 9) + TimeSpan(nanoseconds: 123_456_789)
    #expect(JSON(Value.instant(instant)) == "2026-11-02T09:00:00.123456789Z")
    #expect(JSON(Value.instant(instant)).value(as: .instant) == .instant(instant))
    #expect(JSON("2026-11-02T09:00:00.1234567891Z").value(as: .instant) == nil)
  }

  @Test func moneyIsTakenInBothForms() {
    let amount = Value.money(Money(minorUnits: 120_000, currency: .eur))
    #expect(JSON(amount).value(as: .money) == amount)
    #expect(JSON("1,200.00 EUR").value(as: .money) == amount)
    #expect(JSON(12.5).value(as: .money) == nil)
  }

  /// Whatever bytes come, an answer goes back and the session lives.
  @Test func noBytesBringItDown() async throws {
    let session = try await Bench.session()
    var draw = Draw(word: 7)
    for _ in 0..<2_000 {
      draw = draw.derived(1)
      var body = Bench.network.bytes
      for step in 0..<(1 + draw.below(4)) {
        let at = Int(draw.derived(10 + step).below(UInt64(body.count)))
        body[at] = UInt8(truncatingIfNeeded: draw.derived(20 + step).word)
      }
      let reply = await ask(
        WireRequest(method: "POST", path: "v1/cloud/describe_networks", body: body), in: session)
      #expect(reply.response != nil)
    }
  }

  @Test func whoseLeaseIsOlderIsRefused() async throws {
    let session = try await Bench.session()
    func change(_ token: String) async -> WireReply {
      await ask(Bench.post("v1/cloud/create_network", Bench.network, headers: [("fencing-token", token)]), in: session)
    }
    #expect(await change("7").response?.status == 200)
    #expect(await change("6").response?.document?["code"] == "StaleFence")
    #expect(await change("7").response?.document?["code"] != "StaleFence")
    #expect(await change("new").response?.status == 400)
    #expect(await finish(session).made("cloud.network") >= 1)
  }
}

extension JSON: ExpressibleByFloatLiteral {
  public init(floatLiteral number: Double) { self = .number(number) }
}
