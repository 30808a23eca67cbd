// JSON as the doors read and write it.

/// A JSON document. Members are written in the order of their names, so that equal documents have equal bytes.
public enum JSON: Hashable, Sendable {
  case null
  case bool(Bool)
  case int(Int64)
  /// A number that is no 64-bit integer.
  case number(Double)
  case text(String)
  case list([JSON])
  case object([String: JSON])

  /// The member of an object; nil where it has none of that name or is no object.
  public subscript(name: String) -> JSON? { if case .object(let members) = self { members[name] } else { nil } }
  /// The text; nil, here and below, where it is something else.
  public var text: String? { if case .text(let text) = self { text } else { nil } }
  public var int: Int64? { if case .int(let int) = self { int } else { nil } }
  /// Any number.
  public var double: Double? {
    switch self {
    case .int(let int): Double(int)
    case .number(let number): number
    default: nil
    }
  }
  public var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }
  public var list: [JSON]? { if case .list(let list) = self { list } else { nil } }
  public var object: [String: JSON]? { if case .object(let members) = self { members } else { nil } }

  /// On one line.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    write(to: &bytes)
    return bytes
  }

  public var printed: String { String(decoding: bytes, as: UTF8.self) }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(stringLiteral text: String) { self = .text(text) }
  public init(integerLiteral int: Int64) { self = .int(int) }
  public init(booleanLiteral bool: Bool) { self = .bool(bool) }
  public init(arrayLiteral elements: JSON...) { self = .list(elements) }
  public init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(Dictionary(elements, uniquingKeysWith: { $1 }))
  }
}
