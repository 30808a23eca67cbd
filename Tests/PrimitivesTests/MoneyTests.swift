// Amounts are what customers are billed: reading one wrongly is worse than not reading it.

import Primitives
import Testing

@Suite("Shares of money") struct MoneyShareTests {
  @Test("a share is rounded half up to a minor unit", arguments: [
    (1_200_00, 15, 30, 600_00), (1_200_00, 15, 31, 580_65), (300_00, 26, 31, 251_61), (1, 1, 2, 1), (1, 1, 3, 0),
    (100, 0, 31, 0), (100, 31, 31, 100),
  ] as [(Int64, Int64, Int64, Int64)])
  func share(units: Int64, parts: Int64, whole: Int64, expected: Int64) {
    #expect(
      Money(minorUnits: units, currency: .eur).share(parts, of: whole)
        == Money(minorUnits: expected, currency: .eur))
  }

  @Test("months have the days of the Gregorian calendar")
  func daysOfMonths() {
    #expect((1...12).map { CivilDate.days(inMonth: $0, of: 2026) } == [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    #expect([2000, 2024, 2100].map { CivilDate.days(inMonth: 2, of: $0) } == [29, 29, 28])
  }
}

@Suite struct MoneyTests {
  @Test(arguments: [
    (0, "0.00 EUR"), (5, "0.05 EUR"), (-5, "-0.05 EUR"), (120_000, "1,200.00 EUR"), (99_999, "999.99 EUR"),
    (123_456_789, "1,234,567.89 EUR"), (-100_000_00, "-100,000.00 EUR"),
  ] as [(Int64, String)])
  func printsGroupedWithAllMinorDigits(units: Int64, text: String) {
    #expect(Money(minorUnits: units, currency: .eur).description == text)
  }

  @Test func minorDigitsDependOnTheCurrency() throws {
    let yen = try #require(Currency("JPY"))
    let dinar = try #require(Currency("KWD"))
    #expect(Money(minorUnits: 1_200, currency: yen).description == "1,200 JPY")
    #expect(Money(minorUnits: 1_200, currency: dinar).description == "1.200 KWD")
    #expect(Money("1.2 KWD") == Money(minorUnits: 1_200, currency: dinar))
    #expect(Money("1.2 JPY") == nil)
  }

  @Test(arguments: ["1200.00 EUR", "1,200.00 EUR", "1200 EUR", "1,200 EUR", "1200.0 eur"])
  func readsTheUsualForms(text: String) {
    #expect(Money(text) == Money(minorUnits: 120_000, currency: .eur))
  }

  @Test(arguments: [
    "", "EUR", "1200", "1200EUR", "1,20 EUR", "12,00.00 EUR", "1200,000 EUR", ",200 EUR", "1,,200 EUR", "--5 EUR",
    "1200. EUR", ".50 EUR", "1.234 EUR", "1.2.3 EUR", "1e3 EUR", "١٢ EUR", "5 EURO", "5 E1R", "1 200 EUR",
    "99999999999999999999 EUR",
  ])
  func refusesWhatCouldMeanSomethingElse(text: String) {
    #expect(Money(text) == nil)
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func readsBackWhatItPrints(seed: UInt64) {
    let draw = Draw(seed: seed, key: 0)
    let magnitude = Int64(draw.below(1 << (1 + draw.derived(1).below(50))))
    let money = Money(minorUnits: seed % 2 == 0 ? magnitude : -magnitude, currency: .usd)
    #expect(Money(money.description) == money)
  }

  @Test func addsAndSubtractsExactly() {
    let a = Money(minorUnits: 10, currency: .eur)
    let b = Money(minorUnits: 20, currency: .eur)
    #expect(a + b == Money(minorUnits: 30, currency: .eur))
    #expect(a - b == Money(minorUnits: -10, currency: .eur))
  }

  @Test func currencyIsPartOfTheDigest() {
    #expect(Money.zero(.eur).stableDigest != Money.zero(.usd).stableDigest)
  }
}
