// Statistics against published values, and by simulation: what says 95 percent covers that often.

import Foundation
import Primitives
import Testing

@testable import Certification

@Suite struct StatisticsTests {
  private func isNear(_ a: Double, _ b: Double, _ distance: Double = 1e-4) -> Bool { abs(a - b) <= distance }

  /// The first three as R's binom.test prints them; the others from R. G. Newcombe's table, Statistics in Medicine 17
  /// (1998), method 5.
  @Test(arguments: [
    (successes: 0, cases: 10, lower: 0.0, upper: 0.3084971), (10, 10, 0.6915029, 1.0), (7, 10, 0.3475471, 0.9332605),
    (81, 263, 0.2527, 0.3676),
    (15, 148, 0.0578, 0.1617), (0, 20, 0.0, 0.1684), (1, 29, 0.0009, 0.1776),
  ])
  func clopperPearsonIsExact(_ row: (successes: Int, cases: Int, lower: Double, upper: Double)) {
    let interval = ClopperPearson.interval(row.successes, of: row.cases)
    #expect(isNear(interval.lower, row.lower) && isNear(interval.upper, row.upper), "\(interval)")
  }

  @Test func zeroOfThreeHundredLeavesOnePercent() {
    #expect(isNear(ClopperPearson.upper(0, of: 300), 0.00993608, 1e-7))
    #expect(isNear(ClopperPearson.upper(0, of: 300), 1 - pow(0.05, 1.0 / 300), 1e-12))
    #expect(ClopperPearson.upper(3, of: 3) == 1)
    #expect(ClopperPearson.upper(0, of: 0) == 1)
  }

  @Test func theIncompleteBetaAgreesWithTheBinomialSum() {
    for n in [1, 5, 40, 300] {
      for k in stride(from: 0, through: n, by: max(1, n / 7)) {
        for p in [0.01, 0.3, 0.5, 0.97] {
          let sum = (k...n).reduce(0.0) {
            $0 + exp(SpecialFunctions.logChoose(n, $1) + Double($1) * log(p) + Double(n - $1) * log(1 - p))
          }
          #expect(isNear(SpecialFunctions.binomialTail(atLeast: k, of: n, p), sum, 1e-10), "\(n) \(k) \(p)")
        }
      }
    }
  }

  /// S. Holm's own rule by hand: 0.01, 0.02, 0.04 of three become 0.03, 0.04, 0.04.
  @Test func holmStepsDown() {
    #expect(zip(Holm.adjusted([0.04, 0.01, 0.02]), [0.04, 0.03, 0.04]).allSatisfy { isNear($0, $1, 1e-12) })
    #expect(Holm.adjusted([0.5, 0.9]) == [1, 1])
    #expect(Holm.adjusted([]) == [])
  }

  @Test func repeatedSuccessCountsChoices() {
    // C(3,2)/C(4,2) = 3/6
    #expect(RepeatedSuccess.estimate(successes: 3, of: 4, inARow: 2) == 0.5)
    #expect(RepeatedSuccess.estimate(successes: 4, of: 4, inARow: 4) == 1)
    #expect(RepeatedSuccess.estimate(successes: 3, of: 4, inARow: 4) == 0)
    #expect(isNear(RepeatedSuccess.mean([(3, 4), (4, 4)], inARow: 2), 0.75, 1e-12))
  }

  @Test func calibrationByHand() {
    let forecasts = [
      Forecast(confidence: 0.9, isRight: true), Forecast(confidence: 0.9, isRight: true),
      Forecast(confidence: 0.9, isRight: false), Forecast(confidence: 0.3, isRight: false),
    ]
    let bins = Calibration.bins(forecasts)
    #expect(bins.map(\.count) == [0, 0, 1, 0, 0, 0, 0, 0, 3, 0])
    // 3/4 of |2/3 - 0.9| and 1/4 of |0 - 0.3|
    #expect(isNear(Calibration.expectedError(forecasts), 0.75 * (0.9 - 2.0 / 3) + 0.25 * 0.3, 1e-12))
    #expect(isNear(Calibration.brier(forecasts), (0.01 + 0.01 + 0.81 + 0.09) / 4, 1e-12))
    #expect(Calibration.bins([Forecast(confidence: 0, isRight: false)])[0].count == 1)
    #expect(Calibration.bins([Forecast(confidence: 1, isRight: true)])[9].count == 1)
    #expect(Calibration.brier(Array(repeating: Forecast(confidence: 0.5, isRight: true), count: 4)) == 0.25)
  }

