// Intervals over cases that were repeated: the case is drawn anew, never the repeat.

import Foundation
import Primitives

/// The percentile bootstrap over whole cases.
///
/// Repeats of one case resemble each other, so an interval that counts them as independent is too narrow. Here cases
/// are drawn with replacement, each with all of its repeats (A. C. Davison and D. V. Hinkley, "Bootstrap Methods and
/// their Application", 1997, section 3.8). Draws are a function of the seed: the same record gives the same bounds.
public struct CaseBootstrap: Sendable {
  public var seed: UInt64
  public var replicates: Int
  public var level: Double

  public init(seed: UInt64, replicates: Int = 2_000, level: Double = 0.95) {
    precondition(replicates > 0 && level > 0 && level < 1, "a bootstrap takes replicates and a level between 0 and 1")
    self.seed = seed
    self.replicates = replicates
    self.level = level
  }

  /// The interval of the mean over cases of their values.
  public func mean(_ cases: [Double]) -> Interval {
    interval(cases) { drawn in drawn.isEmpty ? 0 : drawn.reduce(0, +) / Double(drawn.count) }
  }

  /// The interval of a statistic of the cases.
  public func interval<Case>(_ cases: [Case], of statistic: ([Case]) -> Double) -> Interval {
    let estimate = statistic(cases)
    guard !cases.isEmpty else {
      return Interval(estimate: estimate, lower: 0, upper: 1, level: level, method: "case bootstrap")
    }
    var values: [Double] = []
    values.reserveCapacity(replicates)
    var drawn = cases
    for replicate in 0..<replicates {
      let draw = Draw(seed: seed, key: UInt64(replicate))
      for place in cases.indices {
        drawn[place] = cases[Int(draw.derived(UInt64(place)).below(UInt64(cases.count)))]
      }
      values.append(statistic(drawn))
    }
    values.sort()
    return Interval(
      estimate: estimate, lower: Self.quantile((1 - level) / 2, of: values),
      upper: Self.quantile(1 - (1 - level) / 2, of: values), level: level, method: "case bootstrap")
  }

  /// The value below which that part of sorted values lies, interpolated between neighbours.
  static func quantile(_ part: Double, of sorted: [Double]) -> Double {
    let place = part * Double(sorted.count - 1)
    let below = Int(place.rounded(.down))
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
  }
}
