// JSON as the conformance tables hold it, and its reading as values.

import Foundation
import Operations
import Primitives

enum JSON: Decodable, Equatable {
  case null
  case bool(Bool)
  case int(Int64)
  case text(String)
  case list([JSON])
  case object([String: JSON])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let bool = try? container.decode(Bool.self) {
      self = .bool(bool)
    } else if let int = try? container.decode(Int64.self) {
      self = .int(int)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let list = try? container.decode([JSON].self) {
      self = .list(list)
    } else {
      self = .object(try container.decode([String: JSON].self))
    }
  }

  /// The value that a table means: `1200.00 EUR` where money is wanted, `$name` for what was saved before.
  func value(as kind: Parameter.Kind? = nil, saved: [String: Value]) throws -> Value {
    switch self {
    case .null: return .null
    case .bool(let bool): return .bool(bool)
    case .int(let int): return .int(int)
    case .text(let text):
      if text.hasPrefix("$") {
        guard let value = saved[String(text.dropFirst())] else { throw TableError("nothing was saved as \(text)") }
        return value
      }
      if kind == .money || kind == nil, let money = Money(text) { return .money(money) }
      return .text(text)
    case .list(let list): return .list(try list.map { try $0.value(saved: saved) })
    case .object(let object): return .record(try Self.fields(object, saved: saved))
    }
  }

  static func fields(
    _ object: [String: JSON], kinds: [Parameter] = [], saved: [String: Value]
  ) throws -> Fields {
    Fields(
      try object.sorted { $0.key < $1.key }.map { key, json in
        let kind = kinds.first { $0.name.text == key }?.kind
        return (Name(key), try json.value(as: kind, saved: saved))
      })
  }

  /// Whether a value shows what the table expects: records may have more fields, lists may not have more elements.
  func describes(_ value: Value?, saved: [String: Value]) -> Bool {
    switch (self, value) {
    case (.null, nil), (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.int(let a), .int(let b)): a == b
    case (.text(let a), let value?):
      if a.hasPrefix("$") { saved[String(a.dropFirst())] == value } else { a == Self.plain(value) }
    case (.list(let a), .list(let b)):
      a.count == b.count && zip(a, b).allSatisfy { $0.describes($1, saved: saved) }
    case (.object(let a), .record(let b)): a.allSatisfy { $1.describes(b[Name($0)], saved: saved) }
    default: false
    }
  }

  private static func plain(_ value: Value) -> String { value.text ?? value.description }
}

struct TableError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
