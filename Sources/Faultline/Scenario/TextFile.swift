// Reading and writing small text files, with errors for people. The only place here that touches a disk.

import Foundation

/// Text files as users name them.
package enum TextFile {
  /// The file's text.
  /// - Throws: ``ScenarioErrors`` where there is no such file, it is a directory, or it is not UTF-8.
  package static func read(_ path: String) throws(ScenarioErrors) -> String {
    func fail(_ message: String, _ remedy: String) -> ScenarioErrors {
      ScenarioErrors([Diagnostic(path: path, message: message, remedy: remedy)])
    }
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw fail("there is no such file", "check the path; it is relative to the directory you are in")
    }
    guard !isDirectory.boolValue else {
      throw fail("expected a file, found a directory", "name one of the files in it")
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw fail("the file can't be read", "check its permissions")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw fail("the file is not UTF-8 text", "save it as UTF-8")
    }
    return text
  }

  package static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  /// Writes a new file, with its directories.
  /// - Throws: ``ScenarioErrors`` where the disk refuses.
  package static func write(_ text: String, to path: String) throws(ScenarioErrors) {
    let url = URL(fileURLWithPath: path)
    do {
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url, options: [.atomic])
    } catch {
      throw ScenarioErrors([
        Diagnostic(
          path: path, message: "the file can't be written", remedy: "check the directory's permissions and space")
      ])
    }
  }

  /// `name`, seen from the directory of the file at `path`; absolute names stay as they are.
  package static func resolve(_ name: String, besides path: String) -> String {
    if name.hasPrefix("/") { return name }
    guard let slash = path.lastIndex(of: "/") else { return name }
    var directory = path[..<slash].split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    for part in name.split(separator: "/") {
      if part == "..", let last = directory.last, last != "..", last != ".", !last.isEmpty {
        directory.removeLast()
      } else if part != "." {
        directory.append(String(part))
      }
    }
    return directory.isEmpty ? String(name) : directory.joined(separator: "/")
  }

  /// A file's name without directories and extension.
  package static func stem(of path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return name }
    return String(name[..<dot])
  }
}
