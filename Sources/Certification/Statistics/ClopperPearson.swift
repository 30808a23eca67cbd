// The exact interval of a proportion over independent cases.

/// Clopper and Pearson's interval: it covers at least as often as it says, for any sample size.
///
/// C. J. Clopper and E. S. Pearson, "The use of confidence or fiducial limits illustrated in the case of the binomial",
/// Biometrika 26 (1934). Only for independent cases: repeats of one case are not independent, and go to
/// ``CaseBootstrap``.
public enum ClopperPearson {
  public static func interval(_ successes: Int, of cases: Int, level: Double = 0.95) -> Interval {
    precondition(cases >= 0 && (0...cases).contains(successes), "\(successes) of \(cases) is no proportion")
    let tail = (1 - level) / 2
    return Interval(
      estimate: cases == 0 ? 0 : Double(successes) / Double(cases), lower: lower(successes, of: cases, error: tail),
      upper: upper(successes, of: cases, error: tail), level: level, method: "Clopper-Pearson")
  }

  /// The one-sided lower bound that is wrong at most with this probability.
  public static func lower(_ successes: Int, of cases: Int, error: Double) -> Double {
    guard successes > 0 else { return 0 }
    return SpecialFunctions.betaQuantile(error, Double(successes), Double(cases - successes + 1))
  }

  /// The one-sided upper bound that is wrong at most with this probability. For zero of n it is 1 - error^(1/n), of
  /// which "three over n" is the usual approximation: zero of 300 leaves up to one percent.
  public static func upper(_ successes: Int, of cases: Int, error: Double = 0.05) -> Double {
    guard cases > 0, successes < cases else { return 1 }
    return SpecialFunctions.betaQuantile(1 - error, Double(successes + 1), Double(cases - successes))
  }
}
