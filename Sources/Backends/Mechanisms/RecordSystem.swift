// The part of a system of record that differs from every other: its objects and its rules.

import Operations
import Primitives

/// One vendor's objects and handlers. ``SimulatedBackend`` puts the stages that all systems share in front.
protocol RecordSystem: Sendable, StableHashable {
  /// What the system declares about itself; built once.
  var description: ServiceDescription { get }
  var dialect: SystemDialect { get }

  /// When ``advance(to:effects:)`` next has something to do.
  var nextDue: Instant? { get }

  /// Answers an operation without effect from the state as of `call.readAt`.
  func read(_ call: Call) -> Response

  /// Executes a mutation on the fresh state, and records every effect it has.
  mutating func write(_ call: Call, effects: inout EffectWriter) -> Handling

  /// Does what has become due, each step at its own instant; returns what the system sends by itself.
  mutating func advance(to now: Instant, effects: inout EffectWriter) -> [Delivery]

  /// Takes a message from another system.
  mutating func receive(_ delivery: Delivery, at now: Instant, effects: inout EffectWriter)

  /// The business object of a request that names an id, by natural key. Asked before the argument that the
  /// operation declares as its subject; nil leaves it to that argument.
  func subject(of request: Request) -> Name?

  /// How old the state may be that this operation answers from; zero where reads are consistent. For a
  /// mutation: how old the state may be on which it looks up what it is addressed to.
  func staleness(of operation: Operation) -> TimeSpan

  /// Whether the replica that serves this call shows what a fresh one shows, of all that the call looks at. A
  /// shortcut for ``SimulatedBackend``, which else answers twice to find out.
  func isFresh(for call: Call) -> Bool

  /// Which conditions other than a lagging read would change something about this call.
  func applicable(to call: Call) -> ApplicableConditions

  /// Who else works with the objects of this system: a person, or an automation of the vendor's.
  var bystander: Name { get }

  /// What the bystander could do to the object of a request just before it is handled; see
  /// ``Backend/outOfBandChanges(before:at:)``.
  func outOfBandChanges(before call: Call) -> OutOfBandChanges

  /// Lets the bystander do it. By default it does what the call asks for.
  mutating func apply(_ change: OutOfBandChange, before call: Call, effects: inout EffectWriter)

  /// What a replay of a key answers, given what was kept: the same, unless the vendor answers with the
  /// current state of the object.
  func replay(_ kept: Response, to call: Call) -> Response
}

extension RecordSystem {
  func replay(_ kept: Response, to call: Call) -> Response { kept }
  var bystander: Name { "operator" }
  func outOfBandChanges(before call: Call) -> OutOfBandChanges { [] }
  mutating func apply(_ change: OutOfBandChange, before call: Call, effects: inout EffectWriter) {
    _ = write(call, effects: &effects)
  }
  func isFresh(for call: Call) -> Bool { false }
  func applicable(to call: Call) -> ApplicableConditions { [] }
  mutating func receive(_ delivery: Delivery, at now: Instant, effects: inout EffectWriter) {}
}
