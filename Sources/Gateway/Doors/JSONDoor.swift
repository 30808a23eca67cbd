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
    var fence: Int64?
    if let given = request.header("fencing-token") {
      guard let token = Int64(given) else {
        return .whole(.problem(400, "Bad Request", "A Fencing-Token is a whole number."))
      }
      fence = token
    }
    let call = Request(
      name, arguments, principal: session.principal(of: request, for: operation), idempotencyKey: key, fence: fence)
    let attempt = Attempt(call, mark: request.header("x-logical-call"), isRetry: request.isRetry)
    return await session.exchange(attempt).written(Self.written)
  }

  /// The IETF draft has the key as a quoted string, vendors as it is; both are taken.
  private static func unquoted(_ key: String) -> String {
    key.count >= 2 && key.hasPrefix("\"") && key.hasSuffix("\"") ? String(key.dropFirst().dropLast()) : key
  }

  private static func written(_ response: Response) -> WireResponse {
    var written =
      if let error = response.error {
        WireResponse.problem(response.status, error.code.text, error.message, code: error.code.text)
      } else {
        WireResponse.json(JSON(response.body), status: response.status)
      }
    written.headers += response.wireHeaders
    return written
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
