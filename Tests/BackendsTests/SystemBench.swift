// One system with one principal, driven by hand.

import Operations
import Primitives
import Testing

@testable import Backends

/// A backend under test and the time at which it is called.
struct SystemBench<System: RecordSystem>: Sendable {
  var backend: SimulatedBackend
  var now = Instant(year: 2026, month: 11, day: 20, hour: 9)
  private var calls: UInt16 = 0

  init(_ system: System) {
    backend = SimulatedBackend(system)
    backend.admit("agent", scopes: Set(backend.description.operations.map(\.scope)))
  }

  var effects: [Effect] { backend.ledger.effects }
  var lastCall: CallID { CallID(process: 0, incarnation: 1, number: calls) }

  @discardableResult
  mutating func call(
    _ operation: Name, _ arguments: Fields = [:], key: String? = nil, lag: TimeSpan = .zero,
    _ adjust: (inout Conditions) -> Void = { _ in }
  ) -> Response {
    calls += 1
    var conditions = Conditions(call: lastCall, entropy: Draw(seed: 7, key: UInt64(calls)), readLag: lag)
    adjust(&conditions)
    return backend.handle(request(operation, arguments, key: key), at: now, under: conditions)
  }

  /// The id of what a call made.
  mutating func make(_ operation: Name, _ arguments: Fields, key: String? = nil) -> String {
    let response = call(operation, arguments, key: key)
    #expect(response.isSuccess, "\(operation): \(response)")
    return response.body.text("id") ?? ""
  }

  func request(_ operation: Name, _ arguments: Fields, key: String? = nil) -> Request {
    Request(operation, arguments, principal: "agent", idempotencyKey: key)
  }

  func applicable(_ operation: Name, _ arguments: Fields, key: String? = nil) -> ApplicableConditions {
    backend.applicable(to: request(operation, arguments, key: key), at: now)
  }

  func subject(_ operation: Name, _ arguments: Fields) -> Name? {
    backend.subject(of: request(operation, arguments))
  }

  @discardableResult
  mutating func wait(_ span: TimeSpan) -> [Delivery] {
    now += span
    return backend.advance(to: now)
  }
}

/// Whether a value's digest covers all of its stored properties: the variants differ from the original and
/// from each other in it, and there is at least one for each property. A ``KeptBody`` is made from the others.
func expectHashCovers<Item: StableHashable>(_ item: Item, variants: [Item], _ comment: Comment) {
  let properties = Mirror(reflecting: item).children.filter { !($0.value is KeptBody) }
  #expect(variants.count >= properties.count, "a property of \(comment) has no variant")
  let digests = Set((variants + [item]).map(\.stableDigest))
  #expect(digests.count == variants.count + 1, "a difference in \(comment) leaves its digest as it was")
}

/// A refusal and its control: the same call on the same state but for what the refusal is about.
struct RefusalCase<System: RecordSystem>: Sendable, CustomTestStringConvertible {
  let name: String
  let code: Name
  let nature: ErrorNature
  let arrange: @Sendable (inout SystemBench<System>) -> Void
  let remove: @Sendable (inout SystemBench<System>) -> Void
  let act: @Sendable (inout SystemBench<System>) -> Response

  init(
    _ name: String, _ code: Name, _ nature: ErrorNature,
    arrange: @escaping @Sendable (inout SystemBench<System>) -> Void = { _ in },
    act: @escaping @Sendable (inout SystemBench<System>) -> Response,
    remove: @escaping @Sendable (inout SystemBench<System>) -> Void
  ) {
    self.name = name
    self.code = code
    self.nature = nature
    self.arrange = arrange
    self.remove = remove
    self.act = act
  }

  var testDescription: String { name }

  func play(on system: System) {
    var bench = SystemBench(system)
    arrange(&bench)
    let before = bench.effects.count
    let refused = act(&bench)
    #expect(refused.error?.code == code, "\(name): \(refused)")
    #expect(Catalogue([bench.backend.description]).nature(of: code) == nature)
    #expect(bench.effects.count == before, "\(name): a refusal had an effect")
    remove(&bench)
    let control = act(&bench)
    #expect(control.isSuccess, "\(name): the control got \(control)")
  }
}
