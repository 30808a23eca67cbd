// The shape of a run: what kind of day it is, beside the plan of what goes wrong on it.

import Primitives

/// How quick everything is, until when faults begin at random, and how much goes on at once.
///
/// A run is a function of seed, shape and plan. The shape of a random run is drawn from its seed, but it is an
/// input of its own: it is saved with the run and may be edited there. Draws stay keyed by site; the shape only
/// scales the bands in which they fall, so that replaying a plan in its shape gives the same hash.
public struct RunShape: Hashable, Sendable, StableHashable {
  /// How long messages between agent and systems take, in percent of the usual.
  public var network: Int
  /// How long a store transaction takes, in percent of the usual.
  public var store: Int
  /// How long messages from systems take, in percent of the usual.
  public var messages: Int
  /// When the safety phase ends, from the beginning of the run: after that no fault begins at random, and the run
  /// must come to an end. Zero where a plan alone says what goes wrong.
  public var calmAfter: TimeSpan
  /// How many workflows are under way at once, each for a customer of its own: the scenario's, and others who want the
  /// same.
  public var workflows: Int

  public init(
    network: Int = 100, store: Int = 100, messages: Int = 100, calmAfter: TimeSpan = .zero, workflows: Int = 1
  ) {
    self.network = network
    self.store = store
    self.messages = messages
    self.calmAfter = calmAfter
    self.workflows = workflows
  }

  /// The shape of every run that a plan describes.
  public static let nominal = RunShape()

  /// The shape of a random run. Half of all are of usual speed, the others from four times as quick to a network
  /// of a second and a store of a fifth of one. In a quarter of them two or three customers are served at once, where
  /// the scenario can have more than one.
  public init(seed: UInt64) {
    let draw = Draw(seed: seed, key: Name("shape").hash)
    func pick<T>(_ purpose: Name, _ values: [T]) -> T {
      values[Int(draw.derived(purpose).below(UInt64(values.count)))]
    }
    self.init(
      network: pick("network", [100, 100, 100, 100, 25, 50, 400, 4_000]),
      store: pick("store", [100, 100, 100, 100, 25, 400, 2_000, 10_000]),
      messages: pick("messages", [100, 100, 100, 100, 25, 400, 2_000, 6_000]),
      calmAfter: pick("calm", [.seconds(20), .seconds(60), .minutes(2), .minutes(5), .minutes(15), .hours(1)]),
      workflows: pick("workflows", [1, 1, 1, 1, 1, 1, 2, 3]))
  }

  public func hash(into hasher: inout StableHasher) {
    hasher.combine(network)
    hasher.combine(store)
    hasher.combine(messages)
    hasher.combine(calmAfter.nanoseconds)
    if workflows != 1 { hasher.combine(workflows) }
  }
}
