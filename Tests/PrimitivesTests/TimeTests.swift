// Simulated time: exact in both directions between numbers, text and calendar.

import Primitives
import Testing

@Suite struct TimeSpanTests {
  @Test(arguments: [
    ("0s", 0), ("17ns", 17), ("5us", 5_000), ("250ms", 250_000_000), ("90s", 90_000_000_000),
    ("2h", 7_200_000_000_000), ("3d", 259_200_000_000_000), ("5m", 300_000_000_000), ("5min", 300_000_000_000),
  ] as [(String, Int64)])
  func reads(text: String, nanoseconds: Int64) {
    #expect(TimeSpan(text) == .nanoseconds(nanoseconds))
  }

  @Test(arguments: ["", "s", "12", "1.5h", "-2h", "2 h", "2H", "2h30m", "2w", "٣d", "9999999999999d"])
  func refuses(text: String) {
    #expect(TimeSpan(text) == nil)
  }

  @Test func printsTheLargestUnitThatFits() {
    #expect(TimeSpan.seconds(90).description == "90s")
    #expect(TimeSpan.hours(48).description == "2d")
    #expect(TimeSpan.milliseconds(1_500).description == "1500ms")
    #expect(TimeSpan.zero.description == "0s")
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func readsBackWhatItPrints(seed: UInt64) {
    let draw = Draw(seed: seed, key: 0)
    let units: [TimeSpan] = [.nanoseconds(1), .microseconds(1), .milliseconds(1), .seconds(1), .hours(1)]
    let span = units[Int(draw.derived(1).below(5))] * Int64(draw.below(1_000_000))
    #expect(TimeSpan(span.description) == span)
  }
}

@Suite struct CivilDateTests {
  // Day numbers are `date -u -d YYYY-MM-DD +%s` divided by 86,400.
  @Test(arguments: [
    (1970, 1, 1, 0), (1969, 12, 31, -1), (2000, 2, 29, 11_016), (2000, 3, 1, 11_017), (1900, 3, 1, -25_508),
    (2026, 11, 22, 20_779), (2100, 2, 28, 47_540), (2100, 3, 1, 47_541), (1600, 1, 1, -135_140),
  ] as [(Int64, Int64, Int64, Int64)])
  func knownDates(year: Int64, month: Int64, day: Int64, number: Int64) {
    #expect(CivilDate.daysSinceEpoch(year: year, month: month, day: day) == number)
    #expect(CivilDate.from(daysSinceEpoch: number) == (year, month, day))
  }

  @Test func everyDayOfEightHundredYearsFollowsTheOneBefore() {
    let first = CivilDate.daysSinceEpoch(year: 1600, month: 1, day: 1)
    let last = CivilDate.daysSinceEpoch(year: 2400, month: 1, day: 1)
    #expect(last - first == 2 * 146_097)  // 400 Gregorian years have 146,097 days
    var wrong = 0
    for number in first..<last {
      let (year, month, day) = CivilDate.from(daysSinceEpoch: number)
      if CivilDate.daysSinceEpoch(year: year, month: month, day: day) != number { wrong += 1 }
      if !(1...12).contains(month) || !(1...31).contains(day) { wrong += 1 }
    }
    #expect(wrong == 0)
  }

  @Test func instantsPrintAsISO8601() {
    #expect(Instant(year: 2026, month: 11, day: 20, hour: 9).description == "2026-11-20T09:00:00.000Z")
    #expect(Instant(nanoseconds: -1).description == "1969-12-31T23:59:59.999Z")
    let late = Instant(year: 2024, month: 2, day: 29, hour: 23, minute: 59, second: 58) + .milliseconds(1_007)
    #expect(late.description == "2024-02-29T23:59:59.007Z")
  }

  @Test func distanceBetweenInstantsIsASpan() {
    let start = Instant(year: 2026, month: 1, day: 1)
    #expect(Instant(year: 2027, month: 1, day: 1) - start == .days(365))
    #expect(start + .hours(1) - .hours(1) == start)
  }
}
