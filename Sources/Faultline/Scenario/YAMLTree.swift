// A YAML document as this reader sees it: scalars as they were typed, with their places.

/// A place in a file, from 1.
package struct TextPosition: Hashable, Comparable, Sendable {
  package var line: Int
  package var column: Int

  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  package static func < (a: TextPosition, b: TextPosition) -> Bool { (a.line, a.column) < (b.line, b.column) }
}

/// A node of a YAML document. Types are not resolved: what a scalar means depends on what is expected
/// where it stands, never on its looks.
package struct YAMLTree: Sendable {
  package var position: TextPosition
  package var content: Content

  package enum Content: Sendable {
    case scalar(String, isQuoted: Bool)
    case list([YAMLTree])
    case map([Entry])
  }

  package struct Entry: Sendable {
    package var key: String
    package var keyPosition: TextPosition
    package var isKeyQuoted: Bool
    package var value: YAMLTree
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
