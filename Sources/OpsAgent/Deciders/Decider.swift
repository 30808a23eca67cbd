// Deciders say what happens next. They see facts and choices, never a call.

import Operations
import Primitives

/// What a decider is asked.
public struct DecisionQuery: Hashable, Sendable, StableHashable {
  public enum Fork: UInt8, Hashable, Sendable, CaseIterable {
    /// The ticket has been read: is this work for the workflow, and for whom?
    case triage = 1
    /// A step has failed before the pivot.
    case afterFailure = 2
    /// The agent has come back after a crash.
    case afterRestart = 3
  }

  public var fork: Fork
  /// The step at which the run stands.
  public var step: Name
  /// The closed set to choose from.
  public var options: [Name]
  /// What the run knows.
  public var facts: Fields
  /// What a person wrote, or why the step failed.
  public var text: String
  /// The version of the decider's instructions under which the run began. A decider keeps the earlier ones, so that a
  /// run is decided by one version from its first word to its last.
  public var prompt: Int

  public init(fork: Fork, step: Name, options: [Name], facts: Fields, text: String, prompt: Int = 1) {
    self.fork = fork
    self.step = step
    self.options = options
    self.facts = facts
    self.text = text
    self.prompt = prompt
  }

  public func hash(into hasher: inout StableHasher) {
    hasher.combine(UInt64(fork.rawValue))
    hasher.combine(step)
    hasher.combine(options)
    hasher.combine(facts)
    hasher.combine(text)
    hasher.combine(prompt)
  }
}

/// Why a decider gave no decision.
public enum DecisionFailure: Error, Hashable, Sendable, StableHashable, CustomStringConvertible {
  /// No answer came within the time that it has.
  case noAnswer
  /// What came is no decision: it is cut off, it names no transition, or a field has no value of its type.
  case unreadable
  /// It declines to answer, in these words.
  case refused(String)

  /// Whether asking the same again may help.
  var isPassing: Bool {
    switch self {
    case .noAnswer, .unreadable: true
    case .refused: false
    }
  }

  public var description: String {
    switch self {
    case .noAnswer: "does not answer"
    case .unreadable: "gives answers that can't be read"
    case .refused(let words): "declines to decide: \(words)"
    }
  }

  public func hash(into hasher: inout StableHasher) {
    switch self {
    case .noAnswer: hasher.combine(1 as UInt64)
    case .unreadable: hasher.combine(2 as UInt64)
    case .refused(let words):
      hasher.combine(3 as UInt64)
      hasher.combine(words)
    }
  }
}

/// What a decider answers.
public struct Decision: Hashable, Sendable, StableHashable {
  /// One of the query's options, if the decider keeps to them.
  public var transition: Name
  /// How sure it is, in percent.
  public var confidence: Int
  /// Why, for people.
  public var reason: String
  /// Typed fields that it took from the text: customer, plan, period, region.
  public var fields: Fields

  public init(_ transition: Name, confidence: Int, reason: String, fields: Fields = [:]) {
    self.transition = transition
    self.confidence = confidence
    self.reason = reason
    self.fields = fields
  }

  public func hash(into hasher: inout StableHasher) {
    hasher.combine(transition)
    hasher.combine(confidence)
    hasher.combine(reason)
    hasher.combine(fields)
  }
}

/// Chooses what happens next from a closed set of transitions.
///
/// A value: the same query in the same state gives the same answer. The orchestrator asks by a command
/// and gets the answer as an event, so that a model behind a network fits the same place.
public protocol Decider: Sendable, StableHashable {
  /// - Throws: why there is no decision.
  mutating func decide(_ query: DecisionQuery) throws(DecisionFailure) -> Decision
  /// How long the last answer took to come, on the clock of the systems that wait meanwhile.
  var thinking: TimeSpan { get }
}

extension Decider {
  /// Rules answer at once.
  public var thinking: TimeSpan { .milliseconds(1) }
}

/// Gives decisions from a list, one for each query; asks a person once the list is used up.
public struct ScriptedDecider: Decider, Hashable {
  public private(set) var script: [Decision]
  public private(set) var next = 0

  public init(_ script: [Decision]) { self.script = script }

  public mutating func decide(_ query: DecisionQuery) -> Decision {
    guard next < script.count else { return Decision(.escalate, confidence: 100, reason: "the script has ended") }
    next += 1
    return script[next - 1]
  }

  public func hash(into hasher: inout StableHasher) {
    hasher.combine(script)
    hasher.combine(next)
  }
}
