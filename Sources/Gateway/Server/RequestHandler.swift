// What a server asks for every request: the worlds of agents, or the control of them.

/// Answers whole requests.
public protocol RequestHandler: Sendable {
  /// Says what becomes of a request's socket.
  func handle(_ request: WireRequest) async -> WireReply
  /// Called when that has become of it.
  func wasWritten(_ request: WireRequest) async
}

extension RequestHandler {
  public func wasWritten(_ request: WireRequest) async {}
}
