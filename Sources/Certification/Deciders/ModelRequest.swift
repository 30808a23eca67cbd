// What is asked of a model and what comes back, whatever its provider.

import Foundation
import Operations
import OpsAgent
import Primitives

/// One question as it goes to a model. Nothing of the label is in it.
public struct ModelRequest: Hashable, Sendable {
  public var model: ModelIdentity
  public var system: String
  public var user: String
  public var options: [String]
  /// Repeats of one question are different requests, so that each has its own answer on a cassette.
  public var trial: Int
  /// The question before it was rendered, for deciders that are no language models.
  public var query: DecisionQuery

  public init(_ query: DecisionQuery, prompt: Prompt, model: ModelIdentity, trial: Int) {
    self.query = query
    self.model = model
    self.trial = trial
    (system, user) = prompt.rendered(query)
    options = query.options.map(\.text)
  }

  private struct Digested: Encodable {
    var model: ModelIdentity
    var system: String
    var user: String
    var options: [String]
    var trial: Int
  }

  /// SHA-256 over all that the model is shown and how it is asked.
  public var digest: String {
    CanonicalJSON.digest(Digested(model: model, system: system, user: user, options: options, trial: trial))
  }

  /// The form that the answer has to have, as a JSON schema.
  public var schema: JSONValue {
    var fields: [String: JSONValue] = [:]
    for name in CaseFields.names { fields[name.text] = ["type": ["string", "null"]] }
    return [
      "type": "object", "additionalProperties": false, "required": ["transition", "confidence", "reason", "fields"],
      "properties": [
        "transition": ["type": "string", "enum": .list(options.map { .text($0) })],
        "confidence": ["type": "integer", "minimum": 0, "maximum": 100], "reason": ["type": "string"],
        "fields": [
          "type": "object", "additionalProperties": false, "properties": .object(fields),
          "required": .list(CaseFields.names.map { .text($0.text) }),
        ],
      ],
    ]
  }
}

/// What came of one request.
public struct ModelReply: Hashable, Sendable, Codable {
  /// What the model said, word for word; nil where nothing came.
  public var content: String?
  /// Why there is no content: the provider's error, scrubbed.
  public var failure: String?
  public var isTimeout: Bool
  /// What the provider says that it is.
  public var model: String
  public var fingerprint: String
  public var usage: CampaignRecord.Usage

  public init(
    content: String?, failure: String? = nil, isTimeout: Bool = false, model: String = "", fingerprint: String = "",
    usage: CampaignRecord.Usage = CampaignRecord.Usage()
  ) {
    self.content = content
    self.failure = failure
    self.isTimeout = isTimeout
    self.model = model
    self.fingerprint = fingerprint
    self.usage = usage
  }

  /// The decision in it, or why there is none.
  public var decision: Result<Decision, DecisionFailure> {
    guard let content else { return .failure(.noAnswer) }
    return DecisionText.read(content)
  }
}

/// Reads decisions from what models write.
enum DecisionText {
  /// One JSON object with the four members; text around it, as models like to write, is cut off.
  static func read(_ content: String) -> Result<Decision, DecisionFailure> {
    guard let start = content.firstIndex(of: "{"), let end = content.lastIndex(of: "}"), start < end,
      let value = JSONValue(Data(content[start...end].utf8))
    else {
      // What has no object in it at all is a refusal in words, if it is anything.
      return content.contains("{") || content.trimmed.isEmpty
        ? .failure(.unreadable) : .failure(.refused(String(content.prefix(200))))
    }
    guard let transition = value["transition"]?.text, !transition.isEmpty, let confidence = value["confidence"]?.int,
      (0...100).contains(confidence)
    else { return .failure(.unreadable) }
    var fields = Fields()
    for (name, value) in (value["fields"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
      switch value {
      case .null: continue
      case .text(let text):
        // An empty field is one that was not found.
        if !text.trimmed.isEmpty { fields[Name(name)] = CaseFields.value(of: Name(name), text) }
      default: return .failure(.unreadable)
      }
    }
    return .success(
      Decision(Name(transition), confidence: confidence, reason: value["reason"]?.text ?? "", fields: fields))
  }
}

/// A model that can be asked. What goes wrong with it is a reply, and stays in the denominator.
public protocol DecisionModel: Sendable {
  var identity: ModelIdentity { get }
  /// Where its answers come from.
  var evidence: Evidence { get }
  /// - Throws: what makes the exam itself impossible, as a recording without this answer.
  func answer(_ request: ModelRequest) async throws -> ModelReply
}
