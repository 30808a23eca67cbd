// Names travel through the hot path as 64-bit numbers that still know how to print themselves.

/// An interned-by-content name: an operation, a field, a process, a subject, an oracle.
///
/// Two names are equal when their stable 64-bit hashes are; comparing one costs one instruction, and a
/// number drawn from a name is the same in every process. The text is there to be printed.
public struct Name: Sendable {
  /// A stable hash of the UTF-8 bytes of `text` (FNV-1a, finalised).
  public let hash: UInt64
  @usableFromInline let letters: Letters

  /// Reads every byte of the text; names that are used often are declared once.
  public init(_ text: String) {
    var text = text
    self = text.withUTF8 { bytes in
      let hash = Name.hash(of: bytes)
      return Name(hash: hash, letters: Letters(short: bytes) ?? LongTexts.letters(of: bytes, hash: hash))
    }
  }

  init(hash: UInt64, letters: Letters) {
    self.hash = hash
    self.letters = letters
  }

  /// What is printed, and what users type; made anew each time.
  public var text: String { letters.text }

  /// Hands over the bytes of ``text`` without making a string of them.
  public func withUTF8<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
    switch letters {
    case .lasting(let address, let count):
      return try body(UnsafeBufferPointer(start: UnsafePointer(bitPattern: address), count: Int(count)))
    case .short:
      var text = letters.text
      return try text.withUTF8(body)
    }
  }

  @usableFromInline static func hash(of bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var h: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { h = (h ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    h ^= h >> 32
    h &*= 0xD6E8_FEB8_6659_FD93
    return h ^ (h >> 32)
  }
}

/// The text of a name, kept so that a copy is a copy of bits: names stand in nearly everything that a run moves
/// about, and what holds one would else ask the runtime about its text with each copy.
@usableFromInline enum Letters: Sendable {
  /// A text that lives as long as the program: the address of its first byte, and how many there are.
  case lasting(UInt, UInt32)
  /// Up to fifteen bytes, none of them zero; zeros follow. Four words, so that the case's number is the
  /// sixteenth byte.
  case short(UInt64, UInt32, UInt16, UInt8)

  init?(short bytes: UnsafeBufferPointer<UInt8>) {
    guard bytes.count <= 15, !bytes.contains(0) else { return nil }
    var low: UInt64 = 0
    var high: UInt64 = 0
    for (index, byte) in bytes.enumerated() {
      if index < 8 { low |= UInt64(byte) << (8 * index) } else { high |= UInt64(byte) << (8 * (index - 8)) }
    }
    self = .short(
      low, UInt32(truncatingIfNeeded: high), UInt16(truncatingIfNeeded: high >> 32),
      UInt8(truncatingIfNeeded: high >> 48))
  }

  var text: String {
    switch self {
    case .lasting(let address, let count):
      let bytes = UnsafeBufferPointer(start: UnsafePointer<UInt8>(bitPattern: address), count: Int(count))
      return String(decoding: bytes, as: UTF8.self)
    case .short(let low, let middle, let upper, let last):
      let high = UInt64(middle) | UInt64(upper) << 32 | UInt64(last) << 48
      return String(unsafeUninitializedCapacity: 15) { buffer in
        for index in 0..<15 {
          let byte = UInt8(truncatingIfNeeded: index < 8 ? low >> (8 * index) : high >> (8 * (index - 8)))
          if byte == 0 { return index }
          buffer[index] = byte
        }
        return 15
      }
    }
  }
}

extension Name: Hashable {
  @inlinable public static func == (a: Name, b: Name) -> Bool { a.hash == b.hash }
  @inlinable public func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}

extension Name: Comparable {
  /// Alphabetical, for output; the hot path never orders names.
  public static func < (a: Name, b: Name) -> Bool { a.text < b.text }
}

extension Name: ExpressibleByStringLiteral, CustomStringConvertible {
  public init(stringLiteral text: StaticString) {
    guard text.hasPointerRepresentation else {
      self.init(text.description)
      return
    }
    let bytes = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    self.init(
      hash: Name.hash(of: bytes), letters: .lasting(UInt(bitPattern: text.utf8Start), UInt32(text.utf8CodeUnitCount)))
  }
  public var description: String { text }
}
