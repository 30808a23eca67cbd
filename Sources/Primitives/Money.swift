// Money is an integer of minor units with a currency; nothing about it is ever a floating-point number.

/// An ISO 4217 currency code, three upper-case letters packed into one word.
public struct Currency: Hashable, Sendable {
  let packed: UInt32

  /// Fails unless `code` is three ASCII letters.
  public init?(_ code: some StringProtocol) {
    var packed: UInt32 = 0
    var count = 0
    for byte in code.utf8 {
      guard (65...90).contains(byte) || (97...122).contains(byte) else { return nil }
      packed = packed << 8 | UInt32(byte & 0xDF)
      count += 1
    }
    guard count == 3 else { return nil }
    self.packed = packed
  }

  /// Euro.
  public static let eur = Currency("EUR")!
  /// United States dollar.
  public static let usd = Currency("USD")!

  /// The three letters, `EUR`.
  public var code: String {
    String(decoding: [UInt8(packed >> 16 & 0xFF), UInt8(packed >> 8 & 0xFF), UInt8(packed & 0xFF)], as: UTF8.self)
  }

  /// Digits after the decimal point: none for JPY and its like, three for KWD and its like, else two.
  public var minorDigits: Int {
    switch code {
    case "JPY", "KRW", "VND", "CLP", "ISK", "XAF", "XOF", "UGX": 0
    case "KWD", "BHD", "OMR", "JOD", "TND": 3
    default: 2
    }
  }
}

/// An amount in minor units (cents) of one currency.
public struct Money: Hashable, Sendable {
  /// Cents, or whatever the currency's smallest unit is; negative for what is owed back.
  public var minorUnits: Int64
  /// What the units are units of.
  public var currency: Currency

  /// An amount in the currency's smallest unit.
  public init(minorUnits: Int64, currency: Currency) {
    self.minorUnits = minorUnits
    self.currency = currency
  }

  /// Nothing, in a currency.
  public static func zero(_ currency: Currency) -> Money { Money(minorUnits: 0, currency: currency) }

  /// - Precondition: both amounts have the same currency.
  public static func + (a: Money, b: Money) -> Money {
    precondition(a.currency == b.currency, "adding \(a.currency.code) and \(b.currency.code)")
    return Money(minorUnits: a.minorUnits + b.minorUnits, currency: a.currency)
  }

  /// - Precondition: both amounts have the same currency.
  public static func - (a: Money, b: Money) -> Money {
    precondition(a.currency == b.currency, "subtracting \(b.currency.code) from \(a.currency.code)")
    return Money(minorUnits: a.minorUnits - b.minorUnits, currency: a.currency)
  }
}

extension Money {
  /// The part of it that falls to `parts` of `whole` equal parts, rounded half up to a minor unit.
  ///
  /// - Precondition: neither number of parts nor the amount is negative, and there is a whole.
  public func share(_ parts: Int64, of whole: Int64) -> Money {
    precondition(parts >= 0 && whole > 0 && minorUnits >= 0, "\(self) in \(parts) of \(whole) parts")
    return Money(minorUnits: (minorUnits * parts * 2 + whole) / (whole * 2), currency: currency)
  }
}

extension Money: CustomStringConvertible, StableHashable {
  /// Grouped by thousands, `1,200.00 EUR`.
  public var description: String {
    let digits = currency.minorDigits
    var scale: Int64 = 1
    for _ in 0..<digits { scale *= 10 }
    let magnitude = minorUnits.magnitude
    let whole = String(magnitude / UInt64(scale))
    var grouped = ""
    for (offset, digit) in whole.enumerated() {
      if offset > 0, (whole.count - offset) % 3 == 0 { grouped += "," }
      grouped.append(digit)
    }
    if digits > 0 {
      let fraction = String(magnitude % UInt64(scale))
      grouped += "." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
    return "\(minorUnits < 0 ? "-" : "")\(grouped) \(currency.code)"
  }

  /// Reads `1200.00 EUR`, `1,200.00 EUR` and `1200 EUR`; nil for anything else. A comma separates
  /// thousands only: `1,20 EUR` could mean two amounts and is refused.
  public init?(_ text: some StringProtocol) {
    func isNumber(_ text: some StringProtocol) -> Bool {
      !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) }
    }
    let parts = text.split(separator: " ")
    guard parts.count == 2, let currency = Currency(parts[1]) else { return nil }
    let isNegative = parts[0].hasPrefix("-")
    let number = parts[0].dropFirst(isNegative ? 1 : 0).split(separator: ".", omittingEmptySubsequences: false)
    guard let whole = number.first, number.count <= 2 else { return nil }
    let groups = whole.split(separator: ",", omittingEmptySubsequences: false)
    guard groups.allSatisfy({ isNumber($0) }), groups.dropFirst().allSatisfy({ $0.count == 3 }) else { return nil }
    guard groups.count == 1 || groups[0].count <= 3 else { return nil }
    let fraction = number.count == 2 ? String(number[1]) : ""
    guard number.count == 1 || isNumber(fraction), fraction.count <= currency.minorDigits else { return nil }
    let padding = String(repeating: "0", count: currency.minorDigits - fraction.count)
    guard let units = Int64(groups.joined() + fraction + padding) else { return nil }
    self.init(minorUnits: isNegative ? -units : units, currency: currency)
  }

  public func hash(into hasher: inout StableHasher) {
    hasher.combine(minorUnits)
    hasher.combine(UInt64(currency.packed))
  }
}
