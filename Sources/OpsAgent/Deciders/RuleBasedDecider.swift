// A decider without a model: it reads tickets by rule and says how sure it is.

import Operations
import Primitives

/// Reads `Key: value` lines and, where there are none, the few sentences that people use instead.
///
/// Its confidence is a count of what it found, not a guess: all three of customer, plan and period by line
/// give 95 percent, by sentence 80; with one missing it is not sure.
public struct RuleBasedDecider: Decider, Hashable {
  /// The plans that it knows by name.
  public var plans: [String]

  public init(plans: [String] = ["starter", "pro", "enterprise"]) { self.plans = plans }

  public mutating func decide(_ query: DecisionQuery) -> Decision {
    switch query.fork {
    case .triage: triage(query)
    case .afterFailure: afterFailure(query)
    case .afterRestart: Decision(.resume, confidence: 100, reason: "the journal says where it stopped")
    }
  }

  public func hash(into hasher: inout StableHasher) { hasher.combine(plans) }

  private func afterFailure(_ query: DecisionQuery) -> Decision {
    if query.options.contains(.compensate) {
      return Decision(.compensate, confidence: 100, reason: "before the pivot everything can be taken back")
    }
    return Decision(.escalate, confidence: 100, reason: "there is no way back from here")
  }

  // MARK: Triage

  private func triage(_ query: DecisionQuery) -> Decision {
    let text = query.text.lowercased()
    var fields = Fields()
    var isExact = true
    for line in text.split(whereSeparator: \.isNewline) { readLine(line, into: &fields) }
    let words = text.split { !($0.isLetter || $0.isNumber || $0 == "-" || $0 == "@" || $0 == ".") }.map(String.init)
    if fields[.plan] == nil, let plan = named(plans, in: words) {
      fields[.plan] = .text(plan)
      isExact = false
    }
    if fields[.period] == nil, let period = words.lazy.compactMap(RuleBasedDecider.period).first {
      fields[.period] = .text(period)
      isExact = false
    }
    if isForbidding(words) {
      return Decision(.escalate, confidence: 90, reason: "the ticket asks to stop or to cancel", fields: fields)
    }
    var known = 0
    for name in [Name.customer, .plan, .period] where fields[name] != nil || query.facts[name] != nil { known += 1 }
    guard known == 3 else {
      return Decision(
        .proceed, confidence: 20 * known, reason: "customer, plan or period is not to be found", fields: fields)
    }
    return Decision(
      .proceed, confidence: isExact ? 95 : 80, reason: "the ticket asks to onboard a customer", fields: fields)
  }

  private func readLine(_ line: Substring, into fields: inout Fields) {
    let parts = line.split(separator: ":", maxSplits: 1)
    guard parts.count == 2 else { return }
    let key = trimmed(parts[0])
    let value = trimmed(parts[1])
    guard !value.isEmpty else { return }
    switch key {
    case "customer": fields[.customer] = .text(value)
    case "plan": fields[.plan] = .text(value)
    case "period", "month": fields[.period] = .text(RuleBasedDecider.period(value) ?? value)
    case "region": fields[.region] = .text(value)
    case "email", "e-mail", "contact": if value.contains("@") { fields[.email] = .text(value) }
    default: break
    }
  }

  private func trimmed(_ text: Substring) -> String {
    var text = text
    while let first = text.first, first.isWhitespace || "-*#>".contains(first) { text.removeFirst() }
    while let last = text.last, last.isWhitespace || ".,;".contains(last) { text.removeLast() }
    return String(text)
  }

  /// The one of `names` that occurs; nil where none or more than one does.
  private func named(_ names: [String], in words: [String]) -> String? {
    let found = names.filter { words.contains($0) }
    return found.count == 1 ? found[0] : nil
  }

  private func isForbidding(_ words: [String]) -> Bool {
    words.contains("cancel") || words.contains("offboard") || zip(words, words.dropFirst()).contains {
      ($0 == "not" && $1 == "onboard") || ($0 == "on" && $1 == "hold")
    }
  }

  /// `2026-11` from `2026-11`, nil from anything else.
  private static func period(_ word: String) -> String? {
    let bytes = Array(word.utf8)
    guard bytes.count == 7, bytes[4] == UInt8(ascii: "-") else { return nil }
    for (index, byte) in bytes.enumerated() where index != 4 && !(48...57).contains(byte) { return nil }
    return word
  }
}
