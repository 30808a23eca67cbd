// Fields carry every argument and body; order is kept, and only the fingerprint and `matches` ignore it.

import Operations
import Primitives
import Testing

@Suite struct FieldsTests {
  static let values: [Value] = [
    .null, true, false, 0, 1, "", "1", .money(.zero(.eur)), .money(.zero(.usd)), .instant(Instant(nanoseconds: 0)),
    .instant(Instant(nanoseconds: 1)), [], [nil], [1, 2], [2, 1], [[1], 2], .record([:]), .record(["a": 1]),
    .record(["a": nil]), .record(["b": 1]),
  ]

  @Test func differentValuesHaveDifferentDigests() {
    #expect(Set(Self.values).count == Self.values.count)
    #expect(Set(Self.values.map(\.stableDigest)).count == Self.values.count)
  }

  @Test(arguments: 0..<100 as Range<UInt64>)
  func fingerprintDoesNotDependOnTheOrderOfEntries(seed: UInt64) {
    let entries = (0..<8).map { index -> (Name, Value) in
      (Name("field-\(index)"), Self.values[Int(Draw(seed: seed, key: UInt64(index)).below(20))])
    }
    let shuffled = entries.enumerated().sorted {
      Draw(seed: seed, key: 100 + UInt64($0.offset)).word < Draw(seed: seed, key: 100 + UInt64($1.offset)).word
    }.map(\.element)
    let (a, b) = (Fields(entries), Fields(shuffled))
    #expect(a.fingerprint == b.fingerprint)
    #expect(a.matches(b) && b.matches(a))
    #expect((a == b) == (entries.map(\.0) == shuffled.map(\.0)))
  }

  @Test func fingerprintSeesEveryNameAndValue() {
    let base: Fields = ["region": "eu", "count": 3]
    let others: [Fields] = [
      [:], ["region": "eu"], ["region": "us", "count": 3], ["region": "eu", "count": 4], ["zone": "eu", "count": 3],
      ["region": "eu", "count": 3, "x": nil], ["region": 3, "count": "eu"],
    ]
    #expect(Set(others.map(\.fingerprint) + [base.fingerprint]).count == others.count + 1)
    #expect(!others.contains { $0.matches(base) })
  }

  @Test func settingReplacesInPlaceAppendsAndRemoves() {
    var fields: Fields = ["a": 1, "b": 2]
    fields["a"] = 3
    fields["c"] = "new"
    fields["b"] = nil
    fields["missing"] = nil
    #expect(fields == ["a": 3, "c": "new"])
    #expect(fields.description == #"{a: 3, c: "new"}"#)
  }

  @Test func settingTheNullValueKeepsTheEntry() {
    var fields: Fields = ["a": 1]
    fields["a"] = .some(.null)
    #expect(fields["a"]?.isNull == true)
    #expect(fields.entries.count == 1)
  }

  @Test func readingAsAnotherTypeGivesNothing() {
    let fields: Fields = ["a": 1, "t": "1"]
    #expect(fields.int("a") == 1 && fields.text("a") == nil && fields.bool("a") == nil)
    #expect(fields.text("t") == "1" && fields.int("t") == nil && fields.money("t") == nil)
  }
}
