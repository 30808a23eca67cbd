// A compact binary form for journal entries: varints and UTF-8, no field names that the reader knows anyway.

import Operations
import Primitives

/// Bytes that are not a journal: a file that another program wrote or that is damaged.
public struct MalformedRecords: Error, Hashable, Sendable, CustomStringConvertible {
  /// Where reading stopped, in bytes.
  public var offset: Int

  public init(offset: Int) { self.offset = offset }

  public var description: String { "The journal can't be read: byte \(offset) is not what this version writes." }
}

/// Appends values to bytes.
struct ByteWriter {
  var bytes: [UInt8] = []

  mutating func write(_ byte: UInt8) { bytes.append(byte) }

  /// Seven bits a byte, least significant first.
  mutating func write(unsigned value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  /// Zigzag, so that small negative numbers are short too.
  mutating func write(_ value: Int64) { write(unsigned: UInt64(bitPattern: value << 1 ^ value >> 63)) }
  mutating func write(_ value: Int) { write(Int64(value)) }
  mutating func write(_ flag: Bool) { bytes.append(flag ? 1 : 0) }
  mutating func write(_ instant: Instant) { write(instant.nanoseconds) }
  mutating func write(_ name: Name) { name.withUTF8 { write($0) } }

  mutating func write(_ text: String) {
    var text = text
    text.withUTF8 { write($0) }
  }

  private mutating func write(_ utf8: UnsafeBufferPointer<UInt8>) {
    write(unsigned: UInt64(utf8.count))
    bytes.append(contentsOf: utf8)
  }

  mutating func write(_ fields: Fields) {
    write(unsigned: UInt64(fields.entries.count))
    for entry in fields.entries {
      write(entry.name)
      write(entry.value)
    }
  }

  mutating func write(_ value: Value) {
    switch value {
    case .null: write(0 as UInt8)
    case .bool(let flag):
      write(1 as UInt8)
      write(flag)
    case .int(let int):
      write(2 as UInt8)
      write(int)
    case .text(let text):
      write(3 as UInt8)
      write(text)
    case .money(let money):
      write(4 as UInt8)
      write(money.minorUnits)
      write(money.currency.code)
    case .instant(let instant):
      write(5 as UInt8)
      write(instant)
    case .list(let list):
      write(6 as UInt8)
      write(unsigned: UInt64(list.count))
      for item in list { write(item) }
    case .record(let fields):
      write(7 as UInt8)
      write(fields)
    }
  }
}

/// Takes values from bytes, and throws ``MalformedRecords`` where they are not there.
struct ByteReader {
  let bytes: [UInt8]
  private(set) var offset = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { offset == bytes.count }
  var malformed: MalformedRecords { MalformedRecords(offset: offset) }

  mutating func byte() throws(MalformedRecords) -> UInt8 {
    guard offset < bytes.count else { throw malformed }
    offset += 1
    return bytes[offset - 1]
  }

  mutating func unsigned() throws(MalformedRecords) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let next = try byte()
      guard shift < 64 else { throw malformed }
      value |= UInt64(next & 0x7F) << shift
      if next < 0x80 { return value }
      shift += 7
    }
  }

  /// A count of things that take at least a byte each.
  mutating func count() throws(MalformedRecords) -> Int {
    let count = try unsigned()
    guard count <= UInt64(bytes.count - offset) else { throw malformed }
    return Int(count)
  }

  mutating func int64() throws(MalformedRecords) -> Int64 {
    let word = try unsigned()
    return Int64(bitPattern: word >> 1) ^ -Int64(bitPattern: word & 1)
  }

  mutating func int() throws(MalformedRecords) -> Int { Int(try int64()) }

  mutating func bool() throws(MalformedRecords) -> Bool {
    switch try byte() {
    case 0: return false
    case 1: return true
    default: throw malformed
    }
  }

  mutating func instant() throws(MalformedRecords) -> Instant { Instant(nanoseconds: try int64()) }
  mutating func name() throws(MalformedRecords) -> Name { Name(try text()) }

  mutating func text() throws(MalformedRecords) -> String {
    let count = try count()
    guard let text = String(validating: bytes[offset..<offset + count], as: UTF8.self) else { throw malformed }
    offset += count
    return text
  }

  mutating func fields() throws(MalformedRecords) -> Fields {
    var entries: [(Name, Value)] = []
    for _ in 0..<(try count()) { entries.append((try name(), try value())) }
    return Fields(entries)
  }

  mutating func value() throws(MalformedRecords) -> Value {
    switch try byte() {
    case 0: return .null
    case 1: return .bool(try bool())
    case 2: return .int(try int64())
    case 3: return .text(try text())
    case 4:
      let units = try int64()
      guard let currency = Currency(try text()) else { throw malformed }
      return .money(Money(minorUnits: units, currency: currency))
    case 5: return .instant(try instant())
    case 6:
      var list: [Value] = []
      for _ in 0..<(try count()) { list.append(try value()) }
      return .list(list)
    case 7: return .record(try fields())
    default: throw malformed
    }
  }
}
