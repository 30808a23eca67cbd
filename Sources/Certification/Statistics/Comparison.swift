// A new model against the one in production, over the same cases.

import Foundation

/// Whether a new one is no worse than the old one by more than a margin.
///
/// The question of a release is not "is it better?" but "is it not worse?": the lower bound of the paired difference
/// has to lie above minus the margin. Pairs are cases, each with the mean over its repeats.
public struct PairedComparison: Hashable, Sendable, Codable {
  /// Mean of new minus old, over cases, with a one-sided lower bound at the stated level.
  public var difference: Interval
  public var margin: Double
  public var cases: Int
  /// Cases in which only the new one was right more often than not, and those in which only the old one was.
  public var onlyNew: Int
  public var onlyOld: Int
  /// McNemar's exact two-sided p-value over those: a description, never the verdict.
  public var mcNemar: Double

  public var isNonInferior: Bool { difference.lower > -margin }

  /// - Parameter pairs: for each case, the part of its repeats that was right.
  /// - Parameter error: how often a new one that is worse by the margin may pass.
  public init(pairs: [(new: Double, old: Double)], margin: Double, error: Double = 0.05, seed: UInt64) {
    // The two-sided interval whose lower end is the one-sided bound.
    let bootstrap = CaseBootstrap(seed: seed, level: 1 - 2 * error)
    difference = bootstrap.mean(pairs.map { $0.new - $0.old })
    self.margin = margin
    cases = pairs.count
    onlyNew = pairs.count { $0.new > 0.5 && $0.old <= 0.5 }
    onlyOld = pairs.count { $0.old > 0.5 && $0.new <= 0.5 }
    mcNemar = Self.exactMcNemar(onlyNew, onlyOld)
  }

  /// The probability of a split at least as uneven, if each discordant case fell either way by a fair coin (Q. McNemar,
  /// Psychometrika 12, 1947; the exact binomial form).
  static func exactMcNemar(_ a: Int, _ b: Int) -> Double {
    let n = a + b
    guard n > 0 else { return 1 }
    return min(1, 2 * SpecialFunctions.binomialTail(atLeast: max(a, b), of: n, 0.5))
  }
}
