// JSON as this floor writes it: members in the order in which they were put in.

/// A JSON document that is going to be printed.
indirect enum JSONText {
  case bool(Bool)
  case int(Int64)
  case text(String)
  case list([JSONText])
  case object([(String, JSONText)])

  /// Indented by two spaces; short lists of scalars stay on one line.
  func printed(indent: Int = 0) -> String {
    let inner = String(repeating: " ", count: indent + 2)
    let outer = String(repeating: " ", count: indent)
    switch self {
    case .bool(let bool): return "\(bool)"
    case .int(let int): return "\(int)"
    case .text(let text): return Self.quoted(text)
    case .list(let items):
      let line = "[" + items.map { $0.printed(indent: indent + 2) }.joined(separator: ", ") + "]"
      if !line.contains("\n"), line.unicodeScalars.count + indent <= 100 { return line }
      return "[\n" + items.map { inner + $0.printed(indent: indent + 2) }.joined(separator: ",\n") + "\n\(outer)]"
    case .object(let members):
      if members.isEmpty { return "{}" }
      let lines = members.map { "\(inner)\(Self.quoted($0.0)): \($0.1.printed(indent: indent + 2))" }
      return "{\n" + lines.joined(separator: ",\n") + "\n\(outer)}"
    }
  }

  /// A member of an object.
  subscript(name: String) -> JSONText? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.0 == name }?.1
  }

  /// The names of an object's members, in order.
  var names: [String] {
    guard case .object(let members) = self else { return [] }
    return members.map(\.0)
  }

  static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      case "\r": out += "\\r"
      case _ where scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) || isBreak(scalar):
        let digits = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }

  /// Line breaks and marks that YAML readers fold or refuse, which makes quoted text good YAML, too.
  private static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
    [0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF].contains(scalar.value)
  }
}
