// Reads whatever a kind of value allows: options of systems, inputs of workflows, selectors of intents.

import Operations
import Primitives

extension Problems {
  /// A value of this kind. Spans and periods come back as their text.
  package mutating func value(_ tree: YAMLTree, _ kind: ValueKind, _ what: String) -> Value? {
    switch kind {
    case .text, .pattern: return text(tree, what).map(Value.text)
    case .int(let range): return int(tree, what, in: range).map(Value.int)
    case .bool: return bool(tree).map(Value.bool)
    case .span: return span(tree, what).map { .text($0.description) }
    case .money: return money(tree, what).map(Value.money)
    case .instant: return instant(tree, what).map(Value.instant)
    case .civil: return civil(tree, what).map { .text($0.description) }
    case .period: return period(tree, what).map(Value.text)
    case .name(let known): return name(tree, among: known, "value of \(what)").map(Value.text)
    case .word(let word): return name(tree, among: [word], "value of \(what)").map(Value.text)
    case .list(let element): return list(tree, what)?.compactMap { value($0, element, what) }.asList
    case .table(let element, _):
      guard let entries = table(tree, what) else { return nil }
      let fields = entries.compactMap { entry in value(entry.value, element, what).map { (Name(entry.key), $0) } }
      return .record(Fields(fields))
    case .value: return anything(tree, what, isNested: false)
    case .data: return anything(tree, what, isNested: true)
    case .either, .mapping: preconditionFailure("\(what) is read by its own reader")
    }
  }

  /// A scalar whose kind nothing declares, or a list of them: what looks the same to every reader passes,
  /// everything else must be in quotes.
  private mutating func anything(_ tree: YAMLTree, _ what: String, isNested: Bool) -> Value? {
    switch tree.content {
    case .map where !isNested: return mismatch(tree, what, remedy: "write a single value or a list")
    case .map: return value(tree, .table(.data, keys: nil), what)
    case .list(let items): return items.compactMap { anything($0, what, isNested: isNested) }.asList
    case .scalar(let text, isQuoted: true): return .text(text)
    case .scalar(let text, isQuoted: false):
      switch PlainScalar(text) {
      case .bool(let bool): return .bool(bool)
      case .int(let int): return .int(int)
      case .text: return Money(text).map(Value.money) ?? .text(text)
      case .null, .oddBool, .oddInt, .float, .date:
        return mismatch(tree, what, remedy: "write \"\(text)\" in quotes if you mean the text")
      }
    }
  }
}

extension [Value] {
  fileprivate var asList: Value { .list(self) }
}
