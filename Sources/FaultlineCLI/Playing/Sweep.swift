// Many seeds of one assignment, on all cores, with results in the order of the seeds.

import Faultline
import Primitives
import Reporting
import Simulation

/// One assignment, seeds in a row.
struct Sweep: Sendable {
  let assignment: Assignment
  let seeds: Range<UInt64>
  /// Where the faults come from.
  let source: FaultSource
  let jobs: Int
  /// Whether every run is played again from its plan.
  let verifiesReplay: Bool

  /// Seeds that one worker plays in a row.
  private static let chunk: UInt64 = 32

  /// Plays the seeds and hands over each verdict, in order, until the user interrupts.
  ///
  /// - Returns: whether all seeds were played.
  func play(until interrupt: Interrupt, onVerdict: (Verdict) throws -> Void) async throws -> Bool {
    var nextToStart = seeds.lowerBound
    var nextToReport = seeds.lowerBound
    var done: [UInt64: [Verdict]] = [:]
    try await withThrowingTaskGroup(of: (UInt64, [Verdict]).self) { group in
      var running = 0
      while true {
        while running < jobs, nextToStart < seeds.upperBound, !interrupt.isRaised {
          let range = nextToStart..<min(seeds.upperBound, nextToStart + Self.chunk)
          nextToStart = range.upperBound
          running += 1
          group.addTask { (range.lowerBound, try playAll(range)) }
        }
        guard running > 0, let (start, verdicts) = try await group.next() else { return }
        running -= 1
        done[start] = verdicts
        while let verdicts = done.removeValue(forKey: nextToReport) {
          nextToReport += UInt64(verdicts.count)
          for verdict in verdicts { try onVerdict(verdict) }
        }
      }
    }
    return nextToReport == seeds.upperBound
  }

  private func playAll(_ range: Range<UInt64>) throws -> [Verdict] {
    try range.map { seed in
      let verdict = try assignment.play(seed: seed, chance: source.chance(for: assignment, seed: seed)).verdict
      if verifiesReplay { try assignment.verifyReplay(of: verdict, chance: source.chance(for: assignment, seed: seed)) }
      return verdict
    }
  }
}
