// What a campaign proves, as an in-toto statement.

import Crypto
import Foundation
import Primitives

/// An in-toto Statement v1 with the predicate test-result v0.1 (github.com/in-toto/attestation).
public struct Statement: Hashable, Sendable, Codable {
  public var type = "https://in-toto.io/Statement/v1"
  public var subject: [Resource]
  public var predicateType = "https://in-toto.io/attestation/test-result/v0.1"
  public var predicate: TestResult

  public struct Resource: Hashable, Sendable, Codable {
    public var name: String
    public var digest: [String: String]

    public init(_ name: String, sha256: String) {
      self.name = name
      digest = ["sha256": sha256]
    }
  }

  public struct TestResult: Hashable, Sendable, Codable {
    /// `PASSED`, `WARNED` or `FAILED`.
    public var result: String
    public var configuration: [Resource]
    public var passedTests: [String]
    public var warnedTests: [String]
    public var failedTests: [String]
    /// What the predicate has no field for; readers of the predicate ignore what they do not know.
    public var certificate: CertificateBody
  }

  private enum CodingKeys: String, CodingKey {
    case type = "_type"
    case subject, predicateType, predicate
  }
}

/// What a certificate says, in full.
public struct CertificateBody: Hashable, Sendable, Codable {
  public var schema = "faultline.certificate/1"
  public var subject: Subject
  /// What the provider says that it is; the exam is broken off where it changes.
  public var returned: Returned
  public var suite: SuiteReference
  /// The digest of the policy's exam, under which this was decided.
  public var policy: String
  public var policyName: String
  public var seed: String
  public var faultline: String
  public var runner: String
  public var evidence: Evidence
  public var history: History
  public var results: ExamResults
  /// Nil for an outside agent: of an architecture that is not ours nothing is claimed.
  public var exhaustive: ExhaustiveClaim?
  public var exclusions: [String]
  public var notTested: [String]
  public var reasons: [String]
  /// The digest of the campaign's record, from which this can be made again.
  public var record: String
  public var issuedBy: String
  public var issuedAt: String
  public var validUntil: String

  public struct Returned: Hashable, Sendable, Codable {
    public var model: String
    public var fingerprint: String

    public init(model: String, fingerprint: String) {
      self.model = model
      self.fingerprint = fingerprint
    }
  }

  public struct SuiteReference: Hashable, Sendable, Codable {
    public var name: String
    public var version: Int
    public var sha256: String
    public var cases: Int
    public var scenarios: Int

    public init(_ suite: Suite) {
      name = suite.name
      version = suite.version
      sha256 = suite.digest
      cases = suite.cases.count
      scenarios = suite.scenarios.count
    }
  }

  /// How many campaigns the same subject had before, by the ledger; `unknown` where there is none.
  public struct History: Hashable, Sendable, Codable {
    public var finished: Int?
    public var unfinished: Int?

    public init(finished: Int?, unfinished: Int?) {
      self.finished = finished
      self.unfinished = unfinished
    }

    private enum CodingKeys: String, CodingKey { case finished, unfinished }

    public init(from decoder: any Decoder) throws {
      if let word = try? decoder.singleValueContainer().decode(String.self), word == "unknown" {
        self.init(finished: nil, unfinished: nil)
        return
      }
      let container = try decoder.container(keyedBy: CodingKeys.self)
      self.init(
        finished: try container.decode(Int.self, forKey: .finished),
        unfinished: try container.decode(Int.self, forKey: .unfinished))
    }

    public func encode(to encoder: any Encoder) throws {
      guard let finished, let unfinished else {
        var single = encoder.singleValueContainer()
        return try single.encode("unknown")
      }
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(finished, forKey: .finished)
      try container.encode(unfinished, forKey: .unfinished)
    }

    public var total: Int? { finished.flatMap { finished in unfinished.map { finished + $0 } } }
  }

  public var isCertified: Bool { reasons.isEmpty }
}

