// A call and its answer, as they travel between any agent and any backend.

import Primitives

/// One call of one operation, as it is sent.
///
/// Kept in one object that never changes, since a request passes many hands: a copy counts one reference,
/// and a change makes a new object.
public struct Request: Sendable {
  @usableFromInline final class Content: Sendable {
    @usableFromInline let operation: Name
    @usableFromInline let arguments: Fields
    @usableFromInline let principal: Name
    @usableFromInline let idempotencyKey: String?
    @usableFromInline let fence: Int64?

    @usableFromInline init(
      _ operation: Name, _ arguments: Fields, _ principal: Name, _ idempotencyKey: String?, _ fence: Int64?
    ) {
      self.operation = operation
      self.arguments = arguments
      self.principal = principal
      self.idempotencyKey = idempotencyKey
      self.fence = fence
    }
  }

  @usableFromInline var content: Content

  @inlinable public init(
    _ operation: Name, _ arguments: Fields = [:], principal: Name, idempotencyKey: String? = nil,
    fence: Int64? = nil
  ) {
    content = Content(operation, arguments, principal, idempotencyKey, fence)
  }

  /// The operation, `cloud.create_cluster`.
  @inlinable public var operation: Name {
    get { content.operation }
    set { content = Content(newValue, arguments, principal, idempotencyKey, fence) }
  }
  /// By the names that the operation's parameters have.
  @inlinable public var arguments: Fields {
    get { content.arguments }
    set { content = Content(operation, newValue, principal, idempotencyKey, fence) }
  }
  /// The service principal whose credential the call carries.
  @inlinable public var principal: Name {
    get { content.principal }
    set { content = Content(operation, arguments, newValue, idempotencyKey, fence) }
  }
  /// What the caller put where this system takes its key: `Idempotency-Key`, `ClientToken`. At most
  /// 255 characters; nil where none was sent.
  @inlinable public var idempotencyKey: String? {
    get { content.idempotencyKey }
    set { content = Content(operation, arguments, principal, newValue, fence) }
  }
  /// A token that grows with each holder of the caller's lease; systems with conditional writes refuse
  /// a smaller one than they have seen. Nil where the caller takes no lease.
  @inlinable public var fence: Int64? {
    get { content.fence }
    set { content = Content(operation, arguments, principal, idempotencyKey, newValue) }
  }
}

extension Request: Hashable {
  public static func == (a: Request, b: Request) -> Bool {
    a.content === b.content
      || (a.operation == b.operation && a.arguments == b.arguments && a.principal == b.principal
        && a.idempotencyKey == b.idempotencyKey && a.fence == b.fence)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(operation)
    hasher.combine(arguments)
    hasher.combine(principal)
    hasher.combine(idempotencyKey)
    hasher.combine(fence)
  }
}

extension Request: StableHashable {
  public func hash(into hasher: inout StableHasher) {
    hasher.combine(operation)
    hasher.combine(arguments)
    hasher.combine(principal)
    hasher.combine(idempotencyKey)
    hasher.combine(fence != nil)
    hasher.combine(fence ?? 0)
  }
}

/// What a system answered: a status as on the wire, and a body or an error.
///
/// Kept in one object that never changes, as a ``Request`` is.
public struct Response: Sendable {
  /// The vendor's error.
  public struct ErrorBody: Hashable, Sendable {
    /// The vendor's code: `InsufficientInstanceCapacity`, `idempotency_key_in_use`.
    public var code: Name
    /// The vendor's sentence for people.
    public var message: String

    public init(_ code: Name, _ message: String) {
      self.code = code
      self.message = message
    }
  }

  @usableFromInline final class Content: Sendable {
    @usableFromInline let status: Int
    @usableFromInline let body: Fields
    @usableFromInline let headers: Fields
    @usableFromInline let error: ErrorBody?
    /// Of all the above. A response is hashed where it is sent, where it arrives, and wherever it is kept.
    let digest: UInt64

