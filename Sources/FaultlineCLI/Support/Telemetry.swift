// Telemetry of the runs that a command plays, as OTLP lines in files of the user's choice.

import ArgumentParser
import Faultline
import Foundation
import Reporting

/// Options for telemetry.
struct TelemetryOptions: ParsableArguments {
  @Option(
    help: "Write the spans of every run to this file: OTLP JSON, a line for each run (OpenTelemetry).",
    completion: .file(extensions: ["jsonl"]))
  var otlp: String?

  @Option(
    help: "Write the structured log of every run to this file: OTLP JSON, a line for each run.",
    completion: .file(extensions: ["jsonl"]))
  var otlpLogs: String?

  /// Complains before anything runs about files that must not be written.
  func check() throws {
    guard otlp == nil || otlp != otlpLogs else {
      throw Refusal.badInput(
        "--otlp and --otlp-logs name the same file, and a file holds one kind of telemetry",
        remedy: "name two files")
    }
    for path in [otlp, otlpLogs].compactMap({ $0 }) { try Files.checkReplaceable(path, marks: OTLP.marks) }
  }

  /// Opens the files, empty.
  ///
  /// - Throws: a refusal where one can't be written.
  func open() throws -> TelemetryFiles {
    TelemetryFiles(traces: try otlp.map(LineFile.init), logs: try otlpLogs.map(LineFile.init))
  }
}

/// The open files; runs are added in the order in which they are reported.
final class TelemetryFiles {
  private let traces: LineFile?
  private let logs: LineFile?

  fileprivate init(traces: LineFile?, logs: LineFile?) {
    self.traces = traces
    self.logs = logs
  }

  /// Whether runs are wanted with their events.
  var isWanted: Bool { traces != nil || logs != nil }

  func add(_ record: RunRecord, of assignment: Assignment) throws {
    guard isWanted else { return }
    let telemetry = OTLP(record, of: assignment.scenario, catalogue: assignment.setup.catalogue)
    try traces?.append(telemetry.traces)
    try logs?.append(telemetry.logs)
  }

  /// Plays a run once more, with its events, and adds it.
  func add(_ verdict: Verdict, of assignment: Assignment) throws {
    if isWanted { try add(assignment.replay(verdict), of: assignment) }
  }

  /// Says what was written.
  func close() throws {
    for file in [traces, logs] { try file?.close() }
  }
}

/// A file that grows by lines.
private final class LineFile {
  private let path: String
  private let handle: FileHandle
  private var count = 0

  init(_ path: String) throws {
    try Files.write("", to: path)
    guard let handle = FileHandle(forWritingAtPath: path) else {
      throw Refusal.badInput("'\(path)' can't be written", remedy: "check the folder and your rights in it")
    }
    self.path = path
    self.handle = handle
  }

  func append(_ line: String) throws {
    do {
      try handle.write(contentsOf: Data((line + "\n").utf8))
    } catch {
      throw Refusal.badInput("'\(path)' can't be written to its end: \(error)", remedy: "check the space on its disk")
    }
    count += 1
  }

  func close() throws {
    try handle.close()
    Console.complain("wrote \(path), \(count) \(count == 1 ? "run" : "runs")")
  }
}
