// What is known about a failure, for programs: the field `explanation` of a verdict.

import Exploration
import Faultline
import Operations
import Primitives
import Simulation

/// Writes investigations. Names are stable; fields are added but never renamed.
public enum InvestigationJSON {
  public static func value(_ investigation: Investigation) -> JSON {
    let explanation = investigation.explanation
    return .object([
      "oracle": .text(investigation.target.oracle.text),
      "intent": .text(investigation.target.intent?.text),
      "chains": .array(zip(investigation.verdict.violations, explanation.chains).map(chain)),
      "needed": .array(investigation.needs.map(need)),
      "minimal": .bool(investigation.isMinimal),
      "smallest": .object([
        "seed": .unsigned(investigation.smallest.seed),
        "plan": .array(investigation.smallest.plan.entries.map(VerdictJSON.entry)),
      ]),
      "saved": .array(explanation.rescues.map(rescue)),
      "point_of_no_return": explanation.pointOfNoReturn.map { point in
        .object([
          "event": .int(point.event), "kind": .text(point.kind?.text), "balanced_by": .text(point.remedy?.text),
        ])
      } ?? .null,
      "clean": .array(explanation.cleaning.map(step)),
      "remaining": .array(explanation.remaining.map(VerdictJSON.violation)),
      "compare": investigation.comparison.map(comparison) ?? .null,
      "runs": .int(investigation.runs),
    ])
  }

  private static func chain(_ violation: Violation, _ links: [Causes.Link]) -> JSON {
    .object([
      "oracle": .text(violation.oracle.text), "intent": .text(violation.intent?.text),
      "events": .array(links.map { .object(["event": .int($0.event), "part": .text($0.part.rawValue)]) }),
    ])
  }

  private static func need(_ need: Investigation.Need) -> JSON {
    .object([
      "at": .text(need.entry.at.description), "choose": .text(need.entry.choose.text),
      "needed": .bool(need.isNeeded), "without": .text(need.without.rawValue),
      "oracles": .texts(need.oracles.map(\.text)),
    ])
  }

  private static func rescue(_ rescue: Explanation.Rescue) -> JSON {
    var members = [JSON.Member("until", .int(rescue.until))]
    switch rescue.remedy {
    case .sameKey: members.append(JSON.Member("by", .text("same-key")))
    case .readBack(let span):
      members += [
        JSON.Member("by", .text("read-back")), JSON.Member("after_ms", .int(span.inMilliseconds)),
      ]
    case .escalation: members.append(JSON.Member("by", .text("escalation")))
    case .takingBack(let operations):
      members += [
        JSON.Member("by", .text("taking-back")), JSON.Member("operations", .texts(operations.map(\.text))),
      ]
    }
    return .object(members)
  }

  private static func step(_ step: Closer.Step) -> JSON {
    .object([
      "operation": .text(step.request.operation.text), "kind": .text(step.kind.text), "object": .text(step.object),
      "amount": .text(step.amount?.description), "balancing": .bool(step.isBalancing),
    ])
  }

  private static func comparison(_ comparison: Comparison) -> JSON {
    .object([
      "agent": .text(comparison.model.text), "verdict": .text(comparison.verdict.result.rawValue),
      "meets_plan": .bool(comparison.meetsPlan),
      "recovery_ms": comparison.verdict.metrics.recoveryMilliseconds.map { .int($0) } ?? .null,
      "by": .texts(comparison.parts.map(\.text)),
    ])
  }
}
