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
    if let temperature = identity.sampling.temperatureThousandths { body["temperature"] = .number(Double(temperature) / 1_000) }
    if let seed = identity.sampling.seed { body["seed"] = .int(Int64(clamping: seed)) }
    var headers: [String: String] = [:]
    if let secret = client.secret { headers["authorization"] = "Bearer \(secret.text)" }
    let (outcome, used) = await client.post("chat/completions", .object(body), headers: headers)
    var usage = used
    switch outcome {
    case .failed(let why, let isTimeout): return ModelReply(content: nil, failure: why, isTimeout: isTimeout, usage: usage)
    case .body(let value):
      usage.inputTokens = value["usage"]?["prompt_tokens"]?.int ?? 0
      usage.outputTokens = value["usage"]?["completion_tokens"]?.int ?? 0
      let message = value["choices"]?[0]?["message"]
      let content = message?["refusal"]?.text ?? message?["content"]?.text
      return ModelReply(
        content: content.map(client.scrubbed), failure: content == nil ? "the answer has no message" : nil,
        model: client.scrubbed(value["model"]?.text ?? ""),
        fingerprint: client.scrubbed(value["system_fingerprint"]?.text ?? ""), usage: usage)
    }
  }
}
