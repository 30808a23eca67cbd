// What comes in through a door, and what goes back out of it.

import Faultline
import Operations
import Primitives

/// One wire attempt, as a door read it.
public struct Attempt: Sendable {
  public var request: Request
  /// What the caller's library puts on all attempts of one logical call: `amz-sdk-invocation-id`; nil where it puts
  /// nothing.
  public var mark: String?
  /// Whether the library says that it has asked before: `x-stainless-retry-count` above zero.
  public var isRetry: Bool

  public init(_ request: Request, mark: String? = nil, isRetry: Bool = false) {
    self.request = request
    self.mark = mark
    self.isRetry = isRetry
  }
}

/// What a door does with the socket of an attempt.
public enum Reply: Sendable {
  /// Writes the response.
  case respond(Response)
  /// Writes this response and stops in the middle of its body.
  case cutOff(Response)
  /// Closes the socket without a byte.
  case close
}

extension Reply {
  /// What the system answered, whole or in part; nil where nothing goes back.
  var response: Response? {
    switch self {
    case .respond(let response), .cutOff(let response): response
    case .close: nil
    }
  }
}

/// How an answer is lost at the socket.
public enum LossForm: String, Sendable, CaseIterable {
  /// The connection is closed before a byte of the answer.
  case close
  /// The connection stays open, and nothing comes until the caller gives up or its patience is over.
  case hold
}
