// The disk that lies: SQLite really uses it, and it loses, refuses and tears what it is told to.

import GRDB
import OpsAgent
import OpsAgentSQLite
import Operations
import Primitives
import Testing

@testable import LyingDisk

@Suite struct DiskTests {
  private static let records: [JournalRecord] = [.skipped(act: 1), .skipped(act: 2)]

  private func open(_ vfs: DiskVFS) throws -> SQLiteStore { try SQLiteStore(path: vfs.uri("journal.sqlite")) }

  @Test func sqliteUsesTheDiskAndNothingElse() throws {
    let vfs = DiskVFS(Disk())
    var store = try open(vfs)
    let before = vfs.disk.counts
    #expect(before.opens > 0 && before.writes > 0 && before.syncs > 0)
    #expect(try store.append(Self.records, to: "a", by: "one") == .stored)
    let after = vfs.disk.counts
    #expect(after.syncs == before.syncs + 1, "one transaction is one sync of the log")
    #expect(after.writes > before.writes)
    #expect(vfs.disk.copy.names.contains("/journal.sqlite-wal"))
    #expect(try store.load("a") == Self.records)
  }

  @Test func twoDisksAreTwoVolumes() throws {
    let (one, two) = (DiskVFS(Disk()), DiskVFS(Disk()))
    #expect(one.name != two.name)
    var store = try open(one)
    _ = try store.append(Self.records, to: "a", by: "one")
    #expect(try open(two).load("a").isEmpty)
    #expect(two.disk.counts.opens > 0)
  }

  @Test func whatWasCommittedOutlivesAPowerFailureAndWhatWasNotMayGo() throws {
    let vfs = DiskVFS(Disk())
    var store: SQLiteStore? = try open(vfs)
    _ = try store?.append(Self.records, to: "a", by: "one")
    let next = vfs.disk.counts.events + 1
    vfs.disk.bring(.powerFailure(atEvent: next, .nothing, liesAboutSync: false))
    #expect(throws: StoreFailure.ioError) { _ = try store?.append([.skipped(act: 3)], to: "a", by: "one") }
    #expect(vfs.disk.isDown)
    store = nil
    vfs.disk.restart()
    #expect(try open(vfs).load("a") == Self.records)
  }

  @Test func whatWasNeverSyncedIsGoneWhereTheDiskLied() throws {
    let vfs = DiskVFS(Disk())
    vfs.disk.bring(.powerFailure(atEvent: .max, .nothing, liesAboutSync: true))
    var store: SQLiteStore? = try open(vfs)
    #expect(try store?.append(Self.records, to: "a", by: "one") == .stored)
    vfs.disk.cutPower()
    store = nil
    vfs.disk.restart()
    #expect(try open(vfs).load("a").isEmpty)
  }

  @Test(arguments: [(DiskError.write, StoreFailure.ioError), (.full, .full)])
  func anErrorIsReportedOnceInTheAgentsWords(error: DiskError, failure: StoreFailure) throws {
    let vfs = DiskVFS(Disk())
    var store = try open(vfs)
    vfs.disk.bring(.failure(atEvent: vfs.disk.counts.events + 1, error))
    #expect(throws: failure) { _ = try store.append(Self.records, to: "a", by: "one") }
    #expect(try store.load("a").isEmpty)
    #expect(try store.append(Self.records, to: "a", by: "one") == .stored)
    #expect(try store.load("a") == Self.records)
  }

  @Test func aVolumeWithoutRoomCanStillBeRead() throws {
    let vfs = DiskVFS(Disk())
    var store = try open(vfs)
    _ = try store.append(Self.records, to: "a", by: "one")
    vfs.disk.bring(.full(fromEvent: 0))
    #expect(throws: StoreFailure.full) { _ = try store.append(Self.records, to: "a", by: "one") }
    #expect(try store.load("a") == Self.records)
  }

