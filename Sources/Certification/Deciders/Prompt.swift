// Prompts are files: named, versioned, owned, and identified by what they say.

import Crypto
import Faultline
import Foundation
import Operations
import OpsAgent
import Primitives

/// A prompt with its front matter, ready to be rendered.
public struct Prompt: Hashable, Sendable {
  public var path: String
  public var name: String
  public var version: Int
  public var owner: String
  /// What the model is told to be; may have placeholders.
  public var system: String
  /// What it is asked; may have placeholders.
  public var user: String
  /// SHA-256 of the whole file.
  public var digest: String

  /// What may stand in a prompt, each from a typed field of the question and none from anywhere else.
  public static let placeholders: [(name: String, summary: String)] = [
    ("workflow", "the workflow that the run is for"), ("fork", "triage, after-failure or after-restart"),
    ("step", "the step at which the run stands"), ("options", "the closed set of transitions, separated by commas"),
    ("facts", "what the account says, one 'name: value' a line"),
    ("fields", "the fields that may be read from the text"),
    ("text", "what a person wrote, or why the step failed"),
  ]

  static let shape = Shape(
    title: "a prompt's front matter",
    keys: [
      .init("name", .text, required: true, "The prompt's name."),
      .init("version", .int(1...1_000_000), required: true, "Grows with every change."),
      .init("owner", .text, required: true, "Who answers for it."),
    ])

  /// - Throws: ``ScenarioErrors`` with every mistake of the file.
  public static func read(_ path: String) throws(ScenarioErrors) -> Prompt {
    try read(text: TextFile.read(path), path: path)
  }

  public static func read(text: String, path: String) throws(ScenarioErrors) -> Prompt {
    var problems = Problems(path: path)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard lines.first == "---", let end = lines.dropFirst().firstIndex(of: "---") else {
      problems.report(
        TextPosition(line: 1, column: 1), "the front matter is missing",
        remedy: "begin with '---', then name, version and owner, one a line, then '---'")
      try problems.throwIfAny()
      preconditionFailure("a problem was reported")
    }
    // An empty first line keeps the places of the front matter.
    let head = "\n" + lines[1..<end].joined(separator: "\n") + "\n"
    var prompt = Prompt(
      path: path, name: "", version: 0, owner: "", system: "", user: "", digest: CanonicalJSON.digest(ofText: text))
    if let tree = YAMLTree.parse(head, problems: &problems), let section = Section(tree, shape, &problems) {
      prompt.name = section["name"].flatMap { problems.text($0, "the prompt's name") } ?? ""
      prompt.version =
        section["version"].flatMap { problems.int($0, "a version", in: 1...1_000_000) }.map { Int($0) } ?? 0
      prompt.owner = section["owner"].flatMap { problems.text($0, "the owner") } ?? ""
    }
    let body = lines[(end + 1)...].map { $0 }
    for (offset, line) in body.enumerated() {
      for (name, _) in Placeholders.names(in: line) where !placeholders.contains(where: { $0.name == name }) {
        problems.unknown(
          name, at: TextPosition(line: end + 2 + offset, column: 1), among: placeholders.map(\.name), "placeholder")
      }
    }
    if let mark = body.firstIndex(of: "## User") {
      prompt.system = body[..<mark].joined(separator: "\n").trimmed
      prompt.user = body[(mark + 1)...].joined(separator: "\n").trimmed
    } else {
      problems.report(
        TextPosition(line: lines.count, column: 1), "there is no line '## User'",
        remedy: "what stands above it is the system's part, what stands below it the question")
    }
    if !prompt.user.contains("{{text}}") {
      problems.report(
        TextPosition(line: lines.count, column: 1), "the model would never see the ticket",
        remedy: "put {{text}} where the ticket belongs")
    }
    try problems.throwIfAny()
    return prompt
  }

  /// The two messages for a question.
  public func rendered(_ query: DecisionQuery) -> (system: String, user: String) {
    let hidden: [Name] = ["workflow", "ticket_text"]
    let facts = query.facts.entries.filter { !hidden.contains($0.name) }.map { entry in
      "\(entry.name): \(entry.value.text ?? entry.value.description)"
    }
    let values = [
      "workflow": query.facts.text("workflow") ?? "customer-onboarding", "fork": Self.text(query.fork),
      "step": query.step.text, "options": query.options.map(\.text).joined(separator: ", "),
      "facts": facts.joined(separator: "\n"), "fields": CaseFields.names.map(\.text).joined(separator: ", "),
      "text": query.text,
    ]
    return (Placeholders.fill(system, values), Placeholders.fill(user, values))
  }

  static func text(_ fork: DecisionQuery.Fork) -> String {
    switch fork {
    case .triage: "triage"
    case .afterFailure: "after-failure"
    case .afterRestart: "after-restart"
    }
  }
}

extension String {
  var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
