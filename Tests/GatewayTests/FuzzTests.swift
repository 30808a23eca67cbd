// Whatever bytes come: every parser answers in its protocol's own words, and nothing crashes or hangs.
//
// FAULTLINE_FUZZ says how many inputs there are in all; without it, as many as take a few seconds. Input n of a door is
// the same on every machine, so a number that fails is a reproduction.

import Faultline
import Foundation
import Primitives
import Testing

@testable import Gateway

@Suite struct FuzzTests {
  private static var perDoor: Int { Mutation.perDoor }

  private static func seeds(_ texts: String...) -> Mutation { Mutation(seeds: texts.map { Array($0.utf8) }) }

  @Test func noBytesBringThePlainDoorDown() async throws {
    let mutation = Self.seeds(
      Bench.network.printed, #"{"amount":{"currency":"EUR","minor_units":120000},"customer":"acme","period":"2026-11"}"#,
      #"{"name":"acme-admin","customer":"acme"}"#, #"{"seconds":1.5}"#,
      #"{"outcome":"completed","holdings":[{"kind":"cloud.cluster","id":"i-1"}]}"#)
    let paths = ["v1/cloud/describe_networks", "v1/billing/get_invoice", "outcome", "v1/identity/get_role", "clock/sleep"]
    let host = WorldHost()
    host.add(try await Bench.session(), as: "1")
    for number in 0..<Self.perDoor {
      let request = WireRequest(
        method: "POST", path: paths[number % paths.count], query: "a=%FF&b", body: mutation.input(number))
      let reply = await host.handle(request)
      // A call that got through may be the run's last: its limits end it, and then nobody answers any more.
      if reply.response == nil {
        host.add(try await Bench.session(), as: "1")
      } else if let status = reply.response?.status, status >= 400 {
        #expect(reply.response?.document?["detail"]?.text?.isEmpty == false, "input \(number)")
      }
    }
  }

  @Test func noBytesBringTheMCPDoorDown() async throws {
    let meta = """
      "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}
      """
    let mutation = Self.seeds(
      #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}"#,
      #"{"jsonrpc":"2.0","id":"a","method":"tools/list","params":{\#(meta)}}"#,
      #"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"cloud_describe_networks","arguments":{}}}"#,
      #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
      #"{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"report_outcome","arguments":{"outcome":"completed"}}}"#)
    let door = MCPDoor(survivable: true)
    let session = try await Bench.session()
    for number in 0..<Self.perDoor {
      let reply = await door.handle(
        WireRequest(
          method: "POST", path: "mcp",
          headers: [("mcp-protocol-version", "2026-07-28"), ("mcp-method", "tools/list")],
          body: mutation.input(number)), in: session)
      guard let response = reply.response else {
        Issue.record("input \(number) closed the connection")
        continue
      }
      guard response.status != 202 else { continue }
      #expect(response.document?["jsonrpc"] == "2.0", "input \(number)")
      let isOne = (response.document?["error"] == nil) != (response.document?["result"] == nil)
      #expect(isOne, "input \(number)")
    }
  }

  @Test(arguments: ["chat/completions", "messages"])
  func noBytesBringTheModelDown(path: String) async throws {
    let mutation = Self.seeds(
      #"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}"#,
      #"{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"hi"}]},{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"t","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"{\"id\":1}"}],"stream":true}"#,
      #"{"model":"m","max_tokens":9,"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"u","name":"t","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"u","content":"x","is_error":true}]}]}"#)
    let script = try ModelScript.read(
      text: """
        schema: faultline.model-script/1
        answers:
          - when: {after: t}
            text: "{{t.id}} {{t}}"
          - text: hello
          - calls: [{tool: t, arguments: {a: "{{customer}}"}}]
        """, path: "m.yaml")
    let door = ModelDoor(script: script)
    let session = try await Bench.session()
    for number in 0..<Self.perDoor {
      let request = WireRequest(method: "POST", path: "model/v1/\(path)", body: mutation.input(number))
      switch await door.handle(request, in: session) {
      case .events(let stream): #expect(!stream.events.isEmpty)
      case .whole(let response):
        let isAnswer = response.document?["choices"] != nil || response.document?["content"] != nil
        #expect(isAnswer == (response.status == 200), "input \(number)")
        if !isAnswer { #expect(response.document?["error"]?["message"]?.text?.isEmpty == false, "input \(number)") }
      case .close, .cutOff: Issue.record("input \(number) closed the connection")
      }
    }
  }

  @Test func noBytesBringTheScriptsReaderDown() {
    let mutation = Self.seeds(
      "schema: faultline.model-script/1\nanswers:\n  - when: {after: a, turn: 1}\n    text: hi\n  - calls: [{tool: t, arguments: {n: 1}}]\n",
      #"{"schema": "faultline.model-script/1", "exchanges": [{"request": {"model": "m", "messages": [{"role": "user", "content": "x"}]}, "response": {"choices": [{"message": {"content": "y"}}]}}]}"#)
    for number in 0..<Self.perDoor {
      let text = String(decoding: mutation.input(number), as: UTF8.self)
      do {
        let script = try ModelScript.read(text: text, path: "m.yaml")
        #expect(script.entries.isEmpty != script.exchanges.isEmpty, "input \(number)")
      } catch {
        #expect(!error.diagnostics.isEmpty, "input \(number)")
      }
    }
  }

  @Test func noBytesBringControlDown() async throws {
    let mutation = Self.seeds(
      #"{"scenario":"happy-path","count":1,"seed":7,"clock":"virtual","loss":"hold","quiet_ms":0}"#,
      #"{"plan":[{"at":"*/*/cloud.create_network#1/answer","choose":"response-lost"}]}"#)
    let registry = RunRegistry(WorldHost(), setups: ["happy-path": try Bench.setup()], limit: 20)
    let control = ControlHost(registry, base: "", reports: ControlReports(verdict: { _ in "{}" }, event: { _ in "" }))
    for number in 0..<Self.perDoor {
      let reply = await control.handle(WireRequest(method: "POST", path: "runs", body: mutation.input(number)))
      let status = try #require(reply.response?.status)
      #expect([201, 400, 429].contains(status), "input \(number)")
    }
  }

  /// As deep as a body can nest, in all forms that nest.
  @Test(arguments: ["[", "{\"a\":", "[{\"a\":"])
  func depthIsRefusedAndNotFollowed(opening: String) async throws {
    let body = Array(String(repeating: opening, count: 100_000).utf8)
    let host = WorldHost(model: nil)
    host.add(try await Bench.session(), as: "1")
    for path in ["v1/cloud/create_network", "mcp", "outcome"] {
      let reply = await host.handle(WireRequest(method: "POST", path: path, body: body))
      #expect(reply.response?.status == 400, "\(path)")
    }
  }
}
