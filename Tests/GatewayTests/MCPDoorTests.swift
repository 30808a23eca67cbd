// The MCP door in both eras, and what it says where something is wrong.

import Faultline
import Operations
import Primitives
import Simulation
import Testing

@testable import Gateway

@Suite struct MCPDoorTests {
  private static let meta: JSON = [
    "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": [:],
  ]

  private func modern(_ method: String, _ params: [String: JSON] = [:], name: String? = nil) -> WireRequest {
    var params = params
    params["_meta"] = params["_meta"] ?? Self.meta
    var headers: [(name: String, value: String)] = [("mcp-protocol-version", "2026-07-28"), ("mcp-method", method)]
    if let name { headers.append(("mcp-name", name)) }
    return Bench.post(
      "mcp", ["jsonrpc": "2.0", "id": 1, "method": .text(method), "params": .object(params)], headers: headers)
  }

  private func legacy(_ method: String, _ params: JSON = [:]) -> WireRequest {
    Bench.post("mcp", ["jsonrpc": "2.0", "id": 1, "method": .text(method), "params": params])
  }

  private func ask(_ request: WireRequest, in session: Session, survivable: Bool = false) async -> WireResponse? {
    await MCPDoor(survivable: survivable).handle(request, in: session).response
  }

  @Test func aStatelessClientDiscoversListsAndCalls() async throws {
    let session = try await Bench.session()
    let discovered = await ask(modern("server/discover"), in: session)?.document?["result"]
    #expect(discovered?["resultType"] == "complete")
    #expect(discovered?["supportedVersions"]?.list?.contains("2026-07-28") == true)
    let listed = await ask(modern("tools/list"), in: session)?.document?["result"]
    #expect(listed?["cacheScope"] == "private")
    #expect((listed?["ttlMs"]?.int ?? -1) >= 0)
    #expect(listed?["tools"]?.list?.contains { $0["name"] == "cloud_create_network" } == true)
    let call = modern(
      "tools/call", ["name": "cloud_create_network", "arguments": Bench.network], name: "cloud_create_network")
    let result = await ask(call, in: session)?.document?["result"]
    #expect(result?["isError"] == false)
    #expect(result?["structuredContent"]?["customer"] == "acme")
  }

  @Test(arguments: MCPRevision.handshake)
  func aClientOfTheHandshakeErasIsServed(revision: String) async throws {
    let session = try await Bench.session()
    let begun = await ask(legacy("initialize", ["protocolVersion": .text(revision)]), in: session)?.document?["result"]
    #expect(begun?["protocolVersion"] == .text(revision))
    let note = Bench.post("mcp", ["jsonrpc": "2.0", "method": "notifications/initialized"])
    #expect(await ask(note, in: session)?.status == 202)
    #expect(await ask(legacy("ping"), in: session)?.document?["result"] == [:])
    let listed = await ask(legacy("tools/list"), in: session)?.document?["result"]
    #expect(listed?["resultType"] == nil)
    let result = await ask(
      legacy("tools/call", ["name": "cloud_create_network", "arguments": Bench.network]), in: session)
    #expect(result?.document?["result"]?["isError"] == false)
  }

  @Test func anUnknownRevisionIsToldWhatIsSpoken() async throws {
    let session = try await Bench.session()
    let meta: JSON = [
      "io.modelcontextprotocol/protocolVersion": "2031-01-01", "io.modelcontextprotocol/clientCapabilities": [:],
    ]
    var request = modern("tools/list", ["_meta": meta])
    request.headers[0].value = "2031-01-01"
    let response = await ask(request, in: session)
    #expect(response?.status == 400)
    #expect(response?.document?["error"]?["code"] == -32022)
    #expect(response?.document?["error"]?["data"]?["supported"] == ["2026-07-28"])
  }

  @Test func headersThatSayOtherwiseAreRefused() async throws {
    let session = try await Bench.session()
    let call = modern("tools/call", ["name": "cloud_create_network", "arguments": Bench.network], name: "cloud_list")
    let response = await ask(call, in: session)
    #expect(response?.status == 400)
    #expect(response?.document?["error"]?["code"] == -32020)
    #expect(await session.takeCallCount() == 0)
  }

  @Test(arguments: [
    ("no/such", [:], -32601), ("tools/call", ["name": "conquer"], -32602), ("tools/call", [:], -32602),
  ] as [(String, JSON, Int64)])
  func whatIsNotThereHasTheProtocolsCode(method: String, params: JSON, code: Int64) async throws {
    let session = try await Bench.session()
    #expect(await ask(legacy(method, params), in: session)?.document?["error"]?["code"] == .int(code))
  }

  @Test func aRefusalOfTheSystemIsAResultThatAModelSees() async throws {
    let session = try await Bench.session()
    let call = legacy("tools/call", ["name": "cloud_describe_cluster", "arguments": ["cluster": "i-nothing"]])
    let result = await ask(call, in: session)?.document?["result"]
    #expect(result?["isError"] == true)
    #expect(result?["structuredContent"]?["code"] == "InvalidInstanceID.NotFound")
  }

  @Test func aLostAnswerClosesOrIsToldSoThatAClientSurvives() async throws {
    let fault = Bench.fault("cloud.create_network", "response-lost", .answer)
    let call = legacy("tools/call", ["name": "cloud_create_network", "arguments": Bench.network])
    #expect(await ask(call, in: try await Bench.session([fault])) == nil)
    let told = await ask(call, in: try await Bench.session([fault]), survivable: true)
    #expect(told?.status == 503)
    #expect(told?.document?["error"]?["code"] == -32603)
  }

  @Test func hintsAreTrue() throws {
    let catalogue = try Bench.setup().catalogue
    let tools = try #require(MCPTools.list(of: catalogue).list)
    for operation in catalogue.allOperations {
      let tool = try #require(tools.first { $0["name"] == .text(MCPTools.name(of: operation)) })
      #expect(tool["annotations"]?["readOnlyHint"] == .bool(!operation.isMutation))
      #expect((tool["inputSchema"]?["properties"]?["idempotency_key"] != nil) == operation.takesKey)
    }
  }
}

extension Session {
  func takeCallCount() async -> Int {
    close()
    return await finished().verdict.metrics.calls
  }
}
