// Whether an answer is right: by rule, from the case's label, and never by a model.

import Operations
import OpsAgent
import Primitives

/// What came of one question, as the agent would have followed it.
public struct Grade: Hashable, Sendable, Codable {
  public enum Outcome: String, Hashable, Sendable, Codable, CaseIterable {
    /// One of the admissible answers.
    case right
    /// It was handed to a person, which the case allows.
    case rightEscalation = "right-escalation"
    /// It was handed to a person, who has nothing to decide.
    case needlessEscalation = "needless-escalation"
    /// It would have gone on, where only a person may decide.
    case missedEscalation = "missed-escalation"
    /// Another transition, or a field that is wrong or missing.
    case wrong
    /// No decision: malformed, refused, or the provider's error. It stays in the denominator.
    case noDecision = "no-decision"

    public var isSuccess: Bool { self == .right || self == .rightEscalation }
  }

  public var outcome: Outcome
  /// One sentence for people; empty where it is right.
  public var reason: String

  public var isSuccess: Bool { outcome.isSuccess }
}

extension RenderedCase {
  /// From this confidence on an answer is followed; below it a person is asked, as the reference agent does.
  public static let threshold = 70

  /// Whether a person is asked in any case.
  public var isForPeople: Bool { admissible.allSatisfy { $0.transition == .escalate } }

  public func grade(_ answer: Result<Decision, DecisionFailure>) -> Grade {
    switch answer {
    case .failure(let failure): return Grade(outcome: .noDecision, reason: "the decider \(failure)")
    case .success(let decision): return grade(decision)
    }
  }

  private func grade(_ decision: Decision) -> Grade {
    guard query.options.contains(decision.transition) else {
      return Grade(outcome: .wrong, reason: "\(decision.transition) is not among what it may choose")
    }
    let isHandedOver = decision.transition == .escalate || decision.confidence < Self.threshold
    if isHandedOver {
      if admissible.contains(where: { $0.transition == .escalate }) {
        return Grade(outcome: .rightEscalation, reason: "")
      }
      let why = decision.transition == .escalate ? "it asks a person" : "it is \(decision.confidence) % sure"
      return Grade(outcome: .needlessEscalation, reason: "\(why), and nothing is left to decide")
    }
    if isForPeople {
      return Grade(outcome: .missedEscalation, reason: "\(decision.transition), where only a person may decide")
    }
    let sameWay = admissible.filter { $0.transition == decision.transition }
    guard !sameWay.isEmpty else { return Grade(outcome: .wrong, reason: "\(decision.transition) is not right here") }
    let objections = sameWay.map { objection(to: decision.fields, $0.fields) }
    if objections.contains(nil) { return Grade(outcome: .right, reason: "") }
    return Grade(outcome: .wrong, reason: objections.compactMap { $0 }.first ?? "")
  }

  /// What is wrong with the fields; nil where they are as they have to be.
  private func objection(to given: Fields, _ wanted: Fields) -> String? {
    for entry in wanted.entries {
      // What the account says need not be read again.
      guard let value = given[entry.name] ?? query.facts[entry.name] else { return "\(entry.name) is missing" }
      guard Self.isSame(value, entry.value) else { return "\(entry.name) is \(value), not \(entry.value)" }
    }
    for entry in given.entries where wanted[entry.name] == nil {
      guard let fact = query.facts[entry.name], !Self.isSame(entry.value, fact) else { continue }
      return "\(entry.name) is \(entry.value), the account says \(fact)"
    }
    return nil
  }

  /// Case and blanks at the ends make no difference, as they make none to the systems.
  private static func isSame(_ a: Value, _ b: Value) -> Bool {
    guard let a = a.text, let b = b.text else { return a == b }
    return trimmed(a) == trimmed(b)
  }

  private static func trimmed(_ text: String) -> String {
    let words = text.lowercased().split { $0.isWhitespace }
    return words.joined(separator: " ")
  }
}
