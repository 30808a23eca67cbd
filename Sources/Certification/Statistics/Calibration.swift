// Whether a model that says 90 percent is right nine times of ten.

/// One answer: how sure the model was, and whether it was right.
public struct Forecast: Hashable, Sendable, Codable {
  /// From 0 to 1.
  public var confidence: Double
  public var isRight: Bool

  public init(confidence: Double, isRight: Bool) {
    self.confidence = confidence
    self.isRight = isRight
  }
}

/// Calibration of forecasts that are grouped by case.
public enum Calibration {
  /// One bar of a reliability diagram.
  public struct Bin: Hashable, Sendable, Codable {
    /// The confidences that fall into it: above the lower end, up to the upper one; the first one holds 0 too.
    public var lower: Double
    public var upper: Double
    public var count: Int
    public var meanConfidence: Double
    public var accuracy: Double
  }

  /// The expected calibration error, with what it rests on.
  public struct Error: Hashable, Sendable, Codable {
    public var interval: Interval
    /// How many forecasts, and of how many cases.
    public var forecasts: Int
    public var cases: Int
    public var bins: Int
  }

  /// The bars of the reliability diagram, equally wide, empty ones included.
  public static func bins(_ forecasts: [Forecast], count: Int = 10) -> [Bin] {
    var sums = Array(repeating: (count: 0, confidence: 0.0, right: 0), count: count)
    for forecast in forecasts {
      // 0.3 falls into the third of ten, however 0.3 * 10 is rounded.
      let place = min(count - 1, max(0, Int((forecast.confidence * Double(count) - 1e-9).rounded(.up)) - 1))
      sums[place].count += 1
      sums[place].confidence += forecast.confidence
      sums[place].right += forecast.isRight ? 1 : 0
    }
    return sums.enumerated().map { index, sum in
      let divisor = Double(max(1, sum.count))
      return Bin(
        lower: Double(index) / Double(count), upper: Double(index + 1) / Double(count), count: sum.count,
        meanConfidence: sum.confidence / divisor, accuracy: Double(sum.right) / divisor)
    }
  }

  /// The mean distance of confidence and accuracy over the bars, weighted by what falls into them (Naeini, Cooper and
  /// Hauskrecht, AAAI 2015). It is never negative, and small samples make it large: read it with n and its interval.
  public static func expectedError(_ forecasts: [Forecast], bins count: Int = 10) -> Double {
    guard !forecasts.isEmpty else { return 0 }
    return bins(forecasts, count: count).reduce(0) {
      $0 + Double($1.count) / Double(forecasts.count) * abs($1.accuracy - $1.meanConfidence)
    }
  }

  /// The same with an interval over cases.
  public static func expectedError(
    ofCases cases: [[Forecast]], bins count: Int = 10, by bootstrap: CaseBootstrap
  ) -> Error {
    let interval = bootstrap.interval(cases) { drawn in expectedError(drawn.flatMap { $0 }, bins: count) }
    return Error(
      interval: interval, forecasts: cases.reduce(0) { $0 + $1.count }, cases: cases.count, bins: count)
  }

  /// The mean squared distance of confidence and truth (G. W. Brier, Monthly Weather Review 78, 1950): 0 for a prophet,
  /// 0.25 for somebody who always says one half.
  public static func brier(_ forecasts: [Forecast]) -> Double {
    guard !forecasts.isEmpty else { return 0 }
    return forecasts.reduce(0) {
      let distance = $1.confidence - ($1.isRight ? 1 : 0)
      return $0 + distance * distance
    } / Double(forecasts.count)
  }
}
