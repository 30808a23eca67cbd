// Requests that the server keeps out: each door's clients are told in the words that they know.

import Faultline
import Primitives
import Testing

@testable import Gateway

/// Whose words an answer is in.
enum Tongue: String, Sendable, CaseIterable {
  case http, stripe, ec2, iam, zendesk, mcp, openAI, anthropic

  /// A path of this door, and what its libraries send beside.
  var address: (path: String, headers: String) {
    switch self {
    case .http: ("/v1/cloud/create_network", "")
    case .stripe: ("/v1/charges", "Idempotency-Key: k\r\n")
    case .ec2: ("/", "")
    case .iam:
      (
        "/",
        "Authorization: AWS4-HMAC-SHA256 Credential=AK/20261102/us-east-1/iam/aws4_request, SignedHeaders=host, "
          + "Signature=0\r\n"
      )
    case .zendesk: ("/api/v2/tickets.json", "")
    case .mcp: ("/mcp", "")
    case .openAI: ("/model/v1/chat/completions", "")
    case .anthropic: ("/model/v1/messages", "Anthropic-Version: 2023-06-01\r\n")
    }
  }

  /// What an answer of a kind says, where it is in this form; nil where it is in another.
  func code(in body: String) -> String? {
    let document = JSON(bytes: Array(body.utf8))
    switch self {
    case .http: return document?["title"]?.text
    case .stripe: return document?["type"] == nil ? document?["error"]?["type"]?.text : nil
    case .ec2: return body.contains("<Response><Errors><Error><Code>") ? Self.tag("Code", body) : nil
    case .iam: return body.contains("<ErrorResponse xmlns=") ? Self.tag("Code", body) : nil
    case .zendesk: return document?["description"] == nil ? nil : document?["error"]?.text
    case .mcp: return document?["id"] == .null ? document?["error"]?["code"]?.int.map(String.init) : nil
    case .openAI: return document?["error"]?["param"] == .null ? document?["error"]?["type"]?.text : nil
    case .anthropic: return document?["type"] == "error" ? document?["error"]?["type"]?.text : nil
    }
  }

  private static func tag(_ name: String, _ body: String) -> String? {
    guard let start = body.firstRange(of: "<\(name)>") else { return nil }
    return String(body[start.upperBound...].prefix { $0 != "<" })
  }
}

