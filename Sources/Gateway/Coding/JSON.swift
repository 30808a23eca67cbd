// JSON as the doors read and write it.

import Foundation

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

  /// Reads a document; nil where the bytes are none, or nest deeper than the decoder allows.
  public init?(bytes: [UInt8]) {
    guard let read = try? JSONDecoder().decode(JSON.self, from: Data(bytes)) else { return nil }
    self = read
  }

  /// On one line.
  public var bytes: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // What can't be encoded is a number that JSON has no word for, and none of ours is.
    return (try? encoder.encode(self)).map { Array($0) } ?? Array("null".utf8)
  }

  public var printed: String { String(decoding: bytes, as: UTF8.self) }
}

extension JSON: Codable {
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
    } else if let list = try? single.decode([JSON].self) {
      self = .list(list)
    } else {
      self = .object(try single.decode([String: JSON].self))
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
