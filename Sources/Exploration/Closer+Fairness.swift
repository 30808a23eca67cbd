// Law 6: demands are fair.

import Faultline
import Operations
import Primitives
import Simulation

extension Closer {
  /// Oracles that blame a run for not having come to a good end. All others find harm, which always counts.
  public static let badEnds: Set<Name> = [
    Stuck.name, SilentFailure.name, MissingEffect.name, IncompleteRollback.name,
  ]

  /// Whether a verdict counts (law 6): a bad end is the agent's fault only if somebody who knew the truth could have
  /// reached a good one from a decision that the agent could still take, when everything that the plan injects had
  /// been injected.
  ///
  /// Harm always counts. The run is played again, and its last decisions are tried first.
  /// - Throws: what setting up the agent throws.
  public static func isFair(_ verdict: Verdict, setup: WorldSetup, agent: any AgentUnderTest) throws -> Bool {
    guard !verdict.violations.isEmpty, verdict.violations.allSatisfy({ badEnds.contains($0.oracle) }) else {
      return true
    }
    var world = try World(
      setup: setup, agent: agent, seed: verdict.seed, driver: .planned(verdict.plan), shape: verdict.shape,
      isRecording: false)
    // Of several workflows, the blame is fair where it is for any of them.
    let blamed = Set(verdict.violations.map(\.workflow)).sorted()
    var decisions: [World] = []
    repeat {
      if world.canAgentAct, world.faults.count == verdict.faults.count { decisions.append(world) }
    } while world.step()
    let closer = Closer(setup: setup)
    return decisions.reversed().contains { decision in
      blamed.contains { workflow in
        var world = decision
        world.focus = workflow
        return closer.close(world).isGood
      }
    }
  }
}
