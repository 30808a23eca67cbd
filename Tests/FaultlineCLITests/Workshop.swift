// Runs the built command as a user does: in a folder of its own, without a terminal.

import Foundation
import Testing

/// A folder that a test may fill, and the command in it.
final class Workshop: Sendable {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "faultline-cli-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// What a command said and how it ended.
  struct Outcome: CustomStringConvertible {
    let status: Int32
    let output: String
    let complaint: String

    var description: String { "exit \(status)\n\(output)\n\(complaint)" }
  }

  /// The command, built beside the test bundle.
  static var command: URL {
    get throws {
      let candidates = [
        Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL.deletingLastPathComponent(),
        URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent(),
        Bundle.main.bundleURL,
      ]
      let paths = candidates.compactMap { $0?.appending(path: "faultline") }
      return try #require(
        paths.first { FileManager.default.isExecutableFile(atPath: $0.path) }, "no faultline in \(paths)")
    }
  }

  @discardableResult
  func run(_ arguments: String..., environment: [String: String] = [:]) throws -> Outcome {
    try run(all: arguments, environment: environment)
  }

  func run(all arguments: [String], environment: [String: String] = [:]) throws -> Outcome {
    try start(arguments, environment: environment).outcome()
  }

  /// A command that was started and may still run.
  struct Running {
    let process: Process
    let output: URL
    let complaint: URL

    /// Waits for its end.
    func outcome() throws -> Outcome {
      process.waitUntilExit()
      return Outcome(
        status: process.terminationStatus, output: try String(contentsOf: output, encoding: .utf8),
        complaint: try String(contentsOf: complaint, encoding: .utf8))
    }
  }

  /// Starts a command; what it keeps for its user goes to this folder.
  func start(_ arguments: [String], environment: [String: String] = [:]) throws -> Running {
    let process = Process()
    process.executableURL = try Self.command
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment
      .merging(["XDG_STATE_HOME": folder.appending(path: ".state").path]) { $1 }.merging(environment) { $1 }
    let name = UUID().uuidString
    let running = Running(
      process: process, output: folder.appending(path: ".\(name).out"),
      complaint: folder.appending(path: ".\(name).err"))
    for file in [running.output, running.complaint] { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: running.output)
    process.standardError = try FileHandle(forWritingTo: running.complaint)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    return running
  }

  /// Puts a scenario of the repository and its ticket into the folder, as `scenarios/small.yaml`.
  func addSmallScenario(_ name: String, ticket: String) throws {
    let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    for (from, to) in [
      ("scenarios/\(name).yaml", "scenarios/small.yaml"),
      ("fixtures/tickets/\(ticket).txt", "fixtures/tickets/\(ticket).txt"),
    ] {
      try write(String(contentsOfFile: "\(root)/\(from)", encoding: .utf8), to: to)
    }
  }

  func write(_ text: String, to path: String) throws {
    let file = folder.appending(path: path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  func read(_ path: String) throws -> String {
    try String(contentsOf: folder.appending(path: path), encoding: .utf8)
  }

  func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: folder.appending(path: path).path) }

  func files(in path: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: path).path)) ?? []).sorted()
  }
}
