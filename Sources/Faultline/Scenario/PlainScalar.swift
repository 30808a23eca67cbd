// What YAML 1.1 readers make of text without quotes; every surprise is an error here, never a guess.

/// What a scalar without quotes would be to a YAML 1.1 reader (https://yaml.org/type/).
enum PlainScalar: Hashable, Sendable {
  case null
  /// `true` or `false`, which mean the same in every version.
  case bool(Bool)
  /// `yes`, `no`, `on`, `off`, `y`, `n` and `TRUE`: booleans in some versions, text in others.
  case oddBool(Bool)
  /// Decimal digits, with a minus sign perhaps.
  case int(Int64)
  /// `010`, `0x1F`, `1_000`, `1:30`: integers that are not what they look like.
  case oddInt(String)
  /// `1.10`, `1e3`, `.inf`
  case float
  /// `2026-11-20`
  case date
  case text

  init(_ text: String) {
    switch text {
    case "", "~", "null", "Null", "NULL": self = .null
    case "true": self = .bool(true)
    case "false": self = .bool(false)
    case "y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "True", "TRUE": self = .oddBool(true)
    case "n", "N", "no", "No", "NO", "off", "Off", "OFF", "False", "FALSE": self = .oddBool(false)
    default: self = PlainScalar.number(text) ?? .text
    }
  }

  private static func number(_ text: String) -> PlainScalar? {
    let unsigned = text.first == "-" || text.first == "+" ? text.dropFirst() : text[...]
    guard let first = unsigned.first, first.isASCII, first.isNumber || first == "." else { return nil }
    if unsigned.allSatisfy(isDigit) {
      if unsigned.count > 1, first == "0" { return .oddInt("an octal number") }
      if text.first == "+" { return .oddInt("a number with a plus sign") }
      return Int64(text).map(PlainScalar.int) ?? .oddInt("a number that is too large")
    }
    if let odd = oddInteger(unsigned) { return .oddInt(odd) }
    if isDate(unsigned) { return .date }
    return isFloat(unsigned) ? .float : nil
  }

  private static func oddInteger(_ text: Substring) -> String? {
    if text.hasPrefix("0x"), text.dropFirst(2).allSatisfy(\.isHexDigit) { return "a hexadecimal number" }
    if text.hasPrefix("0b"), text.dropFirst(2).allSatisfy({ $0 == "0" || $0 == "1" }) { return "a binary number" }
    if text.hasPrefix("0o"), text.dropFirst(2).allSatisfy(isDigit) { return "an octal number" }
    if text.contains("_"), text.allSatisfy({ isDigit($0) || $0 == "_" }) { return "a number with underscores" }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    if parts.count > 1, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isDigit) }) {
      return "a number to the base of 60"
    }
    return nil
  }

  /// `2026-11-20`, alone or before a time. `2026-11` is text in every version.
  private static func isDate(_ text: Substring) -> Bool {
    let day = text.prefix { isDigit($0) || $0 == "-" }
    let parts = day.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].count == 4, (1...2).contains(parts[1].count), (1...2).contains(parts[2].count)
    else { return false }
    guard let next = text.dropFirst(day.count).first else { return true }
    return next == "T" || next == "t" || next == " "
  }

  private static func isFloat(_ text: Substring) -> Bool {
    if [".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"].contains(text) { return true }
    let parts = text.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
    let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    guard mantissa.count <= 2, mantissa.contains(where: { !$0.isEmpty }) else { return false }
    guard mantissa.allSatisfy({ $0.allSatisfy(isDigit) }) else { return false }
    guard parts.count == 2 else { return true }
    let exponent = parts[1].first == "-" || parts[1].first == "+" ? parts[1].dropFirst() : parts[1]
    return !exponent.isEmpty && exponent.allSatisfy(isDigit)
  }

  private static func isDigit(_ character: Character) -> Bool { character >= "0" && character <= "9" }

  /// What it is, for "expected text, found …".
  func description(of text: String) -> String {
    switch self {
    case .null: text.isEmpty ? "nothing" : "'\(text)', which is YAML for nothing"
    case .bool: "the boolean \(text)"
    case .oddBool(let value): "'\(text)', which YAML 1.1 reads as the boolean \(value)"
    case .int: "the number \(text)"
    case .oddInt(let kind): "'\(text)', which YAML 1.1 reads as \(kind)"
    case .float: "'\(text)', which YAML reads as a floating-point number"
    case .date: "'\(text)', which YAML 1.1 reads as a date"
    case .text: "'\(text)'"
    }
  }
}
