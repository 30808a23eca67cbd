// The form of a mapping in a file: which keys it has and what each holds. Readers and schemas use the same one.

/// A mapping with a closed set of keys.
package struct Shape: Sendable {
  /// What it is, for messages: `a fault`.
  package var title: String
  package var keys: [Key]

  package init(title: String, keys: [Key]) {
    self.title = title
    self.keys = keys
  }

  package struct Key: Sendable {
    package var name: String
    package var kind: ValueKind
    package var isRequired: Bool
    /// One sentence for people who hover over the key in an editor.
    package var summary: String

    package init(_ name: String, _ kind: ValueKind, required: Bool = false, _ summary: String) {
      self.name = name
      self.kind = kind
      isRequired = required
      self.summary = summary
    }
  }
}

/// What may stand behind a key.
package indirect enum ValueKind: Sendable {
  case text
  case int(ClosedRange<Int64>)
  case bool
  case span, money, instant, period
  /// A time on a wall clock, without a zone.
  case civil
  /// One of these names.
  case name([String])
  /// A literal word, where another kind is possible too: `all`.
  case word(String)
  /// Text of this form, as a regular expression.
  case pattern(String)
  case either([ValueKind])
  case list(ValueKind)
  case mapping(Shape)
  /// A mapping whose keys the file chooses; `keys` is a regular expression where they have a form.
  case table(ValueKind, keys: String?)
  /// A scalar of any kind, or a list of them.
  case value
  /// Anything: lists and mappings of any depth.
  case data
}

/// A mapping that is being read: every key of its shape, and no other.
package struct Section {
  package let shape: Shape
  package let position: TextPosition
  private let entries: [YAMLTree.Entry]

  /// Reports what is no mapping, every key that the shape does not have, and every required key that is
  /// missing. Nil only for what is no mapping.
  package init?(_ tree: YAMLTree, _ shape: Shape, _ problems: inout Problems) {
    self.shape = shape
    position = tree.position
    guard case .map(let entries) = tree.content else {
      let names = shape.keys.prefix(3).map(\.name).joined(separator: ", ")
      let _: Never? = problems.mismatch(tree, shape.title, remedy: "write a mapping with the keys \(names)")
      return nil
    }
    let known = shape.keys.map(\.name)
    var misspelt: [String] = []
    for entry in entries where !known.contains(entry.key) {
      problems.unknown(entry.key, at: entry.keyPosition, among: known, "key of \(shape.title)")
      misspelt += NearestName.find(entry.key, among: known).map { [$0] } ?? []
    }
    for key in shape.keys
    where key.isRequired && !misspelt.contains(key.name) && !entries.contains(where: { $0.key == key.name }) {
      problems.report(
        position, "\(shape.title) needs the key '\(key.name)'", remedy: "add '\(key.name): …'; \(key.summary)")
    }
    self.entries = entries
  }

  /// What stands behind a key; nil where the file leaves it out.
  /// - Precondition: the shape has that key.
  package subscript(key: String) -> YAMLTree? {
    precondition(shape.keys.contains { $0.name == key }, "\(shape.title) has no key '\(key)'")
    return entries.first { $0.key == key }?.value
  }

  /// Every entry whose key the shape has, in the order of the file.
  package var known: [YAMLTree.Entry] { entries.filter { entry in shape.keys.contains { $0.name == entry.key } } }
}