/// What was searched whole, and what was found.
public struct ExhaustiveClaim: Hashable, Sendable, Codable {
  /// One run from which the search starts, with all that may be answered and go wrong in it.
  public struct Run: Hashable, Sendable, Codable {
    public var run: String
    public var workflow: String
    /// Decisions at which every answer was tried: those of the run itself, and those that a fault opens.
    public var decisions: Int
    /// The answers that were tried at the widest of them, beside the rules' own.
    public var answers: Int
    /// Schedules with at least one answer of the model: the denominator.
    public var schedules: Int
    public var violations: Int
    public var undecided: Int
    /// Schedules that nobody could have ended well; they are no violations, and are counted.
    public var unfair: Int
    public var digest: String
    /// The first schedules that do harm, the shortest first, with the oracles that found it.
    public var harmful: [String]
  }

  /// How many answers or faults a schedule has at most.
  public var maxDeviations: Int
  public var runs: [Run]

  public var schedules: Int { runs.reduce(0) { $0 + $1.schedules } }
  public var violations: Int { runs.reduce(0) { $0 + $1.violations } }
  public var undecided: Int { runs.reduce(0) { $0 + $1.undecided } }
  public var isWhole: Bool { !runs.isEmpty && violations == 0 && undecided == 0 }

  /// The claim in words, with its denominator; nil where it does not hold.
  public var sentence: String? {
    guard isWhole else { return nil }
    let workflows = Set(runs.map(\.workflow)).count
    let beside = maxDeviations == 1 ? "" : ", alone or with one more answer or fault,"
    return
      "No answer of any model makes this architecture double-bill: each of up to \(runs.map(\.answers).max() ?? 0) "
      + "other answers at \(runs.reduce(0) { $0 + $1.decisions }) decisions of \(workflows) "
      + "workflow\(workflows == 1 ? "" : "s")\(beside) \(schedules) of \(schedules) schedules, "
      + "0 violations of any oracle."
  }
}

/// A signed certificate, or a draft of one.
public struct ModelCertificate: Sendable {
  public var envelope: Envelope
  public var statement: Statement
  /// SHA-256 of what is signed; by this it is withdrawn.
  public var digest: String

  public init(_ statement: Statement) {
    let payload = CanonicalJSON.data(statement)
    self.statement = statement
    envelope = Envelope(payload: payload)
    digest = SHA256.hash(data: payload).hexadecimal
  }

  /// - Throws: ``CertificateError`` where the text is no certificate.
  public init(text: String, path: String) throws {
    guard let envelope = try? JSONDecoder().decode(Envelope.self, from: Data(text.utf8)) else {
      throw CertificateError("\(path) is no DSSE envelope", remedy: "'faultline certify … -o cert.json' writes one")
    }
    guard envelope.payloadType == Envelope.inToto, let body = envelope.body else {
      throw CertificateError(
        "\(path) holds '\(envelope.payloadType)', not \(Envelope.inToto)", remedy: "give the certificate of a campaign")
    }
    guard let statement = try? JSONDecoder().decode(Statement.self, from: body),
      statement.predicateType == "https://in-toto.io/attestation/test-result/v0.1",
      statement.predicate.certificate.schema == "faultline.certificate/1"
    else {
      throw CertificateError("\(path) holds no certificate of this kind", remedy: "issue it anew with this version")
    }
    self.envelope = envelope
    self.statement = statement
    digest = SHA256.hash(data: body).hexadecimal
  }

  public var body: CertificateBody { statement.predicate.certificate }
  public var isDraft: Bool { envelope.signatures.isEmpty }
  public var text: String { CanonicalJSON.pretty(envelope) }

  public mutating func sign(with key: SigningKey) throws { try envelope.sign(with: key) }
}

extension Statement {
  /// The statement about a campaign.
  public init(_ body: CertificateBody) {
    subject =
      body.subject.parts.map { Resource($0.name, sha256: $0.sha256) }
      + [Resource("model:\(body.subject.model.text)", sha256: CanonicalJSON.digest(body.subject.model))]
    let tests = body.results.checks
    predicate = TestResult(
      result: body.isCertified ? "PASSED" : "FAILED",
      configuration: [
        Resource("suite:\(body.suite.name)@\(body.suite.version)", sha256: body.suite.sha256),
        Resource("policy:\(body.policyName)", sha256: body.policy), Resource("record", sha256: body.record),
      ], passedTests: tests.filter(\.passes).map(\.name), warnedTests: [],
      failedTests: tests.filter { !$0.passes }.map(\.name), certificate: body)
  }
}
