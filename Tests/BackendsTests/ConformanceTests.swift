// What the documentation of each vendor says, row by row.

import Operations
import Primitives
import Testing

@testable import Backends

@Suite("Conformance tables")
struct ConformanceTests {
  @Test("every row shows the documented status, headers, body and state", arguments: ConformanceTable.all)
  func rowsHold(table: ConformanceTable) throws {
    for rows in try table.sequences() {
      var player = try ConformancePlayer(profile: table.profile, options: rows[0].options ?? [:])
      for row in rows { try player.play(row) }
    }
  }

  @Test("every table has at least 25 rows, each with its source", arguments: ConformanceTable.all)
  func tablesAreLarge(table: ConformanceTable) throws {
    let rows = try table.sequences().flatMap { $0 }
    #expect(rows.count >= 25)
    #expect(rows.allSatisfy { $0.source.hasPrefix("https://") })
    #expect(rows.allSatisfy { $0.expect != nil || $0.state != nil }, "a row that expects nothing shows nothing")
  }

  @Test("every profile has a table")
  func everyProfileHasATable() {
    let tables = Set(ConformanceTable.all.map(\.profile))
    for entry in BackendRegistry.profiles { #expect(tables.contains(entry.profile.text), "\(entry.profile)") }
  }
}
