// What can happen to the messages that systems send by themselves, and when it is offered at all.

import Operations
import Primitives
import Simulation
import Testing

@testable import Faultline

@Suite struct MessageFaultTests {
  private func play(_ faults: [Plan.Entry] = [], dropsRepeats: Bool = false, rings: Int = 1) throws -> ShelfRun {
    try ShelfRun(
      Array(repeating: .look("noon"), count: rings) + [.wait(.minutes(1))], faults: faults,
      systems: [BellBackend(), EchoBackend(dropsRepeats: dropsRepeats), ShelfBackend()],
      operations: "bell.ring")
  }

  private func heard(_ run: ShelfRun) -> [Int64] {
    run.world.trace.entries.compactMap { entry in
      if case .effect(let effect) = entry.event, effect.kind == "echo.sound" { effect.attributes.int("n") } else { nil }
    }
  }

  @Test func withoutFaultsEachMessageIsTakenOnceAndInOrder() throws {
    let run = try play(rings: 2)
    #expect(heard(run) == [1, 2])
    #expect(run.world.faults.isEmpty)
  }

  @Test func aDuplicateIsTakenTwiceByWhoDoesNotLookAtItsId() throws {
    let run = try play([.at("bell.rang", "webhook-duplicate")])
    #expect(heard(run) == [1, 1])
    #expect(run.world.faults.map(\.tookEffect) == [true])
    let ids = run.world.trace.entries.compactMap { entry in
      if case .delivered(let delivery, _) = entry.event { delivery.id } else { nil }
    }
    #expect(ids == ["ring-1", "ring-1"], "every delivery of one event has its id")
  }

  @Test func aDuplicateIsNotOfferedWhereEverybodyDropsIt() throws {
    let run = try play([.at("bell.rang", "webhook-duplicate")], dropsRepeats: true)
    #expect(heard(run) == [1])
    #expect(run.world.unmet.count == 1)
  }

  @Test func aMessageIsOvertakenByTheNext() throws {
    let run = try play([.at("bell.rang", "webhook-reordered", call: 1)], rings: 2)
    #expect(heard(run) == [2, 1])
    #expect(run.world.faults.map(\.tookEffect) == [true])
    #expect(run.world.faults[0].record.site.process == "bell")
  }

  @Test func aMessageIsLateByAtMostWhatItsSenderDeclares() throws {
    let run = try play([.at("bell.rang", "webhook-reordered")])
    let rang = try #require(run.world.trace.entries.first { if case .handled = $0.event { true } else { false } }?.at)
    let arrived = try #require(run.world.trace.entries.first { if case .delivered = $0.event { true } else { false } }?.at)
    #expect(arrived - rang == ServiceBounds.usualNotice)
  }
}

/// Says that it was rung.
struct BellBackend: Backend {
  var rings = 0
  var pending: [(Instant, Int)] = []
  var ledger = EffectLedger()

  var description: ServiceDescription {
    ServiceDescription(
      backend: "bell", profile: "plain",
      operations: [
        Operation(
          "bell.ring", "Rings.", parameters: [Parameter("name", .text, "Why.")],
          effect: EffectClass("bell.sound", .happened), scope: "bell.ring", subject: "name")
      ],
      errors: [], bounds: ServiceBounds(staleness: .zero, lateness: .zero, keyWindow: nil), topics: ["bell.rang"])
  }

  var nextDue: Instant? { pending.first?.0 }

  mutating func handle(_ request: Request, at now: Instant, under conditions: Conditions) -> Response {
    rings += 1
    pending.append((now, rings))
    return .ok()
  }

  mutating func advance(to now: Instant) -> [Delivery] {
    defer { pending = [] }
    return pending.map { Delivery(topic: "bell.rang", id: "ring-\($0.1)", body: ["owner": "noon", "n": .int(Int64($0.1))]) }
  }

  mutating func receive(_ delivery: Delivery, at now: Instant) {}
  func subject(of request: Request) -> Name? { nil }
  func applicable(to request: Request, at now: Instant) -> ApplicableConditions { [] }
  mutating func admit(_ principal: Name, scopes: Set<Name>) {}
  func hash(into hasher: inout StableHasher) { hasher.combine(rings) }
}

/// Makes a sound for each message that it hears.
struct EchoBackend: Backend {
  var dropsRepeats: Bool
  var heard: [String] = []
  var ledger = EffectLedger()

  var description: ServiceDescription {
    ServiceDescription(
      backend: "echo", profile: "plain", operations: [], errors: [],
      bounds: ServiceBounds(staleness: .zero, lateness: .zero, keyWindow: nil))
  }

  var nextDue: Instant? { nil }
  mutating func handle(_ request: Request, at now: Instant, under conditions: Conditions) -> Response { .ok() }
  mutating func advance(to now: Instant) -> [Delivery] { [] }

  mutating func receive(_ delivery: Delivery, at now: Instant) {
    if dropsRepeats, heard.contains(delivery.id) { return }
    heard.append(delivery.id)
    ledger.append(
      Effect(
        backend: "echo", kind: "echo.sound", change: .happened, object: "\(heard.count)", owner: "noon",
        attributes: ["n": delivery.body["n"] ?? .null]))
  }

  func subject(of request: Request) -> Name? { nil }
  func applicable(to request: Request, at now: Instant) -> ApplicableConditions { [] }
  mutating func admit(_ principal: Name, scopes: Set<Name>) {}
  func hash(into hasher: inout StableHasher) { hasher.combine(heard.count) }
}
