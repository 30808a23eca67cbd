// What a handler gets and what it gives back.

import Operations
import Primitives

/// One request that passed everything in front of the handler.
struct Call {
  let request: Request
  let operation: Operation
  let now: Instant
  let conditions: Conditions
  /// The instant whose state the replica that serves this call shows: now where it is fresh.
  let readAt: Instant

  var arguments: Fields { request.arguments }

  func text(_ name: Name) -> String? { request.arguments.text(name) }
  func int(_ name: Name) -> Int64? { request.arguments.int(name) }
  func bool(_ name: Name) -> Bool? { request.arguments.bool(name) }
  func money(_ name: Name) -> Money? { request.arguments.money(name) }

  /// A text that the operation declares as required.
  func required(_ name: Name) -> String {
    guard let text = request.arguments.text(name) else {
      preconditionFailure("\(operation.name) reached its handler without \(name), which it requires")
    }
    return text
  }

  /// A new id. A handler that makes several objects gives each its own `index`.
  func newID(_ prefix: StaticString, _ index: UInt64 = 0) -> String {
    conditions.entropy.derived(index).identifier(prefix, seal: conditions.seal)
  }
}

/// What a handler came to.
struct Handling: Sendable {
  var response: Response
  /// Whether the operation began to execute. A request that is refused for its parameters did not, and a
  /// key store that keeps "once executing" does not keep it.
  var isExecuted: Bool

  static func done(_ body: Fields = [:], status: Int = 200) -> Handling {
    Handling(response: .ok(body, status: status), isExecuted: true)
  }

  /// Examined against the state and refused.
  static func refused(_ refusal: Refusal, _ detail: @autoclosure () -> String = "") -> Handling {
    Handling(response: refusal.response(detail()), isExecuted: true)
  }

  /// Refused for its parameters alone, before anything was executed.
  static func invalid(_ refusal: Refusal, _ detail: @autoclosure () -> String = "") -> Handling {
    Handling(response: refusal.response(detail()), isExecuted: false)
  }
}
