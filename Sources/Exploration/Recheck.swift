// Determinism, always on: a share of the runs is played a second time from its plan.

import Faultline
import Primitives
import Simulation

/// Which runs are played again. A run's plan decides, so that the same runs are chosen wherever they are played.
public struct Recheck: Hashable, Sendable {
  /// Of a hundred plans.
  public let percent: Int

  /// - Precondition: 0 to 100.
  public init(percent: Int) {
    precondition((0...100).contains(percent), "a share is 0 to 100 percent")
    self.percent = percent
  }

  public func isDue(_ plan: Plan) -> Bool {
    guard percent > 0, percent < 100 else { return percent == 100 }
    // Asked after each run, so no site is spelt out for it.
    let lot = plan.entries.reduce(Residue.one) { $0 * Residue($1) }
    return Draw(seed: lot.value, key: Recheck.purpose).below(100) < UInt64(percent)
  }

  private static let purpose = Name("recheck").hash
}

extension ExhaustiveSearch {
  /// Plays a run of this search again, from its beginning, and compares the hashes.
  ///
  /// - Throws: ``Mismatch`` with the traces of both, and what setting up the agent throws.
  public func recheck(_ verdict: Verdict) throws {
    func replay(isRecording: Bool) throws -> RunRecord {
      let input = RunInput(
        scenario: setup.scenario, agent: agent, seed: seed, chance: .plan(verdict.plan), isRecording: isRecording)
      return try Runner.run(input, in: setup)
    }
    let again = try replay(isRecording: false).verdict.traceHash
    guard again != verdict.traceHash else { return }
    let second = try replay(isRecording: true)
    let first = try forked(to: verdict.plan) ?? replay(isRecording: true)
    throw Mismatch.hashes(verdict, again: again, first: first.trace, second: second.trace)
  }

  /// Plays one plan as this search does, by forking at each of its answers, with its events kept.
  ///
  /// - Returns: nil where the agent can't be forked, or the plan is not met.
  func forked(to plan: Plan) throws -> RunRecord? {
    let driver = Driver.enumerating(after: origin)
    var world = try World(setup: setup, agent: agent, seed: seed, driver: driver, isRecording: true)
    guard world.isForkable, !neverForks else { return nil }
    for entry in plan.entries.dropFirst(origin.entries.count) {
      var before = world
      while true {
        before = world
        let continues = world.step()
        let isMet = world.takeForks().contains { entry.at.matches($0.site) && $0.alternatives.contains(entry.choose) }
        if isMet { break }
        guard continues else { return nil }
      }
      world = before
      world.branch(to: entry, isEnumerating: true)
    }
    world.run()
    return Runner.record(of: world, agent: agent)
  }
}
