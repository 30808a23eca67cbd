// Bounds that hold at every moment at once, so that whoever looks early is not fooled.

import Foundation

/// A confidence sequence for the mean of values between 0 and 1.
///
/// An interval of fixed size, looked at after every case, is wrong far more often than it says. This one is wrong at
/// any time ever with at most the stated probability, so an exam may stop as soon as it says enough. It inverts a
/// mixture of binomial likelihood ratios under the uniform prior: the set of all p at which the ratio has not reached
/// 1/error (H. Robbins, "Statistical methods related to the law of the iterated logarithm", Annals of Mathematical
/// Statistics 41, 1970; Ville's inequality). For values that are not 0 or 1 each counts as that part of a success, which
/// the convexity of the likelihood ratio allows (I. Waudby-Smith and A. Ramdas, JRSS B 86, 2024).
public struct ConfidenceSequence: Hashable, Sendable {
  public private(set) var cases = 0
  /// The sum of the values so far.
  public private(set) var sum = 0.0
  public let error: Double

  public init(error: Double = 0.05) {
    precondition(error > 0 && error < 1, "an error is a probability between 0 and 1")
    self.error = error
  }

  /// Adds one case.
  public mutating func add(_ value: Double) {
    precondition((0...1).contains(value), "a case's value lies between 0 and 1")
    cases += 1
    sum += value
  }

  /// The bounds after what was added so far.
  public var interval: Interval {
    let mean = cases == 0 ? 0.5 : sum / Double(cases)
    return Interval(
      estimate: mean, lower: edge(from: mean, towards: 0), upper: edge(from: mean, towards: 1), level: 1 - error,
      method: "confidence sequence")
  }

  /// The logarithm of the likelihood ratio of the uniform mixture to p.
  private func logRatio(_ p: Double) -> Double {
    let s = sum
    let f = Double(cases) - sum
    let mixture =
      SpecialFunctions.logGamma(s + 1) + SpecialFunctions.logGamma(f + 1) - SpecialFunctions.logGamma(s + f + 2)
    return mixture - (s == 0 ? 0 : s * log(p)) - (f == 0 ? 0 : f * log(1 - p))
  }

  /// How far from the mean p may be before the ratio reaches 1/error; the ratio grows from the mean on both sides.
  private func edge(from mean: Double, towards end: Double) -> Double {
    var inside = mean
    var outside = end
    let limit = -log(error)
    if logRatio(end) < limit { return end }
    for _ in 0..<60 {
      let middle = (inside + outside) / 2
      if logRatio(middle) < limit { inside = middle } else { outside = middle }
    }
    return outside
  }
}
