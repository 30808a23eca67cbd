// The verdict on one run: what was expected, what the systems hold, and the numbers that tell the truth.

import Operations
import Primitives
import Simulation

/// What an oracle found, with the evidence for it.
public struct Violation: Hashable, Sendable {
  public var oracle: Name
  /// The intent that it is about; nil where it is about none.
  public var intent: Name?
  public var expected: Int?
  public var observed: Int?
  /// One sentence for people.
  public var message: String
  /// The objects it is about, by the systems' own ids.
  public var objects: [String]
  /// Indices of the trace events that show it.
  public var evidence: [Int]
  /// Which of the workflows that were under way at once it is about, from 0.
  public var workflow = 0
  /// Advice does not fail a run: a contract oracle found something in an agent that does not declare
  /// the practice.
  public var isAdvice: Bool

  public init(
    _ oracle: Name, intent: Name? = nil, expected: Int? = nil, observed: Int? = nil, message: String,
    objects: [String] = [], evidence: [Int] = [], isAdvice: Bool = false
  ) {
    self.oracle = oracle
    self.intent = intent
    self.expected = expected
    self.observed = observed
    self.message = message
    self.objects = objects
    self.evidence = evidence
    self.isAdvice = isAdvice
  }
}

/// The result of one run.
public struct Verdict: Sendable {
  public enum Result: String, Sendable, CaseIterable {
    case pass, fail, inconclusive
    /// The agent used ids of another world: nothing that it did says anything about this one.
    case contaminated

    /// Whether the run says neither that the agent is right nor that it is wrong.
    public var isOpen: Bool { self == .inconclusive || self == .contaminated }
  }
  public enum Expectation: String, Sendable { case met, unmet, none }

  public var scenario: Name
  public var agent: Name
  public var without: [Name]
  public var seed: UInt64
  public var shape: RunShape
  /// How many processes of the agent the first trigger started.
  public var replicas = 1
  /// That number where somebody chose it instead of the scenario.
  public var chosenReplicas: Int?
  /// The non-default answers of the run; playing them again gives the same hash.
  public var plan: Plan
  /// What the agent said; nil where it said nothing.
  public var outcome: Ending?
  public var result: Result
  public var expectation: Expectation
  /// Why an expectation was not met, or a run was inconclusive; one sentence each.
  public var reasons: [String]
  /// Harm, and contract violations that were judged.
  public var violations: [Violation]
  /// Contract findings that were not judged.
  public var advice: [Violation]
  public var metrics: Metrics
  public var events: Int
  public var virtualTime: TimeSpan
  public var traceHash: UInt64
  /// What the run touched beside faults, as ``Marks`` names it.
  public var marks: [Name]
  /// Faults that were injected, with whether they changed an answer or the truth.
  public var faults: [FaultOutcome]

  public struct Metrics: Hashable, Sendable {
    /// First effective fault to a good end, in milliseconds; nil without a fault or without a good end.
    public var recoveryMilliseconds: Int64?
    public var escalations = 0
    /// Steps that the agent took back.
    public var rollbacks = 0
    public var auditFindings = 0
    public var mutations = 0
    public var calls = 0
    public var attempts = 0

    public init() {}
  }

  public struct FaultOutcome: Hashable, Sendable {
    public var record: FaultRecord
    public var tookEffect: Bool

    public init(record: FaultRecord, tookEffect: Bool) {
      self.record = record
      self.tookEffect = tookEffect
    }
  }

  public init(
    scenario: Name, agent: Name, without: [Name], seed: UInt64, shape: RunShape = .nominal, plan: Plan,
    outcome: Ending?, result: Result, expectation: Expectation, reasons: [String], violations: [Violation],
    advice: [Violation], metrics: Metrics, events: Int, virtualTime: TimeSpan, traceHash: UInt64,
    faults: [FaultOutcome], marks: [Name] = []
  ) {
    self.scenario = scenario
    self.agent = agent
    self.without = without
    self.seed = seed
    self.shape = shape
    self.plan = plan
    self.outcome = outcome
    self.result = result
    self.expectation = expectation
    self.reasons = reasons
    self.violations = violations
    self.advice = advice
    self.metrics = metrics
    self.events = events
    self.virtualTime = virtualTime
    self.traceHash = traceHash
    self.faults = faults
    self.marks = marks
  }
}
