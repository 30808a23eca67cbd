// The gate: whether what is about to be deployed is what was certified, and whether that is good enough.

import Faultline
import Foundation
import Primitives

/// What is about to be deployed.
public struct Deployment: Sendable {
  /// `openai:gpt-5-mini`
  public var model: String?
  /// SHA-256 of the prompt file.
  public var prompt: String?
  /// Parts of an outside agent: `image`, `lockfile`, `tools` with their digests.
  public var parts: [Subject.Part]
  /// The version of Faultline, whose workflows are deployed with it.
  public var faultline: String

  public init(model: String?, prompt: String?, parts: [Subject.Part] = [], faultline: String) {
    self.model = model
    self.prompt = prompt
    self.parts = parts
    self.faultline = faultline
  }
}

/// What the gate found.
public struct GateReport: Sendable {
  public struct Line: Hashable, Sendable, Codable {
    public var check: GateCheck
    public var passes: Bool
    /// One sentence for people, whether it passes or not.
    public var text: String
    /// Who let it pass all the same.
    public var waivedBy: String?

    public init(_ check: GateCheck, _ passes: Bool, _ text: String) {
      self.check = check
      self.passes = passes
      self.text = text
    }
  }

  public var lines: [Line]
  /// Waivers that are over; they let nothing pass.
  public var expiredWaivers: [CertificationPolicy.Waiver]

  public var isOpen: Bool { lines.allSatisfy { $0.passes || $0.waivedBy != nil } }
}

/// Judges certificates.
public struct Gate: Sendable {
  public var policy: CertificationPolicy
  public var keys: [TrustedKey]
  public var withdrawals: [KeyRing.Withdrawal]

  public init(policy: CertificationPolicy, keys: [TrustedKey], withdrawals: [KeyRing.Withdrawal]) {
    self.policy = policy
    self.keys = keys
    self.withdrawals = withdrawals
  }

  public func judge(_ certificate: ModelCertificate, for deployment: Deployment, at now: Instant) -> GateReport {
    let body = certificate.body
    var lines = [
      form(certificate), signature(certificate), withdrawn(certificate), result(body), seed(body), terms(body),
    ]
    lines += identity(body, deployment)
    lines += [evidence(body), age(body, now), history(body)]
    lines += quality(body)
    lines += [exhaustive(body), baseline(body)]
    var expired: [CertificationPolicy.Waiver] = []
    for waiver in policy.waivers {
      guard waiver.until > now else {
        expired.append(waiver)
        continue
      }
      for index in lines.indices
      where lines[index].check == waiver.check && !lines[index].passes && waiver.check.canBeWaived {
        lines[index].waivedBy = "\(waiver.approver), until \(waiver.until): \(waiver.reason)"
      }
    }
    return GateReport(lines: lines, expiredWaivers: expired)
  }

  // MARK: Whether it is a certificate

  private func form(_ certificate: ModelCertificate) -> GateReport.Line {
    let expected = Statement(certificate.body)
    guard certificate.statement == expected else {
      return .init(.form, false, "its summary says otherwise than its body")
    }
    return .init(.form, true, "an in-toto statement of test-result v0.1")
  }

  private func signature(_ certificate: ModelCertificate) -> GateReport.Line {
    if certificate.isDraft { return .init(.signature, false, "it is a DRAFT: nobody has signed it") }
    guard let signer = certificate.envelope.signer(among: keys) else {
      return .init(
        .signature, false, "none of the \(keys.count) trusted keys signed these bytes: forged, or changed since")
    }
    if let revoked = signer.revoked {
      return .init(.signature, false, "signed by \(signer.name), a key revoked on \(revoked.at): \(revoked.reason)")
    }
    return .init(.signature, true, "signed by \(signer.name)")
  }

  private func withdrawn(_ certificate: ModelCertificate) -> GateReport.Line {
    guard let found = withdrawals.first(where: { $0.certificate == certificate.digest }) else {
      return .init(.withdrawn, true, "not withdrawn")
    }
    return .init(.withdrawn, false, "withdrawn on \(found.at): \(found.reason)")
  }

  private func result(_ body: CertificateBody) -> GateReport.Line {
    guard body.reasons.isEmpty, body.results.checks.allSatisfy(\.passes) else {
      let why = body.reasons.isEmpty ? "a check failed" : body.reasons.joined(separator: "; ")
      return .init(.result, false, "the exam was not passed: \(why)")
    }
    return .init(.result, true, "the exam was passed")
  }

  private func seed(_ body: CertificateBody) -> GateReport.Line {
    let seed = ExamSeed.of(subject: body.subject.digest, suite: body.suite.sha256, policy: body.policy)
    guard body.seed == seed.hexadecimal else {
      return .init(
        .seed, false,
        "the seed is \(body.seed), and subject, suite and policy give \(seed.hexadecimal): somebody chose it")
    }
    return .init(.seed, true, "the seed follows from subject, suite and policy")
  }

  private func terms(_ body: CertificateBody) -> GateReport.Line {
    guard body.policy == policy.exam.digest else {
      return .init(.policy, false, "it was examined under other terms ('\(body.policyName)') than this policy's")
    }
    return .init(.policy, true, "examined under this policy's terms")
  }

  // MARK: Whether it is about what is deployed