  @Test func mcNemarIsTheExactBinomial() {
    // Ten discordant cases, nine one way: 2 (1 + 10) / 1024.
    #expect(isNear(PairedComparison.exactMcNemar(9, 1), 22.0 / 1024, 1e-10))
    #expect(PairedComparison.exactMcNemar(5, 5) == 1)
    #expect(PairedComparison.exactMcNemar(0, 0) == 1)
  }

  @Test func anEqualModelIsNotInferiorAndAWorseOneIs() {
    let equal = (0..<200).map { (new: $0 % 10 == 0 ? 0.0 : 1, old: $0 % 10 == 1 ? 0.0 : 1) }
    let worse = (0..<200).map { (new: $0 % 5 == 0 ? 0.0 : 1, old: 1.0) }
    #expect(PairedComparison(pairs: equal, margin: 0.08, seed: 1).isNonInferior)
    let comparison = PairedComparison(pairs: worse, margin: 0.08, seed: 1)
    #expect(!comparison.isNonInferior)
    #expect(comparison.onlyOld == 40 && comparison.onlyNew == 0 && comparison.difference.upper < -0.1)
  }

  // MARK: Coverage

  /// How often something holds over simulated exams.
  private func rate(_ exams: Int, _ holds: (Draw) -> Bool) -> Double {
    Double((0..<exams).count { holds(Draw(seed: 20_261_128, key: UInt64($0))) }) / Double(exams)
  }

  private func isHit(_ draw: Draw, _ index: Int, _ p: Double) -> Bool {
    Double(draw.derived(UInt64(index)).word >> 11) * 0x1p-53 < p
  }

  @Test(arguments: [0.5, 0.9, 0.99])
  func clopperPearsonCoversAtLeastAsItSays(p: Double) {
    let covered = rate(2_000) { draw in
      ClopperPearson.interval((0..<60).count { isHit(draw, $0, p) }, of: 60).contains(p)
    }
    #expect(covered >= 0.94, "covered \(covered)")
  }

  /// Cases differ, repeats of a case agree: an interval over repeats would be far too narrow, this one is not.
  @Test func theCaseBootstrapCoversClusteredRepeats() {
    let covered = rate(400) { draw in
      // Half of the cases are easy (0.95), half hard (0.55); ten repeats each.
      let cases = (0..<80).map { index in
        let p = isHit(draw.derived(7), index, 0.5) ? 0.95 : 0.55
        return Double((0..<10).count { isHit(draw.derived(UInt64(index + 100)), $0, p) }) / 10
      }
      return CaseBootstrap(seed: draw.word, replicates: 400).mean(cases).contains(0.75)
    }
    #expect((0.91...0.99).contains(covered), "covered \(covered)")
  }

  /// Looked at after every case, a confidence sequence is wrong at any time in at most one exam of twenty.
  @Test func theConfidenceSequenceHoldsAtAllTimes() {
    let everWrong = rate(300) { draw in
      var sequence = ConfidenceSequence(error: 0.05)
      return (0..<200).contains { index in
        sequence.add(isHit(draw, index, 0.9) ? 1 : 0)
        return !sequence.interval.contains(0.9)
      }
    }
    #expect(everWrong <= 0.07, "ever wrong in \(everWrong)")
    var sequence = ConfidenceSequence()
    for _ in 0..<300 { sequence.add(1) }
    #expect(sequence.interval.lower > 0.97 && sequence.interval.upper == 1)
  }

  @Test func theAcceptanceTestErrsAsOftenAsItSays() {
    let test = AcceptanceTest(p0: 0.85, p1: 0.95, alpha: 0.05, beta: 0.1)
    let cases = 150
    let needed = test.successesNeeded(of: cases)
    #expect(test.isLargeEnough(cases))
    #expect(ClopperPearson.lower(needed, of: cases, error: 0.05) > 0.85)
    #expect(ClopperPearson.lower(needed - 1, of: cases, error: 0.05) <= 0.85)
    let bad = rate(2_000) { draw in (0..<cases).count { isHit(draw, $0, 0.85) } >= needed }
    let good = rate(2_000) { draw in (0..<cases).count { isHit(draw, $0, 0.95) } >= needed }
    #expect(bad <= 0.06, "a bad one passes in \(bad)")
    #expect(good >= 0.89, "a good one passes in \(good)")
    #expect(test.successesNeeded(of: 10) == 11)
    #expect((test.casesNeeded ?? 0) > 50)
  }
}
