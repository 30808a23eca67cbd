// All that happened in one campaign, from which its certificate follows without the model.

import Foundation
import Primitives

/// The record of a campaign. The same record and the same time of issue give the same certificate, byte by byte.
public struct CampaignRecord: Hashable, Sendable, Codable {
  public var schema = "faultline.campaign/1"
  public var subject: Subject
  public var returned: CertificateBody.Returned
  public var suite: CertificateBody.SuiteReference
  public var policyName: String
  public var exam: CertificationPolicy.Exam
  public var seed: String
  public var faultline: String
  /// The machine's kind and the build, not its name.
  public var runner: String
  public var evidence: Evidence
  public var history: CertificateBody.History
  public var trials: Int
  /// Whether it was allowed to stop as soon as it knew enough.
  public var stopsEarly = false
  public var asks: [Ask] = []
  public var runs: [WorkflowRun] = []
  /// Whole workflows under faults that were drawn, each run for itself; they tell of harm and of nothing else.
  public var drawn: [WorkflowRun] = []
  public var exhaustive: ExhaustiveClaim?
  public var baseline: Baseline?
  /// The same model on the cases that nobody has seen; nil where there were none.
  public var sealed: Sealed?
  public var exclusions: [String] = []
  public var notTested: [String] = []
  /// Why it was broken off; such a campaign ends in no certificate.
  public var brokenOff: String?
  /// Prices in millionths of a currency unit per million tokens; nil where nobody said.
  public var prices: Prices?

  public init(
    subject: Subject, suite: CertificateBody.SuiteReference, policy: CertificationPolicy, seed: UInt64,
    faultline: String,
    runner: String, evidence: Evidence, history: CertificateBody.History, trials: Int, stopsEarly: Bool = false
  ) {
    self.subject = subject
    returned = CertificateBody.Returned(model: "", fingerprint: "")
    self.suite = suite
    policyName = policy.name
    exam = policy.exam
    self.seed = seed.hexadecimal
    self.faultline = faultline
    self.runner = runner
    self.evidence = evidence
    self.history = history
    self.trials = trials
    self.stopsEarly = stopsEarly
  }

  public struct Prices: Hashable, Sendable, Codable {
    public var inputMicros: Int64
    public var outputMicros: Int64
    public var currency: String

    public init(inputMicros: Int64, outputMicros: Int64, currency: String) {
      self.inputMicros = inputMicros
      self.outputMicros = outputMicros
      self.currency = currency
    }
  }

  /// One question and what came of it.
  public struct Ask: Hashable, Sendable, Codable {
    public var item: String
    public var kind: CaseClass
    public var variant: Variant
    /// From 1.
    public var trial: Int
    /// The request's digest, by which cassettes find the answer.
    public var request: String
    /// Whether only a person may decide it.
    public var isForPeople: Bool
    public var transition: String?
    public var confidence: Int?
    public var fields: [String: String]
    public var reason: String
    /// Why there was no decision.
    public var failure: String?
    public var outcome: Grade.Outcome
    public var objection: String
    /// Whether the answer itself is right, however sure it is of it.
    public var isRight: Bool
    public var usage: Usage

    public var isSuccess: Bool { outcome.isSuccess }
    /// What two answers have to agree in.
    public var answer: String {
      "\(transition ?? "none") \(fields.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })"
    }
  }

  public enum Variant: String, Hashable, Sendable, Codable {
    case base
    /// In other words.
    case paraphrase
    /// With the options in another order.
    case reordered
  }

  public struct Usage: Hashable, Sendable, Codable {
    public var calls = 0
    public var inputTokens = 0
    public var outputTokens = 0
    public var milliseconds = 0

    public init() {}

    public static func += (a: inout Usage, b: Usage) {
      a.calls += b.calls
      a.inputTokens += b.inputTokens
      a.outputTokens += b.outputTokens
      a.milliseconds += b.milliseconds
    }
  }

  /// One whole workflow under faults, with the model as the decider or with a user's own agent.
  public struct WorkflowRun: Hashable, Sendable, Codable {
    public var scenario: String
    public var trial: Int
    public var seed: UInt64
    /// What the agent said; nil where it said nothing.
    public var ending: String?
    public var isSuccess: Bool
    /// Oracles that found harm, each once.
    public var harm: [String]
    /// The faults that took effect, each with its place.
    public var faults: [String]
    public var escalations: Int
    public var rollbacks: Int
    public var auditFindings: Int
    public var recoveryMilliseconds: Int64?
    /// How often the model was asked.
    public var decisions: Int
    public var traceHash: String
    public var usage: Usage
  }

  /// What an earlier certificate rests on, case by case.
  public struct Baseline: Hashable, Sendable, Codable {
    public var certificate: String
    public var model: String
    public var asks: [Ask]

    public init(certificate: String, model: String, asks: [Ask]) {
      self.certificate = certificate
      self.model = model
      self.asks = asks
    }
  }

  public struct Sealed: Hashable, Sendable, Codable {
    public var suite: String
    public var root: String
    public var cases: Int
    public var successes: Int

    public init(suite: String, root: String, cases: Int, successes: Int) {
      self.suite = suite
      self.root = root
      self.cases = cases
      self.successes = successes
    }
  }

  public var digest: String { CanonicalJSON.digest(self) }
}

extension CampaignRecord {
  /// The certificate of this campaign, a draft until somebody signs it.
  ///
  /// - Parameters:
  ///   - at: when it is issued, in UTC; part of what is signed.
  ///   - by: who issues it.
  public func certificate(at: Instant, by issuer: String) -> ModelCertificate {
    let results = ExamResults(self)
    var reasons = results.checks.filter { !$0.passes }.map(\.text)
    if let brokenOff { reasons.insert("broken off: \(brokenOff)", at: 0) }
    if let exhaustive, !exhaustive.isWhole {
      reasons.append("the architecture: \(exhaustive.violations) of \(exhaustive.schedules) schedules do harm")
    }
    if let comparison = results.baseline, !comparison.isNonInferior {
      reasons.append("worse than the baseline: \(comparison.sentence)")
    }
    return ModelCertificate(
      Statement(
        CertificateBody(
          subject: subject, returned: returned, suite: suite, policy: exam.digest, policyName: policyName, seed: seed,
          faultline: faultline, runner: runner, evidence: evidence, history: history, results: results,
          exhaustive: subject.kind == .decider ? exhaustive : nil, exclusions: exclusions, notTested: notTested,
          reasons: reasons, record: digest, issuedBy: issuer, issuedAt: "\(at)",
          validUntil: "\(at + .days(Int64(exam.validDays)))")))
  }
}
