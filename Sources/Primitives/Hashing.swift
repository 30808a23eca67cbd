// One 64-bit hash for sites, draws, traces and states: the same on every machine and in every build.

/// Folds words into a 64-bit digest that is stable across processes, machines and optimisation levels.
///
/// Swift's `Hasher` is seeded per process, so nothing that is stored, printed or compared between two
/// runs may use it. Each step is a bijection of the state for a given word and of the word for a given
/// state: changing one word always changes the state after it. Not cryptographic.
public struct StableHasher: Sendable {
  /// The digest of everything combined so far.
  @inlinable public var digest: UInt64 { state }
  @usableFromInline var state: UInt64

  /// A hasher for values that are compared with nothing but their like.
  @inlinable public init() { self.init(seed: 0) }
  /// A hasher whose digests differ from those under another seed.
  @inlinable public init(seed: UInt64) { state = seed ^ 0x9E37_79B9_7F4A_7C15 }

  /// The one step that all others are made of.
  @inlinable public mutating func combine(_ word: UInt64) {
    var s = (state << 5 | state >> 59) ^ word
    s &*= 0x9FB2_1C65_1E98_DF25
    state = s ^ (s >> 29)
  }

  /// Combines the two's complement bits.
  @inlinable public mutating func combine(_ word: Int64) { combine(UInt64(bitPattern: word)) }
  /// Combines the number as 64 bits, on every platform.
  @inlinable public mutating func combine(_ word: Int) { combine(UInt64(bitPattern: Int64(word))) }
  /// Combines 1 or 0.
  @inlinable public mutating func combine(_ flag: Bool) { combine(flag ? 1 as UInt64 : 0) }
  /// Combines the name's number; its text is in it.
  @inlinable public mutating func combine(_ name: Name) { combine(name.hash) }
  /// Combines the nanoseconds since 1970.
  @inlinable public mutating func combine(_ instant: Instant) { combine(instant.nanoseconds) }
  /// Combines the nanoseconds.
  @inlinable public mutating func combine(_ span: TimeSpan) { combine(span.nanoseconds) }

  /// Combines the length and the UTF-8 bytes, eight at a time.
  public mutating func combine(_ text: String) {
    if text.utf8.withContiguousStorageIfAvailable({ combine($0) }) == nil {
      var copy = text
      copy.withUTF8 { combine($0) }
    }
  }

  private mutating func combine(_ bytes: UnsafeBufferPointer<UInt8>) {
    combine(bytes.count)
    let raw = UnsafeRawBufferPointer(bytes)
    var offset = 0
    while offset + 8 <= raw.count {
      combine(UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
      offset += 8
    }
    guard offset < raw.count else { return }
    combine(StableHasher.tail(of: raw, from: offset))
  }

  /// The one to seven bytes from `offset` on as a word, the first one lowest.
  private static func tail(of raw: UnsafeRawBufferPointer, from offset: Int) -> UInt64 {
    let count = raw.count - offset
    func load<T: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, as type: T.Type) -> UInt64 {
      UInt64(T(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: T.self)))
    }
    // Where there are more before them, they are the upper part of the last eight.
    if offset > 0 { return load(raw.count - 8, as: UInt64.self) >> UInt64(8 * (8 - count)) }
    // Two halves that may overlap.
    if count >= 4 {
      return load(offset, as: UInt32.self) | load(raw.count - 4, as: UInt32.self) << UInt64(8 * (count - 4))
    }
    let first = UInt64(raw[offset])
    if count == 1 { return first }
    return first | load(raw.count - 2, as: UInt16.self) << UInt64(8 * (count - 2))
  }

  /// Combines whatever the value says distinguishes it.
  @inlinable public mutating func combine(_ value: some StableHashable) { value.hash(into: &self) }

  /// Combines whether there is a value, and the value.
  @inlinable public mutating func combine(_ value: (some StableHashable)?) {
    guard let value else { return combine(0 as UInt64) }
    combine(1 as UInt64)
    value.hash(into: &self)
  }

  /// Combines whether there is text, and the text.
  public mutating func combine(_ text: String?) {
    guard let text else { return combine(0 as UInt64) }
    combine(1 as UInt64)
    combine(text)
  }

  /// Combines the count and the values in their order.
  @inlinable public mutating func combine(_ values: [some StableHashable]) {
    combine(values.count)
    for index in values.indices { values[index].hash(into: &self) }
  }
}

/// A value whose stable digest covers everything that distinguishes it.
///
/// Conformers feed *every* stored property; a property left out is a difference that no trace, search
/// or replay would notice.
public protocol StableHashable {
  func hash(into hasher: inout StableHasher)
}

extension StableHashable {
  /// The digest of this value alone.
  @inlinable public var stableDigest: UInt64 {
    var hasher = StableHasher()
    hash(into: &hasher)
    return hasher.digest
  }
}

extension Name: StableHashable {
  @inlinable public func hash(into hasher: inout StableHasher) { hasher.combine(hash) }
}
extension Instant: StableHashable {
  @inlinable public func hash(into hasher: inout StableHasher) { hasher.combine(nanoseconds) }
}
extension TimeSpan: StableHashable {
  @inlinable public func hash(into hasher: inout StableHasher) { hasher.combine(nanoseconds) }
}
extension String: StableHashable {
  public func hash(into hasher: inout StableHasher) { hasher.combine(self) }
}
extension UInt64 {
  /// Sixteen lower-case hexadecimal digits, as trace hashes are printed.
  public var hexadecimal: String {
    let digits = String(self, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
