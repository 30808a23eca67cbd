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
  /// Writes this response and stops there.
  case cutOff(Response, Cut)
  /// Closes the socket without a byte.
  case close
}

extension Reply {
  /// Whether nothing of what the system answered goes back.
  var isLost: Bool {
    switch self {
    case .close, .cutOff(_, .head): true
    case .respond, .cutOff(_, .middle): false
    }
  }

  /// What the system answered, whole or in part; nil where nothing goes back.
  var response: Response? {
    switch self {
    case .respond(let response), .cutOff(let response, _): response
    case .close: nil
    }
  }
}

/// Where an answer breaks off.
public enum Cut: Sendable {
  /// After its head, before a byte of its body.
  case head
  /// In the middle of its body.
  case middle
}

/// How an answer is lost at the socket.
public enum LossForm: String, Sendable, CaseIterable {
  /// The connection is closed before a byte of the answer.
  case close
  /// The head of the answer comes, and the connection is closed before a byte of its body. Where there is no answer,
  /// since the request was lost, nothing comes.
  case head
  /// The connection stays open, and nothing comes until the caller gives up or its patience is over.
  case hold
}
