// Anthropic's messages. Source: https://docs.anthropic.com/en/api/messages

import Primitives

/// `POST v1/messages`
struct MessagesWire: ModelWire {
  var path: String { "v1/messages" }

  func conversation(from document: JSON) throws(ModelRefusal) -> Conversation {
    guard document.object != nil else { throw ModelRefusal(message: "the body is an object") }
    guard let model = document["model"]?.text else { throw ModelRefusal(message: "model: Field required") }
    guard let most = document["max_tokens"]?.int, most > 0 else { throw ModelRefusal(message: "max_tokens: Field required") }
    guard let list = document["messages"]?.list, !list.isEmpty else {
      throw ModelRefusal(message: "messages: at least one message is required")
    }
    var messages: [Conversation.Message] = []
    if let system = document["system"], system != .null { messages.append(.user(try Self.text(system))) }
    for item in list { messages += try read(item) }
    return Conversation(
      model: model, messages: messages, tools: (document["tools"]?.list ?? []).compactMap { $0["name"]?.text },
      isStream: document["stream"]?.bool ?? false)
  }

  private func read(_ item: JSON) throws(ModelRefusal) -> [Conversation.Message] {
    let blocks = item["content"]?.list ?? []
    switch item["role"]?.text {
    case "user":
      var messages: [Conversation.Message] = []
      for block in blocks where block["type"] == "tool_result" {
        guard let id = block["tool_use_id"]?.text else { throw ModelRefusal(message: "a tool_result has a tool_use_id") }
        let text = try Self.text(block["content"])
        messages.append(.tool(id: id, text: text, isError: block["is_error"]?.bool ?? Self.looksFailed(text)))
      }
      let text = try Self.text(item["content"])
      if messages.isEmpty || !text.isEmpty { messages.append(.user(text)) }
      return messages
    case "assistant":
      var calls: [Conversation.Call] = []
      for block in blocks where block["type"] == "tool_use" {
        guard let id = block["id"]?.text, let name = block["name"]?.text else {
          throw ModelRefusal(message: "a tool_use has an id and a name")
        }
        calls.append(.init(id: id, tool: name, arguments: block["input"] ?? [:]))
      }
      return [.assistant(text: try Self.text(item["content"]), calls: calls)]
    default: throw ModelRefusal(message: "messages: a role is user or assistant")
    }
  }

  func answer(from document: JSON) -> ModelAnswer? {
    guard document["role"] == "assistant", let blocks = document["content"]?.list else { return nil }
    let texts = blocks.compactMap { $0["type"] == "text" ? $0["text"]?.text : nil }
    let calls = blocks.filter { $0["type"] == "tool_use" }.map { block in
      ModelAnswer.Call(tool: block["name"]?.text ?? "", arguments: block["input"] ?? [:])
    }
    let text = texts.isEmpty ? nil : texts.joined(separator: "\n")
    return document["stop_reason"] == "refusal"
      ? ModelAnswer(text: nil, refusal: text ?? "") : ModelAnswer(text: text, calls: calls)
  }

  // MARK: Writing

  /// The blocks of an answer. A call that was cut off has no input yet.
  private func blocks(_ answer: ModelAnswer, in envelope: ModelEnvelope) -> [JSON] {
    var blocks: [JSON] = []
    if let text = answer.refusal ?? answer.text {
      blocks.append(["type": "text", "text": .text(answer.isCutOff ? text.firstHalf : text)])
    }
    for (index, call) in answer.calls.enumerated() {
      blocks.append([
        "type": "tool_use", "id": .text(envelope.call(index, prefix: "toolu_")), "name": .text(call.tool),
        "input": answer.isCutOff ? [:] : call.arguments,
      ])
    }
    return blocks
  }

  private func stop(_ answer: ModelAnswer) -> JSON {
    if answer.isCutOff { return "max_tokens" }
    if answer.refusal != nil { return "refusal" }
    return answer.calls.isEmpty ? "end_turn" : "tool_use"
  }

  private func message(
    _ content: [JSON], stop: JSON, written: Int64, in envelope: ModelEnvelope
  ) -> JSON {
    [
      "id": .text("msg_\(envelope.id)"), "type": "message", "role": "assistant", "model": .text(envelope.model),
      "content": .list(content), "stop_reason": stop, "stop_sequence": .null,
      "usage": ["input_tokens": .int(ModelEnvelope.tokens(envelope.promptLength)), "output_tokens": .int(written)],
    ]
  }

  func body(_ answer: ModelAnswer, in envelope: ModelEnvelope) -> JSON {
    let blocks = blocks(answer, in: envelope)
    return message(
      blocks, stop: stop(answer), written: ModelEnvelope.tokens(JSON.list(blocks).printed.count), in: envelope)
  }

  func events(_ answer: ModelAnswer, in envelope: ModelEnvelope, wantsUsage: Bool) -> [ServerSentEvent] {
    var events: [ServerSentEvent] = []
    func send(_ kind: String, _ members: [String: JSON] = [:]) {
      events.append(
        ServerSentEvent(event: kind, data: JSON.object(members.merging(["type": .text(kind)]) { $1 }).printed))
    }
    send("message_start", ["message": message([], stop: .null, written: 1, in: envelope)])
    let blocks = blocks(answer, in: envelope)
    for (index, block) in blocks.enumerated() {
      let place = JSON.int(Int64(index))
      var start = block.object ?? [:]
      var pieces: [JSON] = []
      if block["type"] == "text" {
        start["text"] = ""
        pieces = Self.pieces(block["text"]?.text ?? "").map { ["type": "text_delta", "text": .text($0)] }
      } else {
        start["input"] = [:]
        let call = answer.calls[index - (blocks.count - answer.calls.count)]
        let input = call.arguments.printed
        pieces = Self.pieces(answer.isCutOff ? input.firstHalf : input).map {
          ["type": "input_json_delta", "partial_json": .text($0)]
        }
      }
      send("content_block_start", ["index": place, "content_block": .object(start)])
      if index == 0 { send("ping") }
      for piece in pieces { send("content_block_delta", ["index": place, "delta": piece]) }
      send("content_block_stop", ["index": place])
    }
    send(
      "message_delta",
      [
        "delta": ["stop_reason": stop(answer), "stop_sequence": .null],
        "usage": ["output_tokens": .int(ModelEnvelope.tokens(JSON.list(blocks).printed.count))],
      ])
    send("message_stop")
    return events
  }

  /// The types by status: https://docs.anthropic.com/en/api/errors
  func refused(_ refusal: ModelRefusal) -> WireResponse {
    let kind: JSON =
      switch refusal.status {
      case 401: "authentication_error"
      case 403: "permission_error"
      case 404: "not_found_error"
      case 413: "request_too_large"
      default: "invalid_request_error"
      }
    return .json(
      ["type": "error", "error": ["type": kind, "message": .text(refusal.message)]], status: refusal.status)
  }
}
