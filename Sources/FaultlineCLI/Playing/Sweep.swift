// A random search on all cores, with verdicts in the order of the seeds.

import Exploration
import Faultline
import Primitives

/// One search, seeds in a row.
struct Sweep: Sendable {
  let search: RandomSearch
  let seeds: Range<UInt64>
  let jobs: Int

  /// Seeds that one worker plays in a row.
  private static let chunk: UInt64 = 32

  /// Plays the seeds and hands over each verdict, in order, until the user interrupts.
  ///
  /// - Returns: what was covered; fewer runs than seeds where the user interrupted.
  func play(until interrupt: Interrupt, onVerdict: (Verdict) throws -> Void) async throws -> RandomCoverage {
    var nextToStart = seeds.lowerBound
    var nextToReport = seeds.lowerBound
    var coverage = RandomCoverage()
    var done: [UInt64: [Verdict]] = [:]
    try await withThrowingTaskGroup(of: (UInt64, [Verdict], RandomCoverage).self) { group in
      var running = 0
      while true {
        while running < jobs, nextToStart < seeds.upperBound, !interrupt.isRaised {
          let range = nextToStart..<min(seeds.upperBound, nextToStart + Self.chunk)
          nextToStart = range.upperBound
          running += 1
          group.addTask {
            var verdicts: [Verdict] = []
            let coverage = try search.play(range) { verdicts.append($0) }
            return (range.lowerBound, verdicts, coverage)
          }
        }
        guard running > 0, let (start, verdicts, part) = try await group.next() else { return }
        running -= 1
        coverage.merge(part)
        done[start] = verdicts
        while let verdicts = done.removeValue(forKey: nextToReport) {
          nextToReport += UInt64(verdicts.count)
          for verdict in verdicts { try onVerdict(verdict) }
        }
      }
    }
    return coverage
  }
}
