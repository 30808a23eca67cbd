// Files that users name and files that Faultline writes. Nothing that a user wrote is lost or overwritten.

import Foundation

/// Reading and writing, with errors for people.
enum Files {
  /// Where Faultline keeps what it writes by itself, below the current folder.
  static let state = ".faultline"

  /// The YAML files that paths stand for: a file for itself, a folder for those in it, in the order of names.
  ///
  /// - Throws: a refusal that names every path that leads nowhere.
  static func scenarios(in paths: [String]) throws -> [String] {
    var found: [String] = []
    var problems: [String] = []
    for path in paths {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
        problems.append("error: there is no file or folder '\(path)'\n    \(hint(for: path))")
        continue
      }
      guard isFolder.boolValue else {
        found.append(path)
        continue
      }
      let inside = yamlFiles(in: path)
      if inside.isEmpty {
        problems.append("error: the folder '\(path)' holds no scenario\n    'faultline init' writes a first one")
      }
      found += inside
    }
    guard problems.isEmpty else { throw Refusal.badInput(problems) }
    return found.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  static func yamlFiles(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let prefix = folder == "." ? "" : folder.hasSuffix("/") ? folder : folder + "/"
    return names.filter { ($0.hasSuffix(".yaml") || $0.hasSuffix(".yml")) && !$0.hasPrefix(".") }.sorted()
      .map { prefix + $0 }
  }

  private static func hint(for path: String) -> String {
    let folder = (path as NSString).deletingLastPathComponent
    let known = yamlFiles(in: folder.isEmpty ? "." : folder)
    if let near = Nearest.name(to: path, among: known) { return "did you mean '\(near)'?" }
    return "'faultline list scenarios' shows those in ./scenarios, 'faultline init' writes a first one"
  }

  static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  static func read(_ path: String) throws -> String {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Refusal.badInput("'\(path)' can't be read", remedy: "check that it is a file and that you may read it")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw Refusal.badInput("'\(path)' is not UTF-8 text", remedy: "save it as UTF-8")
    }
    return text
  }

  /// Writes a whole file at once, with the folders above it.
  static func write(_ text: String, to path: String) throws {
    let folder = (path as NSString).deletingLastPathComponent
    do {
      if !folder.isEmpty {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      }
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw Refusal.badInput("'\(path)' can't be written", remedy: "check the folder and your rights in it")
    }
  }

  /// Refuses to write over a file that Faultline did not write.
  ///
  /// - Parameter marks: how files of ours begin.
  static func checkReplaceable(_ path: String, marks: [String]) throws {
    guard exists(path) else { return }
    let head = (try? read(path)) ?? ""
    guard head.isEmpty || marks.contains(where: { head.hasPrefix($0) }) else {
      throw Refusal.badInput(
        "'\(path)' exists and was not written by faultline", remedy: "choose another --output, or move the file away")
    }
  }
}
