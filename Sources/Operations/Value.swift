// What requests carry and responses return: one small value type that every system and agent shares.

import Primitives

/// A value in a request, a response or an effect.
public enum Value: Hashable, Sendable {
  case null
  case bool(Bool)
  case int(Int64)
  case text(String)
  case money(Money)
  case instant(Instant)
  case list([Value])
  case record(Fields)
}

extension Value {
  /// The text; nil, here and below, where the value is of another kind.
  @inlinable public var text: String? { if case .text(let text) = self { text } else { nil } }
  /// The number.
  @inlinable public var int: Int64? { if case .int(let int) = self { int } else { nil } }
  /// The truth value.
  @inlinable public var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }
  /// The amount.
  @inlinable public var money: Money? { if case .money(let money) = self { money } else { nil } }
  /// The time.
  @inlinable public var instant: Instant? { if case .instant(let instant) = self { instant } else { nil } }
  /// The elements.
  @inlinable public var list: [Value]? { if case .list(let list) = self { list } else { nil } }
  /// The fields.
  @inlinable public var record: Fields? { if case .record(let record) = self { record } else { nil } }
  /// The kind; nil for the null value.
  @inlinable public var kind: Parameter.Kind? {
    switch self {
    case .null: nil
    case .bool: .bool
    case .int: .int
    case .text: .text
    case .money: .money
    case .instant: .instant
    case .list: .list
    case .record: .record
    }
  }
  /// Whether it is the null value, which is there and says nothing.
  @inlinable public var isNull: Bool { if case .null = self { true } else { false } }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
  public init(stringLiteral text: String) { self = .text(text) }
  public init(integerLiteral int: Int64) { self = .int(int) }
  public init(booleanLiteral bool: Bool) { self = .bool(bool) }
  public init(arrayLiteral elements: Value...) { self = .list(elements) }
  public init(dictionaryLiteral elements: (Name, Value)...) { self = .record(Fields(elements)) }
  public init(nilLiteral: ()) { self = .null }
}

extension Value: StableHashable {
  public func hash(into hasher: inout StableHasher) {
    switch self {
    case .null: hasher.combine(0 as UInt64)
    case .bool(let bool):
      hasher.combine(1 as UInt64)
      hasher.combine(bool)
    case .int(let int):
      hasher.combine(2 as UInt64)
      hasher.combine(int)
    case .text(let text):
      hasher.combine(3 as UInt64)
      hasher.combine(text)
    case .money(let money):
      hasher.combine(4 as UInt64)
      hasher.combine(money)
    case .instant(let instant):
      hasher.combine(5 as UInt64)
      hasher.combine(instant)
    case .list(let list):
      hasher.combine(6 as UInt64)
      hasher.combine(list)
    case .record(let fields):
      hasher.combine(7 as UInt64)
      hasher.combine(fields)
    }
  }
}

extension Value: CustomStringConvertible {
  /// JSON-like, on one line; money and instants as people write them.
  public var description: String {
    switch self {
    case .null: "null"
    case .bool(let bool): "\(bool)"
    case .int(let int): "\(int)"
    case .text(let text): text.debugDescription
    case .money(let money): money.description
    case .instant(let instant): instant.description
    case .list(let list): "[" + list.map(\.description).joined(separator: ", ") + "]"
    case .record(let fields): fields.description
    }
  }
}
