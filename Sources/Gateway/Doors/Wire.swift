// HTTP as a door sees it: a whole request in, bytes or silence out. Sockets are the server's business.

import Foundation

/// A request whose body has been read.
public struct WireRequest: Sendable {
  public var method: String
  /// The path below the world's base, without a leading slash: `v1/cloud/create_cluster`.
  public var path: String
  /// What stands behind the question mark, as it came.
  public var query: String
  /// Names in lower case.
  public var headers: [(name: String, value: String)]
  public var body: [UInt8]

  public init(
    method: String, path: String, query: String = "", headers: [(name: String, value: String)] = [], body: [UInt8] = []
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
  }

  /// The first header of that name, in lower case.
  public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

  /// Whether the library says that it has asked before: `x-stainless-retry-count` above zero.
  var isRetry: Bool { (header("x-stainless-retry-count").flatMap { Int($0) } ?? 0) > 0 }

  /// What stands behind the question mark, by name; of a name that comes twice, the last.
  var queryItems: [String: String] {
    var items: [String: String] = [:]
    for pair in query.split(separator: "&") {
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { half in
        half.replacing("+", with: " ").removingPercentEncoding ?? String(half)
      }
      items[halves[0]] = halves.count == 2 ? halves[1] : ""
    }
    return items
  }

  /// The path's parts.
  var segments: [Substring] { path.split(separator: "/", omittingEmptySubsequences: true) }
}

/// What a door writes.
public struct WireResponse: Sendable {
  public var status: Int
  public var headers: [(name: String, value: String)]
  public var body: [UInt8]

  public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// A JSON document.
  static func json(_ document: JSON, status: Int = 200, type: String = "application/json") -> WireResponse {
    WireResponse(status: status, headers: [("content-type", type)], body: document.bytes)
  }

  /// An error of HTTP's own, as RFC 9457 has it.
  static func problem(_ status: Int, _ title: String, _ detail: String, code: String? = nil) -> WireResponse {
    var members: [String: JSON] = ["status": .int(Int64(status)), "title": .text(title), "detail": .text(detail)]
    if let code { members["code"] = .text(code) }
    return json(.object(members), status: status, type: "application/problem+json")
  }
}

/// What becomes of a request's socket.
public enum WireReply: Sendable {
  case whole(WireResponse)
  /// The head, and perhaps half of the body; then the connection is closed.
  case cutOff(WireResponse, Cut)
  /// Server-sent events, each sent by itself.
  case events(EventStream)
  /// The connection is closed before a byte.
  case close
}

/// A body that is a stream of server-sent events.
public struct EventStream: Sendable {
  /// How the stream ends.
  public enum Ending: Sendable {
    /// As it should.
    case whole
    /// The connection is closed after so many events.
    case closed(after: Int)
    /// The connection is closed in the middle of the event after so many.
    case cutOff(after: Int)
  }

  public var headers: [(name: String, value: String)]
  /// Each with the empty line at its end.
  public var events: [[UInt8]]
  public var ending = Ending.whole

  init(_ events: [[UInt8]]) {
    headers = [("content-type", "text/event-stream"), ("cache-control", "no-cache")]
    self.events = events
  }
}

/// One event as it is written.
struct ServerSentEvent: Sendable {
  /// Its name; nil where it has none.
  var event: String?
  /// One line.
  var data: String

  var bytes: [UInt8] { Array(((event.map { "event: \($0)\n" } ?? "") + "data: \(data)\n\n").utf8) }
}

/// A way into a world for agents that are not Swift.
protocol Door: Sendable {
  /// Whether this door answers to the path.
  func answers(_ request: WireRequest) -> Bool
  /// Takes a request into the world and says what becomes of its socket.
  func handle(_ request: WireRequest, in session: Session) async -> WireReply
  /// Tells in this door's words that a request for it was kept out.
  func refused(_ refusal: WireRefusal, of request: WireRequest) -> WireResponse
}

extension Door {
  func refused(_ refusal: WireRefusal, of request: WireRequest) -> WireResponse { refusal.problem }
}
