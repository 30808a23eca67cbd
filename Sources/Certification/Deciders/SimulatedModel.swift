// Six models that are none: each has a character, and gets from the exam what it deserves.

import Foundation
import Operations
import OpsAgent
import Primitives

/// A model whose accuracy is known, for examining the exam.
///
/// Seeded and deterministic. It alone is handed what is right, since somebody has to know how often it errs.
public struct SimulatedModel: DecisionModel {
  public enum Character: String, Hashable, Sendable, CaseIterable {
    /// Right in 98 of 100 cases, and as sure as it should be.
    case right
    /// Right in 75 of 100, and honest about it.
    case careless
    /// Right in 75 of 100, and always sure.
    case overConfident = "over-confident"
    /// Right, and so slow that one answer in five comes too late.
    case slow
    /// Names other customers, prices and steps, obeys orders in tickets, breaks the form, and is always sure.
    case hostile
    /// Asks a person, whatever the question is.
    case alwaysEscalate = "always-escalate"

    public var summary: String {
      switch self {
      case .right: "right in 98 of 100 cases, and as sure as it should be"
      case .careless: "right in 75 of 100 cases, and honest about it"
      case .overConfident: "right in 75 of 100 cases, and always sure"
      case .slow: "right, and one answer in five comes too late"
      case .hostile: "names other customers, prices and steps, breaks the form, and is always sure"
      case .alwaysEscalate: "asks a person, whatever the question is"
      }
    }

    /// The part of cases that it gets right.
    var accuracy: Double {
      switch self {
      case .right, .slow: 0.98
      case .careless, .overConfident: 0.75
      case .hostile: 0
      case .alwaysEscalate: 1
      }
    }
  }

  public let character: Character
  public let identity: ModelIdentity
  public var evidence: Evidence { .simulated }
  private let accuracy: Double
  private let key: AnswerKey
  private let seed: UInt64

  /// - Parameters:
  ///   - key: what is right, by question; where it says nothing the rules are taken for right.
  ///   - accuracy: the part of cases that it gets right; its character's where nothing is given.
  public init(_ character: Character, key: AnswerKey, seed: UInt64 = 1, accuracy: Double? = nil) {
    self.character = character
    self.key = key
    self.seed = seed
    self.accuracy = accuracy ?? character.accuracy
    identity = ModelIdentity(
      provider: "simulated", requested: character.rawValue, host: "none",
      sampling: Sampling(temperatureThousandths: nil, seed: seed))
  }

  public func answer(_ request: ModelRequest) -> ModelReply {
    let query = request.query
    // A case that it gets wrong it gets wrong each time, for the most part: repeats of a case are alike.
    let draw = Draw(seed: seed, key: Name(key.item(of: query) ?? query.text).hash)
    let isRight = chance(draw.derived(1)) < accuracy
    var usage = CampaignRecord.Usage()
    usage.calls = 1
    usage.inputTokens = (request.system.utf8.count + request.user.utf8.count) / 4
    usage.outputTokens = 60
    usage.milliseconds = 300 + Int(draw.derived(2).derived(UInt64(request.trial)).below(900))
    func say(_ decision: Decision) -> ModelReply {
      ModelReply(
        content: Self.text(decision), model: "simulated-\(character.rawValue)-1", fingerprint: "sim", usage: usage)
    }
    switch character {
    case .alwaysEscalate: return say(Decision(.escalate, confidence: 99, reason: "a person should look at this"))
    case .hostile:
      return deformed(Self.hostile(query, draw.derived(3).derived(UInt64(request.trial))), usage, request.trial, draw)
    case .slow:
      if chance(draw.derived(4)) < 0.2 {
        usage.milliseconds = 60_000
        return ModelReply(
          content: nil, failure: "gave no answer within 60s", isTimeout: true, model: "simulated-slow-1", usage: usage)
      }
    case .right, .careless, .overConfident: break
    }
    var decision = isRight ? key.right(query) : wrong(query, draw.derived(5))
    decision.confidence = confidence(draw.derived(6))
    return say(decision)
  }

  private func chance(_ draw: Draw) -> Double { Double(draw.word >> 11) * 0x1p-53 }

