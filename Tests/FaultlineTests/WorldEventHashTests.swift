// Law 2: changing any field of any event changes the hash of the trace.

import Faultline
import Operations
import Primitives
import Simulation
import Testing

/// A value with variants of it that differ in one field each.
private struct Specimen<Value: Sendable>: Sendable {
  var base: Value
  var variants: [Value]

  init(_ base: Value, _ variants: [Value]) {
    self.base = base
    self.variants = variants
  }

  /// Carried into a larger value: the base stays the base, every variant becomes one.
  func within<Whole>(_ place: (Value) -> Whole) -> [Whole] { variants.map(place) }
}

/// The base of a value changed at one place.
private func varied<Value: Sendable>(_ base: Value, _ changes: (inout Value) -> Void...) -> Specimen<Value> {
  Specimen(
    base,
    changes.map { change in
      var copy = base
      change(&copy)
      return copy
    })
}

@Suite struct WorldEventHashTests {
  // MARK: Nested values

  private static let process = varied(
    ProcessID(index: 0, incarnation: 1), { $0.index = 1 }, { $0.incarnation = 2 })

  private static let call = varied(
    CallID(process: 0, incarnation: 1, number: 7), { $0.process = 1 }, { $0.incarnation = 2 }, { $0.number = 8 })

  private static let wire = Specimen(
    Wire(call: call.base, attempt: 1),
    call.within { Wire(call: $0, attempt: 1) } + [Wire(call: call.base, attempt: 2)])

  private static let fields: Specimen<Fields> = varied(
    ["name": "acme", "count": 2], { $0["name"] = "beta" }, { $0["count"] = 3 }, { $0["count"] = "2" },
    { $0["count"] = nil }, { $0["more"] = .some(.null) }, { $0 = ["count": 2, "name": "acme"] },
    { $0 = ["nom": "acme", "count": 2] }, { $0["name"] = .list(["acme"]) }, { $0["name"] = .record(["a": 1]) },
    { $0["count"] = .bool(true) }, { $0["count"] = .money(.zero(.eur)) },
    { $0["count"] = .money(Money(minorUnits: 1, currency: .eur)) }, { $0["count"] = .money(.zero(.usd)) },
    { $0["count"] = .instant(Instant(nanoseconds: 2)) })

  private static let request = Specimen(
    Request("cloud.create_cluster", fields.base, principal: "ops", idempotencyKey: "k-1", fence: 3),
    fields.within { Request("cloud.create_cluster", $0, principal: "ops", idempotencyKey: "k-1", fence: 3) }
      + varied(
        Request("cloud.create_cluster", fields.base, principal: "ops", idempotencyKey: "k-1", fence: 3),
        { $0.operation = "cloud.create_network" }, { $0.principal = "other" }, { $0.idempotencyKey = "k-2" },
        { $0.idempotencyKey = nil }, { $0.idempotencyKey = "" }, { $0.fence = 4 }, { $0.fence = nil },
        { $0.fence = 0 }, { $0.fence = -1 }
      ).variants)

  private static let response = Specimen(
    Response(status: 409, body: fields.base, headers: ["retry-after": 1], error: .init("busy", "Wait.")),
    fields.within { Response(status: 409, body: $0, headers: ["retry-after": 1], error: .init("busy", "Wait.")) }
      + varied(
        Response(status: 409, body: fields.base, headers: ["retry-after": 1], error: .init("busy", "Wait.")),
        { $0.status = 429 }, { $0.headers = ["retry-after": 2] }, { $0.headers = [:] }, { $0.error = nil },
        { $0.error?.code = "gone" }, { $0.error?.message = "" }
      ).variants)

  private static let answer = Specimen<Answer>(
    .response(response.base), response.within { .response($0) } + Answer.Absence.allCases.map { .none($0) })

