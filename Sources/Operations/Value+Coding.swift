// Values as JSON has them, the same for whoever serves and whoever calls.

import Primitives

/// Money is `{"currency": "EUR", "minor_units": 120000}`, an instant is RFC 3339, everything else is as JSON has it.
/// What is read back knows no instants: in JSON they are texts, and stay texts.
extension Value: Codable {
  public init(from decoder: any Decoder) throws {
    if let members = try? decoder.container(keyedBy: FieldKey.self) {
      self = try Value.money(in: members) ?? .record(Fields(reading: members))
      return
    }
    if var items = try? decoder.unkeyedContainer() {
      var list: [Value] = []
      while !items.isAtEnd { list.append(try items.decode(Value.self)) }
      self = .list(list)
      return
    }
    let single = try decoder.singleValueContainer()
    if single.decodeNil() {
      self = .null
    } else if let bool = try? single.decode(Bool.self) {
      self = .bool(bool)
    } else if let int = try? single.decode(Int64.self) {
      self = .int(int)
    } else if let text = try? single.decode(String.self) {
      self = .text(text)
    } else {
      // A number that is no integer decides nothing here; it is kept for whoever reads it.
      self = .text("\(try single.decode(Double.self))")
    }
  }

  private static func money(in members: KeyedDecodingContainer<FieldKey>) throws -> Value? {
    guard members.allKeys.count == 2, let code = try? members.decode(String.self, forKey: FieldKey("currency")),
      let units = try? members.decode(Int64.self, forKey: FieldKey("minor_units")), let currency = Currency(code)
    else { return nil }
    return .money(Money(minorUnits: units, currency: currency))
  }

  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .list(let list):
      var items = encoder.unkeyedContainer()
      for item in list { try items.encode(item) }
    case .record(let fields): try fields.encode(to: encoder)
    case .money(let money):
      var members = encoder.container(keyedBy: FieldKey.self)
      try members.encode(money.currency.code, forKey: FieldKey("currency"))
      try members.encode(money.minorUnits, forKey: FieldKey("minor_units"))
    default:
      var single = encoder.singleValueContainer()
      switch self {
      case .bool(let bool): try single.encode(bool)
      case .int(let int): try single.encode(int)
      case .text(let text): try single.encode(text)
      case .instant(let instant): try single.encode(instant.exact)
      default: try single.encodeNil()
      }
    }
  }
}

/// An object. Its members are read in the order of their names: JSON gives them none.
extension Fields: Codable {
  public init(from decoder: any Decoder) throws {
    try self.init(reading: decoder.container(keyedBy: FieldKey.self))
  }

  fileprivate init(reading members: KeyedDecodingContainer<FieldKey>) throws {
    let keys = members.allKeys.sorted { $0.stringValue < $1.stringValue }
    self.init(try keys.map { (Name($0.stringValue), try members.decode(Value.self, forKey: $0)) })
  }

  public func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: FieldKey.self)
    for entry in entries { try members.encode(entry.value, forKey: FieldKey(entry.name.text)) }
  }
}

/// A name as a member of an object has it.
private struct FieldKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(_ text: String) { stringValue = text }
  init?(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
