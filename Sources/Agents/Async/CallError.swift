// What an ordinary client library throws, and what a process that died throws.

import Operations
import Primitives

/// Why a call gave no success, in the shape that client libraries give it.
///
/// The first three say nothing about what the system did. `refused` carries any status of 400 or above;
/// ``Catalogue/outcome(of:)`` tells what its code means.
public enum CallError: Error, Hashable, Sendable {
  case timedOut
  case connectionLost
  case unreadable
  case refused(Response)

  init(_ absence: Answer.Absence) {
    switch absence {
    case .timedOut: self = .timedOut
    case .connectionLost: self = .connectionLost
    case .unreadable: self = .unreadable
    }
  }

  /// The answer behind the error.
  public var answer: Answer {
    switch self {
    case .timedOut: .none(.timedOut)
    case .connectionLost: .none(.connectionLost)
    case .unreadable: .none(.unreadable)
    case .refused(let response): .response(response)
    }
  }

  /// The refusal's code, `DependencyViolation`; nil where there is no response or no code.
  public var code: Name? { answer.response?.error?.code }
}

extension CallError: CustomStringConvertible {
  /// One line, such as `429 TooManyRequests: The limit was reached.`
  public var description: String {
    switch self {
    case .timedOut: "timed out"
    case .connectionLost: "connection lost"
    case .unreadable: "unreadable response"
    case .refused(let response):
      if let error = response.error {
        "\(response.status) \(error.code): \(error.message)"
      } else {
        "status \(response.status)"
      }
    }
  }
}

/// Thrown into every suspended call of an agent whose process died. Nothing that the agent does after it
/// has any effect: a dead process cleans nothing up.
public struct ProcessDied: Error, Hashable, Sendable, CustomStringConvertible {
  /// Made by the façade; an agent that throws one itself ends as with any error.
  public init() {}
  /// One line for people.
  public var description: String { "the process died" }
}
