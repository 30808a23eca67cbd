// What SQLite reports, in the agent's words, with the file and what to do about it.

import Foundation
import GRDB
import OpsAgent
import Primitives

extension SQLiteStore {
  /// Does something with the database, by statements that are transactions of their own.
  func using<T>(_ body: (Database) throws -> T) throws -> T {
    try SQLiteStore.naming(path) { try queue.writeWithoutTransaction(body) }
  }

  /// Does something in one transaction.
  func inTransaction<T>(_ body: (Database) throws -> T) throws -> T {
    try SQLiteStore.naming(path) { try queue.write(body) }
  }

  /// Looks whether the database is whole and ours, before anything is read from it or written to it.
  ///
  /// A checksum guards the write-ahead log and nothing guards the file: what a disk or another program did to it
  /// shows in the structure, if it shows at all.
  ///
  /// - Throws: ``StoreFailure/unreadable(_:)``, and what SQLite reports.
  static func examine(_ queue: DatabaseQueue) throws {
    try queue.read { database in
      let findings = try String.fetchAll(database, sql: "PRAGMA integrity_check(1)")
      guard findings == ["ok"] else {
        throw StoreFailure.unreadable("it is damaged (\(findings.first ?? "no finding"))")
      }
      let tables = try String.fetchAll(
        database, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
      let own = ["grdb_migrations", "journal", "lease"]
      guard tables.isEmpty || tables.contains(own[0]) && tables.allSatisfy(own.contains) else {
        throw StoreFailure.unreadable(
          "it is a database of another program, with the tables \(tables.joined(separator: ", "))")
      }
    }
  }

  /// The records of one transaction with a digest behind them: a page that lost a bit still has the form of a page.
  static func seal(_ records: [JournalRecord], of run: Name) -> Data {
    let bytes = records.encoded
    var sealed = Data(bytes)
    withUnsafeBytes(of: digest(bytes[...], of: run).littleEndian) { sealed.append(contentsOf: $0) }
    return sealed
  }

  /// - Throws: ``StoreFailure/unreadable(_:)`` where the bytes are not what was written, `MalformedRecords` where
  ///   another program wrote them.
  static func unseal(_ sealed: [UInt8], of run: Name) throws -> [JournalRecord] {
    let bytes = sealed.dropLast(8)
    let digest = withUnsafeBytes(of: digest(bytes, of: run).littleEndian) { Array($0) }
    guard sealed.count >= 8, sealed.suffix(8).elementsEqual(digest) else {
      throw StoreFailure.unreadable("records of \(run) are not what was written")
    }
    return try [JournalRecord](decoding: Array(bytes))
  }

  private static func digest(_ bytes: ArraySlice<UInt8>, of run: Name) -> UInt64 {
    var hasher = StableHasher(seed: run.hash)
    for start in stride(from: bytes.startIndex, to: bytes.endIndex, by: 8) {
      var word: UInt64 = 0
      for index in start..<min(start + 8, bytes.endIndex) { word = word << 8 | UInt64(bytes[index]) }
      hasher.combine(word)
    }
    hasher.combine(bytes.count)
    return hasher.digest
  }

  /// Turns what SQLite and the journal's reader report into the agent's words.
  static func naming<T>(_ path: String?, _ body: () throws -> T) throws -> T {
    do {
      return try body()
    } catch let error as DatabaseError {
      throw failure(error, path)
    } catch let error as MalformedRecords {
      throw unreadable(error.description, path)
    } catch StoreFailure.unreadable(let text) {
      throw unreadable(text, path)
    }
  }

  private static func failure(_ error: DatabaseError, _ path: String?) -> StoreFailure {
    switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED: .busy
    case .SQLITE_FULL: .full
    case .SQLITE_IOERR: .ioError
    default: unreadable("\(error.message ?? error.resultCode.description)", path)
    }
  }

  private static func unreadable(_ what: String, _ path: String?) -> StoreFailure {
    .unreadable(
      "\(path ?? "the database in memory"): \(what). Keep the file for whoever looks into it, and restore a copy or "
        + "put an empty one in its place: a run that begins anew looks at what is there before it acts.")
  }
}
