// A name's number is stored in plans' sites and in hashes, so it is pinned; its text is for printing only.

import Primitives
import Testing

@Suite struct NameTests {
  // Re-computed in Python: FNV-1a over the UTF-8 bytes (offset 0xCBF29CE484222325, prime 0x100000001B3), then
  // h ^= h >> 32; h *= 0xD6E8FEB86659FD93; h ^= h >> 32.
  @Test(arguments: [
    ("", 0xFDBD_F6AC_4FC5_2E7F), ("cloud.create_cluster", 0xA6EE_C860_69C9_C908),
    ("acme", 0x927E_F6C8_84D3_D5AC), ("Zürich", 0xBEB2_CD73_CDFF_4DA8),
  ] as [(String, UInt64)])
  func hashMatchesKnownAnswers(text: String, expected: UInt64) {
    #expect(Name(text).hash == expected)
  }

  @Test func equalTextsGiveEqualNamesHoweverTheyWereMade() {
    #expect(Name("response" + "-lost") == "response-lost")
    #expect(Name("response-lost") != "response-Lost")
  }

  /// Short texts stand in the name, longer ones elsewhere, literals where they are.
  @Test(arguments: ["", "a", "fifteen letters", "sixteen letters.", "checkpoint:ensure-invoice.result", "Zürich, Zürich"])
  func keepsItsTextHoweverLongItIs(text: String) {
    #expect(Name(text).text == text)
    #expect([Name(text), Name(text + "")].map(\.text) == [text, text])
  }

  @Test func ordersByText() {
    #expect((["zendesk", "ec2", "stripe-v1"] as [Name]).sorted() == ["ec2", "stripe-v1", "zendesk"])
  }

  @Test func tenThousandSimilarNamesDoNotCollide() {
    #expect(Set((0..<10_000).map { Name("customer-\($0)") }).count == 10_000)
  }
}
