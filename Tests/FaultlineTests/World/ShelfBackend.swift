// The smallest backend with everything a fault can bend: a shelf on which named items are put.

import Operations
import Primitives

@testable import Faultline

/// Puts items on a shelf, by key or without one; an item is ready five seconds after it was put.
struct ShelfBackend: Backend {
  struct Item: Hashable {
    var id: String
    var name: String
    var putAt: Instant
    var isReady = false
    var fails: Bool
  }

  static let staleness = TimeSpan.seconds(3)
  var items: [Item] = []
  var keys: [String: Response] = [:]
  /// Until when the key of a slow request is in use, and until when a limiter that counted late refuses.
  var inUseUntil: [String: Instant] = [:]
  var overdrawnUntil: Instant?
  var ledger = EffectLedger()

  var description: ServiceDescription {
    ServiceDescription(
      backend: "shelf", profile: "plain",
      operations: [
        Operation(
          "shelf.put", "Puts an item.", parameters: [Parameter("name", .text, "Its name.")],
          effect: EffectClass("shelf.item", .created), compensation: "shelf.take", scope: "shelf.write",
          subject: "name", takesKey: true, readBack: "shelf.look"),
        Operation(
          "shelf.take", "Takes an item away.", parameters: [Parameter("name", .text, "Its name.")],
          effect: EffectClass("shelf.item", .ended), scope: "shelf.write", subject: "name"),
        Operation(
          "shelf.look", "Counts the items of a name.", parameters: [Parameter("name", .text, "The name.")],
          scope: "shelf.read", subject: "name"),
      ],
      errors: [
        ErrorCode("Limited", 429, .notNow), ErrorCode("Busy", 409, .dependency), ErrorCode("InUse", 409, .inFlight),
      ],
      bounds: ServiceBounds(
        staleness: ShelfBackend.staleness, lateness: .minutes(5), keyWindow: .hours(24)))
  }

  var nextDue: Instant? { items.filter { !$0.isReady }.map { $0.putAt + .seconds(5) }.min() }

  mutating func handle(_ request: Request, at now: Instant, under conditions: Conditions) -> Response {
    if conditions.outage { return .refused(503, "Down", "The shelf is closed.") }
    if conditions.limiterLag > .zero { overdrawnUntil = now + conditions.limiterLag }
    let isOverdrawn = conditions.limiterLag == .zero && overdrawnUntil.map { now < $0 } ?? false
    if conditions.limited || isOverdrawn { return .refused(429, "Limited", "Slow down.", headers: ["retry-after": 2]) }
    let name = request.arguments.text("name") ?? ""
    switch request.operation {
    case "shelf.put":
      if let key = request.idempotencyKey, let until = inUseUntil[key], now < until {
        return .refused(409, "InUse", "The first request is still in progress.")
      }
      if let key = request.idempotencyKey { inUseUntil[key] = now + conditions.handlingTime }
      if let key = request.idempotencyKey, let kept = keys[key] { return kept }
      let item = Item(
        id: conditions.entropy.identifier("it-"), name: name, putAt: now, fails: conditions.lifecycleFails)
      items.append(item)
      ledger.append(effect(.created, item, conditions))
      let response =
        conditions.errorAfterCommit
        ? Response.refused(500, "Internal", "Something broke.") : .ok(["id": .text(item.id)])
      if let key = request.idempotencyKey { keys[key] = response }
      return response
    case "shelf.take":
      if conditions.refusesCompensation { return .refused(409, "Busy", "Something stands on it.") }
      guard let index = items.firstIndex(where: { $0.name == name }) else { return .refused(404, "None", "No item.") }
      ledger.append(effect(.ended, items.remove(at: index), conditions))
      return .ok()
    default:
      let count = items.count { $0.name == name && $0.putAt <= now - conditions.readLag }
      return .ok(["count": .int(Int64(count))])
    }
  }

  private func effect(_ change: Effect.Change, _ item: Item, _ conditions: Conditions) -> Effect {
    Effect(
      backend: "shelf", kind: "shelf.item", change: change, object: item.id, owner: Name(item.name),
      cause: conditions.call)
  }

  mutating func advance(to now: Instant) -> [Delivery] {
    for index in items.indices where !items[index].isReady && items[index].putAt + .seconds(5) <= now {
      items[index].isReady = true
    }
    for item in items where item.fails && item.isReady {
      ledger.append(
        Effect(
          backend: "shelf", kind: "shelf.item", change: .ended, object: item.id, owner: Name(item.name)))
    }
    items.removeAll { $0.fails && $0.isReady }
    return []
  }

  mutating func receive(_ delivery: Delivery, at now: Instant) {}
  func subject(of request: Request) -> Name? { request.arguments.text("name").map { Name($0) } }

  func applicable(to request: Request, at now: Instant) -> ApplicableConditions {
    switch request.operation {
    case "shelf.put": [.lifecycleFailure]
    case "shelf.take": [.compensationRefusal]
    default: items.contains { $0.putAt > now - ShelfBackend.staleness } ? [.readLag] : []
    }
  }

  /// Anybody may take an item that a request is about to take or to look at.
  func outOfBandChanges(before request: Request, at now: Instant) -> OutOfBandChanges {
    let isThere = items.contains { $0.name == request.arguments.text("name") }
    switch request.operation {
    case "shelf.take": return isThere ? .settled : []
    case "shelf.look": return isThere ? .removed : []
    default: return []
    }
  }

  mutating func apply(_ change: OutOfBandChange, before request: Request, at now: Instant, entropy: Draw) {
    guard let index = items.firstIndex(where: { $0.name == request.arguments.text("name") }) else { return }
    var effect = effect(.ended, items.remove(at: index), Conditions(call: nil, entropy: entropy))
    effect.principal = "somebody"
    ledger.append(effect)
  }

  mutating func admit(_ principal: Name, scopes: Set<Name>) {}

  func hash(into hasher: inout StableHasher) { hasher.combine(ledger) }
}
