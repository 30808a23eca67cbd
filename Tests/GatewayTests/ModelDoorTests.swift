// The scripted model: what it says, in both vendors' forms, and what each fault makes of it.

import Faultline
import Foundation
import Operations
import Primitives
import Simulation
import Testing

@testable import Gateway

@Suite struct ModelDoorTests {
  private static let text = """
    schema: faultline.model-script/1
    model: tiny
    answers:
      - calls: [{tool: cloud_create_network, arguments: {name: "{{customer}}-net", region: eu-central-1}}]
        instead:
          model-wrong-field:customer:
            calls: [{tool: cloud_create_network, arguments: {name: globex-net, region: eu-central-1}}]
      - when: {after: cloud_create_network, failed: true}
        text: That did not work.
      - text: "It is {{cloud_create_network.id}}."
      - json: {decision: proceed, confidence: 0.9, count: 3}
    """

  private func script() throws -> ModelScript { try ModelScript.read(text: Self.text, path: "model.yaml") }

  private static let user: JSON = ["role": "user", "content": "Onboard acme."]

  private func called(_ arguments: String = "{}") -> JSON {
    [
      "role": "assistant", "content": .null,
      "tool_calls": [
        ["id": "call_1", "type": "function", "function": ["name": "cloud_create_network", "arguments": .text(arguments)]]
      ],
    ]
  }
  private func told(_ text: String) -> JSON { ["role": "tool", "tool_call_id": "call_1", "content": .text(text)] }

  private func chat(_ messages: [JSON], stream: Bool = false) -> WireRequest {
    Bench.post(
      "model/v1/chat/completions", ["model": "any", "messages": .list(messages), "stream": .bool(stream)])
  }

  private func messages(_ messages: [JSON], stream: Bool = false) -> WireRequest {
    Bench.post(
      "model/v1/messages",
      ["model": "any", "max_tokens": 100, "messages": .list(messages), "stream": .bool(stream)])
  }

  private func ask(_ request: WireRequest, _ faults: [Plan.Entry] = []) async throws -> WireReply {
    await ModelDoor(script: try script()).handle(request, in: try await Bench.session(faults))
  }

  private func choice(_ request: WireRequest, _ faults: [Plan.Entry] = []) async throws -> JSON? {
    try await ask(request, faults).response?.document?["choices"]?.list?.first
  }

  // MARK: What it says

