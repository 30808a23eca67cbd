// Random search as recorded work: ranges of seeds, as many as were asked for or as there is time for.

import Faultline
import Primitives
import Simulation

/// The units of a random search.
public struct RandomWork: UnitWork {
  public let search: RandomSearch
  /// The seed of the first run; the others follow it.
  public let firstSeed: UInt64
  /// How many runs; nil for as many as there is time for.
  public let runs: Int?
  private let onRun: @Sendable (Verdict) -> Void

  /// Seeds of a unit: enough that claiming it costs little, few enough that a kill loses little.
  static let size = 64

  /// - Parameter onRun: called by any job after each run.
  public init(
    _ search: RandomSearch, from firstSeed: UInt64, runs: Int?, onRun: @escaping @Sendable (Verdict) -> Void = { _ in }
  ) {
    self.search = search
    self.firstSeed = firstSeed
    self.runs = runs
    self.onRun = onRun
  }

  public var unitCount: Int? { runs.map { ($0 + Self.size - 1) / Self.size } }

  private func seeds(of unit: Int) -> Range<UInt64> {
    let start = unit * Self.size
    let end = min(start + Self.size, runs ?? .max)
    return firstSeed + UInt64(start)..<firstSeed + UInt64(end)
  }

  public func inputs(of unit: Int) -> String { "seeds \(seeds(of: unit))" }

  public func play(_ unit: Int, isCancelled: @escaping @Sendable () -> Bool) throws -> RandomCoverage {
    try search.play(seeds(of: unit), onRun: onRun, isCancelled: isCancelled)
  }

  public func failures(in outcome: RandomCoverage) -> [RecordedFailure] {
    outcome.failures.filter { $0.result == Verdict.Result.fail.rawValue }.compactMap { failure in
      Plan(lines: failure.plan.joined(separator: "\n")).map { plan in
        RecordedFailure(
          plan: plan, seed: failure.seed, shape: RunShape(seed: failure.seed),
          oracles: failure.oracles.map { Name($0) })
      }
    }
  }
}
