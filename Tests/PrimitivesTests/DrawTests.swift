// Draws are keyed, never counted: what is drawn at one place says nothing about another.

import Primitives
import Testing

@Suite struct DrawTests {
  // The first two outputs of SplitMix64 seeded with 0, as published with its reference implementation
  // (https://prng.di.unimi.it/splitmix64.c): the mix of one and of two golden-ratio increments.
  @Test func mixingIsThatOfSplitMix64() {
    let increment: UInt64 = 0x9E37_79B9_7F4A_7C15
    #expect(Draw.mix(increment) == 0xE220_A839_7B1D_CDAF)
    #expect(Draw.mix(increment &* 2) == 0x6E78_9E6A_A1B9_65F4)
  }

  // mix(mix(seed + 0x9E3779B97F4A7C15) ^ key), re-computed in Python.
  @Test(arguments: [
    (0, 0, 0x4821_8226_FF3C_D4BF), (7, 1, 0x0524_257C_04FC_F117),
    (1 << 63, UInt64.max, 0xA62D_3273_B878_A817),
  ] as [(UInt64, UInt64, UInt64)])
  func matchesKnownAnswers(seed: UInt64, key: UInt64, expected: UInt64) {
    #expect(Draw(seed: seed, key: key).word == expected)
  }

  @Test(arguments: [1, 2, 3, 7, 10, 1_000, UInt64.max])
  func staysBelowItsBound(bound: UInt64) {
    #expect((0..<1_000).allSatisfy { Draw(seed: 3, key: $0).below(bound) < bound })
  }

  @Test func everyOutcomeOfASmallBoundOccursAboutEquallyOften() {
    var counts = [Int](repeating: 0, count: 8)
    for key in 0..<8_000 as Range<UInt64> { counts[Int(Draw(seed: 11, key: key).below(8))] += 1 }
    // 1,000 expected each, standard deviation 30; a fixed seed, so this can't flicker.
    #expect(counts.allSatisfy { (850...1_150).contains($0) }, "\(counts)")
  }

  @Test(arguments: 0..<50 as Range<UInt64>)
  func spansStayInTheirBand(seed: UInt64) {
    let band = TimeSpan.milliseconds(20)...TimeSpan.milliseconds(21)
    #expect((0..<100).allSatisfy { band.contains(Draw(seed: seed, key: $0).span(in: band)) })
    #expect(Draw(seed: seed, key: 0).span(in: .seconds(1)...(.seconds(1))) == .seconds(1))
  }

  @Test func neighbouringSeedsAndKeysShareNothing() {
    var seen: Set<UInt64> = []
    for seed in 0..<100 as Range<UInt64> {
      for key in 0..<100 as Range<UInt64> { seen.insert(Draw(seed: seed, key: key).word) }
    }
    #expect(seen.count == 10_000)
  }

  @Test func derivedDrawsDifferFromTheirOriginAndFromEachOther() {
    let draw = Draw(seed: 1, key: 2)
    #expect(Set([draw, draw.derived(0), draw.derived(1), draw.derived("latency"), draw.derived("id")]).count == 5)
  }

  @Test func identifiersAreFifteenBytesOfPrefixAndBase32Digits() {
    // Digits of 0x0524257C04FCF117 from the lowest five bits up, in 0-9a-v; re-computed in Python.
    #expect(Draw(seed: 7, key: 1).identifier("i-") == "i-n8spf2gf519a0")
    #expect(Draw(seed: 7, key: 1).identifier("cus_") == "cus_n8spf2gf519")
  }

  @Test func tenThousandIdentifiersDiffer() {
    #expect(Set((0..<10_000).map { Draw(seed: 5, key: $0).identifier("sub_") }).count == 10_000)
  }
}
