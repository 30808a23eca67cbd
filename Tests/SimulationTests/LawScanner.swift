// Law 1 as a reader of sources: no time and no chance but the kernel's, nothing shared between two runs.

import Foundation

/// A place in a source that breaks a law.
struct LawFinding: CustomStringConvertible, Equatable {
  var path: String
  var line: Int
  var law: String
  var code: String

  var description: String { "\(path):\(line): \(law): \(code)" }
}

/// Finds by text what the compiler can't refuse.
///
/// A line whose comment says `order-free:` and why is not judged for its iteration order: sums, counts
/// and sets made from sets don't depend on it.
struct LawScanner {
  /// What is forbidden, as a regular expression over code without comments and literals, and why.
  static let laws: [(name: String, pattern: String)] = [
    ("reads the clock", #"\bDate\s*\(|\bDate\.now\b|\b(Continuous|Suspending)Clock\b|\bDispatch(Wall)?Time\b"#),
    ("reads the clock", #"\b(CFAbsoluteTimeGetCurrent|clock_gettime|gettimeofday|mach_absolute_time|localtime)\b"#),
    ("makes up an id", #"\bUUID\s*\("#),
    ("draws by chance", #"\.random(Element)?\b|\.shuffled?\s*\(\s*\)|\bSystemRandomNumberGenerator\b"#),
    ("draws by chance", #"\b(arc4random\w*|drand48|getrandom)\b"#),
    ("sleeps", #"\bTask\s*\.\s*sleep\b|\bTask\s*\.\s*yield\b|\b(usleep|nanosleep)\b"#),
    ("starts a thread or a task", #"\bThread\b|\bDispatchQueue\b|\bpthread_\w+|\bTask\s*(\.\s*detached|\s*\{|<)"#),
    ("locks", #"\b(NSLock|NSRecursiveLock|NSCondition|Mutex|OSAllocatedUnfairLock|Atomic|DispatchSemaphore)\b"#),
    ("asks the machine", #"\bProcessInfo\b|\bgetenv\b|\b(TimeZone|Locale|Calendar)\.current\b"#),
    ("hashes by process", #"\bHasher\s*\(\s*\)|\bhashValue\b|\bObjectIdentifier\b"#),
    ("is shared by all runs", #"\bstatic\s+var\b[^{]*$|\bstatic\s+var\b[^{]*=|\bnonisolated\s*\(\s*unsafe\s*\)"#),
    ("is shared by all runs", #"^((public|internal|private|fileprivate|package)\s+)?var\s"#),
    (
      "imports what time and chance come with",
      #"^\s*(@\w+\s+|public\s+)*import\s+(Foundation\w*|Dispatch|Synchronization|Glibc|Darwin|Musl|os)\b"#
    ),
  ]

  /// Operations whose result shows the order in which a hashed collection happens to be stored.
  static let ordered =
    "keys|values|map|flatMap|compactMap|forEach|reduce|first|enumerated|popFirst|min|max|joined|prefix|dropFirst"
    + "|elements|randomElement|makeIterator"

  /// - Parameter family: the files that extend the same types, where hashed collections may have been
  ///   declared.
  func findings(in file: SourceFile, family: [SourceFile]) throws -> [LawFinding] {
    let source = StrippedSource(file.text)
    var laws = Self.laws
    for name in try Set((family + [file]).flatMap { try hashedCollections(in: StrippedSource($0.text)) }).sorted() {
      let loop = #"\bin\s+(self\.)?\#(name)(\.(keys|values))?\s*(\{|where\b|$)"#
      let call = #"(^|[^.\w])(self\.)?\#(name)\.(\#(Self.ordered))\b"#
      laws.append((Self.orderLaw, "\(loop)|\(call)"))
    }
    return try laws.flatMap { law in
      try lines(of: source, matching: law.pattern).compactMap { index in
        let code = source.lines[index].trimmingCharacters(in: .whitespaces)
        let isExcused = code.contains(".sorted") || source.comments[index].contains("order-free:")
        if law.name == Self.orderLaw, isExcused { return nil }
        return LawFinding(path: file.path, line: index + 1, law: law.name, code: code)
      }
    }
  }

  static let orderLaw = "depends on the order of a hashed collection"

  /// Names that the code declares as dictionaries or sets.
  func hashedCollections(in source: StrippedSource) throws -> [String] {
    let types = #"(?:\[[^\[\]\n():]+:[^\[\]\n]+\]|(?:Set|Dictionary)<)"#
    let initial = #"(?:\[\s*:\s*\]|(?:Set|Dictionary)\s*[<(]|\#(types)\()"#
    let declared = try NSRegularExpression(pattern: #"\b(?:var|let)\s+(\w+)\s*(?::\s*\#(types)|=\s*\#(initial))"#)
    let text = source.lines.joined(separator: "\n") as NSString
    return declared.matches(in: text as String, range: NSRange(location: 0, length: text.length))
      .map { text.substring(with: $0.range(at: 1)) }
  }

  /// Indices of the lines in which the pattern occurs, each once.
  private func lines(of source: StrippedSource, matching pattern: String) throws -> [Int] {
    let expression = try NSRegularExpression(pattern: pattern, options: [.anchorsMatchLines])
    return source.lines.indices.filter { index in
      let line = source.lines[index]
      return expression.firstMatch(in: line, range: NSRange(location: 0, length: line.utf16.count)) != nil
    }
  }
}
