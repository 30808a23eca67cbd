// A system of record of a user's own: the one that the guide "Add a backend" builds.

import Backends
import Operations
import Primitives

/// A name server: one record for each name, made under a key or found by its customer.
struct NameServer: Backend {
  static let profile = BackendProfile("dns", "toy", "A name server that keeps keys for a day.") { _ in NameServer() }

  // What callers can know beforehand.
  static let service = ServiceDescription(
    backend: "dns", profile: "toy",
    operations: [
      Operation(
        "dns.create_record", "Gives a customer a name.",
        parameters: [
          Parameter("name", .text, "The name, such as acme.example."),
          Parameter("customer", .text, "Whose it is."),
        ],
        effect: EffectClass("dns.record", .created), compensation: "dns.delete_record", scope: "dns.write",
        subject: "customer", takesKey: true, readBack: "dns.list_records"),
      Operation(
        "dns.delete_record", "Takes a name back.", parameters: [Parameter("record", .text, "Its id.")],
        effect: EffectClass("dns.record", .ended), scope: "dns.write", readBack: "dns.list_records"),
      Operation(
        "dns.list_records", "Lists a customer's names.", parameters: [Parameter("customer", .text, "Whose they are.")],
        scope: "dns.read", subject: "customer"),
    ],
    errors: [
      ErrorCode("NoSuchRecord", 404, .notFound), ErrorCode("Forbidden", 403, .forbidden),
      ErrorCode("SlowDown", 429, .notNow), ErrorCode("Unavailable", 503, .notNow),
      ErrorCode("InternalError", 500, .indeterminate),
    ],
    bounds: ServiceBounds(staleness: .zero, lateness: .seconds(60), keyWindow: .hours(24)))

  private struct Record: Hashable, Sendable {
    var id: String
    var name: String
    var customer: String
  }

  private struct Kept: Hashable, Sendable {
    var key: String
    var at: Instant
    var response: Response
  }

  // All that it holds, in the order in which it came: nothing is decided by the order of a hashed collection.
  private var records: [Record] = []
  private var keys: [Kept] = []
  private var admitted: [(principal: Name, scopes: [Name])] = []
  private(set) var ledger = EffectLedger()

  var description: ServiceDescription { Self.service }
  /// Nothing happens here by itself.
  var nextDue: Instant? { nil }
  mutating func advance(to now: Instant) -> [Delivery] { [] }
  mutating func receive(_ delivery: Delivery, at now: Instant) {}

  mutating func admit(_ principal: Name, scopes: Set<Name>) {
    admitted.removeAll { $0.principal == principal }
    admitted.append((principal, scopes.sorted()))
  }

  // MARK: Requests

  mutating func handle(_ request: Request, at now: Instant, under conditions: Conditions) -> Response {
    // In the order of a real front end: what is turned away before the key is looked up says nothing about the key.
    if conditions.outage { return .refused(503, "Unavailable", "Try again later.") }
    guard let operation = description.operations.first(where: { $0.name == request.operation }),
      admitted.contains(where: { $0.principal == request.principal && $0.scopes.contains(operation.scope) })
    else { return .refused(403, "Forbidden", "\(request.principal) may not \(request.operation).") }
    if conditions.limited { return .refused(429, "SlowDown", "Too many requests.", headers: ["retry-after": 5]) }
    if let kept = keys.last(where: { $0.key == request.idempotencyKey }), now < kept.at + .hours(24) {
      return kept.response
    }
    let response = execute(request, under: conditions)
    guard operation.isMutation, response.isSuccess else { return response }
    if let key = request.idempotencyKey { keys.append(Kept(key: key, at: now, response: response)) }
    return conditions.errorAfterCommit ? .refused(500, "InternalError", "Something went wrong.") : response
  }

  private mutating func execute(_ request: Request, under conditions: Conditions) -> Response {
    let customer = request.arguments.text("customer") ?? ""
    switch request.operation {
    case "dns.create_record":
      let record = Record(
        id: conditions.entropy.identifier("rec-"), name: request.arguments.text("name") ?? "", customer: customer)
      records.append(record)
      write(.created, record, by: request, conditions)
      return .ok(body(record))
    case "dns.delete_record":
      guard let index = records.firstIndex(where: { $0.id == request.arguments.text("record") }) else {
        return .refused(404, "NoSuchRecord", "There is no such record.")
      }
      write(.ended, records.remove(at: index), by: request, conditions)
      return .ok()
    default:
      return .ok(["records": .list(records.filter { $0.customer == customer }.map { .record(body($0)) })])
    }
  }

  private func body(_ record: Record) -> Fields {
    ["id": .text(record.id), "name": .text(record.name), "customer": .text(record.customer)]
  }

  /// Every change of state is an effect, and oracles count nothing else.
  private mutating func write(
    _ change: Effect.Change, _ record: Record, by request: Request, _ conditions: Conditions
  ) {
    ledger.append(
      Effect(
        backend: "dns", kind: "dns.record", change: change, object: record.id, owner: Name(record.customer),
        attributes: ["name": .text(record.name)], cause: conditions.call, principal: request.principal))
  }

  // MARK: Questions

  func subject(of request: Request) -> Name? {
    let id = request.arguments.text("record")
    return (request.arguments.text("customer") ?? records.first { $0.id == id }?.customer).map { Name($0) }
  }

  /// Reads are never stale here, nothing runs in the background, and nothing depends on a record.
  func applicable(to request: Request, at now: Instant) -> ApplicableConditions { [] }

  /// Everything that it holds: two worlds are the same only if this says so.
  func hash(into hasher: inout StableHasher) {
    hasher.combine(records.count)
    for record in records {
      hasher.combine(record.id)
      hasher.combine(record.name)
      hasher.combine(record.customer)
    }
    hasher.combine(keys.count)
    for kept in keys {
      hasher.combine(kept.key)
      hasher.combine(kept.at)
      hasher.combine(kept.response)
    }
    hasher.combine(admitted.count)
    for (principal, scopes) in admitted {
      hasher.combine(principal)
      hasher.combine(scopes)
    }
    hasher.combine(ledger)
  }
}
