// The door for MCP clients: one endpoint, `POST /mcp`, for both eras of the protocol.

import Faultline
import Operations
import Primitives

/// Tools over streamable HTTP. Faults bend `tools/call` of operations only: clients list tools when they like.
///
/// The protocol has no key for a call, and tells clients to send a request whose answer was lost again under a new
/// id (https://modelcontextprotocol.io/specification/2026-07-28, changelog 9). Whether that does the thing twice is
/// up to the tool, so tools whose system honours one take an `idempotency_key`.
struct MCPDoor: Door {
  /// Whether a lost answer is told as 503 with a JSON-RPC error, which a client survives, and not by closing.
  let survivable: Bool
  /// Whether calls are answered as server-sent events where the client takes them; documents otherwise.
  var streams = false

  func answers(_ request: WireRequest) -> Bool { request.path == "mcp" }

  func handle(_ request: WireRequest, in session: Session) async -> WireReply {
    guard request.method == "POST" else {
      var refusal = WireResponse.problem(405, "Method Not Allowed", "Messages are sent with POST.")
      refusal.headers.append(("allow", "POST"))
      return .whole(refusal)
    }
    guard let document = JSON(bytes: request.body) else {
      return .whole(Self.refused(MCPRefusal(.parseError, "The body is no JSON document."), id: nil, isStateless: true))
    }
    let message: MCPMessage
    do {
      message = try MCPMessage(document)
    } catch {
      return .whole(Self.refused(error, id: nil, isStateless: true))
    }
    guard let id = message.id else { return .whole(WireResponse(status: 202)) }
    do {
      if message.isStateless { try message.checkEnvelope(request) }
      let isStream = request.header("accept").map(MCPStream.isWanted) ?? false
      return try await answer(message, id: id, in: session, isStream: streams && isStream)
    } catch {
      return .whole(Self.refused(error, id: id, isStateless: message.isStateless))
    }
  }

  /// A JSON-RPC error without an id, which the protocol has for a foreign `Origin`, too.
  /// Source: https://modelcontextprotocol.io/specification/2025-11-25/basic/transports, "Security Warning"
  func refused(_ refusal: WireRefusal, of request: WireRequest) -> WireResponse {
    let code: MCPErrorCode = refusal.kind == .malformed ? .parseError : .invalidRequest
    return .json(MCPRefusal(code, refusal.detail).message(id: nil), status: refusal.status)
  }

  private static func refused(_ refusal: MCPRefusal, id: JSON?, isStateless: Bool) -> WireResponse {
    // Before 2026-07-28 an error of JSON-RPC was a success of HTTP, apart from bodies that nobody could read.
    let status = isStateless || refusal.code == .parseError ? refusal.code.status : 200
    return .json(refusal.message(id: id), status: status)
  }

  // MARK: Methods

  private func answer(
    _ message: MCPMessage, id: JSON, in session: Session, isStream: Bool
  ) async throws(MCPRefusal) -> WireReply {
    switch (message.method, message.isStateless) {
    case ("server/discover", _):
      return Self.done(
        [
          "supportedVersions": .list((MCPRevision.handshake + MCPRevision.stateless).map { .text($0) }),
          "capabilities": ["tools": [:]], "serverInfo": Self.server, "ttlMs": 3_600_000, "cacheScope": "private",
        ], id: id, isStateless: true)
    case ("initialize", false):
      let asked = message.params["protocolVersion"]?.text ?? ""
      let revision = MCPRevision.handshake.contains(asked) ? asked : MCPRevision.handshake[MCPRevision.handshake.count - 1]
      return Self.done(
        ["protocolVersion": .text(revision), "capabilities": ["tools": [:]], "serverInfo": Self.server], id: id,
        isStateless: false)
    case ("ping", false): return Self.done([:], id: id, isStateless: false)
    case ("tools/list", let isStateless):
      var result: [String: JSON] = ["tools": MCPTools.list(of: session.catalogue)]
      if isStateless {
        result["ttlMs"] = 3_600_000
        result["cacheScope"] = "private"
      }
      return Self.done(result, id: id, isStateless: isStateless)
    case ("tools/call", _): return try await call(message, id: id, in: session, isStream: isStream)
    default: throw MCPRefusal(.methodNotFound, "There is no method \(message.method) here.")
    }
  }

