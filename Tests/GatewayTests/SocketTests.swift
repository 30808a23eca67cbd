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
    survivable: Bool = false, model: ModelScript? = nil
  ) async throws -> String {
    let host = WorldHost(survivableLoss: survivable, model: model)
    host.add(try await Bench.session(faults), as: "1")
    return try await Self.bytes(of: request, from: host, settings: settings)
  }

  /// Serves something and hands over what a client gets for one request.
  static func bytes(
    of request: String, from host: any RequestHandler, settings: GatewayServer.Settings = .init()
  ) async throws -> String {
    let (ports, found) = AsyncStream.makeStream(of: Int.self)
    let server = Task { try await GatewayServer(host, settings: settings).run { found.yield($0) } }
    defer { server.cancel() }
    for await port in ports { return try await exchange(request, port: port) }
    return ""
  }

  /// Writes a request and reads until the server closes. On a thread of its own: the pool's few must stay free for
  /// the server.
  private static func exchange(_ request: String, port: Int) async throws -> String {
    let received = await withCheckedContinuation { (continuation: CheckedContinuation<[UInt8]?, Never>) in
      Thread.detachNewThread { continuation.resume(returning: blockingExchange(request, port: port)) }
    }
    return String(decoding: try #require(received), as: UTF8.self)
  }

  /// Nil where no connection can be had.
  private static func blockingExchange(_ request: String, port: Int) -> [UInt8]? {
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
    _ = request.withCString { send(descriptor, $0, strlen($0), 0) }
    var received: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else { return received }
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
    ("a foreign Host", "Host: evil.example", 403), ("a foreign Origin", "Host: 127.0.0.1\r\nOrigin: https://evil.example", 403),
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
}
