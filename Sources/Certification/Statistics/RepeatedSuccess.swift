// A model that is right four times of five is wrong nearly every time that five in a row are needed.

/// pass^k: the probability that k independent attempts at a case all succeed.
///
/// For c successes of n attempts the unbiased estimate is C(c, k) / C(n, k): the part of all choices of k attempts that
/// holds successes only (Yao et al., "τ-bench", arXiv:2406.12045).
public enum RepeatedSuccess {
  /// - Precondition: no more attempts are asked for than there were.
  public static func estimate(successes: Int, of attempts: Int, inARow k: Int) -> Double {
    precondition((0...attempts).contains(successes) && (1...attempts).contains(k), "pass^\(k) of \(attempts) attempts")
    guard successes >= k else { return 0 }
    var product = 1.0
    for step in 0..<k { product *= Double(successes - step) / Double(attempts - step) }
    return product
  }

  /// The mean over cases, each with its successes of n attempts.
  public static func mean(_ cases: [(successes: Int, attempts: Int)], inARow k: Int) -> Double {
    guard !cases.isEmpty else { return 0 }
    return cases.reduce(0) { $0 + estimate(successes: $1.successes, of: $1.attempts, inARow: k) } / Double(cases.count)
  }
}
