// Seals: marks in ids by which one world's objects are known in another.

/// What tells the ids of one world from those of all others.
///
/// A world that outside processes work with has a seal, and every id that it makes carries it: digits of its own,
/// then three of the seal, then three that follow from those before. So an id that an agent kept from another world
/// is known for what it is, also where nobody remembers that world any more.
public struct Seal: Hashable, Sendable {
  /// From 1; 0 for a world without a seal, whose ids depend on its seed alone.
  public let number: UInt16

  /// Ids without a seal.
  public static let none = Seal(0)
  /// How many different ones there are.
  public static let count: UInt16 = 1 << 15 - 1

  /// - Parameter number: at most ``count``.
  public init(_ number: UInt16) { self.number = number & 0x7FFF }

  /// How many digits of an id are its seal's and the check's.
  static let digits = 6
  /// How long an id is, prefix and all.
  static let length = 15

  /// The last digits of an id whose others are these, five bits each, lowest first.
  func tail(after own: UInt64) -> UInt64 { UInt64(number) | Seal.check(own, number) << 15 }

  private static func check(_ own: UInt64, _ number: UInt16) -> UInt64 {
    Draw.mix(own ^ Draw.mix(UInt64(number) &+ 0x5EA1)) & 0x7FFF
  }

  /// The seal of an id; none where it has none.
  public init(of id: String) { self = Seal.found(in: id).first { $0.id.utf8.count == id.utf8.count }?.seal ?? .none }

  /// The ids in a text that have a seal, in the order in which they stand there.
  public static func found(in text: String) -> [(id: String, seal: Seal)] {
    let bytes = Array(text.utf8)
    guard bytes.count >= length else { return [] }
    var found: [(id: String, seal: Seal)] = []
    var start = 0
    while start < bytes.count {
      var end = start
      while end < bytes.count, value(bytes[end]) != nil { end += 1 }
      if let seal = seal(of: bytes, from: start, to: end) {
        found.append((String(decoding: bytes[(end - length)..<end], as: UTF8.self), seal))
      }
      start = end + 1
    }
    return found
  }

  /// The seal of the id whose digits stand there; nil where they are no such digits.
  private static func seal(of bytes: [UInt8], from start: Int, to end: Int) -> Seal? {
    let width = end - start
    let first = end - length
    guard width > digits + 1, width < length, first >= 0 else { return nil }
    if end < bytes.count, isLetterOrDigit(bytes[end]) { return nil }
    // The prefix is letters, with or without a line at its end, and begins where a word does.
    guard bytes[first..<start].dropLast().allSatisfy(isLetter), isLetter(bytes[start - 1]) || isLine(bytes[start - 1])
    else { return nil }
    if first > 0, isLetterOrDigit(bytes[first - 1]) { return nil }
    let own = number(bytes[start..<(end - digits)])
    let tail = number(bytes[(end - digits)..<end])
    let mark = UInt16(tail & 0x7FFF)
    return mark > 0 && tail >> 15 == check(own, mark) ? Seal(mark) : nil
  }

  /// Digits as a number, the lowest first.
  private static func number(_ digits: ArraySlice<UInt8>) -> UInt64 {
    digits.reversed().reduce(0) { $0 << 5 | (value($1) ?? 0) }
  }

  /// What a digit of an id is worth; nil for everything else.
  private static func value(_ byte: UInt8) -> UInt64? {
    switch byte {
    case 48...57: UInt64(byte - 48)
    case 97...118: UInt64(byte - 87)
    default: nil
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte & ~32) }
  private static func isLine(_ byte: UInt8) -> Bool { byte == 45 || byte == 95 }
  private static func isLetterOrDigit(_ byte: UInt8) -> Bool { isLetter(byte) || (48...57).contains(byte) }
}
