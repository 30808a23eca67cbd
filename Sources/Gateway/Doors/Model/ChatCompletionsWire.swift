// OpenAI's chat completions. Source: https://platform.openai.com/docs/api-reference/chat

import Primitives

/// `POST v1/chat/completions`
struct ChatCompletionsWire: ModelWire {
  var path: String { "v1/chat/completions" }

  func conversation(from document: JSON) throws(ModelRefusal) -> Conversation {
    guard document.object != nil else { throw ModelRefusal(message: "the body is an object") }
    guard let model = document["model"]?.text else { throw ModelRefusal(message: "you must provide a model parameter") }
    guard let list = document["messages"]?.list, !list.isEmpty else {
      throw ModelRefusal(message: "messages is a list of at least one message")
    }
    guard (document["n"]?.int ?? 1) == 1 else { throw ModelRefusal(message: "n is 1 here") }
    var messages: [Conversation.Message] = []
    for item in list { messages.append(try message(item)) }
    let tools = (document["tools"]?.list ?? []).compactMap { $0["function"]?["name"]?.text }
    return Conversation(
      model: model, messages: messages, tools: tools, isStream: document["stream"]?.bool ?? false,
      wantsUsage: document["stream_options"]?["include_usage"]?.bool ?? false)
  }

  private func message(_ item: JSON) throws(ModelRefusal) -> Conversation.Message {
    let text = try Self.text(item["content"])
    switch item["role"]?.text {
    case "system", "developer", "user": return .user(text)
    case "assistant":
      var calls: [Conversation.Call] = []
      for call in item["tool_calls"]?.list ?? [] {
        guard let id = call["id"]?.text, let name = call["function"]?["name"]?.text,
          let arguments = call["function"]?["arguments"]?.text
        else { throw ModelRefusal(message: "a tool call has an id and a function with name and arguments") }
        calls.append(.init(id: id, tool: name, arguments: JSON(bytes: Array(arguments.utf8)) ?? .text(arguments)))
      }
      return .assistant(text: text, calls: calls)
    case "tool":
      guard let id = item["tool_call_id"]?.text else { throw ModelRefusal(message: "a tool message has a tool_call_id") }
      return .tool(id: id, text: text, isError: Self.looksFailed(text))
    default: throw ModelRefusal(message: "a role is system, developer, user, assistant or tool")
    }
  }

  func answer(from document: JSON) -> ModelAnswer? {
    guard let message = document["choices"]?.list?.first?["message"] else { return nil }
    let calls = (message["tool_calls"]?.list ?? []).map { call in
      let arguments = call["function"]?["arguments"]?.text ?? "{}"
      return ModelAnswer.Call(
        tool: call["function"]?["name"]?.text ?? "", arguments: JSON(bytes: Array(arguments.utf8)) ?? .text(arguments))
    }
    return ModelAnswer(text: message["content"]?.text, calls: calls, refusal: message["refusal"]?.text)
  }

  // MARK: Writing

  func body(_ answer: ModelAnswer, in envelope: ModelEnvelope) -> JSON {
    var message: [String: JSON] = [
      "role": "assistant", "content": answer.text.map { .text(answer.isCutOff ? $0.firstHalf : $0) } ?? .null,
      "refusal": answer.refusal.map { .text($0) } ?? .null,
    ]
    if !answer.calls.isEmpty { message["tool_calls"] = .list(calls(answer, in: envelope)) }
    let written = JSON.object(message).printed.count
    return [
      "id": .text("chatcmpl-\(envelope.id)"), "object": "chat.completion", "created": .int(envelope.created),
      "model": .text(envelope.model), "usage": usage(envelope, written),
      "choices": [
        ["index": 0, "message": .object(message), "logprobs": .null, "finish_reason": .text(finish(answer))]
      ],
    ]
  }

  private func calls(_ answer: ModelAnswer, in envelope: ModelEnvelope) -> [JSON] {
    answer.calls.enumerated().map { index, call in
      let arguments = call.arguments.printed
      return [
        "id": .text(envelope.call(index, prefix: "call_")), "type": "function",
        "function": [
          "name": .text(call.tool), "arguments": .text(answer.isCutOff ? arguments.firstHalf : arguments),
        ],
      ]
    }
  }

  private func finish(_ answer: ModelAnswer) -> String {
    answer.isCutOff ? "length" : answer.calls.isEmpty ? "stop" : "tool_calls"
  }

  private func usage(_ envelope: ModelEnvelope, _ written: Int) -> JSON {
    let (read, said) = (ModelEnvelope.tokens(envelope.promptLength), ModelEnvelope.tokens(written))
    return ["prompt_tokens": .int(read), "completion_tokens": .int(said), "total_tokens": .int(read + said)]
  }

  func events(_ answer: ModelAnswer, in envelope: ModelEnvelope, wantsUsage: Bool) -> [ServerSentEvent] {
    var events: [ServerSentEvent] = []
    func chunk(_ choices: [JSON], usage: JSON? = nil) {
      var members: [String: JSON] = [
        "id": .text("chatcmpl-\(envelope.id)"), "object": "chat.completion.chunk", "created": .int(envelope.created),
        "model": .text(envelope.model), "choices": .list(choices),
      ]
      if let usage { members["usage"] = usage } else if wantsUsage { members["usage"] = .null }
      events.append(ServerSentEvent(event: nil, data: JSON.object(members).printed))
    }
    func delta(_ delta: JSON, finish: JSON = .null) {
      chunk([["index": 0, "delta": delta, "logprobs": .null, "finish_reason": finish]])
    }
    delta(["role": "assistant", "content": answer.calls.isEmpty || answer.text != nil ? "" : .null, "refusal": .null])
    for piece in Self.pieces(answer.isCutOff ? answer.text?.firstHalf ?? "" : answer.text ?? "") {
      delta(["content": .text(piece)])
    }
    for piece in Self.pieces(answer.refusal ?? "") { delta(["refusal": .text(piece)]) }
    for (index, call) in calls(answer, in: envelope).enumerated() {
      let place = JSON.int(Int64(index))
      delta([
        "tool_calls": [
          [
            "index": place, "id": call["id"] ?? .null, "type": "function",
            "function": ["name": call["function"]?["name"] ?? .null, "arguments": ""],
          ]
        ]
      ])
      for piece in Self.pieces(call["function"]?["arguments"]?.text ?? "") {
        delta(["tool_calls": [["index": place, "function": ["arguments": .text(piece)]]]])
      }
    }
    delta([:], finish: .text(finish(answer)))
    let written = JSON.list(calls(answer, in: envelope)).printed.count + (answer.text?.count ?? 0)
    if wantsUsage { chunk([], usage: usage(envelope, written)) }
    return events + [ServerSentEvent(event: nil, data: "[DONE]")]
  }

  func refused(_ refusal: ModelRefusal) -> WireResponse {
    .json(
      [
        "error": [
          "message": .text(refusal.message), "type": "invalid_request_error", "param": .null, "code": .null,
        ]
      ], status: refusal.status)
  }
}

extension String {
  /// As much as comes before a limit is reached.
  var firstHalf: String { String(prefix(count / 2)) }
}
