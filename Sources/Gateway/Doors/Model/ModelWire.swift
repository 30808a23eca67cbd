// What the two model APIs share: reading what they are asked, writing what a model says.

import Primitives

/// A request that the API refuses.
struct ModelRefusal: Error {
  var status = 400
  var message: String
}

/// What is said about an answer beside its words.
struct ModelEnvelope: Sendable {
  /// Unlike any other's of a run.
  var id: String
  /// Seconds of the world's time.
  var created: Int64
  var model: String
  var promptLength: Int

  /// The id of a call of this answer.
  func call(_ index: Int, prefix: String) -> String { "\(prefix)\(id)\(index)" }
  /// About as many as a tokenizer counts.
  static func tokens(_ characters: Int) -> Int64 { Int64(max(1, characters / 4)) }
}

/// One vendor's form of a model API.
protocol ModelWire: Sendable {
  /// Below the model's base, `v1/messages`.
  var path: String { get }
  func conversation(from document: JSON) throws(ModelRefusal) -> Conversation
  /// Reads a recorded body; nil where it is none of this vendor's.
  func answer(from document: JSON) -> ModelAnswer?
  func body(_ answer: ModelAnswer, in envelope: ModelEnvelope) -> JSON
  func events(_ answer: ModelAnswer, in envelope: ModelEnvelope, wantsUsage: Bool) -> [ServerSentEvent]
  func refused(_ refusal: ModelRefusal) -> WireResponse
}

extension ModelWire {
  /// Text in one piece, or in parts of which those that are text count.
  static func text(_ content: JSON?) throws(ModelRefusal) -> String {
    switch content {
    case nil, .null: return ""
    case .text(let text): return text
    case .list(let parts):
      var texts: [String] = []
      for part in parts {
        guard let kind = part["type"]?.text else { throw ModelRefusal(message: "every part of a content has a type") }
        if kind == "text" || kind == "input_text" || kind == "output_text" {
          guard let text = part["text"]?.text else { throw ModelRefusal(message: "a text part has a text") }
          texts.append(text)
        }
      }
      return texts.joined(separator: "\n")
    default: throw ModelRefusal(message: "content is a text or a list of parts")
    }
  }

  /// Whether a tool's answer says that it failed, where the API has no flag for it.
  static func looksFailed(_ text: String) -> Bool {
    if text.lowercased().hasPrefix("error") { return true }
    guard let document = JSON(bytes: Array(text.utf8)), document.object != nil else { return false }
    return document["error"] != nil || (document["status"]?.int ?? 0) >= 400
  }

  /// The pieces in which a stream brings a text.
  static func pieces(_ text: String) -> [String] {
    var pieces: [String] = []
    var rest = Substring(text)
    while !rest.isEmpty {
      pieces.append(String(rest.prefix(24)))
      rest = rest.dropFirst(24)
    }
    return pieces
  }
}
