// What happened before a run: the systems do it themselves, long enough ago that nothing of it is under way.

import Backends
import Operations
import Primitives

/// Lets the given calls happen in the systems of a scenario, a month before its run begins.
struct Preparation {
  private let scenario: Scenario
  private var systems: [any Backend]
  private var now: Instant

  /// How long before the run the first call was made: longer than any key is kept, any answer is stale and any
  /// lifecycle takes.
  private static let lead = TimeSpan.days(40)
  /// From one call to the next: longer than a cluster takes to run and an identity to be known everywhere.
  private static let pause = TimeSpan.minutes(5)
  private static let principal: Name = "before-the-run"

  /// The systems as they are when the run begins.
  ///
  /// - Throws: `BackendConfigurationError` where a system refuses one of the calls.
  static func systems(_ systems: [any Backend], for scenarios: [Scenario]) throws -> [any Backend] {
    guard let first = scenarios.first, !first.given.isEmpty else { return systems }
    var preparation = Preparation(scenario: first, systems: systems, now: first.start - lead)
    preparation.admit()
    for scenario in scenarios { try preparation.run(scenario) }
    preparation.pass(until: first.start)
    return preparation.systems
  }

  private mutating func admit() {
    for index in systems.indices {
      let scopes = Set(systems[index].description.operations.map(\.scope))
      systems[index].admit(Self.principal, scopes: scopes)
    }
  }

  private mutating func run(_ scenario: Scenario) throws {
    var known = scenario.input
    for (number, call) in scenario.given.enumerated() {
      pass(until: now + Self.pause)
      guard let index = systems.firstIndex(where: { $0.description.operations.contains { $0.name == call.operation } })
      else { throw BackendConfigurationError("No system of this world offers \(call.operation), which 'given' calls.") }
      let entropy = Draw(seed: scenario.run.hash, key: Name("given").hash).derived(UInt64(number))
      let response = systems[index].handle(
        Request(call.operation, call.filled(from: known), principal: Self.principal), at: now,
        under: Conditions(call: nil, entropy: entropy))
      guard response.isSuccess else {
        let why = response.error.map { "\($0.code): \($0.message)" } ?? "status \(response.status)"
        throw BackendConfigurationError("\(call.operation), which 'given' calls, was refused: \(why)")
      }
      if let result = call.result { known[result] = response.body["id"] }
    }
  }

  /// Lets happen what the systems do by themselves until then. The ticketing system has its ticket from the start.
  private mutating func pass(until end: Instant) {
    while let due = systems.indices.compactMap({ index in systems[index].nextDue.map { ($0, index) } })
      .filter({ $0.0 < scenario.start && $0.0 <= end }).min(by: { ($0.0, $0.1) < ($1.0, $1.1) })
    {
      now = max(now, due.0)
      for message in systems[due.1].advance(to: now) {
        for index in systems.indices where index != due.1 { systems[index].receive(message, at: now) }
      }
    }
    now = max(now, end)
  }

  /// The objects that were there when the run began, each by its last effect; what had ended by then is nobody's
  /// concern, unless it is money.
  static func holdings(of systems: [any Backend], in scenario: Scenario) -> [Effect] {
    guard !scenario.given.isEmpty else { return [] }
    var last: [Effect] = []
    for system in systems {
      for effect in system.ledger.effects {
        if let index = last.firstIndex(where: { $0.kind == effect.kind && $0.object == effect.object }) {
          var merged = effect
          if merged.amount == nil { merged.amount = last[index].amount }
          if merged.owner == nil { merged.owner = last[index].owner }
          last[index] = merged
        } else {
          last.append(effect)
        }
      }
    }
    return last.filter { $0.change != .ended || $0.permanence == .permanent }
  }
}
