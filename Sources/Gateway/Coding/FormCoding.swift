// Forms, as Stripe and AWS take their arguments: `application/x-www-form-urlencoded`, in bodies and in queries.

/// The fields of a form in the order in which they came. A field that comes twice counts by its first value.
struct Form: Sendable {
  private(set) var fields: [(name: String, value: String)] = []
  private var places: [String: Int] = [:]

  /// How many fields a form may have; Stripe and AWS take fewer.
  static let limit = 2_000

  init() {}

  /// Reads a form; nil where an escape is none, the text is no UTF-8, or there are too many fields.
  init?(bytes: some Sequence<UInt8>) {
    var name: [UInt8] = []
    var text: [UInt8] = []
    var isName = true
    var escape: [UInt8]?
    func value(of digit: UInt8) -> UInt8? {
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
      default: nil
      }
    }
    for byte in bytes {
      if var digits = escape {
        guard let digit = value(of: byte) else { return nil }
        digits.append(digit)
        escape = digits.count == 2 ? nil : digits
        if digits.count == 2 {
          let decoded = digits[0] << 4 | digits[1]
          if isName { name.append(decoded) } else { text.append(decoded) }
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "%"): escape = []
      case UInt8(ascii: "&"):
        guard add(&name, &text) else { return nil }
        isName = true
      case UInt8(ascii: "=") where isName: isName = false
      default:
        let decoded = byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte
        if isName { name.append(decoded) } else { text.append(decoded) }
      }
    }
    guard escape == nil, add(&name, &text) else { return nil }
  }

  /// Takes a field over; false where it can't be.
  private mutating func add(_ name: inout [UInt8], _ text: inout [UInt8]) -> Bool {
    defer { (name, text) = ([], []) }
    if name.isEmpty && text.isEmpty { return true }
    guard fields.count < Self.limit, let name = String(validating: name, as: UTF8.self),
      let text = String(validating: text, as: UTF8.self)
    else { return false }
    if places[name] == nil { places[name] = fields.count }
    fields.append((name, text))
    return true
  }

  /// The value of a field; nil where there is none of that name or it is empty.
  subscript(name: String) -> String? {
    guard let place = places[name] else { return nil }
    return fields[place].value.isEmpty ? nil : fields[place].value
  }

  /// The members of a list that AWS numbers from 1: `InstanceId.1`, `InstanceId.2`.
  func numbered(_ name: String) -> [String] {
    var found: [String] = []
    while let value = self["\(name).\(found.count + 1)"] { found.append(value) }
    return found
  }
}
