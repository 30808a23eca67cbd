// Where the repository's files are, for tests that read them.

import Foundation

enum Repository {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func path(_ name: String) -> String { root.appending(path: name).path() }

  /// A new empty folder, which the system clears away.
  static func scratch() throws -> String {
    let folder = FileManager.default.temporaryDirectory.appending(path: "faultline-certification-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder.path()
  }
}
