// A small language for telling oracles what happened, without a world.

import Operations
import Primitives
import Simulation

@testable import Faultline

/// A run told by hand: each sentence appends the events that a world would record.
struct OracleStory {
  var terms: JudgingTerms
  private(set) var events: [(event: WorldEvent, at: Instant)] = []
  private(set) var now = Instant(nanoseconds: 0)
  private var numbers: [UInt8: UInt16] = [:]
  var process = ProcessID(index: 0, incarnation: 1)

  init(_ terms: JudgingTerms = .onboarding()) {
    self.terms = terms
    add(.processStarted(process, trigger: "ticket"))
  }

  /// The index of the newest event, from 1, as traces count.
  var index: Int { events.count }

  @discardableResult
  mutating func add(_ event: WorldEvent, after span: TimeSpan = .milliseconds(10)) -> Int {
    now += span
    events.append((event, now))
    return events.count
  }

  mutating func wait(_ span: TimeSpan) { now += span }

  /// A new logical call, sent once and not answered yet.
  @discardableResult
  mutating func send(
    _ operation: Name, _ arguments: Fields = ["customer": "acme"], key: String? = nil,
    by principal: Name = "onboarding", step: Name = "", isCompensation: Bool = false
  ) -> CallID {
    let number = (numbers[process.index * 16 + process.incarnation] ?? 0) + 1
    numbers[process.index * 16 + process.incarnation] = number
    let id = CallID(process: process.index, incarnation: process.incarnation, number: number)
    let request = Request(operation, arguments, principal: principal, idempotencyKey: key)
    add(.sent(Wire(call: id, attempt: 1), request: request, step: step, isCompensation: isCompensation))
    return id
  }

  mutating func handle(_ id: CallID, _ response: Response = .ok()) {
    add(.handled(Wire(call: id, attempt: 1), response: response, isCopy: false))
  }

  @discardableResult
  mutating func effect(
    _ change: Effect.Change, _ kind: Name, _ object: String, owner: Name? = "acme", amount: Money? = nil,
    _ attributes: Fields = [:], permanence: EffectClass.Permanence? = nil, by cause: CallID?
  ) -> Int {
    let isPermanent = kind == "notify.mail" || kind == "billing.charge"
    return add(
      .effect(
        Effect(
          backend: "system", kind: kind, change: change, object: object, owner: owner, amount: amount,
          attributes: attributes, permanence: permanence ?? (isPermanent ? .permanent : .reversible),
          cause: cause, principal: cause == nil ? nil : "onboarding")))
  }

  /// Somebody who is no agent of the run changes an object.
  @discardableResult
  mutating func somebody(
    _ change: Effect.Change, _ kind: Name, _ object: String, owner: Name? = "acme", amount: Money? = nil,
    _ attributes: Fields = [:], by principal: Name = "desk"
  ) -> Int {
    add(
      .effect(
        Effect(
          backend: "system", kind: kind, change: change, object: object, owner: owner, amount: amount,
          attributes: attributes,
          permanence: kind == "billing.charge" || change == .happened ? .permanent : .reversible, principal: principal)))
  }

  @discardableResult
  mutating func answer(_ id: CallID, _ operation: Name, _ answer: Answer = .response(.ok())) -> Int {
    add(.answered(id, operation: operation, answer))
  }

  /// A call that is done and answered; the index of its effect.
  @discardableResult
  mutating func make(
    _ operation: Name, _ kind: Name, _ object: String, _ arguments: Fields = ["customer": "acme"],
    owner: Name? = "acme", amount: Money? = nil, _ attributes: Fields = [:], key: String? = nil,
    change: Effect.Change = .created, step: Name = "", isCompensation: Bool = false,
    answer: Answer = .response(.ok())
  ) -> Int {
    let id = send(operation, arguments, key: key, step: step, isCompensation: isCompensation)
    let index = effect(change, kind, object, owner: owner, amount: amount, attributes, by: id)
    handle(id)
    self.answer(id, operation, answer)
    return index
  }

  /// A call that changed nothing.
  @discardableResult
  mutating func ask(
    _ operation: Name, _ arguments: Fields = ["customer": "acme"], key: String? = nil,
    answer: Answer = .response(.ok())
  ) -> CallID {
    let id = send(operation, arguments, key: key)
    if case .response(let response) = answer { handle(id, response) }
    self.answer(id, operation, answer)
    return id
  }

  @discardableResult
  mutating func claim(
    _ ending: Ending, holdings: [Claim.Holding] = [], possibly: [Claim.Holding] = [], reason: String? = nil,
    nextAction: String? = nil
  ) -> Int {
    add(
      .claimed(
        process,
        Claim(
          ending, text: "It is \(ending.rawValue).", holdings: holdings, possibly: possibly, reason: reason,
          nextAction: nextAction)))
  }

  /// A person at the desk has the process go on after it handed over.
  mutating func resume() {
    add(.desk("carol", .resumed, process))
    process.incarnation += 1
    add(.processStarted(process, trigger: "resume"))
  }

  mutating func crash() { add(.processCrashed(process)) }

  mutating func restart() {
    process.incarnation += 1
    add(.processStarted(process, trigger: "restart"))
  }

  mutating func end(_ reason: EndReason = .quiet) { add(.ended(reason)) }

  /// Takes the newest events back, to tell another ending.
  mutating func events(dropLast count: Int) { events.removeLast(count) }

  /// A bench that has seen everything.
  func bench() -> OracleBench {
    var bench = OracleBench(terms: terms)
    for (number, entry) in events.enumerated() { bench.observe(entry.event, index: number + 1, at: entry.at) }
    return bench
  }

  /// What was judged.
  func violations() -> [Violation] { bench().conclude().filter { !$0.isAdvice } }
  func advice() -> [Violation] { bench().conclude().filter(\.isAdvice) }
  func violations(of oracle: Name) -> [Violation] { violations().filter { $0.oracle == oracle } }
  /// The names of the oracles that judged, in order, each once.
  var fired: [Name] { violations().reduce(into: []) { if !$0.contains($1.oracle) { $0.append($1.oracle) } } }
}

extension Money {
  static func eur(_ units: Int64) -> Money { Money(minorUnits: units * 100, currency: .eur) }
}
