// The verdict for programs: one object a line, fields added but never renamed.

import Exploration
import Faultline
import Operations
import Primitives
import Simulation

/// Writes verdicts as `faultline.verdict/1`.
public enum VerdictJSON {
  public static let schema = "faultline.verdict/1"

  /// One line, without a newline at its end.
  ///
  /// - Parameters:
  ///   - investigation: what is known about the failure, where there is one.
  ///   - planned: what a dry run would do, in order.
  public static func line(
    _ verdict: Verdict, investigation: Investigation? = nil, planned: [Claim.Planned]? = nil
  ) -> String {
    guard case .object(var members) = value(verdict) else { return value(verdict).line }
    if let planned { members.append(JSON.Member("planned_effects", .array(planned.map(effect)))) }
    if let investigation { members.append(JSON.Member("explanation", InvestigationJSON.value(investigation))) }
    return JSON.object(members).line
  }

  private static func effect(_ planned: Claim.Planned) -> JSON {
    .object([
      "step": .text(planned.step.text),
      "operation": .text(planned.operation.text),
      "arguments": .object(planned.arguments.entries.map { JSON.Member($0.name.text, argument($0.value)) }),
      "principal": .text(planned.principal.text),
      "again_by": .text(planned.protection),
      "taken_back_by": .text(planned.reversal),
    ])
  }

  /// Numbers as numbers; money and moments as text, the way that scenarios write them.
  private static func argument(_ value: Value) -> JSON {
    switch value {
    case .null: .null
    case .bool(let flag): .bool(flag)
    case .int(let number): .int(number)
    case .text(let text): .text(text)
    case .list(let values): .array(values.map(argument))
    case .record(let fields): .object(fields.entries.map { JSON.Member($0.name.text, argument($0.value)) })
    case .money, .instant: .text(value.description)
    }
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
      "calm_after_ms": .int(shape.calmAfter.inMilliseconds), "workflows": .int(shape.workflows),
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