  @Test func aChatIsAnsweredInTurnWithPlacesFilledIn() async throws {
    let first = try await choice(chat([Self.user]))
    #expect(first?["finish_reason"] == "tool_calls")
    let call = first?["message"]?["tool_calls"]?.list?.first?["function"]
    #expect(call?["name"] == "cloud_create_network")
    #expect(call?["arguments"] == #"{"name":"acme-net","region":"eu-central-1"}"#)
    let second = try await choice(chat([Self.user, called(), told(#"{"id": "vpc-7"}"#)]))
    #expect(second?["message"]?["content"] == "It is vpc-7.")
    #expect(second?["finish_reason"] == "stop")
  }

  @Test func messagesAreAnsweredFromTheSameScript() async throws {
    let first = try await ask(messages([Self.user])).response?.document
    #expect(first?["stop_reason"] == "tool_use")
    #expect(first?["content"]?.list?.first?["input"]?["name"] == "acme-net")
    let use: JSON = [
      "role": "assistant", "content": [["type": "tool_use", "id": "toolu_1", "name": "cloud_create_network", "input": [:]]],
    ]
    let result: JSON = [
      "role": "user", "content": [["type": "tool_result", "tool_use_id": "toolu_1", "content": #"{"id": "vpc-7"}"#]],
    ]
    let second = try await ask(messages([Self.user, use, result])).response?.document
    #expect(second?["content"]?.list?.first?["text"] == "It is vpc-7.")
  }

  /// A condition takes an answer out of the order; what follows is counted without it.
  @Test func anErrorIsAnsweredByItsOwnEntry() async throws {
    let failed = [Self.user, called(), told("Error: connection closed")]
    #expect(try await choice(chat(failed))?["message"]?["content"] == "That did not work.")
    let again = failed + [
      ["role": "assistant", "content": "That did not work."], called(), told(#"{"id": "vpc-8"}"#),
    ]
    #expect(try await choice(chat(again))?["message"]?["content"] == #"{"confidence":0.9,"count":3,"decision":"proceed"}"#)
  }

  @Test func beyondTheScriptTheAgentIsToldWhere() async throws {
    let over = Array(repeating: JSON.object(["role": "assistant", "content": "x"]), count: 9)
    let response = try await ask(chat([Self.user] + over)).response
    #expect(response?.status == 400)
    #expect(response?.document?["error"]?["message"]?.text?.hasPrefix("model.yaml has no answer for turn 10") == true)
  }

  @Test func aStreamSaysTheSameAsAWholeAnswer() async throws {
    guard case .events(let stream) = try await ask(chat([Self.user], stream: true)) else {
      Issue.record("no stream")
      return
    }
    let events = stream.events.map { String(decoding: $0, as: UTF8.self) }
    #expect(events.last == "data: [DONE]\n\n")
    let deltas = events.dropLast().compactMap { event in
      JSON(bytes: Array(event.dropFirst("data: ".count).utf8))?["choices"]?.list?.first?["delta"]
    }
    let arguments = deltas.compactMap { $0["tool_calls"]?.list?.first?["function"]?["arguments"]?.text }.joined()
    #expect(arguments == #"{"name":"acme-net","region":"eu-central-1"}"#)
    guard case .events(let other) = try await ask(messages([Self.user], stream: true)) else {
      Issue.record("no stream")
      return
    }
    let text = other.events.map { String(decoding: $0, as: UTF8.self) }.joined()
    #expect(text.hasPrefix("event: message_start\ndata: {"))
    #expect(text.contains("event: content_block_delta\n"))
    #expect(text.hasSuffix("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"))
  }

  // MARK: Faults

  private func fault(_ name: Name, call: Int = 1) -> [Plan.Entry] {
    [Plan.Entry(at: SitePattern(point: "model", call: call, aspect: .decision), choose: name)]
  }

  @Test func noAnswerClosesTheSocketForAsLongAsTheLibraryAsksAgain() async throws {
    let session = try await Bench.session(fault("model-timeout"))
    let door = ModelDoor(script: try script())
    #expect(await door.handle(chat([Self.user]), in: session).isClosed)
    var again = chat([Self.user])
    again.headers.append(("x-stainless-retry-count", "1"))
    #expect(await door.handle(again, in: session).isClosed)
    #expect(await door.handle(chat([Self.user]), in: session).response?.status == 200)
    await session.close()
    let met = await session.finished().verdict.plan
    #expect(met.entries.map(\.choose) == ["model-timeout"])
  }

  @Test func aCutOffAnswerEndsAtTheLimitInTheMiddleOfItsArguments() async throws {
    let choice = try await choice(chat([Self.user]), fault("model-malformed"))
    #expect(choice?["finish_reason"] == "length")
    let arguments = choice?["message"]?["tool_calls"]?.list?.first?["function"]?["arguments"]?.text ?? ""
    #expect(JSON(bytes: Array(arguments.utf8)) == nil)
    #expect(!arguments.isEmpty)
    let other = try await ask(messages([Self.user]), fault("model-malformed")).response?.document
    #expect(other?["stop_reason"] == "max_tokens")
  }

  @Test func aRefusalIsTheVendorsOwn() async throws {
    let choice = try await choice(chat([Self.user]), fault("model-refusal"))
    #expect(choice?["message"]?["refusal"] == "I can't help with that.")
    #expect(choice?["message"]?["content"] == .null)
    #expect(try await ask(messages([Self.user]), fault("model-refusal")).response?.document?["stop_reason"] == "refusal")
  }

  @Test func aToolThatNobodyHasIsCalled() async throws {
    let choice = try await choice(chat([Self.user]), fault("model-off-graph"))
    #expect(
      choice?["message"]?["tool_calls"]?.list?.first?["function"]?["name"] == "cloud_create_network_immediately")
  }

  @Test func whatIsMeantByAWrongFieldIsSaidByTheScript() async throws {
    let choice = try await choice(chat([Self.user]), fault("model-wrong-field:customer"))
    let arguments = choice?["message"]?["tool_calls"]?.list?.first?["function"]?["arguments"]?.text
    #expect(arguments?.contains("globex-net") == true)
  }

  @Test func confidenceIsLowWhereTheAnswerHasOne() async throws {
    let turns: [JSON] = [Self.user, called(), told("{}"), ["role": "assistant", "content": "It is."]]
    let choice = try await choice(chat(turns), fault("model-low-confidence"))
    let document = choice?["message"]?["content"]?.text.flatMap { JSON(bytes: Array($0.utf8)) }
    #expect(document?["confidence"] == .number(0.1))
    #expect(document?["decision"] == "proceed")
  }

  /// The control: a fault that this answer can't have is never met, and the run says so.
  @Test func aFaultWithoutMeaningHereIsNotMet() async throws {
    let session = try await Bench.session(fault("model-flip-flop"))
    let reply = await ModelDoor(script: try script()).handle(chat([Self.user]), in: session)
    #expect(reply.response?.document?["choices"]?.list?.first?["finish_reason"] == "tool_calls")
    await session.close()
    #expect(await session.finished().verdict.plan.isEmpty)
  }

  // MARK: Errors

  @Test(arguments: [
    ("chat/completions", "{", 400), ("chat/completions", "[]", 400), ("chat/completions", #"{"model":"m"}"#, 400),
    ("chat/completions", #"{"model":"m","messages":[{"role":"robot"}]}"#, 400), ("chat/compl", "{}", 404),
    ("messages", #"{"model":"m","messages":[{"role":"user","content":"x"}]}"#, 400),
    ("messages", #"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":7}]}"#, 400),
  ])
  func whatIsNoRequestGetsTheVendorsError(path: String, body: String, status: Int) async throws {
    let reply = try await ask(WireRequest(method: "POST", path: "model/v1/\(path)", body: Array(body.utf8)))
    #expect(reply.response?.status == status)
    #expect(reply.response?.document?["error"]?["message"]?.text?.isEmpty == false)
  }

  @Test func withoutAScriptTheRemedyIsNamed() async throws {
    let reply = await ModelDoor(script: nil).handle(chat([Self.user]), in: try await Bench.session())
    #expect(reply.response?.status == 404)
    #expect(reply.response?.document?["error"]?["message"]?.text?.contains("--model-script") == true)
  }

  @Test(arguments: [
    ("answers: []", 1, "needs the key 'schema'"),
    ("schema: faultline.model-script/1\nanswers:\n  - txt: x", 3, "unknown key of an answer 'txt'"),
    ("schema: faultline.model-script/1\nanswers:\n  - when: {turn: 0}\n    text: x", 3, "expected the number of a turn"),
    (
      "schema: faultline.model-script/1\nanswers:\n  - text: x\n    instead: {model-refusl: {text: y}}", 4,
      "unknown fault with an answer of its own"
    ),
    ("schema: faultline.model-script/1\nanswers:\n  - calls: [{arguments: {}}]", 3, "needs the key 'tool'"),
    ("schema: faultline.model-script/1", 1, "the model has nothing to say"),
    (
      "schema: faultline.model-script/1\nexchanges:\n  - request: {}\n    response: {}", 4,
      "this is no answer of chat/completions and none of messages"
    ),
  ])
  func mistakesAreToldByLine(text: String, line: Int, message: String) {
    do {
      _ = try ModelScript.read(text: text, path: "m.yaml")
      Issue.record("it was read")
    } catch {
      let found = error.diagnostics.contains { $0.line == line && $0.message.contains(message) }
      #expect(found, "\(error)")
    }
  }

  // MARK: Cassettes

  @Test func aCassetteAnswersWhatItHeardAndNothingElse() async throws {
    let cassette = try ModelScript.read(
      text: """
        {"schema": "faultline.model-script/1", "exchanges": [
          {"request": {"model": "gpt", "messages": [{"role": "user", "content": "Onboard acme."}]},
           "response": {"choices": [{"message": {"role": "assistant", "content": "Done."}}]}}]}
        """, path: "c.json")
    let door = ModelDoor(script: cassette)
    let known = await door.handle(messages([Self.user]), in: try await Bench.session())
    #expect(known.response?.document?["content"]?.list?.first?["text"] == "Done.")
    let unknown = await door.handle(chat([["role": "user", "content": "Onboard globex."]]), in: try await Bench.session())
    #expect(unknown.response?.status == 400)
    #expect(unknown.response?.document?["error"]?["message"]?.text?.contains("message 1 is new") == true)
  }

  @Test func theExampleInTheRepositoryIsRead() throws {
    let path = Bench.root.appending(path: "fixtures/models/network.yaml").path(percentEncoded: false)
    let script = try ModelScript.read(path: path)
    #expect(script.entries.count == 3)
    #expect(script.entries[0].instead.keys.map(\.text) == ["model-wrong-field:customer"])
  }
}
