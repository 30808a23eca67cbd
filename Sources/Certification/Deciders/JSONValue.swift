// JSON as models and providers speak it.

import Foundation

/// A JSON document.
public enum JSONValue: Hashable, Sendable, Codable {
  case null
  case bool(Bool)
  case int(Int64)
  case number(Double)
  case text(String)
  case list([JSONValue])
  case object([String: JSONValue])

  /// Reads a document; nil where the bytes are none.
  public init?(_ data: Data) {
    guard let value = try? JSONDecoder().decode(JSONValue.self, from: data) else { return nil }
    self = value
  }

  public init(from decoder: any Decoder) throws {
    let single = try decoder.singleValueContainer()
    if single.decodeNil() {
      self = .null
    } else if let bool = try? single.decode(Bool.self) {
      self = .bool(bool)
    } else if let int = try? single.decode(Int64.self) {
      self = .int(int)
    } else if let number = try? single.decode(Double.self) {
      self = .number(number)
    } else if let text = try? single.decode(String.self) {
      self = .text(text)
    } else if let list = try? single.decode([JSONValue].self) {
      self = .list(list)
    } else {
      self = .object(try single.decode([String: JSONValue].self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var single = encoder.singleValueContainer()
    switch self {
    case .null: try single.encodeNil()
    case .bool(let bool): try single.encode(bool)
    case .int(let int): try single.encode(int)
    case .number(let number): try single.encode(number)
    case .text(let text): try single.encode(text)
    case .list(let list): try single.encode(list)
    case .object(let members): try single.encode(members)
    }
  }

  public subscript(name: String) -> JSONValue? { if case .object(let members) = self { members[name] } else { nil } }
  public subscript(index: Int) -> JSONValue? {
    if case .list(let items) = self, items.indices.contains(index) { items[index] } else { nil }
  }
  public var text: String? { if case .text(let text) = self { text } else { nil } }
  public var int: Int? {
    switch self {
    case .int(let int): Int(exactly: int)
    case .number(let number): Int(exactly: number.rounded())
    default: nil
    }
  }
  public var list: [JSONValue]? { if case .list(let items) = self { items } else { nil } }
  public var object: [String: JSONValue]? { if case .object(let members) = self { members } else { nil } }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(stringLiteral text: String) { self = .text(text) }
  public init(integerLiteral int: Int64) { self = .int(int) }
  public init(booleanLiteral bool: Bool) { self = .bool(bool) }
  public init(arrayLiteral elements: JSONValue...) { self = .list(elements) }
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(Dictionary(elements, uniquingKeysWith: { $1 }))
  }
}
