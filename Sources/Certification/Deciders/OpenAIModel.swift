// Chat completions with structured output, as OpenAI documents them and many servers speak them.

import Foundation

/// A model behind `POST {base}/chat/completions` with `response_format: json_schema`
/// (platform.openai.com/docs/guides/structured-outputs).
public struct OpenAIModel: DecisionModel {
  public let identity: ModelIdentity
  public var evidence: Evidence { .live }
  let client: ModelClient

  public init(_ name: String, client: ModelClient, sampling: Sampling) {
    identity = ModelIdentity(provider: "openai", requested: name, host: client.host, sampling: sampling)
    self.client = client
  }

  public func answer(_ request: ModelRequest) async -> ModelReply {
    var body: [String: JSONValue] = [
      "model": .text(identity.requested),
      "messages": [
        ["role": "system", "content": .text(request.system)], ["role": "user", "content": .text(request.user)],
      ],
      "max_tokens": .int(Int64(identity.sampling.maxTokens)),
      "response_format": [
        "type": "json_schema", "json_schema": ["name": "decision", "strict": true, "schema": request.schema],
      ],
    ]
    body["temperature"] = identity.sampling.temperature
    if let seed = identity.sampling.seed { body["seed"] = .int(Int64(clamping: seed)) }
    var headers: [String: String] = [:]
    if let secret = client.secret { headers["authorization"] = "Bearer \(secret.text)" }
    return await client.ask("chat/completions", .object(body), headers: headers, part: "message", in: Self.content) {
      usage in
      (input: usage["prompt_tokens"], output: usage["completion_tokens"])
    }
  }

  /// What the message says, be it that it refuses.
  private static func content(of value: JSONValue) -> String? {
    let message = value["choices"]?[0]?["message"]
    return message?["refusal"]?.text ?? message?["content"]?.text
  }
}
