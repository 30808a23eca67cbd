// Certificates, keys and the gate: what is genuine passes, and nothing can be talked round.

import Faultline
import Foundation
import Primitives
import Testing

@testable import Certification

@Suite struct CertificateTests {
  private let day = Instant(year: 2026, month: 11, day: 28)

  private struct Bench {
    var record: CampaignRecord
    var key: SigningKey
    var gate: Gate
    var deployment: Deployment
  }

  private func bench(_ character: SimulatedModel.Character = .right) async throws -> Bench {
    var record = try await CertificationTests.Bench.campaign(character, cases: 90).run()
    record.evidence = .live
    record.exhaustive = ExhaustiveClaim(
      maxDeviations: 1,
      runs: [
        .init(run: "r", workflow: "w", decisions: 1, answers: 50, schedules: 100, violations: 0, undecided: 0, unfair: 0, digest: "d", harmful: [])
      ])
    let key = try SigningKey(name: "release", seed: Data(repeating: 3, count: 32))
    return Bench(
      record: record, key: key, gate: Gate(policy: .standard, keys: [key.trusted], withdrawals: []),
      deployment: Deployment(
        model: "simulated:\(character.rawValue)", prompt: CertificationTests.Bench.prompt.digest, faultline: "0.1.0"))
  }

  private func signed(_ bench: Bench, _ change: (inout CertificateBody) -> Void = { _ in }) throws -> ModelCertificate {
    var body = bench.record.certificate(at: day, by: "release").body
    change(&body)
    var certificate = ModelCertificate(Statement(body))
    try certificate.sign(with: bench.key)
    return certificate
  }

  private func closed(_ report: GateReport) -> [GateCheck] { report.lines.filter { !$0.passes && $0.waivedBy == nil }.map(\.check) }

  /// The specification's own example of what is signed (github.com/secure-systems-lab/dsse, protocol.md).
  @Test func theEnvelopeSignsWhatTheSpecificationSays() {
    let bytes = Envelope.preAuthentication("http://example.com/HelloWorld", Data("hello world".utf8))
    #expect(String(decoding: bytes, as: UTF8.self) == "DSSEv1 29 http://example.com/HelloWorld 11 hello world")
  }

  /// RFC 8032, section 7.1, test 1.
  @Test func theKeyIsEd25519() throws {
    let seed = try #require(Data(hexadecimal: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
    let key = try SigningKey(name: "rfc", seed: seed)
    #expect(key.trusted.publicKey == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
  }

  @Test func theSameRecordAndTimeGiveTheSameBytes() async throws {
    let bench = try await bench()
    #expect(try signed(bench).text == signed(bench).text)
    #expect(bench.record.certificate(at: day, by: "a").digest != bench.record.certificate(at: day, by: "b").digest)
    let read = try ModelCertificate(text: signed(bench).text, path: "c.json")
    #expect(read.body == bench.record.certificate(at: day, by: "release").body)
    #expect(read.statement.subject.contains { $0.name == "prompt:triage@1" && $0.digest["sha256"]?.count == 64 })
  }

  @Test func whatIsGenuinePasses() async throws {
    let bench = try await bench()
    let report = bench.gate.judge(try signed(bench), for: bench.deployment, at: day + .hours(1))
    #expect(report.isOpen, "\(closed(report))")
    #expect(report.lines.count == 21)
  }

