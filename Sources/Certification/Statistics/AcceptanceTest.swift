// Which models may pass, and how often the exam may err about them.

/// An exam that passes a model whose true success is p1 with probability at least 1 - β, and one whose true success is
/// p0 or less with probability at most α.
public struct AcceptanceTest: Hashable, Sendable {
  /// The highest success at which a model still has to fail.
  public var p0: Double
  /// The success from which on a model should pass.
  public var p1: Double
  public var alpha: Double
  public var beta: Double

  public init(p0: Double, p1: Double, alpha: Double, beta: Double) {
    self.p0 = p0
    self.p1 = p1
    self.alpha = alpha
    self.beta = beta
  }

  /// The least number of successes that passes over so many independent cases; more than there are where even all of
  /// them would not be enough.
  public func successesNeeded(of cases: Int) -> Int {
    (0...cases).first { SpecialFunctions.binomialTail(atLeast: $0, of: cases, p0) <= alpha } ?? cases + 1
  }

  /// How often a model with this success passes.
  public func power(at p: Double, cases: Int) -> Double {
    SpecialFunctions.binomialTail(atLeast: successesNeeded(of: cases), of: cases, p)
  }

  /// Whether so many cases can tell p1 from p0 at the stated errors.
  public func isLargeEnough(_ cases: Int) -> Bool { power(at: p1, cases: cases) >= 1 - beta }

  /// The least number of cases that can; nil where a million can't.
  public var casesNeeded: Int? {
    var high = 1
    while !isLargeEnough(high) {
      high *= 2
      guard high <= 1_000_000 else { return nil }
    }
    // Power is not monotonous, since the critical number is whole: the least is looked for one by one from below.
    return (high / 2...high).first { isLargeEnough($0) }
  }
}
