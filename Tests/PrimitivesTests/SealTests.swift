// An id tells which world made it, wherever it stands; a word that is no id tells nothing.

import Primitives
import Testing

@Suite struct SealTests {
  private static let prefixes: [StaticString] = ["i-", "T-", "P", "vpc-", "cus_", "sub_", "snap-", "cbtxn_", "AROA", "in_"]

  @Test(arguments: prefixes.indices, [1, 2, 4_711, Seal.count] as [UInt16])
  func anIdCarriesTheSealOfItsWorld(prefix: Int, number: UInt16) {
    for key in 0..<200 as Range<UInt64> {
      let id = Draw(seed: 7, key: key).identifier(Self.prefixes[prefix], seal: Seal(number))
      #expect(id.utf8.count == 15)
      #expect(Seal(of: id) == Seal(number), "\(id)")
    }
  }

  @Test func worldsDifferInNothingButTheSeal() {
    let draw = Draw(seed: 7, key: 1)
    let (one, other) = (draw.identifier("vpc-", seal: Seal(1)), draw.identifier("vpc-", seal: Seal(2)))
    #expect(one != other)
    #expect(one.prefix(9) == other.prefix(9))
    #expect(one.prefix(9) == draw.identifier("vpc-").prefix(9))
  }

  @Test func idsOfOneWorldDiffer() {
    let ids = Set((0..<500 as Range<UInt64>).map { Draw(seed: 3, key: $0).identifier("vpc-", seal: Seal(9)) })
    #expect(ids.count == 500)
  }

  // One in 32,768 looks sealed by chance, of a hundred thousand three.
  @Test func anIdOfASimulatedRunHasNone() {
    let sealed = (0..<100_000 as Range<UInt64>).count { Seal(of: Draw(seed: 5, key: $0).identifier("vpc-")) != .none }
    #expect(sealed < 12)
  }

  @Test func idsAreFoundInTextInTheirOrder() {
    let (one, other) = (
      Draw(seed: 1, key: 1).identifier("cus_", seal: Seal(3)), Draw(seed: 1, key: 2).identifier("AROA", seal: Seal(4)))
    let found = Seal.found(in: "charge-\(one)-2026 of (\(other)).")
    #expect(found.map(\.id) == [one, other])
    #expect(found.map(\.seal) == [Seal(3), Seal(4)])
  }

  @Test func whatIsOnlyPartOfAWordIsNoId() {
    let id = Draw(seed: 1, key: 1).identifier("cus_", seal: Seal(3))
    for text in ["x\(id)", "\(id)x", String(id.dropLast()), String(id.dropFirst()), id.uppercased(), ""] {
      #expect(Seal.found(in: text).isEmpty, "\(text)")
    }
  }

  @Test(arguments: [
    "acme-onboarding", "Set up a cluster for acme in eu-central-1", "cloud-reservation", "2026-11-02T09:00:00Z",
    "onboarding:acme/create_cluster", "1,200.00 EUR",
  ])
  func wordsAreNoIds(text: String) { #expect(Seal.found(in: text).isEmpty) }
}