  @Test func everyWayToTalkItRoundIsRefused() async throws {
    let bench = try await bench()
    let now = day + .hours(1)
    func refused(_ certificate: ModelCertificate, gate: Gate? = nil, as deployment: Deployment? = nil, at: Instant? = nil) -> [GateCheck] {
      closed((gate ?? bench.gate).judge(certificate, for: deployment ?? bench.deployment, at: at ?? now))
    }
    // Unsigned is a draft.
    #expect(refused(bench.record.certificate(at: day, by: "release")) == [.signature])
    // Tampered: other bytes under the old signature.
    var tampered = try signed(bench)
    var body = tampered.body
    body.validUntil = "2030-01-01T00:00:00Z"
    tampered.envelope.payload = CanonicalJSON.data(Statement(body)).base64EncodedString()
    #expect(refused(try ModelCertificate(text: tampered.text, path: "t")).contains(.signature))
    // A summary that says otherwise than the body.
    var forged = bench.record.certificate(at: day, by: "release").statement
    forged.predicate.result = "FAILED"
    var disagreeing = ModelCertificate(forged)
    try disagreeing.sign(with: bench.key)
    #expect(refused(disagreeing) == [.form])
    // A lucky seed.
    #expect(refused(try signed(bench) { $0.seed = "0000000000000001" }) == [.seed])
    // Expired, too old, not yet issued.
    #expect(refused(try signed(bench), at: day + .days(31)) == [.age])
    #expect(refused(try signed(bench) { $0.validUntil = "2036-01-01T00:00:00Z" }, at: day + .days(40)) == [.age])
    #expect(refused(try signed(bench), at: day - .days(1)) == [.age])
    // Another prompt, model, release, workflow.
    var other = bench.deployment
    other.prompt = String(repeating: "0", count: 64)
    #expect(refused(try signed(bench), as: other) == [.prompt])
    other = bench.deployment
    other.model = "openai:other"
    #expect(refused(try signed(bench), as: other) == [.model])
    other.model = nil
    #expect(refused(try signed(bench), as: other) == [.model])
    other = bench.deployment
    other.faultline = "0.2.0"
    #expect(refused(try signed(bench), as: other) == [.release])
    let changed = try signed(bench) { body in
      for index in body.subject.parts.indices where body.subject.parts[index].name.hasPrefix("workflow:plan-change") {
        body.subject.parts[index].sha256 = "0"
      }
    }
    #expect(refused(changed) == [.seed, .workflow])
    // A key that is unknown, or revoked; a certificate that was withdrawn.
    let stranger = try SigningKey(name: "stranger").trusted
    #expect(refused(try signed(bench), gate: Gate(policy: .standard, keys: [stranger], withdrawals: [])) == [.signature])
    var revoked = bench.key.trusted
    revoked.revoked = .init(at: "2026-11-28", reason: "stolen")
    #expect(refused(try signed(bench), gate: Gate(policy: .standard, keys: [revoked], withdrawals: [])) == [.signature])
    let withdrawal = KeyRing.Withdrawal(certificate: try signed(bench).digest, at: "2026-11-28", reason: "drift")
    #expect(refused(try signed(bench), gate: Gate(policy: .standard, keys: [bench.key.trusted], withdrawals: [withdrawal])) == [.withdrawn])
    // Replayed answers where live ones are demanded; nobody knows the history; too many tries.
    #expect(refused(try signed(bench) { $0.evidence = .replayed }) == [.evidence])
    #expect(refused(try signed(bench) { $0.history = .init(finished: nil, unfinished: nil) }) == [.history])
    #expect(refused(try signed(bench) { $0.history = .init(finished: 1, unfinished: 3) }) == [.history])
    #expect(refused(try signed(bench) { $0.exhaustive = nil }) == [.exhaustive])
    // Figures are judged anew: reasons and checks that were removed help nobody.
    let bad = try await self.bench(.careless)
    let whitewashed = try signed(bad) { body in
      body.reasons = []
      body.results.checks = []
    }
    let found = closed(bad.gate.judge(whitewashed, for: bad.deployment, at: now))
    #expect(found.contains(.success) && !found.contains(.signature))
  }

  @Test func otherTermsAreAnotherExam() async throws {
    let bench = try await bench()
    var gate = bench.gate
    gate.policy.exam.p0 = 0.5
    #expect(closed(gate.judge(try signed(bench), for: bench.deployment, at: day + .hours(1))) == [.policy])
  }

