// What the scripted model says: a list of answers, or exchanges that were recorded.

import Faultline
import Operations
import Primitives

/// A model without weights. What it says follows from the conversation it is shown and from nothing else, so an agent
/// that died and shows it the same again is answered the same.
public struct ModelScript: Sendable {
  /// Where an answer belongs.
  struct Condition: Sendable {
    /// The tool whose answer has just come.
    var after: String?
    /// Whether that tool has failed.
    var failed: Bool?
    /// What stands in the last message.
    var contains: String?
    /// A tool that the model may call.
    var offers: String?
    /// How often the model has spoken before.
    var turn: Int?
  }

  struct Entry: Sendable {
    /// Nil: it is the next in the order of the script.
    var when: Condition?
    var answer: Template
    /// What the model says instead, under faults that depend on what is meant.
    var instead: [Name: Template] = [:]
    var line: Int
  }

  /// An answer with places to be filled in.
  struct Template: Sendable {
    var text: String?
    /// The answer as a document, in place of the text.
    var document: JSON?
    var calls: [ModelAnswer.Call] = []
  }

  /// A recorded request with what came of it.
  struct Exchange: Sendable {
    var request: [Conversation.Message]
    var answer: ModelAnswer
  }

  /// The file, as users named it.
  public let path: String
  /// What `/models` lists.
  var model = "scripted"
  var entries: [Entry] = []
  var exchanges: [Exchange] = []

  init(path: String) { self.path = path }

  /// What the model says, and what it says under the faults that can be told from it.
  struct Reply: Sendable {
    var answer: ModelAnswer
    var instead: [Name: ModelAnswer]
  }

  /// Why the script has no answer.
  struct Silence: Error { var message: String }

  /// What it says to a conversation.
  ///
  /// - Parameter input: the task's, for places such as `{{customer}}`.
  func reply(to conversation: Conversation, input: JSON) throws(Silence) -> Reply {
    if !exchanges.isEmpty {
      let essence = conversation.essence
      guard let known = exchanges.first(where: { $0.request == essence }) else {
        throw Silence(message: missing(essence))
      }
      return Reply(answer: known.answer, instead: [:])
    }
    guard let entry = entry(for: conversation) else {
      let after = conversation.answered.last.map { ", after \($0.tool)" } ?? ""
      throw Silence(
        message: "\(path) has no answer for turn \(conversation.turn + 1)\(after): \(Self.excerpt(conversation.lastText))")
    }
    let filling = Filling(conversation: conversation, input: input)
    func fill(_ template: Template) throws(Silence) -> ModelAnswer {
      do {
        return try filling.answer(template)
      } catch {
        throw Silence(message: "\(path):\(entry.line): \(error.message)")
      }
    }
    var instead: [Name: ModelAnswer] = [:]
    for (fault, template) in entry.instead { instead[fault] = try fill(template) }
    return Reply(answer: try fill(entry.answer), instead: instead)
  }

  /// The first entry whose condition holds; else the next of those without one. Which is next is counted in the
  /// conversation itself: the model has no memory.
  private func entry(for conversation: Conversation) -> Entry? {
    if let fitting = fitting(conversation) { return fitting }
    var used = 0
    for (place, message) in conversation.messages.enumerated() {
      guard case .assistant = message, fitting(conversation.prefix(place)) == nil else { continue }
      used += 1
    }
    let ordered = entries.filter { $0.when == nil }
    return used < ordered.count ? ordered[used] : nil
  }

  private func fitting(_ conversation: Conversation) -> Entry? {
    entries.first { $0.when?.holds(in: conversation) ?? false }
  }

  /// Which message is the first that no recorded request has there.
  private func missing(_ essence: [Conversation.Message]) -> String {
    let common = exchanges.map { exchange in zip(exchange.request, essence).prefix { $0 == $1 }.count }.max() ?? 0
    let what =
      common < essence.count
      ? "message \(common + 1) is new: \(Self.excerpt(essence[common]))" : "it goes on longer there"
    return "\(path) has no exchange for this conversation of \(essence.count) messages; \(what)"
  }

  private static func excerpt(_ message: Conversation.Message) -> String {
    switch message {
    case .user(let text): "user: \(excerpt(text))"
    case .assistant(let text, let calls): "assistant: \(excerpt(text)) \(calls.map(\.tool).joined(separator: ", "))"
    case .tool(_, let text, _): "tool: \(excerpt(text))"
    }
  }

  private static func excerpt(_ text: String) -> String {
    text.count <= 120 ? text : "\(text.prefix(117))…"
  }
}

extension ModelScript.Condition {
  func holds(in conversation: Conversation) -> Bool {
    if let turn, conversation.turn != turn - 1 { return false }
    if let contains, !conversation.lastText.contains(contains) { return false }
    if let offers, !conversation.tools.contains(offers) { return false }
    guard after != nil || failed != nil else { return true }
    return conversation.answered.contains { answer in
      (after == nil || answer.tool == after) && (failed == nil || answer.isError == failed)
    }
  }
}

/// Fills the places of a template: `{{customer}}` from the task's input, `{{cloud_create_network.id}}` from what a tool
/// last answered. A text that is nothing but a place takes the value as it is, a number or a whole document.
private struct Filling {
  struct Problem: Error { var message: String }

  let conversation: Conversation
  let input: JSON

  func answer(_ template: ModelScript.Template) throws(Problem) -> ModelAnswer {
    var answer = ModelAnswer(text: nil)
    if let document = template.document { answer.text = try value(document).printed }
    if let text = template.text { answer.text = try filled(text).asText }
    for call in template.calls {
      answer.calls.append(.init(tool: call.tool, arguments: try value(call.arguments)))
    }
    return answer
  }

  private func value(_ document: JSON) throws(Problem) -> JSON {
    switch document {
    case .text(let text): return try filled(text)
    case .list(let items):
      var list: [JSON] = []
      for item in items { list.append(try value(item)) }
      return .list(list)
    case .object(let members):
      var object: [String: JSON] = [:]
      for (key, member) in members { object[key] = try value(member) }
      return .object(object)
    default: return document
    }
  }

  private func filled(_ text: String) throws(Problem) -> JSON {
    var rest = Substring(text)
    var result = ""
    while let open = rest.firstRange(of: "{{"), let close = rest[open.upperBound...].firstRange(of: "}}") {
      let place = rest[open.upperBound..<close.lowerBound].trimmingPrefix { $0 == " " }
      let name = String(place.reversed().drop { $0 == " " }.reversed())
      let value = try look(up: name)
      if open.lowerBound == text.startIndex, close.upperBound == text.endIndex { return value }
      result += rest[..<open.lowerBound] + value.asText
      rest = rest[close.upperBound...]
    }
    return .text(result + rest)
  }

  private func look(up name: String) throws(Problem) -> JSON {
    let path = name.split(separator: ".").map(String.init)
    guard let first = path.first else { throw Problem(message: "a place {{…}} has no name") }
    if let known = input[first], path.count == 1 { return known }
    guard var found = conversation.result(of: first) else {
      throw Problem(message: "{{\(name)}} is neither in the task's input nor has a tool \(first) answered")
    }
    for step in path.dropFirst() {
      let member = Int(step).flatMap { index in found.list.flatMap { $0.indices.contains(index) ? $0[index] : nil } }
      guard let next = found[step] ?? member else {
        throw Problem(message: "{{\(name)}}: the answer of \(first) has no \(step)")
      }
      found = next
    }
    return found
  }
}

extension JSON {
  /// As it stands within a text.
  fileprivate var asText: String { text ?? printed }
}