@Suite struct RefusalTests {
  /// What a client gets for a POST to a door's path.
  private func answer(
    to tongue: Tongue, below base: String = "", host: String = "127.0.0.1", extra: String = "",
    body: String = "{}", settings: GatewayServer.Settings = .init()
  ) async throws -> (status: Int, body: String) {
    let (path, headers) = tongue.address
    let length = extra.contains("Transfer-Encoding") ? "" : "Content-Length: \(body.utf8.count)\r\n"
    let request =
      "POST \(base)\(path) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\(headers)\(extra)\(length)\r\n\(body)"
    let worlds = WorldHost()
    worlds.add(try await Bench.session(), as: "1")
    let received = try await SocketTests.bytes(of: request, from: worlds, settings: settings)
    let parts = received.split(separator: "\r\n\r\n", maxSplits: 1)
    let status = Int(received.dropFirst("HTTP/1.1 ".count).prefix(3))
    return (try #require(status, "\(received.prefix(80))"), parts.count == 2 ? String(parts[1]) : "")
  }

  @Test(arguments: zip(
    Tongue.allCases,
    [
      "Content Too Large", "invalid_request_error", "RequestEntityTooLargeException",
      "RequestEntityTooLargeException", "RequestEntityTooLarge", "-32600", "invalid_request_error",
      "request_too_large",
    ]))
  func aBodyThatIsTooLongIsToldInTheDoorsWords(tongue: Tongue, code: String) async throws {
    var settings = GatewayServer.Settings()
    settings.bodyLimit = 64
    let long = String(repeating: "x", count: 65)
    for base in ["", "/w/1", "/w/1/replica/2"] {
      let refused = try await answer(to: tongue, below: base, body: long, settings: settings)
      #expect(refused.status == 413)
      #expect(tongue.code(in: refused.body) == code, "\(base): \(refused.body)")
    }
    let shorter = try await answer(to: tongue, body: String(long.dropLast()), settings: settings)
    #expect(shorter.status != 413)
  }

  @Test(arguments: zip(
    Tongue.allCases,
    [
      "Forbidden", "invalid_request_error", "AccessDeniedException", "AccessDeniedException", "Forbidden", "-32600",
      "invalid_request_error", "permission_error",
    ]))
  func aForeignPageIsToldInTheDoorsWords(tongue: Tongue, code: String) async throws {
    let named = try await answer(to: tongue, host: "evil.example")
    #expect(named.status == 403)
    #expect(tongue.code(in: named.body) == code, "\(named.body)")
    let sent = try await answer(to: tongue, below: "/w/1", extra: "Origin: https://evil.example\r\n")
    #expect(sent.status == 403)
    #expect(tongue.code(in: sent.body) == code, "\(sent.body)")
    let own = try await answer(to: tongue, extra: "Origin: http://127.0.0.1:8080\r\n")
    #expect(own.status != 403)
  }

  @Test(arguments: zip(
    Tongue.allCases,
    [
      "Unauthorized", "invalid_request_error", "NotAuthorized", "NotAuthorized", "Couldn't authenticate you",
      "-32600", "invalid_request_error", "authentication_error",
    ]))
  func whoHasNoTokenIsToldInTheDoorsWords(tongue: Tongue, code: String) async throws {
    var settings = GatewayServer.Settings()
    settings.token = "t"
    let refused = try await answer(to: tongue, settings: settings)
    #expect(refused.status == 401)
    #expect(tongue.code(in: refused.body) == code, "\(refused.body)")
    let known = try await answer(to: tongue, extra: "X-Faultline-Token: t\r\n", settings: settings)
    #expect(known.status != 401)
  }

  @Test(arguments: zip(
    Tongue.allCases,
    [
      "Bad Request", "invalid_request_error", "MalformedHttpRequestException", "MalformedHttpRequestException",
      "BadRequest", "-32700", "invalid_request_error", "invalid_request_error",
    ]))
  func aChunkWithoutASizeIsToldInTheDoorsWords(tongue: Tongue, code: String) async throws {
    let chunked = "Transfer-Encoding: chunked\r\n"
    let refused = try await answer(to: tongue, extra: chunked, body: "zz\r\n")
    #expect(refused.status == 400)
    #expect(tongue.code(in: refused.body) == code, "\(refused.body)")
    #expect(refused.body.contains("framed"))
    let framed = try await answer(to: tongue, extra: chunked, body: "2\r\n{}\r\n0\r\n\r\n")
    #expect(!framed.body.contains("framed"))
  }

  @Test(arguments: zip(
    Tongue.allCases,
    [
      "Request Header Fields Too Large", "invalid_request_error", "MalformedHttpRequestException",
      "MalformedHttpRequestException", "RequestHeaderFieldsTooLarge", "-32600", "invalid_request_error",
      "invalid_request_error",
    ]))
  func aHeadThatIsTooLongIsToldInTheDoorsWords(tongue: Tongue, code: String) async throws {
    var settings = GatewayServer.Settings()
    settings.headerLimit = 1_024
    settings.fieldLimit = 20
    let tooMuch = [
      "X-Long: \(String(repeating: "x", count: 1_024))\r\n", String(repeating: "X-Field: 1\r\n", count: 20),
    ]
    for extra in tooMuch {
      let refused = try await answer(to: tongue, extra: extra, settings: settings)
      #expect(refused.status == 431)
      #expect(tongue.code(in: refused.body) == code, "\(refused.body)")
    }
    let shorter = String(repeating: "x", count: 512)
    let taken = try await answer(to: tongue, extra: "X-Long: \(shorter)\r\n", settings: settings)
    #expect(taken.status != 431)
    // A target counts as well.
    let asked = try await answer(to: tongue, below: "/w/\(shorter)\(shorter)", settings: settings)
    #expect(asked.status == 431)
  }

  @Test(arguments: zip(
    Tongue.allCases,
    [
      "Not Found", "invalid_request_error", "ResourceNotFoundException", "ResourceNotFoundException",
      "InvalidEndpoint", "-32600", "invalid_request_error", "not_found_error",
    ]))
  func aWorldThatIsNotThereIsToldInTheDoorsWords(tongue: Tongue, code: String) async throws {
    let refused = try await answer(to: tongue, below: "/w/7")
    #expect(refused.status == 404)
    #expect(tongue.code(in: refused.body) == code, "\(refused.body)")
    #expect(refused.body.contains("no such world"))
  }

  /// Else it would count as the empty path, which is AWS's.
  @Test func anEscapeThatIsNoneIsMalformed() async throws {
    let worlds = WorldHost()
    worlds.add(try await Bench.session(), as: "1")
    for (path, isRefused) in [("/api/v2/tickets/%zz", true), ("/api/v2/tickets/%31", false)] {
      let received = try await SocketTests.bytes(
        of: "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", from: worlds)
      #expect(received.hasPrefix("HTTP/1.1 400 ") == isRefused, "\(received.prefix(40))")
      #expect(received.contains(#""error":"BadRequest""#) == isRefused)
    }
  }

  /// A client that sends everything before it listens is not cut off in the middle of its sending.
  @Test func whoSendsFarTooMuchLearnsWhy() async throws {
    let refused = try await answer(to: .stripe, body: String(repeating: "x", count: 6 << 20))
    #expect(refused.status == 413)
    #expect(Tongue.stripe.code(in: refused.body) == "invalid_request_error")
  }

  @Test func whoSendsWithoutEndIsCutOff() async throws {
    var settings = GatewayServer.Settings()
    settings.bodyLimit = 64
    let worlds = WorldHost()
    worlds.add(try await Bench.session(), as: "1")
    let received = try await SocketTests.bytes(
      of: "POST /v1/charges HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4096\r\n\r\n"
        + String(repeating: "x", count: 2_048), from: worlds, settings: settings)
    #expect(received.isEmpty)
  }
}
