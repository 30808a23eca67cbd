// Faults drawn for an exam: by its seed, so that nobody picks the ones that a model gets by with.

import Agents
import Faultline
import Primitives
import Simulation

/// The faults of one scenario from which runs of an exam are given one or two.
///
/// Each run draws for itself, from the places that the scenario's run without faults meets, every fault at every place
/// as likely as any other. Such runs are independent of each other, and the bound on the rate of harm is theirs: the
/// rate among runs that are drawn so. That the scenarios take turns makes zero harm no likelier than drawing them would.
public struct DrawnPlans: Sendable {
  private let entries: [Plan.Entry]

  /// - Parameter forks: what a run without faults meets. What a decider might have answered is no fault: that is the
  ///   business of whoever is examined.
  public init(_ forks: [Fork]) {
    entries = forks.filter { !$0.isDecision }.flatMap { fork in
      fork.alternatives.map { fork.entry(choosing: $0) }
    }
  }

  /// Those of a scenario, as the reference architecture plays it.
  init(_ setup: WorldSetup) throws {
    self.init(try World.forks(in: setup, of: ReferenceAgent()))
  }

  /// One fault, or two at different places, as often.
  public func plan(_ draw: Draw) -> Plan {
    guard !entries.isEmpty else { return Plan() }
    let first = entries[Int(draw.derived(1).below(UInt64(entries.count)))]
    let others = entries.filter { $0.at != first.at }
    guard draw.derived(2).below(2) == 1, !others.isEmpty else { return Plan([first]) }
    return Plan([first, others[Int(draw.derived(3).below(UInt64(others.count)))]])
  }

  /// The draw of a run, by the exam's seed and the run's number, from 1.
  public static func draw(seed: UInt64, run: Int) -> Draw {
    Draw(seed: seed, key: Name("drawn faults").hash).derived(UInt64(run))
  }
}
