// The door for agents' models: two vendors' APIs, one script behind them.

import Faultline
import Operations
import Primitives
import Simulation

/// `POST model/v1/chat/completions`, `POST model/v1/messages`, `GET model/v1/models`.
///
/// A request is a decision of the run: it has a place in the trace, and a plan may bend its answer.
struct ModelDoor: Door {
  /// Nil: this host has no model.
  let script: ModelScript?

  private static let wires: [any ModelWire] = [ChatCompletionsWire(), MessagesWire()]

  func answers(_ request: WireRequest) -> Bool { request.segments.first == "model" }

  func handle(_ request: WireRequest, in session: Session) async -> WireReply {
    let path = Self.path(of: request)
    let wire = Self.wire(of: request)
    func refuse(_ status: Int, _ message: String) -> WireReply {
      .whole(wire.refused(ModelRefusal(status: status, message: message)))
    }
    guard let script else {
      return refuse(404, "This server has no model; start it with --model-script FILE.")
    }
    if path == "v1/models" {
      guard request.method == "GET" else { return refuse(405, "Models are listed with GET.") }
      return .whole(.json(Self.list(script.model)))
    }
    guard Self.wires.contains(where: { $0.path == path }) else {
      return refuse(404, "There is /v1/chat/completions, /v1/messages and /v1/models here, and no /\(path).")
    }
    guard request.method == "POST" else { return refuse(405, "A model is asked with POST.") }
    guard let document = JSON(bytes: request.body) else { return refuse(400, "The body is no JSON document.") }
    do {
      return try await answer(document, request, wire, script, in: session)
    } catch {
      return .whole(wire.refused(error))
    }
  }

  func refused(_ refusal: WireRefusal, of request: WireRequest) -> WireResponse {
    Self.wire(of: request).refused(ModelRefusal(status: refusal.status, message: refusal.detail))
  }

  /// Below the model's base.
  private static func path(of request: WireRequest) -> String { request.segments.dropFirst().joined(separator: "/") }

  /// Whose API a request is for.
  private static func wire(of request: WireRequest) -> any ModelWire {
    let path = path(of: request)
    let isAnthropic = request.header("anthropic-version") != nil
    return wires.first { $0.path == path } ?? (isAnthropic ? MessagesWire() : ChatCompletionsWire())
  }

  private func answer(
    _ document: JSON, _ request: WireRequest, _ wire: any ModelWire, _ script: ModelScript, in session: Session
  ) async throws(ModelRefusal) -> WireReply {
    let conversation = try wire.conversation(from: document)
    let reply: ModelScript.Reply
    do {
      reply = try script.reply(to: conversation, input: JSON(session.task.input))
    } catch {
      throw ModelRefusal(message: error.message)
    }
    let turn = await session.askModel(reply.offer, proposal: Name(reply.answer.summary), isRetry: request.isRetry)
    guard let turn else { return .close }
    let said = reply.under(turn.fault)
    let envelope = ModelEnvelope(
      id: session.modelID(turn.number), created: await session.now.unixSeconds,
      model: conversation.model, promptLength: request.body.count)
    if conversation.isStream {
      let events = wire.events(said, in: envelope, wantsUsage: conversation.wantsUsage)
      return .events(EventStream(events.map(\.bytes)))
    }
    return .whole(.json(wire.body(said, in: envelope)))
  }

  /// As both vendors list models.
  private static func list(_ model: String) -> JSON {
    [
      "object": "list", "has_more": false, "first_id": .text(model), "last_id": .text(model),
      "data": [
        [
          "id": .text(model), "object": "model", "created": 0, "owned_by": "faultline", "type": "model",
          "display_name": .text(model), "created_at": "1970-01-01T00:00:00Z",
        ]
      ],
    ]
  }
}

extension Session {
  /// Digits that differ from answer to answer, and from run to run with another seed.
  fileprivate nonisolated func modelID(_ number: UInt64) -> String {
    var hasher = StableHasher()
    hasher.combine(settings.seed)
    hasher.combine(number)
    return String(hasher.digest, radix: 36)
  }
}

extension ModelScript.Reply {
  /// The faults that can be told from this answer.
  var offer: Offer<ModelFault> {
    var offer = Offer<ModelFault>(of: .timeout, .malformed, .refusal)
    if !answer.calls.isEmpty { offer.add(.offGraph) }
    if document?["confidence"] != nil { offer.add(.lowConfidence) }
    for fault in ModelScript.meantFaults where instead[fault.name] != nil { offer.add(fault) }
    return offer
  }

  private var document: JSON? { answer.text.flatMap { JSON(bytes: Array($0.utf8)) } }

  /// What is said under a fault.
  func under(_ fault: ModelFault) -> ModelAnswer {
    if let other = instead[fault.name] { return other }
    var said = answer
    switch fault {
    case .malformed: said.isCutOff = true
    case .refusal: said = ModelAnswer(text: nil, refusal: "I can't help with that.")
    case .offGraph:
      // A tool that nobody has, with the arguments of one that somebody has.
      for index in said.calls.indices { said.calls[index].tool += "_immediately" }
    case .lowConfidence:
      guard var members = document?.object else { break }
      members["confidence"] = .number(0.1)
      said.text = JSON.object(members).printed
    default: break
    }
    return said
  }
}
