// Reading a ticket's text by its bytes, each word looked up once.

import Operations
import Primitives

/// What the rules find in a ticket: `Key: value` lines first, single words where a line is missing.
struct TicketReader {
  private(set) var fields = Fields()
  /// Whether every field came from a line of its own.
  private(set) var isExact = true
  /// Whether the text asks to stop or to undo.
  private(set) var isForbidding = false
  /// Whether the writer is not sure of it.
  private(set) var isHedged = false
  /// What the text asks for, by the words that people use for it; several where it uses the words of several.
  private(set) var requests: Set<RequestKind> = []
  /// In lower case, where the text is ASCII.
  private let bytes: [UInt8]
  private let plans: [String]
  /// The plan that is named last, in a line or a sentence.
  private var lastPlan: String?

  /// - Parameter prompt: The version of the instructions; from the second on the last plan that is named counts.
  init(_ text: String, plans: [String], prompt: Int = 1) {
    var text = text
    bytes = text.withUTF8 { $0.map { (65...90).contains($0) ? $0 | 0x20 : $0 } }
    self.plans = plans
    readLines()
    readWords()
    if prompt > 1, let lastPlan { fields[.plan] = .text(lastPlan) }
  }

  // MARK: Lines

  private mutating func readLines() {
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 10) ?? bytes.count
      if let colon = bytes[start..<end].firstIndex(of: 58) {
        readLine(key: trimmed(start..<colon), value: trimmed(colon + 1..<end))
      }
      start = end + 1
    }
  }

  private mutating func readLine(key: Range<Int>, value: Range<Int>) {
    guard !value.isEmpty, (4...9).contains(key.count) else { return }
    if isWord(key, "customer") {
      fields[.customer] = .text(text(value))
    } else if isWord(key, "plan") {
      fields[.plan] = .text(text(value))
    } else if isWord(key, "period") || isWord(key, "month") {
      fields[.period] = .text(text(value))
    } else if isWord(key, "region") {
      fields[.region] = .text(text(value))
    } else if isWord(key, "effective") || isWord(key, "last day"), isDay(value) {
      fields[.effective] = .text(text(value))
    } else if isWord(key, "email") || isWord(key, "e-mail") || isWord(key, "contact"), bytes[value].contains(64) {
      fields[.email] = .text(text(value))
    }
  }

  /// Without the blanks and list marks around it, and without a full stop at its end.
  private func trimmed(_ range: Range<Int>) -> Range<Int> {
    var range = range
    while let first = range.first, bytes[first] <= 32 || [35, 42, 45, 62].contains(bytes[first]) {
      range = first + 1..<range.upperBound
    }
    while let last = range.last, bytes[last] <= 32 || [44, 46, 59].contains(bytes[last]) {
      range = range.lowerBound..<last
    }
    return range
  }

  // MARK: Words

  private mutating func readWords() {
    var plan: String?
    var hasSeveralPlans = false
    var lastSaid: Keyword?
    var start = 0
    while start < bytes.count {
      guard isPartOfWord(bytes[start]) else {
        start += 1
        continue
      }
      var end = start
      while end < bytes.count, isPartOfWord(bytes[end]) { end += 1 }
      let word = start..<end
      let said = keyword(word)
      if let said { notice(said, after: lastSaid) }
      if fields[.effective] == nil, isDay(word) { fields[.effective] = .text(text(word)) }
      if fields[.period] == nil, isPeriod(word) {
        fields[.period] = .text(text(word))
        isExact = false
      }
      for name in plans where isWord(word, named: name) {
        if let plan, plan != name { hasSeveralPlans = true }
        plan = name
        lastPlan = name
      }
      lastSaid = said
      start = end
    }
    if fields[.period] == nil, let day = fields.text(.effective) {
      fields[.period] = .text(String(day.prefix(7)))
      isExact = false
    }
    if fields[.plan] == nil, let plan, !hasSeveralPlans {
      fields[.plan] = .text(plan)
      isExact = false
    }
  }

  /// The words that say what is asked for, how surely, and that it is not to be done.
  private enum Keyword: String, CaseIterable {
    case adjustment, allow, cancel, change, credit, downgrade, goodwill, hold, incident, interpret, interpretation, leave
    case loophole, maybe, not, offboard, offboarding, on, onboard, onboarding, perhaps, plan, policy, postmortem
    case probably, refund, room, sure, they, upgrade, waive, war
    case oneOff = "one-off"

    static let all = NameTable(allCases.map { (Name($0.rawValue), $0) })
    static let lengths = 2...14
  }

  private func keyword(_ word: Range<Int>) -> Keyword? {
    guard Keyword.lengths.contains(word.count) else { return nil }
    return bytes.withUnsafeBufferPointer { Keyword.all[UnsafeBufferPointer(rebasing: $0[word])] }
  }

  /// Notices what is asked for: "please offboard acme", "downgrade to starter", "a one-off credit".
  private mutating func notice(_ word: Keyword, after before: Keyword?) {
    switch (before, word) {
    case (_, .cancel), (_, .offboard), (.not, .onboard), (.on, .hold): isForbidding = true
    case (_, .maybe), (_, .perhaps), (_, .probably), (.not, .sure): isHedged = true
    default: break
    }
    switch (before, word) {
    case (_, .offboard), (_, .offboarding), (.they, .leave): requests.insert(.offboarding)
    case (_, .upgrade), (_, .downgrade), (.plan, .change): requests.insert(.planChange)
    case (_, .onboard), (_, .onboarding): requests.insert(.onboarding)
    case (_, .incident), (_, .postmortem), (.war, .room): requests.insert(.incident)
    case (_, .interpret), (_, .interpretation), (_, .loophole), (.policy, .allow): requests.insert(.interpretation)
    case (_, .goodwill), (_, .waive): requests.insert(.adjustment)
    case (.oneOff, .credit), (.oneOff, .refund), (.oneOff, .adjustment): requests.insert(.adjustment)
    default: break
    }
  }

  private func isPartOfWord(_ byte: UInt8) -> Bool {
    (97...122).contains(byte) || (48...57).contains(byte) || byte == 45 || byte >= 128
  }

  private func isWord(_ range: Range<Int>, _ word: StaticString) -> Bool {
    guard range.count == word.utf8CodeUnitCount else { return false }
    return word.withUTF8Buffer { bytes[range].elementsEqual($0) }
  }

  private func isWord(_ range: Range<Int>, named word: String) -> Bool {
    guard range.count == word.utf8.count else { return false }
    var index = range.lowerBound
    for byte in word.utf8 {
      guard bytes[index] == byte else { return false }
      index += 1
    }
    return true
  }

  /// `2026-11`
  private func isPeriod(_ range: Range<Int>) -> Bool {
    guard range.count == 7, bytes[range.lowerBound + 4] == 45 else { return false }
    for index in range where index != range.lowerBound + 4 && !(48...57).contains(bytes[index]) { return false }
    return true
  }

  /// `2026-11-16`
  private func isDay(_ range: Range<Int>) -> Bool {
    guard range.count == 10, bytes[range.lowerBound + 7] == 45 else { return false }
    let digits = range.dropFirst(8)
    return isPeriod(range.lowerBound..<range.lowerBound + 7) && digits.allSatisfy { (48...57).contains(bytes[$0]) }
  }

  private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}
