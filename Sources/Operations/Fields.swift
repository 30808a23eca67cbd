// Named values in the order in which they were written: what calls carry and what records show.

import Primitives

/// An ordered set of named values: arguments, a body, attributes.
///
/// A short array with linear search, which beats a dictionary at the dozen entries a call has and keeps
/// the order in which the caller wrote it. Two `Fields` with the same entries in another order are
/// different values; compare with ``matches(_:)`` where order does not count.
public struct Fields: Hashable, Sendable {
  /// A name and its value. Not a tuple: the elements of an array that are structs are compared and hashed
  /// where they stand, while tuples are copied to be looked at and their references counted.
  public struct Entry: Hashable, Sendable {
    public var name: Name
    public var value: Value

    @inlinable public init(_ name: Name, _ value: Value) {
      self.name = name
      self.value = value
    }
  }

  /// In the order in which they were written.
  @inlinable public var entries: [Entry] { stored }
  @usableFromInline var stored: [Entry]

  @inlinable public init() { stored = [] }
  /// - Parameter entries: each name once.
  @inlinable public init(entries: [Entry]) { stored = entries }
  /// - Parameter entries: each name once.
  @inlinable public init(_ entries: [(Name, Value)]) {
    stored = []
    guard !entries.isEmpty else { return }
    stored.reserveCapacity(entries.count)
    for index in entries.indices { stored.append(Entry(entries[index].0, entries[index].1)) }
  }

  /// Whether there is no entry.
  @inlinable public var isEmpty: Bool { stored.isEmpty }

  /// The value of that name; setting nil removes the entry.
  public subscript(name: Name) -> Value? {
    @inlinable get { index(of: name).map { stored[$0].value } }
    set {
      guard let index = index(of: name) else {
        if let newValue { stored.append(Entry(name, newValue)) }
        return
      }
      if let newValue { stored[index].value = newValue } else { stored.remove(at: index) }
    }
  }

  @inlinable func index(of name: Name) -> Int? {
    var index = 0
    while index < stored.count {
      if stored[index].name.hash == name.hash { return index }
      index += 1
    }
    return nil
  }

  /// The text of that name; nil where there is none or the value is of another kind.
  @inlinable public func text(_ name: Name) -> String? {
    guard let index = index(of: name), case .text(let text) = stored[index].value else { return nil }
    return text
  }
  /// The number of that name; nil as above.
  @inlinable public func int(_ name: Name) -> Int64? {
    guard let index = index(of: name), case .int(let int) = stored[index].value else { return nil }
    return int
  }
  /// The truth value of that name; nil as above.
  @inlinable public func bool(_ name: Name) -> Bool? {
    guard let index = index(of: name), case .bool(let bool) = stored[index].value else { return nil }
    return bool
  }
  /// The amount of that name; nil as above.
  @inlinable public func money(_ name: Name) -> Money? {
    guard let index = index(of: name), case .money(let money) = stored[index].value else { return nil }
    return money
  }

  /// The kind of the value of that name, looked at without copying it; nil where there is none, or null.
  @inlinable public func kind(of name: Name) -> Parameter.Kind? {
    guard let index = index(of: name) else { return nil }
    return stored[index].value.kind
  }

  /// Whether both hold the same entries, in whatever order.
  public func matches(_ other: Fields) -> Bool {
    stored.count == other.stored.count && stored.allSatisfy { other[$0.name] == $0.value }
  }

  /// A digest that does not depend on the order of entries; what idempotency stores keep of parameters.
  public var fingerprint: UInt64 {
    var sum: UInt64 = UInt64(stored.count)
    for index in stored.indices {
      var hasher = StableHasher(seed: stored[index].name.hash)
      stored[index].value.hash(into: &hasher)
      sum &+= Draw.mix(hasher.digest)
    }
    return sum
  }
}

extension Fields: ExpressibleByDictionaryLiteral {
  @inlinable public init(dictionaryLiteral elements: (Name, Value)...) { self.init(elements) }
}

extension Fields: StableHashable {
  public func hash(into hasher: inout StableHasher) {
    hasher.combine(stored.count)
    for index in stored.indices {
      hasher.combine(stored[index].name.hash)
      stored[index].value.hash(into: &hasher)
    }
  }
}

extension Fields: CustomStringConvertible {
  public var description: String {
    "{" + stored.map { "\($0.name): \($0.value)" }.joined(separator: ", ") + "}"
  }
}
