// Findings as SARIF 2.1.0, with the counterexample as a code flow through the scenario's file.

import Faultline
import Primitives
import Simulation

/// Writes findings as one SARIF log.
///
/// Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html; what a viewer needs at least is in
/// GitHub's "SARIF support for code scanning".
public struct SARIFReport: Sendable {
  /// How every log of ours begins.
  public static let mark = "{\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"faultline\""

  private let findings: [Finding]
  private let isWhole: Bool

  /// - Parameter isWhole: false where less was played than asked for.
  public init(_ findings: [Finding], isWhole: Bool = true) {
    self.findings = findings
    self.isWhole = isWhole
  }

  /// The log on one line.
  public var line: String {
    JSON.object([
      "version": .text("2.1.0"),
      "runs": .array([
        .object([
          "tool": .object(["driver": driver]),
          "columnKind": .text("unicodeCodePoints"),
          "invocations": .array([.object(["executionSuccessful": .bool(isWhole)])]),
          "results": .array(findings.flatMap(results)),
        ])
      ]),
      "$schema": .text("https://json.schemastore.org/sarif-2.1.0.json"),
    ]).line
  }

  private var driver: JSON {
    .object([
      "name": .text("faultline"),
      "semanticVersion": .text(FaultlineVersion.current),
      "rules": .array(rules.map { rule in
        let summary = OracleCatalogue.entry(named: Name(rule))?.summary ?? "The run did not end as it should."
        return .object([
          "id": .text(rule), "shortDescription": message(summary),
          "defaultConfiguration": .object(["level": .text("error")]),
        ])
      }),
    ])
  }

  /// Every rule that a finding breaks, in the order of names.
  private var rules: [String] { Set(findings.flatMap { Self.complaints($0).map(\.rule) }).sorted() }

  private struct Complaint {
    var rule: String
    var message: String
    var intent: Name?
  }

  /// Each violation once for each intent; a run without violations breaks what was expected of it.
  private static func complaints(_ finding: Finding) -> [Complaint] {
    let violations = finding.verdict.violations
    guard !violations.isEmpty else {
      return [Complaint(rule: finding.kind, message: finding.message)]
    }
    var found: [Complaint] = []
    for violation in violations
    where !found.contains(where: { $0.rule == violation.oracle.text && $0.intent == violation.intent }) {
      found.append(Complaint(rule: violation.oracle.text, message: violation.message, intent: violation.intent))
    }
    return found
  }

  private func results(_ finding: Finding) -> [JSON] {
    Self.complaints(finding).map { complaint in
      let rules = rules
      var members: [JSON.Member] = [
        .init("ruleId", .text(complaint.rule)),
        .init("ruleIndex", .int(rules.firstIndex(of: complaint.rule))),
        .init("level", .text("error")),
        .init("message", message("\(Words.printable(complaint.message)) \(circumstances(finding))")),
        .init("locations", .array([.object([.init("physicalLocation", place(finding.path, finding.line))])])),
      ]
      if !finding.steps.isEmpty { members.append(.init("codeFlows", .array([flow(finding)]))) }
      // The same plan with the same agent is the same finding, however the scenario's file was edited.
      let verdict = finding.verdict
      let fingerprint = "\(verdict.scenario)/\(Words.agent(verdict.agent, without: verdict.without))/"
        + "\(complaint.rule)/\(complaint.intent?.text ?? "")/\(verdict.plan.stableDigest.hexadecimal)"
      members.append(.init("partialFingerprints", .object(["faultlinePlan/v1": .text(fingerprint)])))
      if let reason = finding.knownReason {
        members.append(
          .init(
            "suppressions",
            .array([.object(["kind": .text("external"), "status": .text("accepted"), "justification": .text(reason)])])))
      }
      members.append(
        .init("properties", .object(["command": .text(finding.command), "verdict": VerdictJSON.value(verdict)])))
      return .object(members)
    }
  }

  private func circumstances(_ finding: Finding) -> String {
    let agent = Words.agent(finding.verdict.agent, without: finding.verdict.without)
    let faults = finding.verdict.plan.entries.map { "\($0.choose) at \($0.at)" }
    let when = faults.isEmpty ? "without any fault" : "with \(Words.list(faults))"
    return "Agent \(agent), \(when). See it again: \(finding.command)"
  }

  private func flow(_ finding: Finding) -> JSON {
    .object([
      "message": message("How it came to that, event by event."),
      "threadFlows": .array([
        .object([
          "locations": .array(finding.steps.enumerated().map { offset, step in
            .object([
              "location": .object([
                "physicalLocation": place(finding.path, step.line), "message": message(step.text),
              ]),
              "executionOrder": .int(offset + 1),
              "importance": .text(step.isEvidence ? "essential" : "important"),
              "properties": .object(["event": .int(step.index)]),
            ])
          })
        ])
      ]),
    ])
  }

  private func place(_ path: String, _ line: Int) -> JSON {
    .object([
      "artifactLocation": .object(["uri": .text(Self.uri(path))]), "region": .object(["startLine": .int(line)]),
    ])
  }

  private func message(_ text: String) -> JSON { .object(["text": .text(text)]) }

  /// A path as a URI reference (RFC 3986): everything else than its plain characters percent-encoded.
  static func uri(_ path: String) -> String {
    var uri = path.hasPrefix("/") ? "file://" : ""
    for byte in path.utf8 {
      let scalar = Unicode.Scalar(byte)
      if scalar.isASCII, scalar.properties.isAlphabetic || "0123456789-._~/".unicodeScalars.contains(scalar) {
        uri.unicodeScalars.append(scalar)
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        uri += "%" + (digits.count < 2 ? "0" : "") + digits
      }
    }
    return uri
  }
}
