// Reads the package's own sources, so that tests can hold the laws that no type can express.

import Foundation

/// One Swift file of the package.
struct SourceFile {
  /// Relative to the package, `Sources/Faultline/World/World.swift`.
  var path: String
  var text: String

  /// The folder below `Sources` that it belongs to.
  var room: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }

  /// What its extensions in other files share with it: `World` for `World+Network.swift`.
  var family: String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return String(name.prefix { $0 != "+" && $0 != "." })
  }
}

enum SourceTree {
  /// The package's root, two folders above this file's.
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func rooms() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.appending(path: "Sources").path()).sorted()
  }

  static func files(of room: String) throws -> [SourceFile] {
    let folder = root.appending(path: "Sources/\(room)")
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path()).filter { $0.hasSuffix(".swift") }
    return try names.sorted().map { name in
      SourceFile(
        path: "Sources/\(room)/\(name)",
        text: try String(contentsOf: folder.appending(path: name), encoding: .utf8))
    }
  }
}
