// The shape of a run, as a test says it.

import Faultline
import Primitives

extension RunShape {
  /// What kind of day it is, beside what goes wrong on it.
  ///
  ///     .faultline("scenarios/happy-path.yaml", agent: .reference, seed: 7, plan: [:], shape: .day(network: 4_000))
  ///
  /// - Parameters:
  ///   - network: How long messages between agent and systems take, in percent of the usual.
  ///   - store: How long a store transaction takes, in percent of the usual.
  ///   - messages: How long messages from systems take, in percent of the usual.
  ///   - calmAfter: How long faults could begin at random in the run that this one comes from.
  ///   - workflows: How many customers are served at once, each by a run of its own.
  public static func day(
    network: Int = 100, store: Int = 100, messages: Int = 100, calmAfter: Duration = .zero,
    workflows: Int = 1
  ) -> RunShape {
    RunShape(
      network: network, store: store, messages: messages, calmAfter: TimeSpan(calmAfter), workflows: workflows)
  }
}