  private static let server: JSON = ["name": "faultline", "version": .text(FaultlineVersion.current)]

  private static func done(_ result: [String: JSON], id: JSON, isStateless: Bool) -> WireReply {
    .whole(written(result, id: id, isStateless: isStateless))
  }

  private static func written(_ result: [String: JSON], id: JSON, isStateless: Bool) -> WireResponse {
    var result = result
    if isStateless { result["resultType"] = "complete" }
    return .json(["jsonrpc": "2.0", "id": id, "result": .object(result)])
  }

  // MARK: Calls

  private func call(
    _ message: MCPMessage, id: JSON, in session: Session, isStream: Bool
  ) async throws(MCPRefusal) -> WireReply {
    guard let tool = message.params["name"]?.text else { throw MCPRefusal(.invalidParams, "params.name is missing.") }
    let arguments = message.params["arguments"] ?? [:]
    switch tool {
    case MCPTools.reportOutcome:
      guard let report = OutcomeReport(arguments, in: session.catalogue) else {
        throw MCPRefusal(.invalidParams, OutcomeReport.help)
      }
      await session.take(report)
      return Self.done(Self.content(["noted": true], isError: false), id: id, isStateless: message.isStateless)
    case MCPTools.sleep:
      let now = try await sleep(arguments, in: session)
      return Self.done(Self.content(now, isError: false), id: id, isStateless: message.isStateless)
    default: break
    }
    guard let operation = MCPTools.operation(named: tool, in: session.catalogue) else {
      throw MCPRefusal(.invalidParams, "There is no tool \(tool).")
    }
    let request = try Self.request(operation, arguments, in: session)
    let reply = await session.exchange(Attempt(request))
    if survivable, reply.isLost { return .whole(Self.lost(id)) }
    let write = { Self.written(Self.result(of: $0), id: id, isStateless: message.isStateless) }
    guard isStream else { return reply.written(write) }
    return MCPStream(message, tool: tool, answer: reply.response.map(write)).reply(to: reply)
  }

  /// That nobody knows what became of a call, in a form that a client survives.
  private static func lost(_ id: JSON) -> WireResponse {
    .json(MCPRefusal(.internalError, "The server did not answer in time.").message(id: id), status: 503)
  }

  private static func request(
    _ operation: Operation, _ arguments: JSON, in session: Session
  ) throws(MCPRefusal) -> Request {
    guard var members = arguments.object else { throw MCPRefusal(.invalidParams, "arguments is an object.") }
    var key: String?
    if operation.takesKey, let given = members.removeValue(forKey: "idempotency_key"), given != .null {
      guard let text = given.text, (1...255).contains(text.utf8.count) else {
        throw MCPRefusal(.invalidParams, "idempotency_key has 1 to 255 characters.")
      }
      key = text
    }
    do {
      return Request(
        operation.name, try operation.arguments(from: .object(members)), principal: session.principal(for: operation),
        idempotencyKey: key)
    } catch {
      throw MCPRefusal(.invalidParams, error.message)
    }
  }

  private func sleep(_ arguments: JSON, in session: Session) async throws(MCPRefusal) -> JSON {
    let seconds: Double? =
      switch arguments["seconds"] {
      case .int(let whole): Double(whole)
      case .number(let number): number
      default: nil
      }
    guard let seconds, (0...86_400).contains(seconds) else {
      throw MCPRefusal(.invalidParams, "seconds is a number from 0 to 86400.")
    }
    await session.sleep(TimeSpan(nanoseconds: Int64(seconds * 1_000_000_000)))
    return ["now": .text(await session.now.description)]
  }

  /// What a system answers is a result also where it refuses: a model has to see it.
  private static func result(of response: Response) -> [String: JSON] {
    guard let error = response.error else { return content(JSON(response.body), isError: false) }
    var body: [String: JSON] = [
      "status": .int(Int64(response.status)), "code": .text(error.code.text), "message": .text(error.message),
    ]
    if let wait = response.headers.int("retry-after") { body["retry_after_seconds"] = .int(wait) }
    return content(.object(body), isError: true)
  }

  private static func content(_ document: JSON, isError: Bool) -> [String: JSON] {
    [
      "content": [["type": "text", "text": .text(document.printed)]], "structuredContent": document,
      "isError": .bool(isError),
    ]
  }
}
