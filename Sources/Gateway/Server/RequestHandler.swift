// What a server asks for every request: the worlds of agents, or the control of them.

/// Answers whole requests.
public protocol RequestHandler: Sendable {
  /// Says what becomes of a request's socket.
  func handle(_ request: WireRequest) async -> WireReply
  /// What a client gets whose request the server keeps out.
  ///
  /// - Parameter request: without its body, and with its path as it came where no escape in it could be read.
  func refused(_ refusal: WireRefusal, of request: WireRequest) -> WireResponse
  /// Called when that has become of it.
  func wasWritten(_ request: WireRequest) async
}

extension RequestHandler {
  public func refused(_ refusal: WireRefusal, of request: WireRequest) -> WireResponse { refusal.problem }
  public func wasWritten(_ request: WireRequest) async {}
}
