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

  public init(fork: Fork, step: Name, options: [Name], facts: Fields, text: String) {
    self.fork = fork
    self.step = step
    self.options = options
    self.facts = facts
    self.text = text
  }

  public func hash(into hasher: inout StableHasher) {
    hasher.combine(UInt64(fork.rawValue))
    hasher.combine(step)
    hasher.combine(options)
    hasher.combine(facts)
    hasher.combine(text)
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
/// A value: the same query in the same state gives the same decision. The orchestrator asks by a command
/// and gets the decision as an event, so that a model behind a network fits the same place.
public protocol Decider: Sendable, StableHashable {
  mutating func decide(_ query: DecisionQuery) -> Decision
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