    @usableFromInline init(_ status: Int, _ body: Fields, _ headers: Fields, _ error: ErrorBody?) {
      self.status = status
      self.body = body
      self.headers = headers
      self.error = error
      var hasher = StableHasher()
      hasher.combine(status)
      hasher.combine(body)
      hasher.combine(headers)
      hasher.combine(error?.code.hash ?? 0)
      hasher.combine(error?.message)
      digest = hasher.digest
    }
  }

  @usableFromInline var content: Content

  @inlinable public init(status: Int, body: Fields = [:], headers: Fields = [:], error: ErrorBody? = nil) {
    content = Content(status, body, headers, error)
  }

  /// The HTTP status that the real system documents for this case.
  @inlinable public var status: Int {
    get { content.status }
    set { content = Content(newValue, body, headers, error) }
  }
  /// What the system says about the object; empty in an error.
  @inlinable public var body: Fields {
    get { content.body }
    set { content = Content(status, newValue, headers, error) }
  }
  /// Response headers that a caller can act on, in lower case: `retry-after`, `idempotent-replayed`.
  @inlinable public var headers: Fields {
    get { content.headers }
    set { content = Content(status, body, newValue, error) }
  }
  /// Set exactly when `status` is 400 or above.
  @inlinable public var error: ErrorBody? {
    get { content.error }
    set { content = Content(status, body, headers, newValue) }
  }

  /// A success.
  @inlinable public static func ok(_ body: Fields = [:], status: Int = 200) -> Response {
    Response(status: status, body: body)
  }

  /// An error with the vendor's code.
  public static func refused(_ status: Int, _ code: Name, _ message: String, headers: Fields = [:]) -> Response {
    Response(status: status, headers: headers, error: ErrorBody(code, message))
  }

  /// Whether the status says that it was done.
  @inlinable public var isSuccess: Bool { status < 400 }

  /// The span that the system asked callers to wait, from the `retry-after` header in whole seconds.
  public var retryAfter: TimeSpan? {
    content.headers.isEmpty ? nil : content.headers.int("retry-after").map(TimeSpan.seconds)
  }
}

extension Response: Hashable {
  public static func == (a: Response, b: Response) -> Bool {
    a.content === b.content
      || (a.content.digest == b.content.digest && a.status == b.status && a.body == b.body && a.headers == b.headers
        && a.error == b.error)
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(content.digest) }
}

extension Response: StableHashable {
  public func hash(into hasher: inout StableHasher) { hasher.combine(content.digest) }
}

/// What came back to the caller of a logical call: a response, or the absence of one.
public enum Answer: Hashable, Sendable {
  case response(Response)
  /// No usable response. Nothing follows from it about what the system did.
  case none(Absence)

  /// How an answer can fail to come.
  public enum Absence: String, Hashable, Sendable, CaseIterable {
    /// The deadline passed.
    case timedOut = "timeout"
    /// The connection closed before a response was complete.
    case connectionLost = "connection lost"
    /// Bytes came that could not be read: cut off or garbled.
    case unreadable = "unreadable response"
  }

  /// The response, where one came.
  @inlinable public var response: Response? { if case .response(let response) = self { response } else { nil } }
}

extension Answer: StableHashable {
  public func hash(into hasher: inout StableHasher) {
    switch self {
    case .response(let response):
      hasher.combine(1 as UInt64)
      hasher.combine(response)
    case .none(let absence):
      hasher.combine(2 as UInt64)
      hasher.combine(absence.rawValue)
    }
  }
}

/// What a caller may conclude from an answer. `unknown` is never `failed`.
public enum Outcome: Hashable, Sendable {
  /// The system did it (or had done it: a replay).
  case succeeded(Response)
  /// The system says, by a code that its documentation ties to "not executed", that it did not do it.
  case failed(Response)
  /// Not executed *this time*: a limiter or lock in front of the handler refused. It says nothing
  /// about an earlier attempt with the same key.
  case notNow(Response)
  /// The system may or may not have done it. Only a retry with the same key, a read-back, or an
  /// escalation is sound from here.
  case unknown(Answer)
}
