// The Python of .venv, for tests that hold the command against libraries of others. Scripts/venv makes it.

import Foundation

enum Python {
  static let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
  static let path = "\(root)/.venv/bin/python"
  /// Whether there is one; without it, tests that need it are skipped and say so.
  static var isThere: Bool { FileManager.default.isExecutableFile(atPath: path) }

  /// Runs it to its end.
  ///
  /// - Returns: how it ended, and what it said on either stream.
  static func run(_ arguments: [String], in folder: URL) throws -> (status: Int32, said: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let said = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, said)
  }
}
