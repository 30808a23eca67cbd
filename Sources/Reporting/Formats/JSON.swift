// JSON with the order of keys that the contract gives, and integers only: floating point decides nothing here.

/// A JSON value that keeps the order of its keys, so that the same verdict is the same bytes everywhere.
public indirect enum JSON: Hashable, Sendable {
  case null
  case bool(Bool)
  case int(Int64)
  case unsigned(UInt64)
  /// A number with three decimals, given as an integer: 1,234 is 1.234.
  case thousandths(Int64)
  case text(String)
  case array([JSON])
  case object([Member])

  public struct Member: Hashable, Sendable {
    public var key: String
    public var value: JSON

    public init(_ key: String, _ value: JSON) {
      self.key = key
      self.value = value
    }
  }

  /// An object from pairs, in their order.
  public static func object(_ pairs: KeyValuePairs<String, JSON>) -> JSON { .object(pairs.map { Member($0, $1) }) }
  public static func int(_ number: Int) -> JSON { .int(Int64(number)) }
  public static func int(_ number: Int?) -> JSON { number.map { .int(Int64($0)) } ?? .null }
  public static func text(_ text: String?) -> JSON { text.map { .text($0) } ?? .null }
  public static func texts(_ texts: [String]) -> JSON { .array(texts.map { .text($0) }) }

  /// The value on one line, without spaces (RFC 8259).
  public var line: String {
    var output = ""
    write(to: &output)
    return output
  }

  private func write(to output: inout String) {
    switch self {
    case .null: output += "null"
    case .bool(let flag): output += flag ? "true" : "false"
    case .int(let number): output += String(number)
    case .unsigned(let number): output += String(number)
    case .thousandths(let number):
      let fraction = String(number.magnitude % 1_000).leftPadded(to: 3).replacing(" ", with: "0")
      output += "\(number < 0 ? "-" : "")\(number.magnitude / 1_000).\(fraction)"
    case .text(let text): JSON.write(text, to: &output)
    case .array(let values):
      output += "["
      for (offset, value) in values.enumerated() {
        if offset > 0 { output += "," }
        value.write(to: &output)
      }
      output += "]"
    case .object(let members):
      output += "{"
      for (offset, member) in members.enumerated() {
        if offset > 0 { output += "," }
        JSON.write(member.key, to: &output)
        output += ":"
        member.value.write(to: &output)
      }
      output += "}"
    }
  }

  /// Escapes what JSON demands, and what would break a line or a terminal.
  private static func write(_ text: String, to output: inout String) {
    output += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": output += "\\\""
      case "\\": output += "\\\\"
      case "\n": output += "\\n"
      case "\r": output += "\\r"
      case "\t": output += "\\t"
      case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
        || (0x2028...0x2029).contains(scalar.value):
        let digits = String(scalar.value, radix: 16)
        output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: output.unicodeScalars.append(scalar)
      }
    }
    output += "\""
  }
}
