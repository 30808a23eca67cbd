// What can go wrong with the agent's own memory, and what is true then.

import Primitives

/// Why a store did not do what it was asked for.
public enum StoreFailure: Error, Hashable, Sendable {
  /// Somebody else holds the lock. Nothing was written.
  case busy
  /// There is no room. Nothing was written.
  case full
  /// The disk failed. Whether it had written is not known.
  case ioError
  /// What is there is no store of this agent, or a damaged one, and no repetition will change that. The text names
  /// the file and what is wrong with it, for people.
  case unreadable(String)

  /// Whether the store may do it when it is asked again.
  public var isPassing: Bool { if case .unreadable = self { false } else { true } }
}

extension StoreFailure: CustomStringConvertible {
  /// For people, to follow "the store".
  public var description: String {
    switch self {
    case .busy: "is locked by somebody else"
    case .full: "is full"
    case .ioError: "has a disk that fails"
    case .unreadable(let text): "can't be read: \(text)"
    }
  }
}

extension StoreFailure: StableHashable {
  public func hash(into hasher: inout StableHasher) {
    switch self {
    case .busy: hasher.combine(1 as UInt64)
    case .full: hasher.combine(2 as UInt64)
    case .ioError: hasher.combine(3 as UInt64)
    case .unreadable(let text):
      hasher.combine(4 as UInt64)
      hasher.combine(text)
    }
  }
}
