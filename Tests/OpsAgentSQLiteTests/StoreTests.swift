// Both stores against the same rules, and against each other.

import Foundation
import OpsAgent
import OpsAgentSQLite
import Operations
import Primitives
import Testing

@Suite struct StoreTests {
  @Test func theModelKeepsTheRules() throws {
    try StoreConformance { ModelStore() }.run()
  }

  @Test func sqliteInMemoryKeepsTheRules() throws {
    try StoreConformance { try SQLiteStore() }.run()
  }

  @Test func sqliteThatWasResetKeepsTheRules() throws {
    let used = try SQLiteStore()
    try StoreConformance {
      var store = used
      try store.reset()
      return store
    }.run()
  }

  @Test func sqliteInAFileKeepsTheRules() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "store-\(UInt64.random(in: 0 ... .max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var count = 0
    try StoreConformance {
      count += 1
      return try SQLiteStore(path: folder.appending(path: "\(count).sqlite").path)
    }.run()
  }

  @Test func aFileIsCreatedOnFirstUseAndOutlivesItsStore() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "store-\(UInt64.random(in: 0 ... .max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "agent.sqlite").path
    do {
      var store = try SQLiteStore(path: path)
      _ = try store.append(Samples.all, to: "a", by: "one")
      store.stage([.skipped(act: 1)], to: "a", fence: nil, by: "one")
    }
    #expect(try SQLiteStore(path: path).load("a") == Samples.all)
  }

  /// Ten thousand random sequences of operations, each played on both stores, with the same outcomes.
  @Test(arguments: 0..<20)
  func anySequenceOfOperationsHasTheSameOutcomeOnBoth(block: UInt64) throws {
    var sqlite = try SQLiteStore()
    for sequence in 0..<500 as Range<UInt64> {
      try sqlite.reset()
      var model = ModelStore()
      let seed = Draw(seed: block, key: sequence)
      let one = try outcomes(of: seed, on: &model)
      let other = try outcomes(of: seed, on: &sqlite)
      #expect(one == other, "seed \(block)/\(sequence)")
    }
  }

  private func outcomes(of seed: Draw, on store: inout some CheckpointStore) throws -> [String] {
    var outcomes: [String] = []
    var leases: [Lease] = []
    var now = Instant(year: 2026, month: 11, day: 20)
    let replicas: [Name] = ["one", "two", "three"]
    let runs: [Name] = ["a", "b"]
    for index in 0..<12 as Range<UInt64> {
      let draw = seed.derived(index)
      let replica = replicas[Int(draw.derived(1).below(3))]
      let run = runs[Int(draw.derived(2).below(2))]
      now += .seconds(Int64(draw.derived(3).below(90)))
      switch draw.derived(4).below(8) {
      case 0, 1:
        let sample = Samples.all[Int(draw.derived(5).below(UInt64(Samples.all.count)))]
        let fence = draw.derived(6).below(4)
        store.stage([sample], to: run, fence: fence == 0 ? nil : Int64(fence), by: replica)
      case 2: outcomes.append("\(try store.commit(by: replica))")
      case 3: store.dropStaged(by: replica)
      case 4:
        let outcome = try store.acquire(run, for: replica, at: now, span: .minutes(1))
        if case .granted(let lease) = outcome { leases.append(lease) }
        outcomes.append("\(outcome)")
      case 5:
        guard let lease = leases.last else { continue }
        outcomes.append("\(String(describing: try store.renew(lease, at: now, span: .minutes(1))))")
      case 6:
        guard let lease = leases.first else { continue }
        try store.release(lease)
      default: outcomes.append("\(try store.load(run).map(\.stableDigest)) \(try store.runs())")
      }
    }
    return outcomes
  }
}

@Suite struct RecordCodingTests {
  @Test(arguments: Samples.all) func comesBackAsItWasWritten(record: JournalRecord) throws {
    #expect(try [JournalRecord](decoding: [record].encoded) == [record])
  }

  @Test func aBrokenJournalIsRefusedAndNotMisread() {
    let bytes = Samples.all.encoded
    for length in 1..<bytes.count where length % 7 == 0 {
      let cut = Array(bytes.prefix(length))
      let read = try? [JournalRecord](decoding: cut)
      #expect(read == nil || read == Array(Samples.all.prefix(read?.count ?? 0)))
    }
    #expect(throws: MalformedRecords.self) { try [JournalRecord](decoding: [200]) }
    #expect(throws: MalformedRecords.self) { try [JournalRecord](decoding: [3, 2, 0xFF, 0xFF, 0xFF, 0x7F]) }
  }
}
