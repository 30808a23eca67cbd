// JSON-RPC as MCP uses it, in both eras of the protocol.

/// The revisions that are spoken here. Until 2025-11-25 a session began with a handshake; from 2026-07-28 on every
/// request says by itself which revision it is in, and nothing is kept between two.
/// Source: https://modelcontextprotocol.io/specification/2026-07-28
enum MCPRevision {
  static let handshake = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]
  static let stateless = ["2026-07-28"]
}

/// Error codes of JSON-RPC and of the protocol.
enum MCPErrorCode: Int64 {
  case parseError = -32700
  case invalidRequest = -32600
  case methodNotFound = -32601
  case invalidParams = -32602
  case internalError = -32603
  case headerMismatch = -32020
  case unsupportedRevision = -32022

  /// The HTTP status that goes with it in the stateless era.
  var status: Int {
    switch self {
    case .methodNotFound: 404
    case .internalError: 200
    default: 400
    }
  }
}

/// A refusal, before anything of a call has happened.
struct MCPRefusal: Error {
  var code: MCPErrorCode
  var message: String
  var data: JSON?

  init(_ code: MCPErrorCode, _ message: String, data: JSON? = nil) {
    self.code = code
    self.message = message
    self.data = data
  }

  /// As a JSON-RPC message; the id is null where none could be read.
  func message(id: JSON?) -> JSON {
    var error: [String: JSON] = ["code": .int(code.rawValue), "message": .text(message)]
    if let data { error["data"] = data }
    return ["jsonrpc": "2.0", "id": id ?? .null, "error": .object(error)]
  }
}

/// One request or notification.
struct MCPMessage {
  /// Nil in a notification, which gets no answer.
  let id: JSON?
  let method: String
  let params: JSON
  /// Whether it says for itself which revision it is in.
  let isStateless: Bool

  private static let revisionKey = "io.modelcontextprotocol/protocolVersion"
  private static let capabilitiesKey = "io.modelcontextprotocol/clientCapabilities"

  /// Reads a message.
  ///
  /// - Throws: where it is no JSON-RPC message that a client may send.
  init(_ document: JSON) throws(MCPRefusal) {
    guard case .object = document, document["jsonrpc"] == "2.0", let method = document["method"]?.text else {
      throw MCPRefusal(.invalidRequest, "Expected one JSON-RPC 2.0 request or notification.")
    }
    switch document["id"] {
    case nil, .text, .int: id = document["id"]
    default: throw MCPRefusal(.invalidRequest, "An id is a string or a whole number.")
    }
    self.method = method
    params = document["params"] ?? [:]
    guard params.object != nil else { throw MCPRefusal(.invalidParams, "params is an object.") }
    isStateless = params["_meta"]?[Self.revisionKey] != nil || method == "server/discover"
  }

  /// Checks what a stateless request says about itself, and that its headers say the same.
  ///
  /// - Throws: the first thing that does not hold.
  func checkEnvelope(_ request: WireRequest?) throws(MCPRefusal) {
    guard let meta = params["_meta"]?.object, meta[Self.capabilitiesKey] != nil, let revision = meta[Self.revisionKey] else {
      throw MCPRefusal(
        .invalidParams, "params._meta carries \(Self.revisionKey) and \(Self.capabilitiesKey).")
    }
    if let request {
      let pairs: [(String, String?)] = [
        ("mcp-protocol-version", revision.text), ("mcp-method", method),
        ("mcp-name", method == "tools/call" ? params["name"]?.text : request.header("mcp-name")),
      ]
      for (header, value) in pairs where request.header(header) != value {
        throw MCPRefusal(.headerMismatch, "The header \(header) does not say what the body says.")
      }
    }
    guard let word = revision.text else { throw MCPRefusal(.invalidParams, "\(Self.revisionKey) is a string.") }
    guard MCPRevision.stateless.contains(word) else {
      throw MCPRefusal(
        .unsupportedRevision, "Unsupported protocol version",
        data: ["requested": .text(word), "supported": .list(MCPRevision.stateless.map { .text($0) })])
    }
  }
}
