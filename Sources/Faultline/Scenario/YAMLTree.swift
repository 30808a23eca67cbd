// A YAML document as this reader sees it: scalars as they were typed, with their places.

/// A place in a file, from 1.
struct TextPosition: Hashable, Comparable, Sendable {
  var line: Int
  var column: Int

  static func < (a: TextPosition, b: TextPosition) -> Bool { (a.line, a.column) < (b.line, b.column) }
}

/// A node of a YAML document. Types are not resolved: what a scalar means depends on what is expected
/// where it stands, never on its looks.
struct YAMLTree: Sendable {
  var position: TextPosition
  var content: Content

  enum Content: Sendable {
    case scalar(String, isQuoted: Bool)
    case list([YAMLTree])
    case map([Entry])
  }

  struct Entry: Sendable {
    var key: String
    var keyPosition: TextPosition
    var isKeyQuoted: Bool
    var value: YAMLTree
  }

  /// What it is, for "expected text, found a list".
  var kind: String {
    switch content {
    case .scalar(let text, let isQuoted): isQuoted ? "the text \"\(text)\"" : PlainScalar(text).description(of: text)
    case .list: "a list"
    case .map: "a mapping"
    }
  }
}
