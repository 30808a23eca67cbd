// The format of fixtures/conformance: one row a line, rows of one sequence share a backend.

import Foundation
import Operations
import Primitives
import Testing

/// One row of a conformance table.
///
/// - `name`: what the row shows. `source`: where it is documented.
/// - `sequence`: rows of one sequence are played in order on one backend; a row without one has its own.
/// - `options`: the backend's options; in the first row of a sequence only.
/// - `at_ms`: when, in milliseconds after the start of the sequence (default: the time of the row before).
///   What is due until then happens first.
/// - `deliver`: a message from another system, taken before the request: `{topic, id, body}`.
/// - `request`: `{operation, arguments, principal, key, fence}`; the principals `agent` (all scopes) and
///   `reader` (scopes that end in `.read`) exist. `repeat`: sent so often; the last answer counts.
/// - `conditions`: `read_lag_ms lifecycle_fails error_after_commit refuses_compensation limited outage`.
/// - `expect`: `status`, `error` (code), `headers`, `no_headers`, `body` (fields it must show), `deliveries` (topics
///   of what the system sent by itself since the row before).
/// - `save`: `{name: field}` keeps a field of the body; later `$name` stands for it.
/// - `state`: `effects` (exactly those that the row added, each with the fields to be shown) and `get` (a
///   read afterwards: `{operation, arguments, status, error, body}`).
struct ConformanceRow: Decodable {
  struct Request: Decodable {
    var operation: String
    var arguments: [String: JSON]?
    var principal: String?
    var key: String?
    var fence: Int64?
  }
  struct Conditions: Decodable {
    var read_lag_ms: Int64?
    var lifecycle_fails: Bool?
    var error_after_commit: Bool?
    var refuses_compensation: Bool?
    var limited: Bool?
    var outage: Bool?
  }
  struct Delivery: Decodable {
    var topic: String
    var id: String
    var body: [String: JSON]?
  }
  struct Expectation: Decodable {
    var status: Int?
    var error: String?
    var headers: [String: JSON]?
    var no_headers: [String]?
    var body: [String: JSON]?
    var deliveries: [String]?
  }
  struct ReadBack: Decodable {
    var operation: String
    var arguments: [String: JSON]?
    var status: Int?
    var error: String?
    var body: [String: JSON]?
  }
  struct State: Decodable {
    var effects: [[String: JSON]]?
    var get: ReadBack?
  }

  var name: String
  var source: String
  var sequence: String?
  var options: [String: JSON]?
  var at_ms: Int64?
  var deliver: Delivery?
  var request: Request?
  var `repeat`: Int?
  var conditions: Conditions?
  var expect: Expectation?
  var save: [String: String]?
  var state: State?
}

/// One file of fixtures/conformance.
struct ConformanceTable: Sendable, CustomTestStringConvertible {
  let profile: String
  let file: URL

  var testDescription: String { profile }

  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "fixtures/conformance")

  static let all: [ConformanceTable] = {
    let files = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    return (files ?? []).filter { $0.pathExtension == "jsonl" }.sorted { $0.path < $1.path }
      .map { ConformanceTable(profile: $0.deletingPathExtension().lastPathComponent, file: $0) }
  }()

  /// The rows by sequence, in the order of the file.
  func sequences() throws -> [[ConformanceRow]] {
    var sequences: [(name: String, rows: [ConformanceRow])] = []
    let decoder = JSONDecoder()
    let text = try String(contentsOf: file, encoding: .utf8)
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() where !line.isEmpty {
      let row: ConformanceRow
      do {
        row = try decoder.decode(ConformanceRow.self, from: Data(line.utf8))
      } catch {
        throw TableError("\(file.lastPathComponent):\(index + 1): \(error)")
      }
      let name = row.sequence ?? "row \(index + 1)"
      if let known = sequences.firstIndex(where: { $0.name == name }) {
        sequences[known].rows.append(row)
      } else {
        sequences.append((name, [row]))
      }
    }
    return sequences.map(\.rows)
  }
}