  @Test func aWaiverLetsOneCheckPassForAWhile() async throws {
    let bench = try await bench()
    var gate = bench.gate
    let stale = day + .days(31)
    gate.policy.waivers = [.init(check: .age, approver: "R. Manager", reason: "the provider is down", until: stale + .days(1))]
    let report = gate.judge(try signed(bench), for: bench.deployment, at: stale)
    #expect(report.isOpen)
    #expect(report.lines.first { $0.check == .age }?.waivedBy?.contains("R. Manager") ?? false)
    let later = gate.judge(try signed(bench), for: bench.deployment, at: stale + .days(2))
    #expect(closed(later) == [.age] && later.expiredWaivers.count == 1)
    gate.policy.waivers[0].check = .signature
    #expect(!gate.judge(bench.record.certificate(at: day, by: "x"), for: bench.deployment, at: day + .hours(1)).isOpen)
  }

  @Test func anOutsideAgentIsComparedByItsPartsAndClaimsNothingOfTheArchitecture() async throws {
    var bench = try await bench()
    let parts = [Subject.Part(name: "lockfile", sha256: String(repeating: "a", count: 64))]
    bench.record.subject = Subject(kind: .agent, model: bench.record.subject.model, parts: parts)
    bench.record.seed = ExamSeed.of(
      subject: bench.record.subject.digest, suite: bench.record.suite.sha256, policy: bench.record.exam.digest).hexadecimal
    bench.record.runs = (0..<60).map { index in
      CampaignRecord.WorkflowRun(
        scenario: "s\(index)", trial: 1, seed: 1, ending: "completed", isSuccess: true, harm: [], faults: [], escalations: 0, rollbacks: 0,
        auditFindings: 0, recoveryMilliseconds: nil, decisions: 0, traceHash: "0", usage: .init())
    }
    let certificate = try signed(bench)
    #expect(certificate.body.exhaustive == nil)
    var deployment = Deployment(model: nil, prompt: nil, parts: parts, faultline: "0.1.0")
    #expect(bench.gate.judge(certificate, for: deployment, at: day + .hours(1)).isOpen)
    deployment.parts = [Subject.Part(name: "lockfile", sha256: String(repeating: "b", count: 64))]
    #expect(closed(bench.gate.judge(certificate, for: deployment, at: day + .hours(1))) == [.workflow])
    bench.record.runs[3].harm = ["double-billing"]
    #expect(!bench.record.certificate(at: day, by: "x").body.isCertified)
  }

  @Test func keysAreMadeListedRevokedAndNeverReplaced() throws {
    let ring = KeyRing("\(try Repository.scratch())/keys")
    let made = try ring.make("release")
    #expect(try ring.keys() == [made])
    #expect(try ring.signingKey("release").trusted == made)
    let mode = try FileManager.default.attributesOfItem(atPath: "\(ring.folder)/release.key.json")[.posixPermissions] as? Int
    #expect(mode == 0o600)
    #expect(throws: CertificateError.self) { try ring.make("release") }
    #expect(throws: CertificateError.self) { try ring.make("../release") }
    #expect(throws: CertificateError.self) { try ring.signingKey("other") }
    #expect(try ring.revoke("release", at: "2026-11-28", reason: "test").revoked?.reason == "test")
    #expect(try ring.keys()[0].revoked != nil)
    try Data("{}".utf8).write(to: URL(fileURLWithPath: "\(ring.folder)/withdrawn.json"))
    #expect(throws: CertificateError.self) { try ring.withdrawals() }
  }

