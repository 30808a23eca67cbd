// A system small enough that every stage in front of its handlers can be seen at work.

import Operations
import Primitives

@testable import Backends

/// Holds things under names. `probe.put` creates one, `probe.drop` takes it away, `probe.get` shows it.
struct ProbeSystem: RecordSystem {
  struct Thing: Record {
    let id: String
    var kept = KeptBody()

    var shown: Fields { ["id": .text(id)] }

    func hash(into hasher: inout StableHasher) { hasher.combine(id) }
  }

  static let absent = Refusal(404, "absent", .notFound, "There is no {}.")
  static let present = Refusal(409, "present", .alreadyExists, "There is a {}.")

  var things = RecordTable<Thing>(retention: .seconds(10))
  let dialect: SystemDialect

  init(
    memory: IdempotencyDialect.Memory = .everyAnswer, capacity: Int64 = 100, enforcesFences: Bool = true,
    expires: Bool = false
  ) {
    dialect = SystemDialect(
      idempotency: IdempotencyDialect(
        carrier: "key", window: .hours(1), memory: memory,
        mismatch: Refusal(400, "mismatch", .keyMismatch, "{}"), inFlight: Refusal(409, "busy", .inFlight, "{}"),
        replayHeaders: ["replayed": "true"], firstHeaders: ["replayed": "false"]),
      limiter: LimiterDialect(
        rules: [LimitRule(.all, per: .account, .window(capacity, per: .hours(1)))],
        refusal: Refusal(429, "limited", .notNow, "Slow down.")),
      unauthenticated: Refusal(401, "who", .forbidden, "{}"),
      expired: expires ? Refusal(401, "expired", .expired, "{}") : nil, forbidden: Refusal(403, "scope", .forbidden, "{}"),
      outage: Refusal(503, "outage", .indeterminate, "Out."),
      serverError: Refusal(500, "error", .indeterminate, "Error."),
      invalidParameter: Refusal(400, "invalid", .malformed, "{}"), enforcesFences: enforcesFences)
  }

  var description: ServiceDescription {
    let name = Parameter("name", .text, "The thing's name.")
    return ServiceDescription(
      backend: "probe", profile: "probe",
      operations: [
        Operation(
          "probe.put", "Creates.", parameters: [name], effect: EffectClass("probe.thing", .created),
          scope: "probe.write", subject: "name", takesKey: true),
        Operation(
          "probe.drop", "Ends.", parameters: [name], effect: EffectClass("probe.thing", .ended),
          scope: "probe.write", subject: "name"),
        Operation("probe.get", "Shows.", parameters: [name], scope: "probe.read", subject: "name"),
      ] + (dialect.expired == nil ? [] : [.renewal(of: "probe", by: "a test", scope: "probe.read")]),
      errors: dialect.errors, bounds: ServiceBounds(staleness: .seconds(10), lateness: .seconds(1), keyWindow: nil))
  }

  var nextDue: Instant? { nil }

  func read(_ call: Call) -> Response {
    let name = call.text("name") ?? ""
    return things.record(name, asOf: call.readAt).map { .ok($0.body) } ?? Self.absent.response(name)
  }

  mutating func write(_ call: Call, effects: inout EffectWriter) -> Handling {
    let name = call.text("name") ?? ""
    let exists = things[name] != nil
    if call.request.operation == "probe.drop" {
      guard exists else { return .refused(Self.absent, name) }
      things.remove(name, at: call.now)
      effects.record(.ended, "probe.thing", object: name, owner: nil)
    } else {
      guard !exists else { return .refused(Self.present, name) }
      things.insert(Thing(id: name), at: call.now)
      effects.record(.created, "probe.thing", object: name, owner: nil)
    }
    return .done(["id": .text(name)])
  }

  mutating func advance(to now: Instant, effects: inout EffectWriter) -> [Delivery] { [] }
  func subject(of request: Request) -> Name? { nil }
  func staleness(of operation: Operation) -> TimeSpan { operation.isMutation ? .zero : .seconds(10) }
  func hash(into hasher: inout StableHasher) { hasher.combine(things) }
}
