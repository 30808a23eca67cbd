// What lagging replicas show.

import Operations
import Primitives
import Testing

@testable import Backends

@Suite("Record table")
struct RecordTableTests {
  struct Thing: Record {
    let id: String
    var value: Int
    var kept = KeptBody()

    var shown: Fields { ["id": .text(id), "value": .int(Int64(value))] }

    func hash(into hasher: inout StableHasher) {
      hasher.combine(id)
      hasher.combine(value)
    }
  }

  let start = Instant(year: 2026, month: 11, day: 20)
  func at(_ seconds: Int64) -> Instant { start + .seconds(seconds) }

  @Test("a replica that lags behind a write does not show it; one that has caught up does")
  func createdLater() {
    var table = RecordTable<Thing>(retention: .seconds(10))
    table.insert(Thing(id: "a", value: 1), at: at(5))
    #expect(table.record("a", asOf: at(4)) == nil)
    #expect(table.record("a", asOf: at(5))?.value == 1)
    #expect(table["a"]?.value == 1)
  }

  @Test("what was there at the start is there for every replica")
  func seeded() {
    var table = RecordTable<Thing>(retention: .seconds(10))
    table.seed(Thing(id: "a", value: 1))
    table.update("a", at: at(5)) { $0.value = 2 }
    #expect(table.record("a", asOf: at(0))?.value == 1)
  }

  @Test("a deleted object lives on where the deletion has not arrived")
  func deleted() {
    var table = RecordTable<Thing>(retention: .seconds(10))
    table.seed(Thing(id: "a", value: 1))
    table.remove("a", at: at(5))
    #expect(table["a"] == nil)
    #expect(table.records(asOf: at(4)) { _ in true }.map(\.id) == ["a"])
    #expect(table.records(asOf: at(5)) { _ in true }.isEmpty)
  }

  @Test("reads are not monotonic: a later read may come from an older replica")
  func notMonotonic() {
    var table = RecordTable<Thing>(retention: .seconds(10))
    table.insert(Thing(id: "a", value: 1), at: at(1))
    #expect(table.record("a", asOf: at(2)) != nil)
    #expect(table.record("a", asOf: at(0)) == nil)
  }

  @Test("a change that changes nothing leaves no version behind")
  func unchanged() {
    var table = RecordTable<Thing>(retention: .seconds(10))
    table.seed(Thing(id: "a", value: 1))
    let before = table.stableDigest
    table.update("a", at: at(5)) { $0.value = 1 }
    #expect(table.stableDigest == before)
  }

  @Test("a stored object is shown as it is now, and a lagging replica shows it as it was")
  func bodiesFollowChanges() {
    var table = RecordTable<Thing>(retention: .seconds(10))
    let stored = table.insert(Thing(id: "a", value: 1), at: at(1))
    #expect(stored.body == stored.shown)
    table.update("a", at: at(5)) { $0.value = 2 }
    #expect(table["a"]?.body == ["id": "a", "value": 2])
    #expect(table.bodies(asOf: at(5)) { _ in true } == [["id": "a", "value": 2]])
    #expect(table.bodies(asOf: at(4)) { _ in true } == [["id": "a", "value": 1]])
    #expect(table.isFresh(asOf: at(5)) && !table.isFresh(asOf: at(4)))
  }

  @Test("every past state within the retention is shown as it was", arguments: 1...50)
  func history(seed: Int) {
    var table = RecordTable<Thing>(retention: .seconds(20))
    var snapshots: [[Thing]] = []
    var draw = Draw(seed: UInt64(seed), key: 7)
    for second in 0..<60 {
      draw = draw.derived(1)
      let id = "t\(draw.derived(2).below(6))"
      switch draw.derived(3).below(3) {
      case 0 where table[id] != nil: table.remove(id, at: at(Int64(second)))
      case _ where table[id] == nil: table.insert(Thing(id: id, value: second), at: at(Int64(second)))
      default: table.update(id, at: at(Int64(second))) { $0.value = second }
      }
      snapshots.append(table.all { _ in true })
      for lag in 0..<min(20, second) {
        let shown = table.records(asOf: at(Int64(second - lag))) { _ in true }
        #expect(shown == snapshots[second - lag], "\(lag) seconds before second \(second)")
      }
    }
  }
}
