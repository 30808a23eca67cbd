// Named values in the order in which they were written: what calls carry and what records show.

import Primitives

/// An ordered set of named values: arguments, a body, attributes.
///
/// A short array with linear search, which beats a dictionary at the dozen entries a call has and keeps
/// the order in which the caller wrote it. Two `Fields` with the same entries in another order are
/// different values; compare with ``matches(_:)`` where order does not count.
public struct Fields: Sendable {
  /// A name and its value.
  public struct Entry: Hashable, Sendable {
    public var name: Name
    public var value: Value

    @inlinable init(_ pair: (Name, Value)) {
      name = pair.0
      value = pair.1
    }
  }

  /// Pairs, because that is what a dictionary literal is made of: its array is kept as it comes.
  @usableFromInline var pairs: [(Name, Value)]

  @inlinable public init() { pairs = [] }
  /// - Parameter entries: each name once.
  @inlinable public init(_ entries: [(Name, Value)]) { pairs = entries }

  /// In the order in which they were written.
  @inlinable public var entries: Entries { Entries(pairs) }

  /// Whether there is no entry.
  @inlinable public var isEmpty: Bool { pairs.isEmpty }

  /// The value of that name; setting nil removes the entry.
  @inlinable public subscript(name: Name) -> Value? {
    get { index(of: name).map { pairs[$0].1 } }
    set {
      guard let index = index(of: name) else {
        if let newValue { pairs.append((name, newValue)) }
        return
      }
      if let newValue { pairs[index].1 = newValue } else { pairs.remove(at: index) }
    }
  }

  /// Compared in place, through the buffer: a copy of a pair would count its references for each one looked at.
  @inlinable func index(of name: Name) -> Int? {
    pairs.withUnsafeBufferPointer { pairs in
      var index = 0
      while index < pairs.count {
        if pairs[index].0.hash == name.hash { return index }
        index += 1
      }
      return nil
    }
  }

  /// The text of that name; nil where there is none or the value is of another kind.
  @inlinable public func text(_ name: Name) -> String? {
    guard let index = index(of: name), case .text(let text) = pairs[index].1 else { return nil }
    return text
  }
  /// The number of that name; nil as above.
  @inlinable public func int(_ name: Name) -> Int64? {
    guard let index = index(of: name), case .int(let int) = pairs[index].1 else { return nil }
    return int
  }
  /// The truth value of that name; nil as above.
  @inlinable public func bool(_ name: Name) -> Bool? {
    guard let index = index(of: name), case .bool(let bool) = pairs[index].1 else { return nil }
    return bool
  }
  /// The amount of that name; nil as above.
  @inlinable public func money(_ name: Name) -> Money? {
    guard let index = index(of: name), case .money(let money) = pairs[index].1 else { return nil }
    return money
  }

  /// The kind of the value of that name, looked at without copying it; nil where there is none, or null.
  @inlinable public func kind(of name: Name) -> Parameter.Kind? {
    guard let index = index(of: name) else { return nil }
    return pairs.withUnsafeBufferPointer { $0[index].1.kind }
  }

  /// Whether both hold the same entries, in whatever order.
  public func matches(_ other: Fields) -> Bool {
    pairs.count == other.pairs.count && pairs.allSatisfy { other[$0.0] == $0.1 }
  }

  /// A digest that does not depend on the order of entries; what idempotency stores keep of parameters.
  public var fingerprint: UInt64 {
    var sum: UInt64 = UInt64(pairs.count)
    pairs.withUnsafeBufferPointer { pairs in
      for index in pairs.indices {
        var hasher = StableHasher(seed: pairs[index].0.hash)
        pairs[index].1.hash(into: &hasher)
        sum &+= Draw.mix(hasher.digest)
      }
    }
    return sum
  }
}

extension Fields {
  /// The entries of fields, in their order.
  public struct Entries: RandomAccessCollection, Sendable {
    @usableFromInline let pairs: [(Name, Value)]

    @inlinable init(_ pairs: [(Name, Value)]) { self.pairs = pairs }

    @inlinable public var startIndex: Int { 0 }
    @inlinable public var endIndex: Int { pairs.count }
    @inlinable public subscript(position: Int) -> Entry { Entry(pairs[position]) }
  }
}

extension Fields: Hashable {
  @inlinable public static func == (a: Fields, b: Fields) -> Bool {
    guard a.pairs.count == b.pairs.count else { return false }
    let isSame = a.pairs.withUnsafeBufferPointer { a in
      b.pairs.withUnsafeBufferPointer { b in a.baseAddress == b.baseAddress }
    }
    return isSame || zip(a.pairs, b.pairs).allSatisfy { $0.0 == $1.0 && $0.1 == $1.1 }
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(pairs.count)
    for (name, value) in pairs {
      hasher.combine(name)
      hasher.combine(value)
    }
  }
}

extension Fields: ExpressibleByDictionaryLiteral {
  @inlinable public init(dictionaryLiteral elements: (Name, Value)...) { pairs = elements }
}

extension Fields: StableHashable {
  public func hash(into hasher: inout StableHasher) {
    hasher.combine(pairs.count)
    pairs.withUnsafeBufferPointer { pairs in
      for index in pairs.indices {
        hasher.combine(pairs[index].0.hash)
        pairs[index].1.hash(into: &hasher)
      }
    }
  }
}

extension Fields: CustomStringConvertible {
  public var description: String {
    "{" + pairs.map { "\($0.0): \($0.1)" }.joined(separator: ", ") + "}"
  }
}
