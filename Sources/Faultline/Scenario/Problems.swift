// Collects every mistake of one file, and reads values so that none passes for another.

import Primitives

/// The mistakes found in one file so far. Reading goes on after a mistake, so that all are told at once.
package struct Problems {
  package let path: String
  package private(set) var diagnostics: [Diagnostic] = []

  package init(path: String) { self.path = path }

  package mutating func report(_ place: TextPosition, _ message: String, remedy: String? = nil) {
    let found = Diagnostic(path: path, line: place.line, column: place.column, message: message, remedy: remedy)
    if !diagnostics.contains(found) { diagnostics.append(found) }
  }

  /// Adds what is wrong with a file that this one names.
  package mutating func add(_ errors: ScenarioErrors, at place: TextPosition) {
    for found in errors.diagnostics { report(place, "\(found.path): \(found.message)", remedy: found.remedy) }
  }

  /// Throws where anything was found, in the order of the file.
  package func throwIfAny() throws(ScenarioErrors) {
    guard !diagnostics.isEmpty else { return }
    throw ScenarioErrors(
      diagnostics.sorted { ($0.line, $0.column, $0.message) < ($1.line, $1.column, $1.message) })
  }

  // MARK: Scalars

  /// Text, which must be in quotes where some YAML reader would take it for something else.
  package mutating func text(_ tree: YAMLTree, _ what: String) -> String? {
    guard case .scalar(let text, let isQuoted) = tree.content else { return mismatch(tree, what) }
    if isQuoted || PlainScalar(text) == .text { return text }
    let remedy = text.isEmpty ? "write it after the colon" : "write \"\(text)\" in quotes if that is what you mean"
    return mismatch(tree, what, remedy: remedy)
  }

  /// Decimal digits and nothing else.
  package mutating func int(_ tree: YAMLTree, _ what: String, in range: ClosedRange<Int64> = 0...Int64.max) -> Int64? {
    guard case .scalar(let text, isQuoted: false) = tree.content else {
      return mismatch(tree, what, remedy: "write a whole number without quotes")
    }
    guard case .int(let value) = PlainScalar(text) else {
      return mismatch(tree, what, remedy: "write a whole number in decimal digits, such as 1 or 250")
    }
    guard range.contains(value) else {
      let top = range.upperBound
      let bounds = top == .max ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(top)"
      report(tree.position, "expected \(what), found \(value)", remedy: "write a number of \(bounds)")
      return nil
    }
    return value
  }

  package mutating func bool(_ tree: YAMLTree) -> Bool? {
    let what = "true or false"
    if case .scalar(let text, isQuoted: false) = tree.content {
      switch PlainScalar(text) {
      case .bool(let value): return value
      case .oddBool(let value): return mismatch(tree, what, remedy: "write \(value)")
      default: break
      }
    }
    return mismatch(tree, what, remedy: "write true or false, without quotes")
  }

  package mutating func span(_ tree: YAMLTree, _ what: String) -> TimeSpan? {
    if case .scalar(let text, _) = tree.content, let span = TimeSpan(text), span > .zero { return span }
    return mismatch(tree, what, remedy: "write a number and its unit, such as 90s, 15m, 2h or 3d")
  }

  package mutating func money(_ tree: YAMLTree, _ what: String) -> Money? {
    if case .scalar(let text, _) = tree.content, let money = Money(text) { return money }
    return mismatch(tree, what, remedy: "write an amount and its currency, such as 1200.00 EUR")
  }

  package mutating func instant(_ tree: YAMLTree, _ what: String) -> Instant? {
    if case .scalar(let text, _) = tree.content, let instant = Instant(iso8601: text) { return instant }
    return mismatch(tree, what, remedy: "write a time in UTC or with its offset, such as 2026-11-02T09:00:00Z or 2026-11-02T10:00:00+01:00")
  }

  /// `2026-11`, in quotes or not.
  package mutating func period(_ tree: YAMLTree, _ what: String) -> String? {
    if case .scalar(let text, _) = tree.content, Instant(iso8601: text + "-01") != nil, text.utf8.count == 7 {
      return text
    }
    return mismatch(tree, what, remedy: "write year and month, such as 2026-11")
  }

  /// One of a closed set of names.
  package mutating func name(_ tree: YAMLTree, among known: [String], _ what: String) -> String? {
    guard case .scalar(let text, let isQuoted) = tree.content else { return mismatch(tree, "the name of \(what)") }
    if known.contains(text) { return text }
    guard isQuoted || PlainScalar(text) == .text else { return mismatch(tree, "the name of \(what)") }
    unknown(text, at: tree.position, among: known, what)
    return nil
  }

  package mutating func unknown(_ text: String, at place: TextPosition, among known: [String], _ what: String) {
    let nearest = NearestName.find(text, among: known)
    var parts = nearest.map { ["did you mean '\($0)'?"] } ?? []
    if known.isEmpty { parts.append("none is known here") }
    if (1...24).contains(known.count) { parts.append("known: " + known.sorted().joined(separator: ", ")) }
    report(
      place, "unknown \(what) '\(text)'",
      remedy: parts.isEmpty ? "'faultline list' prints the known names" : parts.joined(separator: " "))
  }

  // MARK: Structure

  package mutating func list(_ tree: YAMLTree, _ what: String) -> [YAMLTree]? {
    guard case .list(let items) = tree.content else {
      return mismatch(tree, what, remedy: "write a list, such as [a, b]")
    }
    return items
  }

  /// The entries of a mapping whose keys the file chooses.
  package mutating func table(_ tree: YAMLTree, _ what: String) -> [YAMLTree.Entry]? {
    guard case .map(let entries) = tree.content else {
      return mismatch(tree, what, remedy: "write 'name: …' entries, one a line")
    }
    for entry in entries where !entry.isKeyQuoted && PlainScalar(entry.key) != .text {
      let found = PlainScalar(entry.key).description(of: entry.key)
      report(
        entry.keyPosition, "expected a name, found \(found)", remedy: "choose another name, or write it in quotes")
    }
    return entries
  }

  @discardableResult
  package mutating func mismatch<T>(_ tree: YAMLTree, _ what: String, remedy: String? = nil) -> T? {
    report(tree.position, "expected \(what), found \(tree.kind)", remedy: remedy)
    return nil
  }
}

