// How often a subject was examined: who tries until it passes leaves traces.

import Foundation

/// A file of campaigns that began and that ended, one a line, only ever appended to.
public struct Ledger: Sendable {
  public var path: String

  public init(_ path: String) { self.path = path }

  private struct Line: Codable {
    var event: String
    var campaign: String
    var subject: String
    var suite: String
    var policy: String
    var at: String
    var result: String?
  }

  private func lines() throws -> [Line] {
    guard let data = FileManager.default.contents(atPath: path) else { return [] }
    let texts = String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    return try texts.enumerated().filter { !$0.element.isEmpty }.map { index, text in
      guard let line = try? JSONDecoder().decode(Line.self, from: Data(text.utf8)) else {
        throw CertificateError(
          "\(path):\(index + 1): this line is no entry of the ledger",
          remedy: "restore the file; nobody edits it by hand")
      }
      return line
    }
  }

  /// How many campaigns the subject had: those that ended, and those that began and never did.
  public func history(of subject: String) throws -> CertificateBody.History {
    let lines = try lines().filter { $0.subject == subject }
    let began = Set(lines.filter { $0.event == "began" }.map(\.campaign))
    let ended = Set(lines.filter { $0.event == "ended" }.map(\.campaign))
    return CertificateBody.History(finished: ended.count, unfinished: began.subtracting(ended).count)
  }

  /// - Parameter campaign: a name of its own for each.
  public func begin(_ campaign: String, subject: String, suite: String, policy: String, at: String) throws {
    try append(Line(event: "began", campaign: campaign, subject: subject, suite: suite, policy: policy, at: at))
  }

  public func end(_ campaign: String, subject: String, suite: String, policy: String, at: String, result: String) throws
  {
    try append(
      Line(event: "ended", campaign: campaign, subject: subject, suite: suite, policy: policy, at: at, result: result))
  }

  /// On disk before the first question is asked.
  private func append(_ line: Line) throws {
    let manager = FileManager.default
    let folder = (path as NSString).deletingLastPathComponent
    do {
      if !folder.isEmpty { try manager.createDirectory(atPath: folder, withIntermediateDirectories: true) }
      if !manager.fileExists(atPath: path) { _ = manager.createFile(atPath: path, contents: nil) }
      let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
      defer { try? file.close() }
      try file.seekToEnd()
      try file.write(contentsOf: CanonicalJSON.data(line) + Data([10]))
      try file.synchronize()
    } catch {
      throw CertificateError(
        "the ledger \(path) can't be written", remedy: "check its folder, or name another with --ledger")
    }
  }
}
