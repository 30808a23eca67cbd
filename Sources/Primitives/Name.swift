// Names travel through the hot path as 64-bit numbers that still know how to print themselves.

/// An interned-by-content name: an operation, a field, a process, a subject, an oracle.
///
/// Two names are equal when their stable 64-bit hashes are; comparing one costs one instruction, and a
/// number drawn from a name is the same in every process. The text is there to be printed.
public struct Name: Sendable {
  /// A stable hash of the UTF-8 bytes of `text` (FNV-1a, finalised).
  public let hash: UInt64
  /// What is printed, and what users type.
  public let text: String

  /// Reads every byte of the text; names that are used often are declared once.
  public init(_ text: String) {
    self.text = text
    var h: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text.utf8 { h = (h ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    h ^= h >> 32
    h &*= 0xD6E8_FEB8_6659_FD93
    hash = h ^ (h >> 32)
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
  public init(stringLiteral text: String) { self.init(text) }
  public var description: String { text }
}
