// One HTTP request to a serving process, on a connection of its own, so that a broken one breaks nothing else.

import NIOCore
import NIOHTTP1
import NIOPosix

/// Where a serving process is reached: plain HTTP, as it serves it.
public struct ServiceURL: Hashable, Sendable, CustomStringConvertible {
  public var host: String
  public var port: Int
  public var path: String

  /// Reads `http://127.0.0.1:8080/w/1/mcp`; nil for anything else.
  public init?(_ text: String) {
    guard text.hasPrefix("http://") else { return nil }
    let rest = text.dropFirst("http://".count)
    let authority = rest.prefix { $0 != "/" }
    let name: Substring
    if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
      name = authority[authority.index(after: authority.startIndex)..<end]
      port = Int(authority[authority.index(after: end)...].dropFirst()) ?? 80
    } else {
      let parts = authority.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard let first = parts.first, let number = parts.count == 2 ? Int(parts[1]) : 80 else { return nil }
      (name, port) = (first, number)
    }
    guard !name.isEmpty, (1...65_535).contains(port) else { return nil }
    host = String(name)
    path = rest.count == authority.count ? "/" : String(rest.dropFirst(authority.count))
  }

  public var description: String { "http://\(authority)\(path)" }
  var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// What came of a request.
enum OneAnswer: Sendable {
  case whole(status: Int, body: [UInt8])
  /// The connection ended before the answer did; what had come of its body.
  case broken([UInt8])
  /// Nobody is there.
  case unreachable(String)
}

/// Sends a POST and takes what comes back.
struct OneRequest: Sendable {
  var url: ServiceURL
  var headers: [(name: String, value: String)]
  var body: [UInt8]

  func send() async -> OneAnswer {
    let group = MultiThreadedEventLoopGroup.singleton
    let promise = group.next().makePromise(of: OneAnswer.self)
    let bootstrap = ClientBootstrap(group: group).connectTimeout(.seconds(5)).channelInitializer { channel in
      channel.eventLoop.makeCompletedFuture {
        try channel.pipeline.syncOperations.addHTTPClientHandlers()
        try channel.pipeline.syncOperations.addHandler(AnswerCollector(promise))
      }
    }
    do {
      let channel = try await bootstrap.connect(host: url.host, port: url.port).get()
      var fields = HTTPHeaders(headers.map { ($0.name, $0.value) })
      fields.add(name: "host", value: url.authority)
      fields.add(name: "content-length", value: String(body.count))
      fields.add(name: "connection", value: "close")
      let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: url.path, headers: fields)
      channel.write(HTTPClientRequestPart.head(head), promise: nil)
      channel.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: body))), promise: nil)
      channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
      return try await withTaskCancellationHandler {
        try await promise.futureResult.get()
      } onCancel: {
        channel.close(promise: nil)
      }
    } catch {
      promise.succeed(.unreachable("\(error)"))
      return .unreachable("\(error)")
    }
  }
}

/// Collects an answer until it ends or breaks.
private final class AnswerCollector: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart

  private let promise: EventLoopPromise<OneAnswer>
  private var status = 0
  private var body: [UInt8] = []
  private var isDone = false

  init(_ promise: EventLoopPromise<OneAnswer>) { self.promise = promise }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): status = Int(head.status.code)
    case .body(let part): body += part.readableBytesView
    case .end:
      finish(.whole(status: status, body: body))
      context.close(promise: nil)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    finish(.broken(body))
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) { finish(.broken(body)) }

  private func finish(_ answer: OneAnswer) {
    guard !isDone else { return }
    isDone = true
    promise.succeed(answer)
  }
}