  @Test func survivalsAreDistinctAndTearAtSectors() {
    #expect(Survival.all(of: 0, drawn: 8) == [.nothing])
    let all = Survival.all(of: 4, drawn: 3)
    #expect(Set(all).count == all.count)
    #expect(all.count == 2 + 3 + 8 + 8 + 3)
    let write = Disk.Change(file: "f", offset: 1_024, bytes: Array(repeating: 7, count: 2_048))
    let first = Survival.torn(0, isSecondHalf: false).kept(of: write, at: 0, of: 1)
    #expect(first?.offset == 1_024 && first?.bytes?.count == 1_024)
    let second = Survival.torn(0, isSecondHalf: true).kept(of: write, at: 0, of: 1)
    #expect(second?.offset == 2_048 && second?.bytes?.count == 1_024)
    let small = Disk.Change(file: "f", offset: 0, bytes: Array(repeating: 7, count: 24))
    #expect(Survival.torn(0, isSecondHalf: false).kept(of: small, at: 0, of: 1) == nil)
    #expect(Survival.only(1).kept(of: write, at: 0, of: 2) == nil)
    #expect(Survival.allBut(1).kept(of: write, at: 0, of: 2) != nil)
  }

  @Test func aLostHalfOfAWriteIsThereAfterThePowerFailure() {
    let disk = Disk()
    disk.bring(.powerFailure(atEvent: 1, .torn(0, isSecondHalf: false), liesAboutSync: false))
    let bytes = Array(repeating: UInt8(9), count: 1_024)
    _ = bytes.withUnsafeBytes { disk.write("f", $0, at: 0) }
    #expect(disk.isDown)
    disk.restart()
    #expect(disk.size("f") == 512)
  }

  // MARK: What is there is no journal of ours

  private func refusal(_ body: (DiskVFS) throws -> Void) throws -> String {
    let vfs = DiskVFS(Disk())
    var store: SQLiteStore? = try open(vfs)
    for number in 0..<40 { _ = try store?.append([.skipped(act: number)], to: "a", by: "one") }
    store = nil
    try body(vfs)
    do {
      _ = try open(vfs).load("a")
      return ""
    } catch StoreFailure.unreadable(let text) {
      return text
    }
  }

  @Test func aFileThatIsNoDatabaseIsRefusedByName() throws {
    let text = try refusal { $0.disk.damage("/journal.sqlite") { $0 = Array("hello, this is text".utf8) } }
    #expect(text.contains("journal.sqlite") && text.contains("restore a copy"))
  }

  @Test func aPageOfZerosIsRefused() throws {
    let text = try refusal { vfs in
      vfs.disk.damage("/journal.sqlite") { for index in 4_096..<8_192 { $0[index] = 0 } }
    }
    #expect(text.contains("journal.sqlite"))
  }

  @Test func aBitThatIsWrongWithinARecordIsRefused() throws {
    // A page's structure does not show it: the records' own digest does.
    let vfs = DiskVFS(Disk())
    var store: SQLiteStore? = try open(vfs)
    let record = JournalRecord.refused(act: 1, reason: "a sentence that can be found", at: Instant(nanoseconds: 1))
    _ = try store?.append([record], to: "a", by: "one")
    #expect(try store?.load("a") == [record])
    store = nil
    vfs.disk.damage("/journal.sqlite") { bytes in
      let needle = Array("sentence".utf8)
      guard let at = bytes.indices.first(where: { bytes[$0...].starts(with: needle) }) else { return }
      bytes[at] ^= 1
    }
    #expect(throws: StoreFailure.self) { _ = try open(vfs).load("a") }
  }

  @Test func aDatabaseOfAnotherProgramIsRefusedAndLeftAlone() throws {
    let vfs = DiskVFS(Disk())
    let other = try DatabaseQueue(path: vfs.uri("journal.sqlite"))
    try other.write { try $0.execute(sql: "CREATE TABLE customer (name TEXT)") }
    try other.close()
    do {
      _ = try open(vfs)
      Issue.record("it was taken for a journal")
    } catch StoreFailure.unreadable(let text) {
      #expect(text.contains("another program") && text.contains("customer"))
    }
    let again = try DatabaseQueue(path: vfs.uri("journal.sqlite"))
    let tables = try again.read { try String.fetchAll($0, sql: "SELECT name FROM sqlite_schema") }
    #expect(tables == ["customer"])
  }

  @Test func anIntactFileIsNotRefused() throws {
    #expect(try refusal { _ in } == "")
  }
}
