// Plays one sequence of a conformance table against one backend.

import Operations
import Primitives
import Testing

@testable import Backends

/// A backend in the state that the rows before have left, and what they saved.
struct ConformancePlayer {
  let profile: String
  var backend: any Backend
  var saved: [String: Value] = [:]
  private var now = Self.start
  private var count: UInt64 = 0

  static let start = Instant(year: 2026, month: 11, day: 20, hour: 9)

  init(profile: String, options: [String: JSON]) throws {
    guard let entry = BackendRegistry.profiles.first(where: { $0.profile.text == profile }) else {
      throw TableError("no backend has the profile \(profile); the file's name must be a profile's")
    }
    self.profile = profile
    var fields: Fields = [:]
    for (key, json) in options.sorted(by: { $0.key < $1.key }) {
      let kind = entry.options.first { $0.name.text == key }?.kind
      fields[Name(key)] = try json.value(as: kind, saved: [:])
    }
    backend = try BackendFactory.make(system: entry.system, profile: entry.profile, options: fields, start: Self.start)
    let scopes = Set(backend.description.operations.map(\.scope))
    backend.admit("agent", scopes: scopes)
    backend.admit("reader", scopes: scopes.filter { $0.text.hasSuffix(".read") })
  }

  mutating func play(_ row: ConformanceRow) throws {
    let label: Comment = "\(profile): \(row.sequence.map { "\($0): " } ?? "")\(row.name)"
    let before = backend.ledger.count
    if let ms = row.at_ms { now = Self.start + .milliseconds(ms) }
    let deliveries = backend.advance(to: now)
    if let expected = row.expect?.deliveries {
      #expect(deliveries.map(\.topic.text) == expected, label)
    }
    if let delivery = row.deliver {
      let body = try JSON.fields(delivery.body ?? [:], saved: saved)
      backend.receive(Delivery(topic: Name(delivery.topic), id: delivery.id, body: body), at: now)
    }
    if let request = row.request {
      var response = try send(request, under: row.conditions)
      for _ in 1..<(row.repeat ?? 1) { response = try send(request, under: row.conditions) }
      if let expected = row.expect { check(response, expected, label) }
      for (name, field) in row.save ?? [:] {
        guard let value = response.body[Name(field)] else { throw TableError("\(label): no field \(field) to save") }
        saved[name] = value
      }
    }
    if let expected = row.state?.effects { check(Array(backend.ledger.effects[before...]), expected, label) }
    if let get = row.state?.get {
      let request = ConformanceRow.Request(operation: get.operation, arguments: get.arguments)
      let expected = ConformanceRow.Expectation(status: get.status ?? 200, error: get.error, body: get.body)
      check(try send(request, under: nil), expected, "\(label): state afterwards")
    }
  }

  private mutating func send(_ row: ConformanceRow.Request, under: ConformanceRow.Conditions?) throws -> Response {
    count += 1
    let kinds = backend.description.operations.first { $0.name.text == row.operation }?.parameters ?? []
    let request = Request(
      Name(row.operation), try JSON.fields(row.arguments ?? [:], kinds: kinds, saved: saved),
      principal: Name(row.principal ?? "agent"), idempotencyKey: row.key, fence: row.fence)
    let conditions = Conditions(
      call: CallID(process: 0, incarnation: 1, number: UInt16(truncatingIfNeeded: count)),
      entropy: Draw(seed: 1, key: count), readLag: .milliseconds(under?.read_lag_ms ?? 0),
      lifecycleFails: under?.lifecycle_fails ?? false, errorAfterCommit: under?.error_after_commit ?? false,
      refusesCompensation: under?.refuses_compensation ?? false, limited: under?.limited ?? false,
      outage: under?.outage ?? false)
    return backend.handle(request, at: now, under: conditions)
  }

  private func check(_ response: Response, _ expected: ConformanceRow.Expectation, _ label: Comment) {
    #expect(expected.status == nil || response.status == expected.status, "\(label): \(response)")
    #expect(response.error?.code.text == expected.error, "\(label): \(response)")
    if let code = response.error?.code {
      let documented = backend.description.errors.first { $0.code == code }
      #expect(documented != nil, "\(label): the description does not list \(code)")
    }
    for (name, value) in expected.headers ?? [:] {
      #expect(value.describes(response.headers[Name(name)], saved: saved), "\(label): \(name) in \(response.headers)")
    }
    for name in expected.no_headers ?? [] { #expect(response.headers[Name(name)] == nil, "\(label): \(name)") }
    for (name, value) in expected.body ?? [:] {
      #expect(value.describes(response.body[Name(name)], saved: saved), "\(label): \(name) in \(response.body)")
    }
  }

  private func check(_ effects: [Effect], _ expected: [[String: JSON]], _ label: Comment) {
    #expect(effects.count == expected.count, "\(label): effects \(effects.map { "\($0.kind) \($0.change)" })")
    for (effect, fields) in zip(effects, expected) {
      for (name, value) in fields {
        #expect(value.describes(effect.shown(name), saved: saved), "\(label): \(name) of \(effect)")
      }
    }
  }
}

extension Effect {
  /// A field of an effect by the name that tables use; any other name is an attribute.
  func shown(_ name: String) -> Value? {
    switch name {
    case "kind": .text(kind.text)
    case "change": .text(change.rawValue)
    case "object": .text(object)
    case "owner": owner.map { .text($0.text) }
    case "amount": amount.map(Value.money)
    case "permanence": .text(permanence.rawValue)
    case "principal": principal.map { .text($0.text) }
    case "has_cause": .bool(cause != nil)
    default: attributes[Name(name)]
    }
  }
}
