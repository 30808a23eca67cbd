// The two functions behind exact intervals: the logarithm of gamma and the regularised incomplete beta.

import Foundation

/// Special functions of probability theory, in double precision.
enum SpecialFunctions {
  /// The logarithm of the binomial coefficient C(n, k); minus infinity where there is no such choice.
  static func logChoose(_ n: Int, _ k: Int) -> Double {
    guard k >= 0, k <= n else { return -.infinity }
    return logGamma(Double(n) + 1) - logGamma(Double(k) + 1) - logGamma(Double(n - k) + 1)
  }

  /// ln Γ(x) for x > 0, by Lanczos's approximation with g = 7 and nine coefficients; good to fifteen digits.
  static func logGamma(_ x: Double) -> Double {
    precondition(x > 0, "the gamma function is asked for a positive number")
    if x < 0.5 { return log(.pi / sin(.pi * x)) - logGamma(1 - x) }
    let z = x - 1
    var sum = lanczos[0]
    for index in 1..<lanczos.count { sum += lanczos[index] / (z + Double(index)) }
    let t = z + 7.5
    return 0.5 * log(2 * .pi) + (z + 0.5) * log(t) - t + log(sum)
  }

  private static let lanczos = [
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
    12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ]

  /// I_x(a, b): the probability that a beta variable with these shapes is at most x.
  static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    if x <= 0 { return 0 }
    if x >= 1 { return 1 }
    let front = exp(
      logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log(1 - x))
    // The fraction converges fast on one side of the mean; the other is its mirror image.
    return x < (a + 1) / (a + b + 2)
      ? front * betaFraction(x, a, b) / a : 1 - front * betaFraction(1 - x, b, a) / b
  }

  /// The continued fraction of the incomplete beta, by Lentz's method.
  private static func betaFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    let tiny = 1e-300
    func kept(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
    var c = 1.0
    var d = 1 / kept(1 - (a + b) * x / (a + 1))
    var fraction = d
    for step in 1...10_000 {
      let m = Double(step)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 / kept(1 + even * d)
      c = kept(1 + even / c)
      fraction *= d * c
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / kept(1 + odd * d)
      c = kept(1 + odd / c)
      let change = d * c
      fraction *= change
      if abs(change - 1) < 1e-15 { break }
    }
    return fraction
  }

  /// The x at which a beta variable with these shapes stays below with the given probability. By bisection: sixty
  /// halvings are exact to the last digit that is ever printed, and nothing can go astray.
  static func betaQuantile(_ probability: Double, _ a: Double, _ b: Double) -> Double {
    var low = 0.0
    var high = 1.0
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if incompleteBeta(middle, a, b) < probability { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// P(X ≥ k) for a binomial variable of n draws with success p.
  static func binomialTail(atLeast k: Int, of n: Int, _ p: Double) -> Double {
    if k <= 0 { return 1 }
    if k > n { return 0 }
    return incompleteBeta(p, Double(k), Double(n - k + 1))
  }
}
