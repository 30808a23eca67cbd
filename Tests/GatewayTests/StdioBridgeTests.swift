// MCP over pipes: the same answers as over HTTP, and what a client sees of one that is lost.

import Faultline
import Primitives
import Simulation
import Synchronization
import Testing

@testable import Gateway

@Suite struct StdioBridgeTests {
  /// Says lines to a bridge in front of a world, and returns what it wrote and how it ended.
  private func talk(
    _ lines: [JSON], _ faults: [Plan.Entry] = [], survivable: Bool = false, loss: StdioBridge.Loss = .exit,
    closes: Bool = true, settings: GatewayServer.Settings = .init()
  ) async throws -> (written: String, end: StdioBridge.End) {
    let host = WorldHost(survivableLoss: survivable)
    host.add(try await Bench.session(faults), as: "1")
    return try await Bench.serving(host, settings: settings) { port in
      let written = Mutex<[UInt8]>([])
      let (stream, input) = AsyncStream.makeStream(of: String.self)
      for line in lines { input.yield(line.printed) }
      if closes { input.finish() }
      let url = try #require(ServiceURL("http://127.0.0.1:\(port)/w/1/mcp"))
      let bridge = StdioBridge(url, loss: loss) { bytes in written.withLock { $0 += bytes } }
      let end = await bridge.run(stream)
      return (written.withLock { String(decoding: $0, as: UTF8.self) }, end)
    }
  }

  private func answers(_ written: String) -> [JSON] {
    written.split(separator: "\n").compactMap { JSON(bytes: Array($0.utf8)) }
  }

  private static let call: JSON = [
    "jsonrpc": "2.0", "id": 2, "method": "tools/call",
    "params": ["name": "cloud_create_network", "arguments": Bench.network],
  ]

  @Test func aHandshakeAndACallGoThroughAndANotificationIsNotAnswered() async throws {
    let (written, end) = try await talk([
      ["jsonrpc": "2.0", "id": 1, "method": "initialize", "params": ["protocolVersion": "2025-11-25"]],
      ["jsonrpc": "2.0", "method": "notifications/initialized"], Self.call,
    ])
    #expect(end == .closed)
    let answers = answers(written)
    #expect(answers.count == 2)
    #expect(answers.first { $0["id"] == 1 }?["result"]?["protocolVersion"] == "2025-11-25")
    #expect(answers.first { $0["id"] == 2 }?["result"]?["isError"] == false)
  }

  /// The headers that a stateless client would send come from the message itself.
  @Test func aStatelessMessageGetsItsHeaders() async throws {
    var params = Self.call["params"]?.object ?? [:]
    params["_meta"] = [
      "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": [:],
    ]
    let (written, _) = try await talk([
      ["jsonrpc": "2.0", "id": "x", "method": "tools/call", "params": .object(params)]
    ])
    #expect(answers(written).first?["result"]?["resultType"] == "complete")
  }

  @Test func whatIsNoMessageGetsTheProtocolsError() async throws {
    let (written, end) = try await talk(["no message", ["jsonrpc": "2.0", "id": 1, "method": "no/such"]])
    #expect(end == .closed)
    let codes = answers(written).compactMap { $0["error"]?["code"]?.int }
    #expect(codes.sorted() == [-32601, -32600])
  }

  /// The server has not read whose it is; the client is told all the same.
  @Test func aMessageThatIsTooLongIsRefusedUnderItsId() async throws {
    var settings = GatewayServer.Settings()
    settings.bodyLimit = 200
    let long = JSON.text(String(repeating: "x", count: 200))
    let (written, end) = try await talk(
      [
        ["jsonrpc": "2.0", "id": 9, "method": "tools/call", "params": ["name": long]],
        ["jsonrpc": "2.0", "method": "notifications/initialized", "params": ["name": long]],
        ["jsonrpc": "2.0", "id": 1, "method": "ping"],
      ], settings: settings)
    #expect(end == .closed)
    let answers = answers(written)
    #expect(answers.count == 2)
    #expect(answers.first { $0["id"] == 9 }?["error"]?["code"] == -32600)
    #expect(answers.first { $0["id"] == 1 }?["result"] == [:])
  }

  /// The connection is gone, and the client that keeps its end open learns it.
  @Test func aLostAnswerEndsTheServer() async throws {
    let fault = Bench.fault("cloud.create_network", "response-lost", .answer)
    let (written, end) = try await talk([Self.call], [fault], closes: false)
    #expect(end == .lost)
    #expect(written.isEmpty)
  }

  @Test func aTruncatedAnswerIsHalfALine() async throws {
    let fault = Bench.fault("cloud.create_network", "truncated-response", .answer)
    let (written, end) = try await talk([Self.call], [fault], closes: false)
    #expect(end == .lost)
    #expect(written.hasPrefix("{") && !written.contains("\n"))
  }

  @Test func aSilentLossIsNothingAtAll() async throws {
    let fault = Bench.fault("cloud.create_network", "response-lost", .answer)
    let ping: JSON = ["jsonrpc": "2.0", "id": 9, "method": "ping"]
    let (written, end) = try await talk([Self.call, ping], [fault], loss: .silent)
    #expect(end == .closed)
    #expect(answers(written).map { $0["id"] } == [9])
  }

  @Test func aSurvivableLossIsAnErrorOnALine() async throws {
    let fault = Bench.fault("cloud.create_network", "response-lost", .answer)
    let (written, end) = try await talk([Self.call], [fault], survivable: true)
    #expect(end == .closed)
    #expect(answers(written).first?["error"]?["code"] == -32603)
  }

  @Test func whereNobodyServesEveryRequestIsToldSo() async throws {
    let written = Mutex<[UInt8]>([])
    let (stream, input) = AsyncStream.makeStream(of: String.self)
    input.yield(Self.call.printed)
    input.finish()
    let url = try #require(ServiceURL("http://127.0.0.1:1/mcp"))
    #expect(await StdioBridge(url) { bytes in written.withLock { $0 += bytes } }.run(stream) == .closed)
    let text = written.withLock { String(decoding: $0, as: UTF8.self) }
    #expect(answers(text).first?["error"]?["message"]?.text?.hasPrefix("No world is served at") == true)
  }

  @Test(arguments: [
    ("http://127.0.0.1:8080/w/1/mcp", "127.0.0.1", 8080, "/w/1/mcp"), ("http://localhost/mcp", "localhost", 80, "/mcp"),
    ("http://[::1]:9/mcp", "::1", 9, "/mcp"),
  ])
  func addressesAreRead(text: String, host: String, port: Int, path: String) throws {
    let url = try #require(ServiceURL(text))
    #expect((url.host, url.port, url.path) == (host, port, path))
  }

  @Test(arguments: ["", "https://127.0.0.1/mcp", "http://", "http://:80/", "http://a:0/", "http://a:x/"])
  func whatIsNoAddressIsNone(text: String) { #expect(ServiceURL(text) == nil) }
}
