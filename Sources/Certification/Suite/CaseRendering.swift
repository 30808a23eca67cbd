// A case is asked with other names each time, so that nobody can have learnt its answer by heart.

import Operations
import OpsAgent
import Primitives

/// A case as it is asked: no placeholder is left.
public struct RenderedCase: Hashable, Sendable {
  public var id: String
  public var kind: CaseClass
  public var query: DecisionQuery
  /// The same question with other words in it.
  public var paraphrases: [DecisionQuery]
  public var admissible: [Answer]

  public struct Answer: Hashable, Sendable {
    public var transition: Name
    public var fields: Fields
  }
}

extension SuiteCase {
  /// The case under a seed: each placeholder gets one of its values, two of one pool never the same.
  public func rendered(seed: UInt64) -> RenderedCase {
    let values = values(seed: seed)
    func fill(_ text: String) -> String { Placeholders.fill(text, values) }
    func fields(_ fields: [Field]) -> Fields {
      Fields(fields.map { ($0.name, CaseFields.value(of: $0.name, fill($0.text))) })
    }
    var query = DecisionQuery(
      fork: fork, step: step, options: options, facts: fields(facts), text: fill(text))
    query.facts["workflow"] = .text(workflow.text)
    let others = paraphrases.map { paraphrase in
      var other = query
      other.text = fill(paraphrase)
      return other
    }
    return RenderedCase(
      id: id, kind: kind, query: query, paraphrases: others,
      admissible: admissible.map { RenderedCase.Answer(transition: $0.transition, fields: fields($0.fields)) })
  }

  private func values(seed: UInt64) -> [String: String] {
    var values: [String: String] = [:]
    var taken: Set<String> = []
    for variable in variables {
      let draw = Draw(seed: seed, key: Name(id).hash).derived(Name(variable.name))
      let free = variable.values.filter { !taken.contains($0) }
      let pool = free.isEmpty ? variable.values : free
      let value = pool[Int(draw.below(UInt64(pool.count)))]
      taken.insert(value)
      values[variable.name] = value
    }
    return values
  }
}

/// Texts with `{{name}}` in them; `{{Name}}` stands for the same value with a capital letter.
enum Placeholders {
  static func fill(_ text: String, _ values: [String: String]) -> String {
    var filled = ""
    for part in parts(of: text) {
      switch part {
      case .text(let text): filled += text
      case .name(let name, _): filled += value(name, values) ?? "{{\(name)}}"
      }
    }
    return filled
  }

  private static func value(_ name: String, _ values: [String: String]) -> String? {
    if let value = values[name] { return value }
    guard let value = values[name.prefix(1).lowercased() + name.dropFirst()] else { return nil }
    return value.prefix(1).uppercased() + value.dropFirst()
  }

  enum Part {
    case text(String)
    /// A name and the line on which it stands, from 0.
    case name(String, line: Int)
  }

  static func parts(of text: String) -> [Part] {
    var parts: [Part] = []
    var rest = text[...]
    var line = 0
    while let start = rest.firstRange(of: "{{"), let end = rest[start.upperBound...].firstRange(of: "}}") {
      parts.append(.text(String(rest[..<start.lowerBound])))
      line += rest[..<start.lowerBound].count { $0.isNewline }
      let name = rest[start.upperBound..<end.lowerBound].filter { $0 != " " }
      parts.append(.name(name, line: line))
      rest = rest[end.upperBound...]
    }
    parts.append(.text(String(rest)))
    return parts
  }

  /// The names that stand in a text, each with its line from 0.
  static func names(in text: String) -> [(name: String, line: Int)] {
    parts(of: text).compactMap { if case .name(let name, let line) = $0 { (name, line) } else { nil } }
  }

  /// The name of the value that a placeholder stands for.
  static func base(of name: String) -> String { name.prefix(1).lowercased() + name.dropFirst() }
}

/// The fields that a decider may read from a text, with their kinds.
public enum CaseFields {
  public static let names: [Name] = [
    "customer", "plan", "period", "effective", "region", "email", "price", "from", "role",
  ]

  static func value(of name: Name, _ text: String) -> Value {
    name == "price" ? Money(text).map { .money($0) } ?? .text(text) : .text(text)
  }
}

/// Values that placeholders may stand for, by the name that a case gives them.
enum Pools {
  static let all: [String: [String]] = [
    "companies": [
      "acme", "globex", "initech", "hooli", "vandelay", "wernham", "contoso", "fabrikam", "northwind", "umbrella",
      "soylent", "tyrell", "cyberdyne", "wonka", "duff", "sterling", "pied-piper", "dunder", "oceanic", "massive",
    ],
    "people": [
      "Mira", "Jonas", "Ayse", "Tom", "Ines", "Pavel", "Chen", "Fatou", "Lars", "Noor", "Giulia", "Kofi", "Hana", "Raj",
      "Sofia", "Ben",
    ],
    "months": ["2026-11", "2026-12", "2027-01", "2027-02", "2027-03", "2027-04"],
    "plans": ["starter", "pro", "enterprise"],
  ]
}
