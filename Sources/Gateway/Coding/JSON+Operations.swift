// How arguments and bodies look in JSON, and what an operation's schema is.

import Faultline
import Operations
import Primitives

/// An argument that does not fit its operation.
struct ArgumentProblem: Error {
  var parameter: String
  /// What was expected, and what was found.
  var message: String
}

extension JSON {
  /// Money as `{"currency": "EUR", "minor_units": 120000}`, instants in RFC 3339, everything else as JSON has it.
  init(_ value: Operations.Value) {
    switch value {
    case .null: self = .null
    case .bool(let bool): self = .bool(bool)
    case .int(let int): self = .int(int)
    case .text(let text): self = .text(text)
    case .money(let money):
      self = ["currency": .text(money.currency.code), "minor_units": .int(money.minorUnits)]
    case .instant(let instant): self = .text(instant.exact)
    case .list(let list): self = .list(list.map(JSON.init))
    case .record(let fields): self = JSON(fields)
    }
  }

  init(_ fields: Fields) {
    self = .object(
      Dictionary(fields.entries.map { ($0.name.text, JSON($0.value)) }, uniquingKeysWith: { first, _ in first }))
  }

  /// The value, as a parameter of this kind takes it; nil where it does not fit.
  func value(as kind: Parameter.Kind) -> Operations.Value? {
    switch kind {
    case .text: text.map { .text($0) }
    case .int: int.map { .int($0) }
    case .bool: bool.map { .bool($0) }
    case .money: money.map { .money($0) }
    case .instant: text.flatMap { Instant(iso8601: $0) }.map { .instant($0) }
    case .list: list.map { .list($0.map(\.plainValue)) }
    case .record: object == nil ? nil : plainValue
    }
  }

  /// Also as people write it, `1,200.00 EUR`.
  private var money: Money? {
    if let text { return Money(text) }
    guard let units = self["minor_units"]?.int, let code = self["currency"]?.text, let currency = Currency(code) else {
      return nil
    }
    return Money(minorUnits: units, currency: currency)
  }

  /// What it is where nobody says of which kind it has to be. Members come in the order of their names.
  private var plainValue: Operations.Value {
    switch self {
    case .null: .null
    case .bool(let bool): .bool(bool)
    case .int(let int): .int(int)
    case .number(let number): .text("\(number)")
    case .text(let text): .text(text)
    case .list(let list): .list(list.map(\.plainValue))
    case .object(let members):
      if let money { .money(money) } else {
        .record(Fields(members.keys.sorted().map { (Name($0), members[$0]?.plainValue ?? .null) }))
      }
    }
  }
}

extension Operation {
  /// The arguments that a document carries, in the order in which they are declared; what the operation does not
  /// know comes after that, so that a system can refuse it.
  func arguments(from document: JSON) throws(ArgumentProblem) -> Fields {
    guard let members = document.object else {
      throw ArgumentProblem(parameter: "", message: "expected an object with the arguments of \(name)")
    }
    var fields = Fields()
    for parameter in parameters {
      guard let member = members[parameter.name.text], member != .null else { continue }
      guard let value = member.value(as: parameter.kind) else {
        throw ArgumentProblem(
          parameter: parameter.name.text,
          message: "expected \(parameter.kind.phrase) in \(parameter.name), found \(member.printed)")
      }
      fields[parameter.name] = value
    }
    for key in members.keys.sorted() where !parameters.contains(where: { $0.name.text == key }) {
      throw ArgumentProblem(
        parameter: key,
        message: "\(name) has no argument \(key); it takes \(parameters.map(\.name.text).joined(separator: ", "))")
    }
    return fields
  }

  /// The JSON schema of its arguments.
  var schema: JSON {
    var properties: [String: JSON] = [:]
    for parameter in parameters { properties[parameter.name.text] = parameter.schema }
    return [
      "type": "object", "properties": .object(properties), "additionalProperties": false,
      "required": .list(parameters.filter(\.isRequired).map { .text($0.name.text) }),
    ]
  }
}

extension Parameter {
  fileprivate var schema: JSON {
    var members: [String: JSON] = ["description": .text(summary)]
    switch kind {
    case .text: members["type"] = "string"
    case .int:
      members["type"] = "integer"
      members["format"] = "int64"
    case .bool: members["type"] = "boolean"
    case .money:
      members["type"] = "object"
      members["properties"] = [
        "currency": ["type": "string", "pattern": "^[A-Z]{3}$"], "minor_units": ["type": "integer", "format": "int64"],
      ]
      members["required"] = ["currency", "minor_units"]
      members["additionalProperties"] = false
    case .instant:
      members["type"] = "string"
      members["format"] = "date-time"
    case .list:
      members["type"] = "array"
      members["items"] = [:]
    case .record: members["type"] = "object"
    }
    if !allowed.isEmpty { members["enum"] = .list(allowed.map { .text($0) }) }
    return .object(members)
  }
}

extension Parameter.Kind {
  fileprivate var phrase: String {
    switch self {
    case .text: "a string"
    case .int: "a whole number"
    case .bool: "true or false"
    case .money: #"an amount such as {"minor_units": 120000, "currency": "EUR"}"#
    case .instant: "a time in UTC such as 2026-11-02T09:00:00Z"
    case .list: "a list"
    case .record: "an object"
    }
  }
}
