// From text to a tree, by way of Yams. Every mistake that the parser finds becomes a diagnostic.

import Yams

extension YAMLTree {
  /// More nodes than any honest file has; a few lines of aliases can expand to billions.
  private static let largestTree = 20_000

  /// Parses one document.
  ///
  /// Keys that are written twice are found in one go with all other mistakes: the parser stops at the
  /// first, so its key is marked and the text parsed again.
  /// - Returns: the tree, or nil where the text is no YAML; then `problems` has grown.
  package static func parse(_ source: String, problems: inout Problems) -> YAMLTree? {
    var scalars = Array(source.unicodeScalars)
    if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
    guard !scalars.contains(where: isForbidden) else {
      problems.report(
        position(ofOffset: scalars.firstIndex(where: isForbidden) ?? 0, in: scalars),
        "a control character stands here", remedy: "delete it; YAML allows none but tab and line break")
      return nil
    }
    var repeated: [TextPosition: String] = [:]
    var text = source
    if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
    while true {
      do {
        let parser = try Parser(yaml: text, resolver: .basic, constructor: .default, encoding: .utf8)
        guard let root = try parser.singleRoot() else {
          problems.report(
            TextPosition(line: 1, column: 1), "the file is empty", remedy: "'faultline init' writes a first scenario")
          return nil
        }
        var builder = Builder(problems: problems, repeated: repeated)
        let tree = builder.tree(root)
        problems = builder.problems
        return builder.isTooLarge ? nil : tree
      } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
        let place = TextPosition(line: context.mark.line, column: context.mark.column)
        guard let key = keys.first, mark(key, at: place, in: &scalars, number: repeated.count) else {
          problems.report(place, "a key is written twice in this mapping", remedy: "keep one of them")
          return nil
        }
        repeated[place] = key
        text = String(String.UnicodeScalarView(scalars))
      } catch {
        problems.report(error)
        return nil
      }
    }
  }

  private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A, 0x0D, 0x85: false
    case 0..<0x20, 0x7F..<0xA0, 0xFEFF, 0xFFFE, 0xFFFF: true
    default: false
    }
  }

  /// Puts a private-use character over the first one of a key, which keeps every place in the text.
  private static func mark(
    _ key: String, at place: TextPosition, in scalars: inout [Unicode.Scalar], number: Int
  ) -> Bool {
    guard number < 1_000, let sign = Unicode.Scalar(0xE000 + UInt32(number)) else { return false }
    guard var offset = offset(of: place, in: scalars) else { return false }
    if scalars[offset] == "\"" || scalars[offset] == "'" { offset += 1 }
    let wanted = Array(key.unicodeScalars)
    guard !wanted.isEmpty, scalars[offset...].starts(with: wanted) else { return false }
    scalars[offset] = sign
    return true
  }

  private static func offset(of place: TextPosition, in scalars: [Unicode.Scalar]) -> Int? {
    scalars.indices.first { position(ofOffset: $0, in: scalars) == place }
  }

  private static func position(ofOffset offset: Int, in scalars: [Unicode.Scalar]) -> TextPosition {
    var place = TextPosition(line: 1, column: 1)
    for index in 0..<offset {
      let isBreak =
        scalars[index] == "\n" || scalars[index] == "\u{85}" || scalars[index] == "\u{2028}"
        || scalars[index] == "\u{2029}" || (scalars[index] == "\r" && scalars[index + 1] != "\n")
      place =
        isBreak
        ? TextPosition(line: place.line + 1, column: 1)
        : TextPosition(
          line: place.line, column: place.column + 1)
    }
    return place
  }

  /// Turns the parser's nodes into ours.
  private struct Builder {
    var problems: Problems
    /// Where a marked key stands, and what it was.
    let repeated: [TextPosition: String]
    private var count = 0
    private(set) var isTooLarge = false

    init(problems: Problems, repeated: [TextPosition: String]) {
      self.problems = problems
      self.repeated = repeated
    }

    mutating func tree(_ node: Node) -> YAMLTree {
      let place = node.mark.map { TextPosition(line: $0.line, column: $0.column) } ?? TextPosition(line: 1, column: 1)
      count += 1
      guard count <= YAMLTree.largestTree else {
        if !isTooLarge {
          problems.report(place, "aliases make this file too large", remedy: "write out what you need of it")
        }
        isTooLarge = true
        return YAMLTree(position: place, content: .scalar("", isQuoted: true))
      }
      switch node {
      case .scalar(let scalar): return YAMLTree(position: place, content: self.scalar(scalar, at: place))
      case .sequence(let items): return YAMLTree(position: place, content: .list(items.map { tree($0) }))
      case .mapping(let mapping): return YAMLTree(position: place, content: .map(entries(mapping)))
      case .alias: preconditionFailure("the parser left an alias in the tree")
      }
    }

    private mutating func scalar(_ scalar: Node.Scalar, at place: TextPosition) -> Content {
      let tag = scalar.tag.rawValue
      let isText = tag == Tag.Name.str.rawValue
      if !isText, tag != Tag.Name.implicit.rawValue {
        problems.report(place, "tags have no meaning here", remedy: "take the '!' and the word after it out")
      }
      return .scalar(scalar.string, isQuoted: isText || scalar.style != .plain)
    }

    private mutating func entries(_ mapping: Node.Mapping) -> [Entry] {
      var entries: [Entry] = []
      var marked: [Entry] = []
      for (key, value) in mapping {
        guard case .scalar(let scalar) = key, let mark = scalar.mark else {
          let place = key.mark.map { TextPosition(line: $0.line, column: $0.column) }
          problems.report(
            place ?? TextPosition(line: 1, column: 1), "a key must be text, not a list or a mapping",
            remedy: "quote it if it is one that begins with [ or {")
          continue
        }
        let place = TextPosition(line: mark.line, column: mark.column)
        if scalar.string == "<<", scalar.style == .plain {
          problems.report(place, "merge keys are not read", remedy: "write the keys out here")
          continue
        }
        let isQuoted = scalar.style != .plain
        let key = repeated[place] ?? scalar.string
        entries.append(Entry(key: key, keyPosition: place, isKeyQuoted: isQuoted, value: tree(value)))
        if key != scalar.string, let entry = entries.last { marked.append(entry) }
      }
      for first in marked {
        guard let again = entries.first(where: { $0.key == first.key && $0.keyPosition > first.keyPosition }) else {
          continue
        }
        problems.report(
          again.keyPosition, "'\(first.key)' is written twice; the first is in line \(first.keyPosition.line)",
          remedy: "keep one of them")
      }
      return entries
    }
  }
}

