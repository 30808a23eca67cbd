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
  public var text: String? { if case .text(let text) = self { text } else { nil } }
  /// The number.
  public var int: Int64? { if case .int(let int) = self { int } else { nil } }
  /// The truth value.
  public var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }
  /// The amount.
  public var money: Money? { if case .money(let money) = self { money } else { nil } }
  /// The time.
  public var instant: Instant? { if case .instant(let instant) = self { instant } else { nil } }
  /// The elements.
  public var list: [Value]? { if case .list(let list) = self { list } else { nil } }
  /// The fields.
  public var record: Fields? { if case .record(let record) = self { record } else { nil } }
  /// Whether it is the null value, which is there and says nothing.
  public var isNull: Bool { if case .null = self { true } else { false } }
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

/// An ordered set of named values: arguments, a body, attributes.
///
/// A short array with linear search, which beats a dictionary at the dozen entries a call has and keeps
/// the order in which the caller wrote it. Two `Fields` with the same entries in another order are
/// different values; compare with ``matches(_:)`` where order does not count.
public struct Fields: Hashable, Sendable {
  /// A name and its value.
  public struct Entry: Hashable, Sendable {
    public var name: Name
    public var value: Value
  }

  /// In the order in which they were written.
  public private(set) var entries: [Entry]

  public init() { entries = [] }
  /// - Parameter entries: each name once.
  public init(_ entries: [(Name, Value)]) {
    self.entries = entries.map { Entry(name: $0.0, value: $0.1) }
  }

  /// Whether there is no entry.
  public var isEmpty: Bool { entries.isEmpty }

  /// The value of that name; setting nil removes the entry.
  public subscript(name: Name) -> Value? {
    get { index(of: name).map { entries[$0].value } }
    set {
      guard let index = index(of: name) else {
        if let newValue { entries.append(Entry(name: name, value: newValue)) }
        return
      }
      if let newValue { entries[index].value = newValue } else { entries.remove(at: index) }
    }
  }

  /// Compared in place: a copy of an entry would count two references for each one looked at.
  private func index(of name: Name) -> Int? {
    var index = 0
    while index < entries.count {
      if entries[index].name.hash == name.hash { return index }
      index += 1
    }
    return nil
  }

  /// The text of that name; nil where there is none or the value is of another kind.
  public func text(_ name: Name) -> String? {
    guard let index = index(of: name), case .text(let text) = entries[index].value else { return nil }
    return text
  }
  /// The number of that name; nil as above.
  public func int(_ name: Name) -> Int64? { self[name]?.int }
  /// The truth value of that name; nil as above.
  public func bool(_ name: Name) -> Bool? { self[name]?.bool }
  /// The amount of that name; nil as above.
  public func money(_ name: Name) -> Money? { self[name]?.money }

  /// Whether both hold the same entries, in whatever order.
  public func matches(_ other: Fields) -> Bool {
    entries.count == other.entries.count && entries.allSatisfy { other[$0.name] == $0.value }
  }

  /// A digest that does not depend on the order of entries; what idempotency stores keep of parameters.
  public var fingerprint: UInt64 {
    var sum: UInt64 = UInt64(entries.count)
    for entry in entries {
      var hasher = StableHasher(seed: entry.name.hash)
      entry.value.hash(into: &hasher)
      sum &+= Draw.mix(hasher.digest)
    }
    return sum
  }
}

extension Fields: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (Name, Value)...) { self.init(elements) }
}

extension Fields: StableHashable {
  public func hash(into hasher: inout StableHasher) {
    hasher.combine(entries.count)
    for index in entries.indices {
      hasher.combine(entries[index].name.hash)
      entries[index].value.hash(into: &hasher)
    }
  }
}

extension Fields: CustomStringConvertible {
  public var description: String {
    "{" + entries.map { "\($0.name): \($0.value)" }.joined(separator: ", ") + "}"
  }
}
