// Exhaustive search as recorded work: units of the tree, a share of the runs played again.

import Faultline
import Primitives
import Simulation

/// The units of an exhaustive search.
public struct ExhaustiveWork: UnitWork {
  /// What a unit came to.
  public struct Outcome: Codable, Equatable, Sendable {
    public var coverage = Coverage()
    /// Runs that were played again from their plans, all with the same hash.
    public var rechecked = 0

    public init() {}

    /// Adds what another unit came to.
    public mutating func merge(_ other: Outcome) {
      coverage.merge(other.coverage)
      rechecked += other.rechecked
    }
  }

  public let search: ExhaustiveSearch
  public let recheck: Recheck
  private let units: [ExhaustiveSearch.Unit]
  private let onRun: @Sendable (Verdict) -> Void

  /// - Parameter onRun: called by any job after each run that was played.
  /// - Throws: what finding the units throws.
  public init(
    _ search: ExhaustiveSearch, recheck: Recheck, onRun: @escaping @Sendable (Verdict) -> Void = { _ in }
  ) throws {
    self.search = search
    self.recheck = recheck
    self.onRun = onRun
    units = try search.units()
  }

  public var unitCount: Int? { units.count }

  public func inputs(of unit: Int) -> String {
    "alternatives \(units[unit].branches.lowerBound)..<\(units[unit].branches.upperBound) of the first run"
  }

  public func play(_ unit: Int, isCancelled: @escaping @Sendable () -> Bool) throws -> Outcome {
    var outcome = Outcome()
    var mismatch: (any Error)?
    var rechecked = 0
    do {
      outcome.coverage = try search.play(units[unit]) { verdict in
        onRun(verdict)
        guard mismatch == nil, recheck.isDue(verdict.plan) else { return }
        do {
          try search.recheck(verdict)
          rechecked += 1
        } catch {
          mismatch = error
        }
      } isCancelled: {
        mismatch != nil || isCancelled()
      }
    } catch {
      // A mismatch ends the unit as if it had been cancelled.
      throw mismatch ?? error
    }
    if let mismatch { throw mismatch }
    outcome.rechecked = rechecked
    return outcome
  }

  public func failures(in outcome: Outcome) -> [RecordedFailure] {
    outcome.coverage.minimalPlans.map {
      RecordedFailure(plan: $0.plan, seed: $0.seed, oracles: $0.oracles)
    }
  }
}