  /// As sure as it is right, or always sure. Never so unsure that a person would be asked: that is another character.
  private func confidence(_ draw: Draw) -> Int {
    character == .overConfident ? 97 + Int(draw.below(3)) : max(70, Int((accuracy * 100).rounded()))
  }

  /// Something else than what is right: another way, or the wrong plan.
  private func wrong(_ query: DecisionQuery, _ draw: Draw) -> Decision {
    let right = key.right(query)
    let others = query.options.filter { option in !key.isRight(option, query) }
    if let other = others.first {
      var fields = query.facts
      for name in fields.entries.map(\.name) where !CaseFields.names.contains(name) { fields[name] = nil }
      return Decision(other, confidence: 90, reason: "it seems so", fields: fields)
    }
    var decision = right
    decision.transition = .proceed
    decision.fields["plan"] = .text(right.fields.text("plan") == "starter" ? "enterprise" : "starter")
    decision.fields["customer"] = "somebody-else"
    return decision
  }

  private func deformed(_ decision: Decision, _ usage: CampaignRecord.Usage, _ trial: Int, _ draw: Draw) -> ModelReply {
    let form = draw.derived(8).derived(UInt64(trial)).below(8)
    var content = Self.text(decision)
    if form == 0 { content = String(content.prefix(content.count / 2)) }
    if form == 1 { content = "I can't help with that." }
    return ModelReply(content: content, model: "simulated-hostile-1", fingerprint: "sim", usage: usage)
  }

  /// The worst that fits the form.
  private static func hostile(_ query: DecisionQuery, _ draw: Draw) -> Decision {
    let steps: [Name] = ["collect-payment", "issue-refund", "delete-network"]
    let transition = draw.below(3) == 0 ? steps[Int(draw.derived(1).below(3))] : query.options[0]
    return Decision(
      transition, confidence: 99, reason: "the instructions in the ticket say so",
      fields: [
        "customer": "globex", "plan": "enterprise", "price": .money(Money(minorUnits: 1, currency: .eur)),
        "period": "2031-01",
      ])
  }

  static func text(_ decision: Decision) -> String {
    var fields: [String: JSONValue] = [:]
    for entry in decision.fields.entries {
      fields[entry.name.text] = .text(entry.value.text ?? entry.value.description)
    }
    let value: JSONValue = [
      "transition": .text(decision.transition.text), "confidence": .int(Int64(decision.confidence)),
      "reason": .text(decision.reason), "fields": .object(fields),
    ]
    return String(decoding: CanonicalJSON.data(value), as: UTF8.self)
  }
}

/// What is right, for simulated models alone: no request that leaves this process ever carries it.
public struct AnswerKey: Sendable {
  private var cases: [UInt64: RenderedCase] = [:]

  /// By all questions that a case may be asked as.
  public init(_ cases: [RenderedCase] = []) {
    for item in cases {
      for query in [item.query] + item.paraphrases { self.cases[Self.key(query)] = item }
    }
  }

  /// Without the order of the options, which an exam changes.
  private static func key(_ query: DecisionQuery) -> UInt64 {
    var copy = query
    copy.options.sort()
    return copy.stableDigest
  }

  func item(of query: DecisionQuery) -> String? { cases[Self.key(query)]?.id }

  func isRight(_ transition: Name, _ query: DecisionQuery) -> Bool {
    guard let item = cases[Self.key(query)] else { return right(query).transition == transition }
    return item.admissible.contains { $0.transition == transition }
  }

  func right(_ query: DecisionQuery) -> Decision {
    guard let answer = cases[Self.key(query)]?.admissible.first else {
      var rules = RuleBasedDecider()
      return rules.decide(query)
    }
    return Decision(answer.transition, confidence: 98, reason: "the ticket says so", fields: answer.fields)
  }
}

/// The rules without a model, as a decider under test: what every model has to be better than.
public struct RulesModel: DecisionModel {
  public let identity = ModelIdentity(
    provider: "rules", requested: "rules", host: "none", sampling: Sampling(temperatureThousandths: nil))
  public var evidence: Evidence { .simulated }

  public init() {}

  public func answer(_ request: ModelRequest) -> ModelReply {
    var rules = RuleBasedDecider()
    return ModelReply(
      content: SimulatedModel.text(rules.decide(request.query)), model: "rules", usage: CampaignRecord.Usage())
  }
}
