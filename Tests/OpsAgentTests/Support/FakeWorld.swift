// A small world with one table of objects for all systems: enough truth to catch an agent that duplicates.

import OpsAgent
import Operations
import Primitives

/// What goes wrong with one call.
enum Trouble: Hashable {
  /// It never arrives.
  case requestLost
  /// It is done, and the answer is lost.
  case answerLost
  /// It is done, and the front end answers 500.
  case brokenAfterCommit
  /// It arrives this long after it was sent; the caller sees a time-out.
  case late(TimeSpan)
  /// It is done, and done again from a copy of the request this much later.
  case twice(TimeSpan)
  case refused(Name)
  case throttled(retryAfter: Int64?)
  /// The same, and a copy of the request is done this much later.
  case throttledAndLate(TimeSpan)
  /// A read answers from before the last write.
  case stale
  /// What it starts fails later.
  case failsLater
}

struct Thing: Hashable {
  var kind: String
  var id: String
  var fields: Fields
  var isAlive = true

  var customer: String? { fields.text("customer") }
  var status: String { fields.text("status") ?? fields.text("state") ?? "" }
}

struct FakeWorld {
  var now: Instant
  var things: [Thing] = []
  /// As it was before the last change, for stale reads.
  var before: [Thing] = []
  var keys: [(key: String, fingerprint: UInt64, response: Response)] = []
  var late: [(at: Instant, request: Request)] = []
  /// Keyed by operation and how often it has been called, from 1.
  var troubles: [Name: [Int: Trouble]] = [:]
  /// Hits every call of the operation.
  var plagues: [Name: Trouble] = [:]
  var counts: [Name: Int] = [:]
  var log: [(at: Instant, call: Call)] = []
  var made = 0
  var metersClusters = false

  init(now: Instant) {
    self.now = now
    things = [
      Thing(
        kind: "ticket", id: "tic_1",
        fields: ["id": "tic_1", "status": "open", "updated_at": 1, "customer": "acme", "text": .text(FakeWorld.ticket)])
    ]
    before = things
  }

  static let ticket = """
    Please onboard our new customer.
    Customer: acme
    Plan: pro
    Period: 2026-11
    Region: eu-central-1
    """

  func alive(_ kind: String) -> [Thing] { things.filter { $0.kind == kind && $0.isAlive } }
  func calls(_ operation: Name) -> Int { counts[operation] ?? 0 }

  mutating func advance(to instant: Instant) {
    now = max(now, instant)
    for (_, request) in late.filter({ $0.at <= now }) { _ = execute(request) }
    late.removeAll { $0.at <= now }
    for index in things.indices where things[index].fields.text("state") == "pending" {
      guard let launched = things[index].fields["launched"]?.instant, now >= launched + .seconds(30) else { continue }
      let fails = things[index].fields.bool("fails") ?? false
      things[index].fields["state"] = fails ? "terminated" : "running"
      if fails { things[index].isAlive = false } else { meter(things[index]) }
    }
  }

  private mutating func meter(_ cluster: Thing) {
    guard metersClusters else { return }
    add(
      "invoice",
      [
        "customer": cluster.fields["customer"] ?? .null, "period": "2026-11", "status": "open",
        "total": .money(Money(minorUnits: 120_000, currency: .eur)),
      ])
  }

  mutating func answer(_ call: Call) -> Answer {
    log.append((now, call))
    let operation = call.request.operation
    counts[operation, default: 0] += 1
    switch troubles[operation]?[counts[operation] ?? 0] ?? plagues[operation] {
    case nil: return .response(execute(call.request))
    case .requestLost: return .none(.timedOut)
    case .answerLost:
      _ = execute(call.request)
      return .none(.timedOut)
    case .brokenAfterCommit:
      _ = execute(call.request)
      return .response(.refused(500, "broken", "sorry"))
    case .late(let span):
      late.append((now + span, call.request))
      return .none(.timedOut)
    case .twice(let span):
      late.append((now + span, call.request))
      return .response(execute(call.request))
    case .refused(let code):
      let status = FakeCatalogue.errors.first { $0.code == code }?.status ?? 400
      return .response(.refused(status, code, "no"))
    case .throttledAndLate(let span):
      late.append((now + span, call.request))
      return .response(.refused(429, "throttled", "slow down"))
    case .throttled(let seconds):
      var headers = Fields()
      if let seconds { headers["retry-after"] = .int(seconds) }
      return .response(.refused(429, "throttled", "slow down", headers: headers))
    case .stale:
      let fresh = things
      things = before
      let response = execute(call.request)
      things = fresh
      return .response(response)
    case .failsLater:
      let response = execute(call.request)
      things[things.count - 1].fields["fails"] = true
      return .response(response)
    }
  }

  mutating func execute(_ request: Request) -> Response {
    guard let key = request.idempotencyKey, FakeCatalogue.catalogue[request.operation]?.takesKey == true else {
      return handle(request)
    }
    let fingerprint = request.arguments.fingerprint ^ request.operation.hash
    if let known = keys.first(where: { $0.key == key }) {
      return known.fingerprint == fingerprint ? known.response : .refused(400, "mismatch", "other parameters")
    }
    let response = handle(request)
    if response.isSuccess { keys.append((key, fingerprint, response)) }
    return response
  }
}
