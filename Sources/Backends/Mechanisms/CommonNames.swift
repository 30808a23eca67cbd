// Words that more than one system uses, interned once.

import Operations
import Primitives

extension Name {
  static let id: Name = "id"
  static let name: Name = "name"
  static let owner: Name = "owner"
  static let customer: Name = "customer"
  static let reference: Name = "reference"
  static let plan: Name = "plan"
  static let period: Name = "period"
  static let periodStart: Name = "period_start"
  static let periodEnd: Name = "period_end"
  static let status: Name = "status"
  static let count: Name = "count"
  static let amount: Name = "amount"
  static let created: Name = "created"
  static let tags: Name = "tags"
  static let subject: Name = "subject"
}

extension Value {
  /// A name's text; null where there is none.
  static func name(_ name: Name?) -> Value { name.map { .text($0.text) } ?? .null }
  /// A text, or null where there is none.
  static func optional(_ text: String?) -> Value { text.map(Value.text) ?? .null }
}