  private func identity(_ body: CertificateBody, _ deployment: Deployment) -> [GateReport.Line] {
    var lines: [GateReport.Line] = []
    let release = body.faultline == deployment.faultline
    lines.append(
      .init(
        .release, release,
        release
          ? "the same release, \(body.faultline)"
          : "certified with \(body.faultline), deployed with \(deployment.faultline)"))
    switch body.subject.kind {
    case .decider:
      lines.append(compare(.model, body.subject.model.text, deployment.model, "model"))
      let prompt = body.subject.parts.first { $0.name.hasPrefix("prompt:") }
      lines.append(compare(.prompt, prompt?.sha256 ?? "none", deployment.prompt, "prompt"))
      let here = Subject.workflowParts
      let changed = body.subject.parts.filter { $0.name.hasPrefix("workflow:") && !here.contains($0) }
      lines.append(
        .init(
          .workflow, changed.isEmpty,
          changed.isEmpty
            ? "the workflows are those that were examined"
            : "changed since: \(changed.map(\.name).joined(separator: ", "))"))
    case .agent:
      var parts = deployment.parts
      if let model = deployment.model {
        // Which model an agent asks is a part of it, by its name.
        let own = Subject.Part.model(model)
        parts.append(own)
        let isExamined = body.subject.parts.contains(own)
        lines.append(
          .init(
            .model, isExamined,
            isExamined ? "the model is the one that was examined" : "nobody examined the agent with the model \(model)")
        )
      }
      let wrong = body.subject.parts.filter { !parts.contains($0) }
      lines.append(
        .init(
          .workflow, wrong.isEmpty,
          wrong.isEmpty
            ? "every part is the one that was examined"
            : "another than examined, or not given: \(wrong.map(\.name).joined(separator: ", "))"))
    }
    return lines
  }

  private func compare(_ check: GateCheck, _ certified: String, _ deployed: String?, _ what: String) -> GateReport.Line
  {
    guard let deployed else {
      return .init(
        check, false, "nobody said which \(what) is to be deployed; give --\(what), or name it in the policy")
    }
    guard certified == deployed else {
      return .init(
        check, false,
        "certified for the \(what) \(certified.prefix(40)), about to be deployed is \(deployed.prefix(40))")
    }
    return .init(check, true, "the \(what) is the one that was examined")
  }

  // MARK: Whether it is good enough

  private func evidence(_ body: CertificateBody) -> GateReport.Line {
    let accepted = policy.gate.evidence.map(\.rawValue).joined(separator: ", ")
    return .init(
      .evidence, policy.gate.evidence.contains(body.evidence),
      "its answers are \(body.evidence.rawValue); accepted: \(accepted.isEmpty ? "none" : accepted)")
  }

  private func age(_ body: CertificateBody, _ now: Instant) -> GateReport.Line {
    guard let issued = Instant(iso8601: body.issuedAt), let until = Instant(iso8601: body.validUntil) else {
      return .init(.age, false, "it does not say when it was issued")
    }
    if issued > now { return .init(.age, false, "issued on \(body.issuedAt), which is still to come") }
    if until <= now { return .init(.age, false, "expired on \(body.validUntil)") }
    let limit = issued + .hours(24) * Int64(policy.gate.maxAgeDays)
    guard limit > now else {
      return .init(.age, false, "issued on \(body.issuedAt), more than \(policy.gate.maxAgeDays) days ago")
    }
    return .init(.age, true, "issued on \(body.issuedAt), valid until \(body.validUntil)")
  }

  private func history(_ body: CertificateBody) -> GateReport.Line {
    guard let total = body.history.total else {
      return .init(
        .history, policy.gate.allowsUnknownHistory, "nobody knows how many campaigns this subject had before")
    }
    return .init(
      .history, total <= policy.gate.maxEarlierCampaigns,
      "\(total) campaigns of this subject before, \(body.history.unfinished ?? 0) unfinished; "
        + "at most \(policy.gate.maxEarlierCampaigns) allowed"
    )
  }

  private func quality(_ body: CertificateBody) -> [GateReport.Line] {
    // Judged anew from the figures: what the certificate concluded is not taken from it.
    body.results.judge(by: policy.exam, kind: body.subject.kind).compactMap { check in
      GateCheck(rawValue: check.name).map { GateReport.Line($0, check.passes, check.text) }
    }
  }

  private func exhaustive(_ body: CertificateBody) -> GateReport.Line {
    guard body.subject.kind == .decider else {
      return .init(.exhaustive, true, "nothing is claimed of an architecture that is not Faultline's")
    }
    guard let claim = body.exhaustive else {
      return .init(.exhaustive, !policy.gate.needsExhaustive, "the answers of any model were not enumerated")
    }
    return .init(
      .exhaustive, claim.isWhole, claim.sentence ?? "\(claim.violations) of \(claim.schedules) schedules do harm")
  }

  private func baseline(_ body: CertificateBody) -> GateReport.Line {
    guard let comparison = body.results.baseline else {
      return .init(.baseline, !policy.gate.needsBaseline, "it was compared with no baseline")
    }
    return .init(.baseline, comparison.isNonInferior, comparison.sentence)
  }
}

extension PairedComparison {
  var sentence: String {
    let bound = SuiteLint.percent(difference.lower)
    return "against the baseline over \(cases) cases: \(SuiteLint.percent(difference.estimate)), at least \(bound); "
      + "allowed -\(SuiteLint.percent(margin))"
  }
}
