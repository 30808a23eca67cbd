// The plain door: one POST for each operation, JSON in and out.

import Faultline
import Operations
import Primitives

/// `POST /v1/{backend}/{operation}` with the arguments as a JSON object.
///
/// The key travels in `Idempotency-Key`, the token of the caller's lease, which grows with each holder, in
/// `Fencing-Token`, the principal in `Authorization: Bearer agent-cloud`; without one, a call
/// carries the principal of the scenario that may do it. Errors are problem details (RFC 9457) with the system's
/// code; headers that a caller can act on keep their names.
struct JSONDoor: Door {
  func answers(_ request: WireRequest) -> Bool {
    let segments = request.segments
    return segments.count == 3 && segments[0] == "v1"
  }

  func handle(_ request: WireRequest, in session: Session) async -> WireReply {
    guard request.method == "POST" else {
      var refusal = WireResponse.problem(405, "Method Not Allowed", "Operations are called with POST.")
      refusal.headers.append(("allow", "POST"))
      return .whole(refusal)
    }
    let segments = request.segments
    let name = Name("\(segments[1]).\(segments[2])")
    guard let operation = session.catalogue[name] else {
      return .whole(.problem(404, "Not Found", "No system of this world offers \(name)."))
    }
    guard let document = request.body.isEmpty ? [:] : JSON(bytes: request.body) else {
      return .whole(.problem(400, "Bad Request", "The body is no JSON document."))
    }
    let arguments: Fields
    do {
      arguments = try operation.arguments(from: document)
    } catch {
      return .whole(.problem(400, "Bad Request", error.message, code: "invalid_argument"))
    }
    let key = request.header("idempotency-key").map(Self.unquoted)
    if let key, !(1...255).contains(key.utf8.count) {
      return .whole(.problem(400, "Bad Request", "An Idempotency-Key has 1 to 255 characters."))
    }
    let fence = request.header("fencing-token")
    guard fence == nil || fence.flatMap({ Int64($0) }) != nil else {
      return .whole(.problem(400, "Bad Request", "A Fencing-Token is a whole number."))
    }
    let call = Request(
      name, arguments, principal: session.principal(of: request, for: operation), idempotencyKey: key,
      fence: fence.flatMap { Int64($0) })
    let attempt = Attempt(
      call, mark: request.header("x-logical-call"),
      isRetry: (request.header("x-stainless-retry-count").flatMap { Int($0) } ?? 0) > 0)
    switch await session.exchange(attempt) {
    case .respond(let response): return .whole(Self.written(response))
    case .cutOff(let response, let cut): return .cutOff(Self.written(response), cut)
    case .close: return .close
    }
  }

  /// The IETF draft has the key as a quoted string, vendors as it is; both are taken.
  private static func unquoted(_ key: String) -> String {
    key.count >= 2 && key.hasPrefix("\"") && key.hasSuffix("\"") ? String(key.dropFirst().dropLast()) : key
  }

  private static func written(_ response: Response) -> WireResponse {
    let headers = response.headers.entries.map { (name: $0.name.text, value: Self.header($0.value)) }
    guard let error = response.error else {
      var written = WireResponse.json(JSON(response.body), status: response.status)
      written.headers += headers
      return written
    }
    var written = WireResponse.problem(
      response.status, error.code.text, error.message, code: error.code.text)
    written.headers += headers
    return written
  }

  private static func header(_ value: Value) -> String {
    switch value {
    case .text(let text): text
    case .int(let int): String(int)
    default: value.description
    }
  }
}

extension Session {
  /// The principal that a request names, or else the first that may do the operation. A name that no principal of
  /// the scenario has is passed on: the system refuses it, and that is recorded.
  nonisolated func principal(of request: WireRequest, for operation: Operation) -> Name {
    if let given = request.header("authorization"), given.lowercased().hasPrefix("bearer ") {
      return Name(given.dropFirst("bearer ".count).trimmingPrefix { $0 == " " }.description)
    }
    return principal(for: operation)
  }

  nonisolated func principal(for operation: Operation) -> Name {
    principals.first { $0.scopes.contains(operation.scope) }?.name ?? principals.first?.name ?? "agent"
  }
}