extension Instant {
  /// Reads `2026-11-02`, `2026-11-02T09:00Z`, `2026-11-02T09:00:00Z`, the last with up to nine digits after a point, and
  /// the same with an offset such as `+01:00` in place of the Z; nil for anything else, dates that no calendar has included.
  public init?(iso8601 text: String) {
    let halves = text.split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false)
    func digits(_ text: Substring, _ width: Int) -> Int64? {
      text.utf8.count == width && text.utf8.allSatisfy { (48...57).contains($0) } ? Int64(text) : nil
    }
    let day = halves[0].split(separator: "-", omittingEmptySubsequences: false)
    guard day.count == 3, let y = digits(day[0], 4), let m = digits(day[1], 2), let d = digits(day[2], 2) else {
      return nil
    }
    guard (1...12).contains(m), d >= 1 else { return nil }
    let days = CivilDate.daysSinceEpoch(year: y, month: m, day: d)
    guard CivilDate.from(daysSinceEpoch: days) == (y, m, d) else { return nil }
    var clock: [Int64] = [0, 0, 0]
    var fraction: Int64 = 0
    var offset = TimeSpan.zero
    if halves.count == 2 {
      var time = halves[1]
      if time.last == "Z" {
        time = time.dropLast()
      } else {
        guard let span = CivilZone.offset(time.suffix(6)) else { return nil }
        offset = span
        time = time.dropLast(6)
      }
      let split = time.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
      let parts = split[0].split(separator: ":", omittingEmptySubsequences: false)
      if split.count == 2 {
        guard parts.count == 3, (1...9).contains(split[1].utf8.count), let read = digits(split[1], split[1].utf8.count)
        else { return nil }
        fraction = (split[1].utf8.count..<9).reduce(read) { scaled, _ in scaled * 10 }
      }
      let numbers = parts.compactMap { digits($0, 2) }
      guard (2...3).contains(parts.count), numbers.count == parts.count else { return nil }
      guard numbers[0] < 24, numbers.dropFirst().allSatisfy({ $0 < 60 }) else { return nil }
      for (index, number) in numbers.enumerated() { clock[index] = number }
    }
    let whole = Instant(year: y, month: m, day: d, hour: clock[0], minute: clock[1], second: clock[2])
    self = whole + TimeSpan(nanoseconds: fraction) - offset
  }
}
