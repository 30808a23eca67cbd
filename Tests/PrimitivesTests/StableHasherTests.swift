// The hash that identifies sites, draws and traces must never change by accident: every saved failure depends on it.

import Primitives
import Testing

@Suite struct StableHasherTests {
  // The expected words of the known-answer tests come from a re-implementation in another language
  // (Python integers, masked to 64 bits): state = seed ^ 0x9E3779B97F4A7C15; for each word
  // s = (rotl(state, 5) ^ word) * 0x9FB21C651E98DF25, state = s ^ (s >> 29). Text: the byte count, then
  // the UTF-8 bytes in little-endian groups of eight, the last one padded with zeros.

  @Test(arguments: [
    ([], 0x9E37_79B9_7F4A_7C15), ([1, 2], 0x81F6_DC69_7874_E598), ([2, 1], 0xD947_684F_C695_8987),
    ([-1], 0x10BE_304C_D436_CD9E),
  ] as [([Int], UInt64)])
  func matchesKnownAnswersForWords(words: [Int], expected: UInt64) {
    var hasher = StableHasher()
    for word in words { hasher.combine(word) }
    #expect(hasher.digest == expected)
  }

  @Test(arguments: [
    ("", 0x4F8F_B34C_F3E2_4AAB), ("onboard!", 0x516D_94A4_CEC6_B2EC),
    ("cloud.create_cluster", 0xA6F1_9F60_17D1_5474), ("Zürich", 0xE9D5_CA37_3014_A660),
  ] as [(String, UInt64)])
  func matchesKnownAnswersForText(text: String, expected: UInt64) {
    #expect(text.stableDigest == expected)
  }

  @Test func seedIsPartOfTheDigest() {
    var hasher = StableHasher(seed: 7)
    hasher.combine(1)
    #expect(hasher.digest == 0xCD12_F0FB_9F24_C435)
  }

  @Test(arguments: 0..<64)
  func changingAnyBitOfAnyWordChangesTheDigest(bit: Int) {
    let words = (0..<8).map { Draw(seed: 1, key: $0).word }
    func digest(_ words: [UInt64]) -> UInt64 {
      var hasher = StableHasher()
      for word in words { hasher.combine(word) }
      return hasher.digest
    }
    for index in words.indices {
      var changed = words
      changed[index] ^= 1 << UInt64(bit)
      #expect(digest(changed) != digest(words))
    }
  }

  @Test func absentAndEmptyTextDiffer() {
    var absent = StableHasher()
    absent.combine(nil as String?)
    var empty = StableHasher()
    empty.combine("" as String?)
    #expect(absent.digest != empty.digest)
  }

  @Test func movingABoundaryBetweenTextsChangesTheDigest() {
    #expect(digest("ab", "c") != digest("a", "bc"))
    #expect(digest("", "abc") != digest("abc", ""))
    #expect(digest("a\0", "") != digest("a", "\0"))
  }

  @Test func nestingOfArraysIsPartOfTheDigest() {
    func digest(_ lists: [[String]]) -> UInt64 {
      var hasher = StableHasher()
      for list in lists { hasher.combine(list) }
      return hasher.digest
    }
    #expect(digest([["a"], ["b"]]) != digest([["a", "b"], []]))
  }

  @Test func printsSixteenDigits() {
    #expect((0x2A as UInt64).hexadecimal == "000000000000002a")
    #expect(UInt64.max.hexadecimal == "ffffffffffffffff")
  }

  /// The definition, byte by byte, for every length up to four words.
  @Test(arguments: 0...32)
  func textIsItsLengthAndItsBytesEightAtATime(length: Int) {
    let bytes = (0..<length).map { UInt8(97 + ($0 * 7) % 26) }
    var expected = StableHasher()
    expected.combine(length)
    for start in stride(from: 0, to: length, by: 8) {
      var word: UInt64 = 0
      for (place, byte) in bytes[start..<min(start + 8, length)].enumerated() { word |= UInt64(byte) << (8 * place) }
      expected.combine(word)
    }
    var hasher = StableHasher()
    hasher.combine(String(decoding: bytes, as: UTF8.self))
    #expect(hasher.digest == expected.digest)
  }

  private func digest(_ texts: String...) -> UInt64 {
    var hasher = StableHasher()
    for text in texts { hasher.combine(text) }
    return hasher.digest
  }
}
