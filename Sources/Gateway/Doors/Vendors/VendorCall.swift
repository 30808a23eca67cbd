// What the vendors' dialects share: a request in a vendor's words becomes an operation of the catalogue.

import Faultline
import Operations
import Primitives

/// An operation as a dialect asks for it.
struct VendorCall {
  var operation: Name
  var arguments: Fields
  /// What stands where this vendor takes its key.
  var key: String?

  init(_ operation: Name, _ arguments: Fields, key: String? = nil) {
    self.operation = operation
    self.arguments = arguments
    self.key = key
  }
}

extension Fields {
  /// Adds a text where there is one.
  mutating func put(_ name: Name, _ text: String?) { if let text { self[name] = .text(text) } }
}

extension Session {
  /// Puts a vendor's call on the wire.
  ///
  /// - Returns: nil where no system of this world offers the operation.
  func exchange(_ call: VendorCall, from request: WireRequest) async -> Reply? {
    guard let operation = catalogue[call.operation] else { return nil }
    let attempt = Attempt(
      Request(
        operation.name, call.arguments, principal: vendorPrincipal(of: request, for: operation),
        idempotencyKey: operation.takesKey ? call.key : nil),
      mark: request.header("amz-sdk-invocation-id"),
      isRetry: request.isRetry)
    return await exchange(attempt)
  }

  /// A principal of the scenario whose name the credential is or ends with (`sk_test_agent-billing`), else the first
  /// that may do it: vendors' libraries insist on some key, and a made-up one is no name of anybody.
  private nonisolated func vendorPrincipal(of request: WireRequest, for operation: Operation) -> Name {
    let given = request.header("authorization") ?? ""
    return principals.first { given.hasSuffix("_\($0.name.text)") || given.hasSuffix(" \($0.name.text)") }?.name
      ?? principal(for: operation)
  }
}

extension Session {
  /// An id of this request for the vendor's header: a function of the world's time and of what was asked.
  func requestID(_ prefix: StaticString, of request: WireRequest) -> String { request.id(prefix, at: now) }
}

extension WireRequest {
  /// - Parameter now: nil where the request came into no world.
  func id(_ prefix: StaticString, at now: Instant?) -> String {
    var hasher = StableHasher()
    hasher.combine(path)
    hasher.combine(body.count)
    for byte in body { hasher.combine(UInt64(byte)) }
    if let now { hasher.combine(now) }
    return Draw(word: hasher.digest).identifier(prefix)
  }
}

extension Reply {
  /// The same in a vendor's words.
  func written(_ write: (Response) -> WireResponse) -> WireReply {
    switch self {
    case .respond(let response): .whole(write(response))
    case .cutOff(let response, let cut): .cutOff(write(response), cut)
    case .close: .close
    }
  }
}

extension Response {
  /// Headers that a caller can act on.
  var wireHeaders: [(name: String, value: String)] {
    headers.entries.map { entry in
      switch entry.value {
      case .text(let text): (entry.name.text, text)
      case .int(let int): (entry.name.text, String(int))
      default: (entry.name.text, entry.value.description)
      }
    }
  }
}

extension Instant {
  /// Seconds since 1970.
  var unixSeconds: Int64 { nanoseconds / 1_000_000_000 }
  /// RFC 3339 to the second: `2026-11-02T09:00:00Z`.
  var toTheSecond: String { String(description.prefix(19)) + "Z" }
}
