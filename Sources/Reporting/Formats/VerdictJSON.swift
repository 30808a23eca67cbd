// The verdict for programs: one object a line, fields added but never renamed.

import Exploration
import Faultline
import Primitives
import Simulation

/// Writes verdicts as `faultline.verdict/1`.
public enum VerdictJSON {
  public static let schema = "faultline.verdict/1"

  /// One line, without a newline at its end.
  ///
  /// - Parameter investigation: what is known about the failure, where there is one.
  public static func line(_ verdict: Verdict, investigation: Investigation? = nil) -> String {
    guard case .object(var members) = value(verdict), let investigation else { return value(verdict).line }
    members.append(JSON.Member("explanation", InvestigationJSON.value(investigation)))
    return JSON.object(members).line
  }

  public static func value(_ verdict: Verdict) -> JSON {
    .object([
      "schema": .text(schema),
      "scenario": .text(verdict.scenario.text),
      "agent": .text(verdict.agent.text),
      "without": .texts(verdict.without.map(\.text)),
      "seed": .unsigned(verdict.seed),
      "plan": .array(verdict.plan.entries.map(entry)),
      "outcome": .text(verdict.outcome?.rawValue),
      "verdict": .text(verdict.result.rawValue),
      "expectation": .text(verdict.expectation.rawValue),
      "violations": .array(verdict.violations.map(violation)),
      "metrics": metrics(verdict.metrics),
      "events": .int(verdict.events),
      "virtual_ms": .int(verdict.virtualTime.inMilliseconds),
      "trace_hash": .text(verdict.traceHash.hexadecimal),
      "advice": .array(verdict.advice.map(violation)),
      "faults": .array(verdict.faults.map(fault)),
      "reasons": .texts(verdict.reasons),
      "shape": shape(verdict.shape),
      "marks": .texts(verdict.marks.map(\.text)),
      "replicas": .int(verdict.replicas),
    ])
  }

  static func shape(_ shape: RunShape) -> JSON {
    .object([
      "network": .int(shape.network), "store": .int(shape.store), "messages": .int(shape.messages),
      "calm_after_ms": .int(shape.calmAfter.inMilliseconds),
    ])
  }

  static func entry(_ entry: Plan.Entry) -> JSON {
    .object(["at": .text(entry.at.description), "choose": .text(entry.choose.text)])
  }

  static func violation(_ violation: Violation) -> JSON {
    .object([
      "oracle": .text(violation.oracle.text),
      "intent": .text(violation.intent?.text),
      "expected": .int(violation.expected),
      "observed": .int(violation.observed),
      "message": .text(violation.message),
      "evidence": .array(violation.evidence.map { .int($0) }),
      "objects": .texts(violation.objects),
    ])
  }

  private static func metrics(_ metrics: Verdict.Metrics) -> JSON {
    .object([
      "recovery_ms": metrics.recoveryMilliseconds.map { .int($0) } ?? .null,
      "escalations": .int(metrics.escalations),
      "rollbacks": .int(metrics.rollbacks),
      "audit_findings": .int(metrics.auditFindings),
      "mutations": .int(metrics.mutations),
      "calls": .int(metrics.calls),
      "attempts": .int(metrics.attempts),
    ])
  }

  private static func fault(_ fault: Verdict.FaultOutcome) -> JSON {
    .object([
      "at": .text(fault.record.site.description),
      "choose": .text(fault.record.answer.text),
      "took_effect": .bool(fault.tookEffect),
    ])
  }
}
