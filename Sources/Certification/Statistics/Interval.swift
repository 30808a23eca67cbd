// An estimate with its bounds, and the level at which they hold.

/// A two-sided interval around an estimate.
public struct Interval: Hashable, Sendable, Codable {
  public var estimate: Double
  public var lower: Double
  public var upper: Double
  /// How often such an interval covers the truth, 0.95.
  public var level: Double
  /// How it was made, for people: `Clopper-Pearson`, `case bootstrap`.
  public var method: String

  public init(estimate: Double, lower: Double, upper: Double, level: Double, method: String) {
    self.estimate = estimate
    self.lower = lower
    self.upper = upper
    self.level = level
    self.method = method
  }

  public func contains(_ value: Double) -> Bool { lower <= value && value <= upper }
}
