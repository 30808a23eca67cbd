// Sockets: reads requests whole, and writes what the doors decide, or breaks off where they say so.

import Foundation
import HTTPTypes
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle
import Synchronization

/// An HTTP server on one address.
public struct GatewayServer: Sendable {
  /// Where to listen, and how much a client may ask for.
  public struct Settings: Sendable {
    public var host = "127.0.0.1"
    /// 0 for any that is free.
    public var port = 0
    /// What a client has to show as `X-Faultline-Token`; nil where everybody may come, as on this machine's own
    /// address.
    public var token: String?
    /// Whether a client may show the token as `Authorization: Bearer` instead. Agents put other things there.
    public var takesBearer = false
    /// More connections than these wait until one is closed.
    public var connectionLimit = 1_024
    /// How long a client may take to send a request, from its head to the end of its body.
    public var requestTimeout = Duration.seconds(30)
    /// How many bytes a body may have.
    public var bodyLimit = 1 << 20
    /// How many bytes its target and its header fields may have together.
    public var headerLimit = 32 << 10
    /// How many header fields a request may have.
    public var fieldLimit = 200
    public var idleTimeout = Duration.seconds(120)
    /// Serves HTTPS with it; nil for plain HTTP.
    public var certificate: ThrowawayCertificate?

    public init() {}

