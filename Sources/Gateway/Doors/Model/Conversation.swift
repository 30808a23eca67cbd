// What a model is shown and what it says, in neither vendor's words.

/// A request to a model.
struct Conversation: Hashable, Sendable {
  /// One tool call that an assistant made.
  struct Call: Hashable, Sendable {
    var id: String
    var tool: String
    var arguments: JSON
  }

  enum Message: Hashable, Sendable {
    /// What the agent, its developer or its user says.
    case user(String)
    /// What the model said.
    case assistant(text: String, calls: [Call])
    /// What a tool answered to the call of that id.
    case tool(id: String, text: String, isError: Bool)
  }

  var model: String
  var messages: [Message]
  /// The tools that the model may call.
  var tools: [String]
  var isStream: Bool
  /// Whether the last event of a stream is to say what was used.
  var wantsUsage = false

  /// How often the model has spoken.
  var turn: Int { messages.count { if case .assistant = $0 { true } else { false } } }

  /// The text of the last message.
  var lastText: String {
    switch messages.last {
    case .user(let text), .tool(_, let text, _): text
    case .assistant(let text, _): text
    case nil: ""
    }
  }

  /// The tools whose answers have come since the model last spoke.
  var answered: [(tool: String, text: String, isError: Bool)] {
    var answers: [(tool: String, text: String, isError: Bool)] = []
    for message in messages.reversed() {
      guard case .tool(let id, let text, let isError) = message else { break }
      answers.insert((tool(of: id), text, isError), at: 0)
    }
    return answers
  }

  /// What a tool last answered, as a document; nil where it never did.
  func result(of tool: String) -> JSON? {
    for message in messages.reversed() {
      guard case .tool(let id, let text, _) = message, self.tool(of: id) == tool else { continue }
      return JSON(bytes: Array(text.utf8)) ?? .text(text)
    }
    return nil
  }

  private func tool(of id: String) -> String {
    for case .assistant(_, let calls) in messages.reversed() {
      if let call = calls.first(where: { $0.id == id }) { return call.tool }
    }
    return ""
  }

  /// The conversation up to one of its messages.
  func prefix(_ count: Int) -> Conversation {
    var prefix = self
    prefix.messages = Array(messages.prefix(count))
    return prefix
  }

  /// Without what differs between two conversations that say the same: the ids of calls, the model's name, the form.
  var essence: [Message] {
    var places: [String: String] = [:]
    return messages.map { message in
      switch message {
      case .user(let text): return .user(text)
      case .assistant(let text, let calls):
        return .assistant(
          text: text,
          calls: calls.map { call in
            places[call.id] = "\(places.count + 1)"
            return Call(id: places[call.id] ?? "", tool: call.tool, arguments: call.arguments)
          })
      case .tool(let id, let text, let isError): return .tool(id: places[id] ?? id, text: text, isError: isError)
      }
    }
  }
}

/// What a model says.
struct ModelAnswer: Hashable, Sendable {
  struct Call: Hashable, Sendable {
    var tool: String
    var arguments: JSON
  }

  var text: String?
  var calls: [Call] = []
  /// It declines, in these words.
  var refusal: String?
  /// It was cut off in the middle.
  var isCutOff = false

  /// What it comes to, for the run's log.
  var summary: String { calls.isEmpty ? refusal == nil ? "text" : "refusal" : calls.map(\.tool).joined(separator: "+") }
}