  @Test func theLastGoodPromptComesBack() async throws {
    let bench = try await bench()
    let history = PromptHistory("\(try Repository.scratch())/deployed")
    let text = "---\nname: triage\nversion: 1\nowner: o\n---\nx\n## User\n{{text}}\n"
    var prompt = try Prompt.read(text: text, path: "p.md")
    prompt.name = "triage"
    let certificate = try signed(bench) { body in
      body.subject.parts = [Subject.Part(name: "prompt:triage@1", sha256: prompt.digest)]
    }
    try history.keep(prompt, text: text, certificate: certificate, at: "2026-11-28")
    try history.keep(prompt, text: text, certificate: certificate, at: "2026-11-28")
    #expect(try history.entries().count == 1)
    let keys = [bench.key.trusted]
    #expect(try history.lastGood(otherThan: "another", keys: keys, withdrawals: [])?.text == text)
    #expect(try history.lastGood(otherThan: prompt.digest, keys: keys, withdrawals: []) == nil)
    #expect(try history.lastGood(otherThan: "another", keys: [], withdrawals: []) == nil)
    let withdrawn = KeyRing.Withdrawal(certificate: certificate.digest, at: "", reason: "")
    #expect(try history.lastGood(otherThan: "another", keys: keys, withdrawals: [withdrawn]) == nil)
  }

  /// The example that users copy: it is read, and it lets pass what it says and nothing else.
  @Test func theExampleOfAPolicyGates() async throws {
    let policy = try PolicyReader.read(Repository.path("fixtures/certification/policy.yaml"))
    #expect(policy.exam.classes == ["injected": 0.95, "stays-with-people": 0.95])
    #expect(policy.gate.evidence == [.live] && policy.gate.needsExhaustive && policy.waivers.count == 1)
    #expect(policy.gate.prompt?.hasSuffix("fixtures/prompts/triage.md") ?? false)
    var bench = try await bench()
    bench.gate.policy = policy
    bench.record.exam = policy.exam
    bench.record.seed = ExamSeed.of(
      subject: bench.record.subject.digest, suite: bench.record.suite.sha256, policy: policy.exam.digest).hexadecimal
    let report = bench.gate.judge(try signed(bench), for: bench.deployment, at: day + .hours(1))
    #expect(report.isOpen, "\(closed(report))")
    // Under these terms people's cases have a floor of their own.
    for index in bench.record.asks.indices where bench.record.asks[index].kind == .staysWithPeople && index % 2 == 0 {
      bench.record.asks[index].outcome = .missedEscalation
    }
    let worse = bench.gate.judge(try signed(bench), for: bench.deployment, at: day + .hours(1))
    #expect(closed(worse).contains(.classes), "\(closed(worse))")
    // The waiver is for one check, and ends.
    let stale = bench.gate.judge(try signed(bench), for: bench.deployment, at: day + .days(31))
    #expect(stale.expiredWaivers.count == 1 && closed(stale).contains(.age))
  }

  @Test(arguments: [
    ("name: x\nexam: {p0: 95%, p1: 90%}", "p1 is not above p0"), ("name: x\nexam: {p0: 95}", "expected a percentage"),
    ("name: x\nexam: {alpha: 60%}", "alpha is no error that anybody accepts"),
    ("name: x\nexam: {classes: {clean: 90%}}", "unknown class of cases 'clean'"),
    ("name: x\ngate: {evidence: [live, dreamt]}", "unknown evidence 'dreamt'"),
    ("name: x\nwaivers: [{check: harm, approver: a, reason: b, until: 2026-12-01}]", "nobody can waive 'harm'"),
    ("name: x\nwaivers: [{check: age, approver: a, until: 2026-12-01}]", "a waiver needs the key 'reason'"),
    ("exam: {}", "a policy needs the key 'name'"), ("name: x\ngates: {}", "unknown key of a policy 'gates'"),
  ])
  func aPolicyIsReadStrictly(text: String, message: String) throws {
    let path = "\(try Repository.scratch())/policy.yaml"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    do {
      _ = try PolicyReader.read(path)
      Issue.record("it was read")
    } catch {
      #expect(error.diagnostics.contains { $0.message.contains(message) && $0.line > 0 }, "\(error)")
    }
  }
}