  private static let effect = Specimen(
    effect(),
    fields.within { effect(attributes: $0) } + call.within { effect(cause: $0) }
      + Effect.Change.allCases.filter { $0 != .created }.map { effect(change: $0) }
      + varied(
        effect(), { $0.backend = "billing" }, { $0.kind = "cloud.network" }, { $0.object = "i-2" },
        { $0.owner = "beta" }, { $0.owner = nil }, { $0.amount = nil }, { $0.amount = .zero(.eur) },
        { $0.amount = Money(minorUnits: 500, currency: .usd) }, { $0.permanence = .permanent }, { $0.cause = nil },
        { $0.principal = "other" }, { $0.principal = nil }
      ).variants)

  private static func effect(
    change: Effect.Change = .created, attributes: Fields = fields.base, cause: CallID = call.base
  ) -> Effect {
    Effect(
      backend: "cloud", kind: "cloud.cluster", change: change, object: "i-1", owner: "acme",
      amount: Money(minorUnits: 500, currency: .eur), attributes: attributes, cause: cause, principal: "ops")
  }

  private static let claim = varied(
    Claim(
      .escalated, text: "Stopped.", holdings: [.init(kind: "cloud.cluster", object: "i-1")],
      possibly: [.init(kind: "billing.charge", object: nil)], reason: "no answer", nextAction: "look"),
    { $0.ending = .completed }, { $0.ending = .rolledBack }, { $0.text = "" }, { $0.holdings = [] },
    { $0.holdings[0].kind = "cloud.network" }, { $0.holdings[0].object = nil }, { $0.holdings[0].object = "i-2" },
    { $0.holdings.append($0.holdings[0]) }, { $0.possibly[0].kind = "billing.refund" },
    { $0.possibly[0].object = "ch_1" }, { $0.possibly = [] }, { swap(&$0.holdings, &$0.possibly) },
    { $0.reason = nil }, { $0.reason = "other" }, { $0.nextAction = nil }, { $0.nextAction = "wait" })

  private static let grounds = Specimen(
    grounds(),
    fields.within { grounds(facts: $0) } + fields.within { grounds(fields: $0) } + [
      grounds(text: "Offboard us."), grounds(confidence: 50), grounds(confidence: nil), grounds(confidence: 0),
      grounds(reason: "a guess"),
    ])

  private static func grounds(
    facts: Fields = ["customer": "acme"], text: String = "Onboard us.", confidence: Int? = 95,
    reason: String = "it says so", fields: Fields = ["plan": "pro"]
  ) -> Grounds {
    Grounds(facts: facts, text: text, confidence: confidence, reason: reason, fields: fields)
  }

  private static let decided = Specimen(
    decided(grounds.base),
    grounds.within { decided($0) }
      + varied(
        decided(grounds.base), { $0.point = "other" }, { $0.answer = "stop" }, { $0.answer = nil },
        { $0.proposal = "stop" }, { $0.proposal = nil }, { $0.alternatives = [] },
        { $0.alternatives = ["stop", "go"] }, { $0.grounds = nil }
      ).variants)

  private static func decided(_ grounds: Grounds) -> Decided {
    Decided(point: "triage", answer: "go", proposal: "go", alternatives: ["go", "stop"], grounds: grounds)
  }

  private static let delivery = Specimen(
    Delivery(topic: "cloud.cluster.running", id: "evt_1", body: fields.base),
    fields.within { Delivery(topic: "cloud.cluster.running", id: "evt_1", body: $0) } + [
      Delivery(topic: "cloud.cluster.ended", id: "evt_1", body: fields.base),
      Delivery(topic: "cloud.cluster.running", id: "evt_2", body: fields.base),
    ])

  private static func site(
    process: Name = "agent-0", incarnation: Int = 1, run: Name = "r", point: Name = "p", subject: Name? = "acme",
    call: Int = 1, attempt: Int = 0, aspect: Aspect = .answer
  ) -> Site {
    Site(
      process: process, incarnation: incarnation, run: run, point: point, subject: subject, call: call,
      attempt: attempt, aspect: aspect)
  }

