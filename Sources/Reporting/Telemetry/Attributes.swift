// Values and attributes in the JSON encoding of OTLP: typed, lowerCamelCase, 64-bit integers as decimal strings.

import Operations
import Primitives

/// A value of an attribute.
indirect enum TelemetryValue: Hashable, Sendable {
  case text(String)
  case int(Int64)
  case bool(Bool)
  case list([TelemetryValue])
  case map([(key: String, value: TelemetryValue)])
  /// A value that is there and says nothing.
  case empty

  static func text(_ name: Name) -> TelemetryValue { .text(name.text) }
  static func text(_ text: String?) -> TelemetryValue? { text.map { .text($0) } }
  static func texts(_ texts: [String]) -> TelemetryValue { .list(texts.map { .text($0) }) }

  /// What a call carries or a response shows, without secrets: a log is read by more people than may know them.
  static func fields(_ fields: Fields) -> TelemetryValue {
    .map(fields.entries.map { ($0.name.text, isSecret($0.name) ? .text("(withheld)") : TelemetryValue($0.value)) })
  }

  private static func isSecret(_ name: Name) -> Bool {
    ["secret", "password", "token"].contains { name.text == $0 || name.text.hasSuffix("_\($0)") }
  }

  init(_ value: Value) {
    switch value {
    case .null: self = .empty
    case .bool(let bool): self = .bool(bool)
    case .int(let int): self = .int(int)
    case .text(let text): self = .text(text)
    case .money(let money): self = .text(money.description)
    case .instant(let instant): self = .text(instant.description)
    case .list(let values): self = .list(values.map { TelemetryValue($0) })
    case .record(let fields): self = .fields(fields)
    }
  }

  /// An `AnyValue`.
  var json: JSON {
    switch self {
    case .text(let text): ["stringValue": .text(text)]
    case .int(let int): ["intValue": .text(String(int))]
    case .bool(let bool): ["boolValue": .bool(bool)]
    case .list(let values): ["arrayValue": ["values": .array(values.map(\.json))]]
    case .map(let entries):
      ["kvlistValue": ["values": .array(entries.map { ["key": .text($0.key), "value": $0.value.json] })]]
    case .empty: [:]
    }
  }

  static func == (a: TelemetryValue, b: TelemetryValue) -> Bool { a.json == b.json }
  func hash(into hasher: inout Hasher) { hasher.combine(json) }
}

/// Named values, each name once, in the order in which they were added.
struct Attributes: ExpressibleByDictionaryLiteral {
  private(set) var entries: [(key: String, value: TelemetryValue)] = []

  init() {}

  /// Entries without a value are left out.
  init(dictionaryLiteral elements: (String, TelemetryValue?)...) {
    for (key, value) in elements { self[key] = value }
  }

  subscript(key: String) -> TelemetryValue? {
    get { entries.first { $0.key == key }?.value }
    set {
      entries.removeAll { $0.key == key }
      if let newValue { entries.append((key, newValue)) }
    }
  }

  /// Adds the others; of two values of one name the others' counts.
  mutating func add(_ others: Attributes) {
    for (key, value) in others.entries { self[key] = value }
  }

  func with(_ key: String, _ value: TelemetryValue?) -> Attributes {
    var copy = self
    copy[key] = value
    return copy
  }

  /// A list of `KeyValue`.
  var json: JSON { .array(entries.map { ["key": .text($0.key), "value": $0.value.json] }) }
}

extension JSON: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, JSON)...) { self = .object(elements.map { Member($0, $1) }) }
}
