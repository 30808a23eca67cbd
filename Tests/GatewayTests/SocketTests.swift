// The bytes on a real socket: what a client receives for each thing that a door may decide.

import Faultline
import Foundation
import Primitives
import Simulation
import Testing

@testable import Gateway

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct SocketTests {
  /// Serves a world with one fault and hands over what a client gets for one request.
  private func bytes(
    of request: String, _ faults: [Plan.Entry] = [], settings: GatewayServer.Settings = .init(),
    survivable: Bool = false, streams: Bool = false, model: ModelScript? = nil
  ) async throws -> String {
    let host = WorldHost(survivableLoss: survivable, streams: streams, model: model)
    host.add(try await Bench.session(faults), as: "1")
    return try await Self.bytes(of: request, from: host, settings: settings)
  }

  /// Serves something and hands over what a client gets for one request.
  static func bytes(
    of request: String, from host: any RequestHandler, settings: GatewayServer.Settings = .init()
  ) async throws -> String {
    try await Bench.serving(host, settings: settings) { try await exchange(request, port: $0) }
  }

  /// Writes a request and reads until the server closes. On a thread of its own: the pool's few must stay free for
  /// the server.
  private static func exchange(_ request: String, port: Int) async throws -> String {
    try await exchange(request, port: port, patience: nil).text
  }

  /// The same with a deadline: a client that gives up after so many milliseconds of silence, and whether the server
  /// still held the connection then.
  static func exchange(
    _ request: String, port: Int, patience: Int?
  ) async throws -> (text: String, isOpen: Bool) {
    let received = await withCheckedContinuation { (continuation: CheckedContinuation<([UInt8], Bool)?, Never>) in
      Thread.detachNewThread {
        continuation.resume(returning: blockingExchange(request, port: port, patience: patience))
      }
    }
    let (bytes, isOpen) = try #require(received)
    return (String(decoding: bytes, as: UTF8.self), isOpen)
  }

  /// Nil where no connection can be had.
  private static func blockingExchange(_ request: String, port: Int, patience: Int?) -> ([UInt8], Bool)? {
    #if canImport(Glibc)
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      let descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    let isConnected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    guard isConnected else { return nil }
    if let patience {
      var limit = timeval()
      limit.tv_sec = .init(patience / 1_000)
      limit.tv_usec = .init(patience % 1_000 * 1_000)
      setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }
    _ = request.withCString { send(descriptor, $0, strlen($0), 0) }
    var received: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else { return (received, count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) }
      received += buffer[..<count]
    }
  }

  private func post(_ path: String, _ body: String, host: String = "127.0.0.1", extra: String = "") -> String {
    "POST \(path) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\nContent-Type: application/json\r\n\(extra)"
      + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  private var network: String { post("/v1/cloud/create_network", Bench.network.printed) }

  @Test func anAnswerHasAHeadAndAWholeBody() async throws {
    let received = try await bytes(of: network)
    #expect(received.hasPrefix("HTTP/1.1 200 OK\r\n"))
    let parts = received.components(separatedBy: "\r\n\r\n")
    #expect(parts.count == 2)
    #expect(JSON(bytes: Array(parts[1].utf8))?["name"] == "acme-net")
  }

  @Test func aLostAnswerIsNotAByte() async throws {
    let received = try await bytes(of: network, [Bench.fault("cloud.create_network", "response-lost", .answer)])
    #expect(received.isEmpty)
  }

  @Test func aTruncatedAnswerPromisesMoreThanItBrings() async throws {
    let received = try await bytes(of: network, [Bench.fault("cloud.create_network", "truncated-response", .answer)])
    let parts = received.components(separatedBy: "\r\n\r\n")
    #expect(parts.count == 2)
    let promised = parts[0].lowercased().components(separatedBy: "content-length: ")[1].prefix { $0.isNumber }
    #expect(Int(promised) ?? 0 == parts[1].utf8.count * 2 || Int(promised) ?? 0 == parts[1].utf8.count * 2 + 1)
  }

  @Test(arguments: [
    ("a foreign Host", "Host: evil.example", 403),
    ("a foreign Origin", "Host: 127.0.0.1\r\nOrigin: https://evil.example", 403),
    ("its own Origin", "Host: 127.0.0.1\r\nOrigin: http://127.0.0.1:8080", 200),
  ])
  func pagesOfOthersAreKeptOut(what: String, headers: String, status: Int) async throws {
    let received = try await bytes(of: "GET /task HTTP/1.1\r\n\(headers)\r\nConnection: close\r\n\r\n")
    #expect(received.hasPrefix("HTTP/1.1 \(status) "), "\(what): \(received.prefix(40))")
  }

  @Test func aBodyThatIsTooLongIsRefused() async throws {
    var settings = GatewayServer.Settings()
    settings.bodyLimit = 64
    let received = try await bytes(
      of: post("/v1/cloud/create_network", String(repeating: "x", count: 65)), settings: settings)
    #expect(received.hasPrefix("HTTP/1.1 413 "))
  }

  @Test func whatIsNotHTTPIsRefused() async throws {
    let received = try await bytes(of: "\u{1}\u{2}nonsense\r\n\r\n")
    #expect(received.hasPrefix("HTTP/1.1 400 ") || received.isEmpty)
  }

  // MARK: MCP

  private static let call: JSON = [
    "jsonrpc": "2.0", "id": 7, "method": "tools/call",
    "params": ["name": "cloud_create_network", "arguments": Bench.network, "_meta": ["progressToken": "p"]],
  ]

  /// What a client gets for a call, as head and body; the body of a stream without the marks of its chunks.
  private func called(
    _ fault: (Name, Aspect)? = nil, accept: String = "application/json, text/event-stream", survivable: Bool = false,
    streams: Bool = true
  ) async throws -> (head: String, body: String) {
    let received = try await bytes(
      of: post("/mcp", Self.call.printed, extra: "Accept: \(accept)\r\n"),
      fault.map { [Bench.fault("cloud.create_network", $0.0, $0.1)] } ?? [], survivable: survivable, streams: streams)
    guard let end = received.firstRange(of: "\r\n\r\n") else { return (received, "") }
    let head = String(received[..<end.lowerBound])
    var body = String(received[end.upperBound...])
    if head.lowercased().contains("transfer-encoding: chunked") { body = Self.unchunked(body) }
    return (head, body)
  }

  /// The bytes that came of a chunked body; also of one that breaks off.
  private static func unchunked(_ text: String) -> String {
    var rest = Array(text.utf8)[...]
    var body: [UInt8] = []
    while let lineEnd = rest.firstIndex(of: 0x0A),
      let size = Int(String(decoding: rest[..<lineEnd].dropLast(), as: UTF8.self), radix: 16)
    {
      rest = rest[(lineEnd + 1)...]
      body += rest.prefix(size)
      rest = rest.dropFirst(size + 2)
    }
    return String(decoding: body, as: UTF8.self)
  }

  private static let progress = "event: message\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\""

  @Test func aCallThatTakesEventsGetsProgressThenItsAnswer() async throws {
    let (head, body) = try await called()
    #expect(head.hasPrefix("HTTP/1.1 200 OK"))
    #expect(head.lowercased().contains("content-type: text/event-stream"))
    let events = body.components(separatedBy: "\n\n")
    #expect(events.count == 3)
    #expect(events[0].hasPrefix(Self.progress))
    let answer = JSON(bytes: Array(events[1].dropFirst("event: message\ndata: ".count).utf8))
    #expect(answer?["result"]?["isError"] == false)
    #expect(events[2].isEmpty)
  }

  @Test func aLostAnswerBreaksTheStreamBetweenTwoEvents() async throws {
    let (head, body) = try await called(("response-lost", .answer))
    #expect(head.hasPrefix("HTTP/1.1 200 OK"))
    #expect(body.hasPrefix(Self.progress))
    #expect(body.hasSuffix("}\n\n"))
    #expect(body.components(separatedBy: "data: ").count == 2)
  }

  @Test func aTruncatedAnswerBreaksTheStreamInsideAnEvent() async throws {
    let (_, body) = try await called(("truncated-response", .answer))
    let events = body.components(separatedBy: "\n\n")
    #expect(events.count == 2)
    #expect(events[0].hasPrefix(Self.progress))
    let half = events[1].dropFirst("event: message\ndata: ".count)
    #expect(half.hasPrefix("{"))
    #expect(JSON(bytes: Array(half.utf8)) == nil)
  }

  @Test(arguments: [
    ("application/json", true, true), ("application/json, text/event-stream", true, true),
    ("application/json, text/event-stream", true, false),
  ])
  func aSurvivableLossIsAnErrorOfItsOwn(accept: String, survivable: Bool, streams: Bool) async throws {
    let (head, body) = try await called(
      ("response-lost", .answer), accept: accept, survivable: survivable, streams: streams)
    #expect(head.hasPrefix("HTTP/1.1 503 "))
    let error = JSON(bytes: Array(body.utf8))
    #expect(error?["error"]?["code"] == -32603)
    #expect(error?["id"] == 7)
  }

  @Test func whoTakesNoEventsGetsADocument() async throws {
    let (head, body) = try await called(accept: "application/json")
    #expect(head.lowercased().contains("content-type: application/json"))
    #expect(JSON(bytes: Array(body.utf8))?["result"]?["isError"] == false)
    let lost = try await called(("response-lost", .answer), accept: "application/json")
    #expect(lost.head.isEmpty)
  }

  // MARK: Limits

  @Test func aHeadThatIsTooLongIsRefused() async throws {
    var settings = GatewayServer.Settings()
    settings.headerLimit = 1_024
    let received = try await bytes(
      of: "GET /task HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: \(String(repeating: "x", count: 4_096))\r\n\r\n",
      settings: settings)
    #expect(received.hasPrefix("HTTP/1.1 4") || received.isEmpty, "\(received.prefix(40))")
    #expect(!received.contains("\"input\""))
  }

  @Test func whoNeverSendsTheWholeBodyIsCutOff() async throws {
    var settings = GatewayServer.Settings()
    settings.requestTimeout = .milliseconds(100)
    let head = "POST /v1/cloud/create_network HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 50\r\n\r\n"
    let received = try await bytes(of: head + "{", settings: settings)
    #expect(!received.hasPrefix("HTTP/1.1 200"))
  }

  @Test func whoSendsNothingIsCutOff() async throws {
    var settings = GatewayServer.Settings()
    settings.idleTimeout = .milliseconds(100)
    #expect(try await bytes(of: "GET /task HTTP/1.1\r\nHost", settings: settings).isEmpty)
  }

  /// The other connections wait until one is closed.
  @Test func moreConnectionsThanTheLimitWait() async throws {
    var settings = GatewayServer.Settings()
    settings.connectionLimit = 1
    let host = WorldHost()
    host.add(try await Bench.session(), as: "1")
    let answers = try await Bench.serving(host, settings: settings) { port in
      try await withThrowingTaskGroup(of: String.self) { group in
        for _ in 0..<4 {
          group.addTask {
            try await Self.exchange("GET /task HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", port: port)
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
    }
    #expect(answers.count == 4)
    #expect(answers.allSatisfy { $0.hasPrefix("HTTP/1.1 200 ") })
  }

  @Test(arguments: [
    ("GET /task HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: x\r\n\r\n", "a length that is none"),
    ("GET /task HTTP/9.9\r\n\r\n", "a version that is none"), ("GET\r\n\r\n", "no target"),
    ("POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "a chunk without a size"),
  ])
  func malformedHTTPGetsItsOwnError(request: String, what: String) async throws {
    let received = try await bytes(of: request)
    #expect(received.hasPrefix("HTTP/1.1 400 ") || received.isEmpty, "\(what): \(received.prefix(60))")
  }

  // MARK: The model

  @Test func aModelsStreamComesInChunksAndEnds() async throws {
    let script = try ModelScript.read(
      text: "schema: faultline.model-script/1\nanswers: [{text: hello}]", path: "m.yaml")
    let body: JSON = ["model": "m", "stream": true, "messages": [["role": "user", "content": "hi"]]]
    let received = try await bytes(of: post("/model/v1/chat/completions", body.printed), model: script)
    #expect(received.lowercased().contains("transfer-encoding: chunked"))
    #expect(received.contains("data: [DONE]\n\n"))
    #expect(received.hasSuffix("0\r\n\r\n"))
  }

  @Test func aModelThatDoesNotAnswerIsNotAByte() async throws {
    let script = try ModelScript.read(
      text: "schema: faultline.model-script/1\nanswers: [{text: hello}]", path: "m.yaml")
    let body: JSON = ["model": "m", "messages": [["role": "user", "content": "hi"]]]
    let fault = Plan.Entry(at: SitePattern(point: "model", call: 1, aspect: .decision), choose: "model-timeout")
    #expect(try await bytes(of: post("/model/v1/chat/completions", body.printed), [fault], model: script).isEmpty)
  }
}
