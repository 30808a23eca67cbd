// The JSON schema of scenario files, for editors. Made from the same shapes that the reader checks against.

import Primitives

/// The JSON schema (draft 2020-12, https://json-schema.org/draft/2020-12) of scenario files.
public struct ScenarioSchema: Sendable {
  let shapes: ScenarioShapes

  /// - Parameter vocabulary: the names that editors shall offer.
  public init(_ vocabulary: Vocabulary) { shapes = ScenarioShapes(vocabulary) }

  /// The schema as a JSON document.
  public var text: String { document.printed() + "\n" }

  var document: JSONText {
    guard case .object(let members) = object(shapes.scenario) else {
      preconditionFailure("the schema of a mapping is an object")
    }
    return .object(
      [
        ("$schema", .text("https://json-schema.org/draft/2020-12/schema")),
        ("title", .text("Faultline scenario")),
        ("description", .text("A situation to put an operations agent into, and what it must do there.")),
      ] + members)
  }

  private func object(_ shape: Shape) -> JSONText {
    let required = shape.keys.filter(\.isRequired).map { JSONText.text($0.name) }
    var members: [(String, JSONText)] = [("type", .text("object")), ("additionalProperties", .bool(false))]
    if !required.isEmpty { members.append(("required", .list(required))) }
    members.append(("properties", .object(shape.keys.map { ($0.name, described(kind($0.kind), $0.summary)) })))
    return .object(members)
  }

  private func described(_ schema: JSONText, _ summary: String) -> JSONText {
    guard case .object(let members) = schema else { return schema }
    return .object([("description", .text(summary))] + members)
  }

  private func kind(_ kind: ValueKind) -> JSONText {
    switch kind {
    case .text: return typed("string")
    case .int(let range):
      var members: [(String, JSONText)] = [("type", .text("integer")), ("minimum", .int(range.lowerBound))]
      if range.upperBound < .max { members.append(("maximum", .int(range.upperBound))) }
      return .object(members)
    case .bool: return typed("boolean")
    case .span: return pattern("^[0-9]+(d|h|m|min|s|ms|us|ns)$")
    case .money: return pattern("^-?[0-9][0-9,]*(\\.[0-9]+)? [A-Za-z]{3}$")
    case .instant: return pattern("^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2}))?$")
    case .civil: return pattern("^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?)?$")
    case .period: return pattern("^[0-9]{4}-(0[1-9]|1[0-2])$")
    case .name(let names):
      return names.isEmpty ? typed("string") : .object([("enum", .list(names.map(JSONText.text)))])
    case .word(let word): return .object([("const", .text(word))])
    case .pattern(let form): return pattern(form)
    case .either(let kinds): return .object([("anyOf", .list(kinds.map(self.kind)))])
    case .list(let element): return .object([("type", .text("array")), ("items", self.kind(element))])
    case .mapping(let shape): return object(shape)
    case .table(let element, nil):
      return .object([("type", .text("object")), ("additionalProperties", self.kind(element))])
    case .table(let element, let keys?):
      return .object([
        ("type", .text("object")), ("additionalProperties", .bool(false)),
        ("patternProperties", .object([(keys, self.kind(element))])),
      ])
    case .data: return .object([])
    case .value:
      let scalars = ["string", "integer", "boolean"].map(JSONText.text)
      return .object([
        ("type", .list(scalars + [.text("array")])),
        ("items", .object([("type", .list(scalars))])),
      ])
    }
  }

  private func typed(_ type: String) -> JSONText { .object([("type", .text(type))]) }

  private func pattern(_ form: String) -> JSONText {
    .object([("type", .text("string")), ("pattern", .text(form))])
  }
}
