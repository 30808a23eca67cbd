// Tests name scenarios relative to their package, wherever they are run from.

import Foundation

/// The folder that holds a test's `Package.swift`.
enum PackageRoot {
  /// The nearest folder above a source file with a `Package.swift`; the current folder where there is none.
  static func above(filePath: String) -> String {
    var folder = URL(filePath: filePath).deletingLastPathComponent()
    while folder.path() != "/" {
      let manifest = folder.appending(path: "Package.swift")
      if FileManager.default.fileExists(atPath: manifest.path(percentEncoded: false)) {
        return trimmed(folder.path(percentEncoded: false))
      }
      let parent = folder.deletingLastPathComponent()
      guard parent.path() != folder.path() else { break }
      folder = parent
    }
    return FileManager.default.currentDirectoryPath
  }

  /// `path` seen from `root`; absolute paths stay as they are.
  static func resolve(_ path: String, from root: String) -> String {
    path.hasPrefix("/") ? path : "\(root)/\(path)"
  }

  private static func trimmed(_ path: String) -> String {
    path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }
}