  private static let sites = Specimen(
    site(),
    [
      site(process: "agent-1"), site(incarnation: 2), site(run: "s"), site(point: "q"), site(subject: nil),
      site(subject: "beta"), site(call: 2), site(attempt: 1), site(aspect: .request),
    ])

  private static let observations: [Specimen<Observation>] = [
    Specimen(
      .transition(from: "a", to: "b", isAllowed: true),
      [
        .transition(from: "x", to: "b", isAllowed: true), .transition(from: "a", to: "x", isAllowed: true),
        .transition(from: "b", to: "a", isAllowed: true), .transition(from: "a", to: "b", isAllowed: false),
      ]),
    Specimen(
      .guardChecked(step: "a", holds: true),
      [.guardChecked(step: "b", holds: true), .guardChecked(step: "a", holds: false)]),
    Specimen(.audited(ticket: 1), [.audited(ticket: 2)]),
    Specimen(.compensating(step: "a"), [.compensating(step: "b")]),
    Specimen(.adopted(step: "a", object: "i-1"), [.adopted(step: "b", object: "i-1"), .adopted(step: "a", object: "")]),
    Specimen(
      .readBack(step: "a", found: true), [.readBack(step: "b", found: true), .readBack(step: "a", found: false)]),
    Specimen(.mark("a"), [.mark("b")]),
  ]

  // MARK: Events

  /// Every kind of event with variants that differ in one field each, at any depth.
  private static let events: [Specimen<WorldEvent>] = {
    let p = process.base
    let w = wire.base
    var all: [Specimen<WorldEvent>] = [
      Specimen(
        .processStarted(p, trigger: "restart"),
        process.within { .processStarted($0, trigger: "restart") } + [.processStarted(p, trigger: "takeover")]),
      Specimen(.processCrashed(p), process.within { .processCrashed($0) }),
      Specimen(
        .processPaused(p, until: .afterTimeout),
        process.within { .processPaused($0, until: .afterTimeout) }
          + Landmark.allCases.filter { $0 != .afterTimeout }.map { .processPaused(p, until: $0) }),
      Specimen(.processResumed(p), process.within { .processResumed($0) }),
      Specimen(
        .sent(w, request: request.base, step: "s", isCompensation: false),
        wire.within { .sent($0, request: request.base, step: "s", isCompensation: false) }
          + request.within { .sent(w, request: $0, step: "s", isCompensation: false) } + [
            .sent(w, request: request.base, step: "t", isCompensation: false),
            .sent(w, request: request.base, step: "s", isCompensation: true),
          ]),
      Specimen(
        .handled(w, response: response.base, isCopy: false),
        wire.within { .handled($0, response: response.base, isCopy: false) }
          + response.within { .handled(w, response: $0, isCopy: false) } + [
            .handled(w, response: response.base, isCopy: true)
          ]),
      Specimen(.effect(effect.base), effect.within { .effect($0) }),
      Specimen(
        .attemptEnded(w, answer.base),
        wire.within { .attemptEnded($0, answer.base) } + answer.within { .attemptEnded(w, $0) }),
      Specimen(
        .answered(call.base, operation: "o", answer.base),
        call.within { .answered($0, operation: "o", answer.base) }
          + answer.within { .answered(call.base, operation: "o", $0) } + [
            .answered(call.base, operation: "q", answer.base)
          ]),
      Specimen(
        .fault(FaultRecord(site: sites.base, answer: "response-lost")),
        sites.within { .fault(FaultRecord(site: $0, answer: "response-lost")) } + [
          .fault(FaultRecord(site: sites.base, answer: "request-lost"))
        ]),
      Specimen(
        .stored(p, label: "load", isWrite: false),
        process.within { .stored($0, label: "load", isWrite: false) } + [
          .stored(p, label: "save", isWrite: false), .stored(p, label: "load", isWrite: true),
        ]),
      Specimen(
        .staleWrite(p, label: "save", .refused),
        process.within { .staleWrite($0, label: "save", .refused) } + [
          .staleWrite(p, label: "load", .refused), .staleWrite(p, label: "save", .accepted),
        ]),
      Specimen(
        .storeFailed(p, label: "load", .busy),
        process.within { .storeFailed($0, label: "load", .busy) } + [
          .storeFailed(p, label: "save", .busy), .storeFailed(p, label: "load", .full),
          .storeFailed(p, label: "load", .ioError),
        ]),
      Specimen(
        .decided(p, decided.base),
        process.within { .decided($0, decided.base) } + decided.within { .decided(p, $0) }),
      Specimen(
        .delivered(delivery.base, to: "billing"),
        delivery.within { .delivered($0, to: "billing") } + [.delivered(delivery.base, to: "agent-0")]),
      Specimen(
        .claimed(p, claim.base),
        process.within { .claimed($0, claim.base) } + claim.within { .claimed(p, $0) }),
      Specimen(
        .acted("carol", request: request.base, response: response.base),
        request.within { .acted("carol", request: $0, response: response.base) }
          + response.within { .acted("carol", request: request.base, response: $0) } + [
            .acted("dave", request: request.base, response: response.base)
          ]),
      Specimen(
        .desk("carol", .claimed, p),
        process.within { .desk("carol", .claimed, $0) } + [
          .desk("dave", .claimed, p), .desk("carol", .closed, p), .desk("carol", .resumed, p),
        ]),
      Specimen(.stoodDown(p), process.within { .stoodDown($0) }),
      Specimen(
        .leftOpen(p, doing: "waits"),
        process.within { .leftOpen($0, doing: "waits") } + [.leftOpen(p, doing: "sleeps")]),
      Specimen(
        .ended(.quiet),
        [.ended(.stalled), .ended(.livelocked), .ended(.limit("events")), .ended(.limit("virtual_time"))]),
    ]
    all += observations.map { observation in
      Specimen(
        .observed(p, observation.base),
        process.within { .observed($0, observation.base) } + observation.within { .observed(p, $0) })
    }
    return all
  }()