    /// Whether only this machine can reach the address.
    public var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }
  }

  private let settings: Settings
  private let host: any RequestHandler

  public init(_ host: any RequestHandler, settings: Settings = Settings()) {
    self.host = host
    self.settings = settings
  }

  /// Serves until the task is cancelled.
  ///
  /// - Parameter onListening: called once with the port.
  /// - Throws: where the address can't be had.
  public func run(onListening: @escaping @Sendable (Int) async -> Void) async throws {
    var logger = Logger(label: "faultline.gateway")
    logger.logLevel = .critical
    var channel = HTTP1Channel.Configuration(
      idleTimeout: .nanoseconds(Int64(settings.idleTimeout / .nanoseconds(1))))
    // What is only a little too long comes through, so that its sender is told in its door's words.
    channel.httpDecoder.maxHeaderFieldSize = settings.headerLimit * 4
    channel.httpDecoder.maxHeaderListSize = settings.headerLimit * 4
    channel.httpDecoder.maxHeaderFieldCount = settings.fieldLimit * 4
    let plain = HTTPServerBuilder.http1(configuration: channel)
    let builder = try settings.certificate.map { try .tls(plain, tlsConfiguration: $0.configuration) } ?? plain
    let service = try builder.buildServer(
      configuration: ServerConfiguration(
        address: .hostname(settings.host, port: settings.port), backlog: 1_024,
        availableConnectionsDelegate: .maximum(settings.connectionLimit, logger: logger)),
      eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger
    ) { request, writer, channel in
      try await respond(to: request, with: writer, on: channel)
    } onServerRunning: { channel in
      await onListening(channel.localAddress?.port ?? settings.port)
    }
    try await service.run()
  }

  // MARK: One request

  /// Thrown to close a connection: what the server does with any error that is not the parser's.
  private struct BrokenOff: Error {}

  @Sendable private func respond(
    to request: Request, with writer: consuming ResponseWriter, on channel: any Channel
  ) async throws {
    let reply: WireReply
    var handled: WireRequest?
    do {
      try check(request)
      let read = try await read(request, from: channel)
      handled = read
      reply = await host.handle(read)
    } catch let refusal as WireRefusal {
      reply = .whole(refused(refusal, of: request))
    }
    do {
      try await write(reply, with: writer)
    } catch {
      if let handled { await host.wasWritten(handled) }
      throw error
    }
    if let handled { await host.wasWritten(handled) }
  }

  private func refused(_ refusal: WireRefusal, of request: Request) -> WireResponse {
    var response = host.refused(refusal, of: Self.wire(request))
    switch refusal.kind {
    // What follows on this connection can't be told from the rest of the body.
    case .malformed, .tooLong: response.headers.append(("connection", "close"))
    case .unauthorized where settings.takesBearer: response.headers.append(("www-authenticate", "Bearer"))
    default: break
    }
    return response
  }

  private func write(_ reply: WireReply, with writer: consuming ResponseWriter) async throws {
    switch reply {
    case .whole(let response):
      try await writer.writeWhole(response.head, ByteBuffer(bytes: response.body))
      if response.headers.contains(where: { $0.name == "connection" && $0.value == "close" }) { throw BrokenOff() }
    case .cutOff(let response, let cut):
      var body = try await writer.writeHead(response.head)
      // Also an empty part sends the head off.
      try await body.write(ByteBuffer(bytes: response.body.prefix(cut == .head ? 0 : response.body.count / 2)))
      throw BrokenOff()
    case .events(let stream):
      try await write(stream, with: writer)
    case .close: throw BrokenOff()
    }
  }

  private func write(_ stream: EventStream, with writer: consuming ResponseWriter) async throws {
    var head = WireResponse(status: 200, headers: stream.headers).head
    head.headerFields[.contentLength] = nil
    var body = try await writer.writeHead(head)
    for (index, event) in stream.events.enumerated() {
      switch stream.ending {
      case .closed(after: index): throw BrokenOff()
      case .cutOff(after: index):
        try await body.write(ByteBuffer(bytes: event.prefix(event.count / 2)))
        throw BrokenOff()
      default: try await body.write(ByteBuffer(bytes: event))
      }
    }
    if case .closed = stream.ending { throw BrokenOff() }
    try await body.finish(nil)
  }

  /// The request with its body. Who takes too long to send it is cut off.
  ///
  /// What is too long is read on for a while and thrown away: a client that sends everything before it listens would
  /// else find its connection reset, and never learn why.
  ///
  /// - Throws: ``WireRefusal`` where the body is too long, or it or the target is malformed.
  private func read(_ request: Request, from channel: any Channel) async throws -> WireRequest {
    let limit = TimeAmount.nanoseconds(Int64(settings.requestTimeout / .nanoseconds(1)))
    let deadline = channel.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
    defer { deadline.cancel() }
    var wire = Self.wire(request)
    var length = 0
    do {
      for try await part in request.body {
        length += part.readableBytes
        guard length <= settings.bodyLimit * Self.patience else { throw BrokenOff() }
        if length <= settings.bodyLimit { wire.body += part.readableBytesView }
      }
    } catch is HTTPParserError {
      throw WireRefusal(.malformed, "The body is not framed as its head says.")
    }
    guard length <= settings.bodyLimit else {
      throw WireRefusal(.tooLong, "A body has at most \(settings.bodyLimit) bytes.")
    }
    guard let path = wire.path.removingPercentEncoding else {
      throw WireRefusal(.malformed, "The path has an escape that is none.")
    }
    wire.path = path
    return wire
  }

  /// So many times its limit of a body is read before the connection is broken off.
  private static let patience = 16

  /// The request's head, with the path as it came.
  private static func wire(_ request: Request) -> WireRequest {
    let target = request.head.path ?? "/"
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    return WireRequest(
      method: request.method.rawValue, path: String(parts[0].drop { $0 == "/" }),
      query: parts.count == 2 ? String(parts[1]) : "",
      headers: request.headers.map { ($0.name.canonicalName, $0.value) })
  }

  /// Keeps out what asks for too much, and whoever may not come.
  ///
  /// A page in a browser must not reach a world: a foreign `Origin` is refused, and so is a `Host` that somebody's
  /// name server made point here.
  private func check(_ request: Request) throws(WireRefusal) {
    let length = request.headers.reduce(request.head.path?.utf8.count ?? 0) { length, field in
      length + field.name.rawName.utf8.count + field.value.utf8.count
    }
    guard length <= settings.headerLimit, request.headers.count <= settings.fieldLimit else {
      throw WireRefusal(
        .headTooLong, "A head has at most \(settings.headerLimit) bytes and \(settings.fieldLimit) fields.")
    }
    if settings.isLoopback {
      guard let authority = request.head.authority, Self.isLoopback(authority) else {
        throw WireRefusal(.forbidden, "This server answers to 127.0.0.1 and localhost only.")
      }
    }
    if let origin = request.headers[.origin] {
      let isOwn = origin.split(separator: "/").last.map { Self.isLoopback(String($0)) } ?? false
      guard isOwn, settings.isLoopback else { throw WireRefusal(.forbidden, "A foreign Origin is refused.") }
    }
    if let token = settings.token, let name = HTTPField.Name("X-Faultline-Token") {
      let bearer = settings.takesBearer ? request.headers[.authorization]?.trimmingPrefix("Bearer ") : nil
      guard Self.isSame(request.headers[name] ?? bearer.map(String.init) ?? "", token) else {
        throw WireRefusal(.unauthorized, "X-Faultline-Token is missing or wrong.")
      }
    }
  }

  /// Takes as long whatever the first difference is.
  private static func isSame(_ shown: String, _ token: String) -> Bool {
    let (shown, token) = (Array(shown.utf8), Array(token.utf8))
    guard shown.count == token.count else { return false }
    return zip(shown, token).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }

  private static func isLoopback(_ authority: String) -> Bool {
    if authority.hasPrefix("[::1]") { return true }
    let name = authority.split(separator: ":").first ?? ""
    return name == "localhost" || name.hasPrefix("127.") && name.allSatisfy { $0.isNumber || $0 == "." }
  }
}

extension ResponseWriter {
  consuming fileprivate func writeWhole(_ head: HTTPResponse, _ bytes: ByteBuffer) async throws {
    var body = try await writeHead(head)
    if bytes.readableBytes > 0 { try await body.write(bytes) }
    try await body.finish(nil)
  }
}

extension WireResponse {
  /// The head with the body's whole length, also where only a part of it will follow.
  fileprivate var head: HTTPResponse {
    var fields = HTTPFields()
    for header in headers {
      guard let name = HTTPField.Name(header.name) else { continue }
      fields.append(HTTPField(name: name, value: header.value))
    }
    fields[.contentLength] = String(body.count)
    return HTTPResponse(status: .init(code: status), headerFields: fields)
  }
}
