// Reads a suite from its folder, strictly, and tells every mistake at once.

import Crypto
import Faultline
import Foundation
import Operations
import OpsAgent
import Primitives

/// Reads `suite.yaml`, `cases/*.yaml` and `scenarios/*.yaml` of a folder.
public struct SuiteReader: Sendable {
  public let vocabulary: Vocabulary

  public init(_ vocabulary: Vocabulary) { self.vocabulary = vocabulary }

  /// - Throws: ``ScenarioErrors`` with every mistake of every file.
  public func read(_ folder: String) throws(ScenarioErrors) -> Suite {
    let folder = folder.hasSuffix("/") && folder.count > 1 ? String(folder.dropLast()) : folder
    let head = "\(folder)/suite.yaml"
    guard TextFile.exists(head) else {
      throw ScenarioErrors([
        Diagnostic(
          path: head, message: "there is no such file",
          remedy: "a suite is a folder with suite.yaml, cases/*.yaml and scenarios/*.yaml")
      ])
    }
    var found: [Diagnostic] = []
    var suite = Suite(
      path: folder, name: "", version: 1, title: "", owner: "", canary: "", cases: [], scenarios: [], probe: [],
      digest: "")
    let text = try TextFile.read(head)
    var problems = Problems(path: head)
    readHead(text, into: &suite, &problems)
    found += problems.diagnostics
    for file in Self.files(in: "\(folder)/cases") {
      let path = "\(folder)/cases/\(file)"
      var draft = CasesDraft(path: path, canary: suite.canary, workflows: vocabulary.workflows.map(\.name))
      suite.cases += draft.read(try TextFile.read(path))
      found += draft.problems.diagnostics
    }
    for file in Self.files(in: "\(folder)/scenarios") {
      let path = "\(folder)/scenarios/\(file)"
      do {
        suite.scenarios.append(try ScenarioReader(vocabulary).read(path: path))
      } catch {
        found += error.diagnostics
      }
    }
    found += Self.repeated(in: suite.cases)
    if suite.cases.isEmpty, suite.scenarios.isEmpty, found.isEmpty {
      found.append(
        Diagnostic(
          path: folder, message: "there is neither a case nor a scenario",
          remedy: "put cases into cases/*.yaml, scenarios into scenarios/*.yaml"))
    }
    for id in suite.probe where !suite.cases.contains(where: { $0.id == id }) {
      let near = NearestName.find(id, among: suite.cases.map(\.id)).map { "did you mean '\($0)'?" }
      found.append(Diagnostic(path: head, line: 1, column: 1, message: "no case is named '\(id)'", remedy: near))
    }
    guard found.isEmpty else { throw ScenarioErrors(found) }
    suite.digest = try digest(of: suite)
    return suite
  }

  private static func files(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
      .filter { ($0.hasSuffix(".yaml") || $0.hasSuffix(".yml")) && !$0.hasPrefix(".") }.sorted()
  }

  /// SHA-256 over every file of the folder, whatever it is for: who would have to say which of them decide the exam
  /// could forget one. Files that begin with a dot, such as the salt of a seal, are none of it.
  ///
  /// A file counts with its name and its length, so that no two sets of files have the same digest. A ticket that lies
  /// elsewhere counts with its text.
  private func digest(of suite: Suite) throws(ScenarioErrors) -> String {
    var digest = SHA256()
    func add(_ name: String, _ data: Data) {
      digest.update(data: Data("\(name)\n\(data.count)\n".utf8))
      digest.update(data: data)
    }
    for name in Self.everyFile(in: suite.path) {
      guard let data = FileManager.default.contents(atPath: "\(suite.path)/\(name)") else {
        throw ScenarioErrors([
          Diagnostic(
            path: "\(suite.path)/\(name)", message: "the file can't be read",
            remedy: "check its permissions; every file of a suite is part of its digest")
        ])
      }
      add(name, data)
    }
    for scenario in suite.scenarios {
      guard let ticket = scenario.input.text("ticket_text") else { continue }
      add("ticket of \(scenario.name)", Data(ticket.utf8))
    }
    return digest.finalize().hexadecimal
  }

  /// The names of all files, seen from the folder, sorted.
  private static func everyFile(in folder: String) -> [String] {
    ((try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []).filter { name in
      var isFolder: ObjCBool = false
      return !name.split(separator: "/").contains { $0.hasPrefix(".") }
        && FileManager.default.fileExists(atPath: "\(folder)/\(name)", isDirectory: &isFolder) && !isFolder.boolValue
    }.sorted()
  }

  private static func repeated(in cases: [SuiteCase]) -> [Diagnostic] {
    var seen: [String: SuiteCase] = [:]
    var found: [Diagnostic] = []
    for item in cases {
      guard let first = seen[item.id] else {
        seen[item.id] = item
        continue
      }
      found.append(
        Diagnostic(
          path: item.path, line: item.line, column: 1,
          message: "the id '\(item.id)' is taken by the case in \(first.path):\(first.line)",
          remedy: "give this one another id"))
    }
    return found
  }

  // MARK: suite.yaml

  static let headShape = Shape(
    title: "a suite",
    keys: [
      .init("name", .text, required: true, "The suite's name, as certificates give it."),
      .init("version", .int(1...1_000_000), required: true, "Grows with every change of a case."),
      .init("title", .text, required: true, "One line for people."),
      .init("owner", .text, required: true, "Who answers for the labels."),
      .init(
        "canary", .text, required: true, "A text that stands in every file of cases and nowhere else in the world."),
      .init("probe", .list(.text), "The cases that are asked again at a deploy and at night."),
    ])

  private func readHead(_ text: String, into suite: inout Suite, _ problems: inout Problems) {
    guard let tree = YAMLTree.parse(text, problems: &problems) else { return }
    guard let file = Section(tree, Self.headShape, &problems) else { return }
    suite.name = file["name"].flatMap { problems.text($0, "the suite's name") } ?? ""
    suite.version = file["version"].flatMap { problems.int($0, "a version", in: 1...1_000_000) }.map { Int($0) } ?? 1
    suite.title = file["title"].flatMap { problems.text($0, "the title") } ?? ""
    suite.owner = file["owner"].flatMap { problems.text($0, "the owner") } ?? ""
    suite.canary = file["canary"].flatMap { problems.text($0, "the canary") } ?? ""
    if let canary = file["canary"], suite.canary.count < 20 {
      problems.report(
        canary.position, "the canary is too short to be told from chance",
        remedy: "take a random text of at least 20 characters, such as a UUID")
    }
    suite.probe =
      file["probe"].flatMap { problems.list($0, "a list of case ids") }?.compactMap {
        problems.text($0, "the id of a case")
      } ?? []
  }
}

extension Digest {
  /// Lower-case hexadecimal digits.
  var hexadecimal: String {
    map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()
  }
}