extension Problems {
  /// Reports what the parser found.
  fileprivate mutating func report(_ error: any Error) {
    switch error {
    case YamlError.scanner(let context, let problem, let mark, _),
      YamlError.parser(let context, let problem, let mark, _),
      YamlError.composer(let context, let problem, let mark, _):
      let place = TextPosition(line: mark.line, column: mark.column)
      if problem.contains("another document") {
        report(
          place, "a second document begins here; one file holds one",
          remedy: "move it to a file of its own, or take the '---' out")
      } else {
        let whole = context.map { "\(problem) (\($0.text) from line \($0.mark.line))" } ?? problem
        report(place, "this is not YAML: \(whole)", remedy: Self.advice(problem))
      }
    default:
      report(TextPosition(line: 1, column: 1), "this is not YAML: \(error)")
    }
  }

  /// What usually causes a message of libyaml's scanner and parser.
  private static func advice(_ problem: String) -> String {
    if problem.contains("',' or '}'") || problem.contains("',' or ']'") {
      return "close the bracket, or quote a value that contains [ ] { } or a comma"
    }
    if problem.contains("cannot start any token") {
      return "indent with spaces, not tabs, and quote text that begins with @, ` or %"
    }
    if problem.contains("mapping values are not allowed") {
      return "quote text that contains a colon followed by a space, and check the indentation"
    }
    if problem.contains("undefined alias") { return "quote text that begins with '*'" }
    if problem.contains("expected ':'") { return "write 'key: value' with a space after the colon" }
    return "check the indentation and the quotes around here"
  }
}
