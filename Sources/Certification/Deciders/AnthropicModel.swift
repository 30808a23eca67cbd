// Anthropic's messages; the decision is the input of a tool that the model has to use.

import Foundation

/// A model behind `POST {base}/v1/messages` (docs.anthropic.com/en/api/messages), held to the form by `tool_choice`.
public struct AnthropicModel: DecisionModel {
  public let identity: ModelIdentity
  public var evidence: Evidence { .live }
  let client: ModelClient

  public init(_ name: String, client: ModelClient, sampling: Sampling) {
    identity = ModelIdentity(provider: "anthropic", requested: name, host: client.host, sampling: sampling)
    self.client = client
  }

  public func answer(_ request: ModelRequest) async -> ModelReply {
    var body: [String: JSONValue] = [
      "model": .text(identity.requested), "max_tokens": .int(Int64(identity.sampling.maxTokens)),
      "system": .text(request.system), "messages": [["role": "user", "content": .text(request.user)]],
      "tools": [
        ["name": "decide", "description": "Says what happens next.", "input_schema": request.schema]
      ],
      "tool_choice": ["type": "tool", "name": "decide"],
    ]
    body["temperature"] = identity.sampling.temperature
    var headers = ["anthropic-version": "2023-06-01"]
    if let secret = client.secret { headers["x-api-key"] = secret.text }
    return await client.ask("v1/messages", .object(body), headers: headers, part: "content", in: Self.content) {
      usage in
      (input: usage["input_tokens"], output: usage["output_tokens"])
    }
  }

  /// The tool's input, else what it says in words.
  private static func content(of value: JSONValue) -> String? {
    let blocks = value["content"]?.list ?? []
    if let input = blocks.first(where: { $0["type"]?.text == "tool_use" })?["input"] {
      return String(decoding: CanonicalJSON.data(input), as: UTF8.self)
    }
    return blocks.first { $0["type"]?.text == "text" }?["text"]?.text
  }
}