  @Test func everyFieldOfEveryEventIsInItsHash() {
    for event in Self.events {
      let all = [event.base] + event.variants
      #expect(Set(all).count == all.count, "the variants of \(event.base) must differ")
      for variant in event.variants {
        #expect(variant.stableDigest != event.base.stableDigest, "\(variant) hashes as \(event.base)")
      }
    }
  }

  @Test func noTwoOfAllTheseEventsShareAHash() {
    let all = Self.events.flatMap { [$0.base] + $0.variants }
    #expect(all.count > 200)
    #expect(Set(all.map(\.stableDigest)).count == all.count)
  }

  /// An event or an observation that is new to the vocabulary stops this from compiling until it has a specimen.
  @Test func everyKindOfEventHasASpecimen() {
    func kind(_ event: WorldEvent) -> Int {
      switch event {
      case .processStarted: 0
      case .processCrashed: 1
      case .processPaused: 2
      case .processResumed: 3
      case .sent: 4
      case .handled: 5
      case .effect: 6
      case .attemptEnded: 7
      case .answered: 8
      case .fault: 9
      case .stored: 10
      case .decided: 11
      case .delivered: 12
      case .claimed: 13
      case .stoodDown: 14
      case .ended: 15
      case .leftOpen: 16
      case .acted: 17
      case .desk: 18
      case .observed(_, let observation): 19 + kind(observation)
      case .staleWrite: 26
      case .storeFailed: 27
      }
    }
    func kind(_ observation: Observation) -> Int {
      switch observation {
      case .transition: 0
      case .guardChecked: 1
      case .audited: 2
      case .compensating: 3
      case .adopted: 4
      case .readBack: 5
      case .mark: 6
      }
    }
    #expect(Set(Self.events.map { kind($0.base) }) == Set(0...27))
  }
}
