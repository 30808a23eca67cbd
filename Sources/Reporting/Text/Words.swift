// Numbers, names and lists as people read them.

import Operations
import Primitives

/// The small grammar that all reports share.
enum Words {
  /// A space at which no line is broken; tables print it as an ordinary one.
  static let gluing = "\u{A0}"

  /// The text in one piece.
  static func glued(_ text: String) -> String { text.replacing(" ", with: gluing) }

  /// `1 cluster`, `2 clusters`, `0 policies`.
  static func count(_ count: Int, _ noun: String) -> String { "\(grouped(count)) \(count == 1 ? noun : plural(noun))" }

  static func plural(_ noun: String) -> String {
    if noun.hasSuffix("y"), let before = noun.dropLast().last, !"aeiou".contains(before) {
      return noun.dropLast() + "ies"
    }
    return noun.hasSuffix("s") || noun.hasSuffix("x") ? noun + "es" : noun + "s"
  }

  /// `a`, `a and b`, `a, b and c`.
  static func list(_ items: [String], _ conjunction: String = "and") -> String {
    guard let last = items.last, items.count > 1 else { return items.first ?? "" }
    return items.dropLast().joined(separator: ", ") + " \(conjunction) " + last
  }

  /// The part of a name after its last dot, in words: `cloud.access_key` becomes `access key`.
  static func noun(_ kind: Name) -> String {
    String(kind.text.split(separator: ".").last ?? "").split { $0 == "_" || $0 == "-" }.joined(separator: " ")
  }

  /// An operation without its system: `cloud.create_cluster` becomes `create_cluster`.
  static func verb(_ operation: Name) -> String {
    operation.text.split(separator: ".", maxSplits: 1).last.map(String.init) ?? operation.text
  }

  /// Seconds with three decimals, `30.200 s`; integers throughout.
  static func seconds(_ span: TimeSpan) -> String {
    let milliseconds = span.inMilliseconds
    let fraction = String(milliseconds.magnitude % 1_000)
    return "\(milliseconds < 0 ? "-" : "")\(grouped(Int(milliseconds.magnitude / 1_000)))."
      + String(repeating: "0", count: 3 - fraction.count) + fraction + " s"
  }

  /// A span for a table: `840 ms`, `30.8 s`, `12 min`, `5.5 h`.
  static func brief(milliseconds: Int64) -> String {
    switch milliseconds {
    case ..<1_000: "\(milliseconds) ms"
    case ..<600_000: tenths(milliseconds, of: 1_000) + " s"
    case ..<7_200_000: "\(milliseconds / 60_000) min"
    default: tenths(milliseconds, of: 3_600_000) + " h"
    }
  }

  /// `count / unit` with one decimal, rounded down.
  static func tenths(_ count: Int64, of unit: Int64) -> String { "\(count / unit).\(count % unit * 10 / unit)" }

  /// Grouped by thousands: `10,000`.
  static func grouped(_ number: Int) -> String {
    let digits = String(number.magnitude)
    var text = ""
    for (offset, digit) in digits.enumerated() {
      if offset > 0, (digits.count - offset) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return number < 0 ? "-" + text : text
  }

  /// `naive`, `reference without idempotency-keys, read-back`.
  static func agent(_ name: Name, without: [Name]) -> String {
    without.isEmpty ? name.text : "\(name) without \(without.map(\.text).joined(separator: ", "))"
  }

  /// What came from an agent or a system, safe to print: control characters become visible escapes, so that
  /// nothing an agent says can move the cursor or forge a line.
  static func printable(_ text: String) -> String {
    var safe = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": safe += "\\n"
      case "\t": safe += "\\t"
      case "\r": safe += "\\r"
      case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.properties.isBidiControl
        || (0x2028...0x2029).contains(scalar.value):
        safe += "\\u{\(String(scalar.value, radix: 16))}"
      default: safe.unicodeScalars.append(scalar)
      }
    }
    return safe
  }

  static func shortened(_ text: String, to width: Int) -> String {
    text.count <= width ? text : text.prefix(max(0, width - 1)) + "…"
  }
}
