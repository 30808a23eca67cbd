// From a finished world to a verdict: violations, expectation, numbers.

import Operations
import Primitives
import Simulation

enum Judge {
  /// Judges a run that has ended.
  ///
  /// - Parameter isExpected: whether the scenario's expectations are about it: they are about its own faults.
  static func verdict(on world: World, agent: any AgentUnderTest, isExpected: Bool = true) -> Verdict {
    let scenario = world.setup.scenario
    let findings = world.findings
    let violations = findings.filter { !$0.isAdvice }
    var reasons: [String] = []
    for entry in world.unmet {
      reasons.append("The planned fault \(entry.choose) at \(entry.at) was never met.")
    }
    for fault in world.faults where !fault.tookEffect {
      reasons.append(
        "The fault \(fault.record.answer) at \(fault.record.site) changed neither an answer nor the truth.")
    }
    let result: Verdict.Result
    if !violations.isEmpty {
      result = .fail
    } else if world.unmet.isEmpty {
      result = .pass
    } else {
      result = .inconclusive
    }
    var verdict = Verdict(
      scenario: scenario.name, agent: agent.name, without: agent.without, seed: world.simulation.seed,
      shape: world.shape, plan: world.plan, outcome: world.outcome, result: result, expectation: .none,
      reasons: reasons, violations: violations, advice: findings.filter(\.isAdvice),
      metrics: metrics(of: world, findings: findings),
      events: world.trace.count, virtualTime: (world.lastEnd ?? world.now) - scenario.start,
      traceHash: world.trace.hash, faults: world.faults, marks: world.marks)
    verdict.replicas = scenario.rollout.count
    verdict.chosenReplicas = scenario.rollout.chosen
    if isExpected, let expectation = scenario.expectations.first(where: { $0.isAbout(agent) }) {
      let unmet = shortcomings(of: verdict, against: expectation, undone: world.undone)
      verdict.expectation = unmet.isEmpty ? .met : .unmet
      verdict.reasons += unmet
    }
    return verdict
  }

  private static func metrics(of world: World, findings: [Violation]) -> Verdict.Metrics {
    var metrics = Verdict.Metrics()
    if let fault = world.firstFault, let end = world.lastEnd, end >= fault,
      !findings.contains(where: { !$0.isAdvice }), world.allBenches.allSatisfy({ $0.facts.claim != nil && $0.truth() != nil })
    {
      metrics.recoveryMilliseconds = (end - fault).inMilliseconds
    }
    metrics.escalations = world.claims.count(where: { $0.ending == .escalated })
    metrics.rollbacks = world.metrics.rollbacks
    metrics.auditFindings = findings.count { finding in
      finding.isAdvice || finding.oracle == UnwrittenRule.name || OracleCatalogue.entry(named: finding.oracle)?.kind == .contract
    }
    metrics.mutations = world.metrics.mutations
    metrics.calls = world.metrics.calls
    metrics.attempts = world.metrics.attempts
    return metrics
  }

  /// What an expectation asked for and did not get, one sentence each.
  ///
  /// - Parameter undone: what scripted people could not do.
  private static func shortcomings(
    of verdict: Verdict, against expectation: Scenario.Expectation, undone: [String]
  ) -> [String] {
    var reasons: [String] = []
    if verdict.result == .inconclusive {
      reasons.append("An expectation can't be met by a run in which a planned fault was never met.")
    }
    reasons += undone
    let fired = Set(verdict.violations.map(\.oracle))
    for oracle in expectation.violates where !fired.contains(oracle) {
      reasons.append("\(verdict.agent) was expected to violate \(oracle) and did not.")
    }
    if !expectation.allowsMore {
      for oracle in fired.subtracting(expectation.violates).sorted() {
        reasons.append("\(verdict.agent) violated \(oracle), which was not expected.")
      }
    }
    if !expectation.ends.isEmpty, !expectation.ends.contains(where: { $0 == verdict.outcome }) {
      let allowed = expectation.ends.map(\.rawValue).joined(separator: " or ")
      reasons.append(
        "\(verdict.agent) was expected to end \(allowed); it \(verdict.outcome.map { "ended \($0.rawValue)" } ?? "said nothing").")
    }
    if let wanted = expectation.auditFindings, wanted != verdict.metrics.auditFindings {
      reasons.append(
        "The audit was expected to have \(wanted) \(wanted == 1 ? "finding" : "findings"); it has "
          + "\(verdict.metrics.auditFindings).")
    }
    return reasons
  }
}

extension Scenario.Expectation {
  func isAbout(_ subject: any AgentUnderTest) -> Bool {
    agent == subject.name && Set(without) == Set(subject.without)
  }
}
