// What a decision rests on, as the agent gives account of it: inputs, and what its own decider said and why.

import Operations
import Primitives

/// The account of one decision. The world never reads it; it goes into the trace for whoever has to answer for it.
///
/// Kept in one object that never changes, since a decision point and the trace both hold it.
public final class Grounds: Sendable {
  /// What the decider was shown: the facts that the run knows.
  public let facts: Fields
  /// What a person wrote, or why the step failed.
  public let text: String
  /// How sure the agent's own decider is, in percent; nil where it does not say.
  public let confidence: Int?
  /// Why it says so, for people.
  public let reason: String
  /// What it took from the text.
  public let fields: Fields

  public init(
    facts: Fields = [:], text: String = "", confidence: Int? = nil, reason: String = "", fields: Fields = [:]
  ) {
    self.facts = facts
    self.text = text
    self.confidence = confidence
    self.reason = reason
    self.fields = fields
  }
}

extension Grounds: Hashable {
  public static func == (a: Grounds, b: Grounds) -> Bool {
    a === b
      || (a.facts == b.facts && a.text == b.text && a.confidence == b.confidence && a.reason == b.reason
        && a.fields == b.fields)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(text)
    hasher.combine(reason)
  }
}

extension Grounds: StableHashable {
  public func hash(into hasher: inout StableHasher) {
    hasher.combine(facts)
    hasher.combine(text)
    hasher.combine(confidence != nil)
    hasher.combine(confidence ?? 0)
    hasher.combine(reason)
    hasher.combine(fields)
  }
}
