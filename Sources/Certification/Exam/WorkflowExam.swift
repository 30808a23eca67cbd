// Whole workflows with a model as the decider: the run waits for its answers, and the clock stands still meanwhile.

import Agents
import Faultline
import OpsAgent
import Primitives
import Simulation

/// Plays one scenario as often as it takes until every question of it is answered.
struct WorkflowExam: Sendable {
  let scenario: Scenario
  let prompt: Prompt
  let model: any DecisionModel
  /// The scenario's world, where somebody has it already.
  var setup: WorldSetup? = nil

  /// No honest run asks more; a model that keeps a run from ending is examined no further.
  static let mostQuestions = 40

  /// - Parameters:
  ///   - plan: the faults; the scenario's own where nothing is given.
  ///   - noting: told of every reply, for what the exam keeps of them.
  func play(
    trial: Int, seed: UInt64, plan: Plan? = nil, noting: @Sendable (ModelReply) throws -> Void
  ) async throws -> CampaignRecord.WorkflowRun {
    let setup = try self.setup ?? WorldSetup(scenario: scenario)
    var table = AnswerTable()
    var usage = CampaignRecord.Usage()
    for count in 0... {
      let open = OpenQuestion()
      let agent = ReferenceAgent(decider: ModelDecider(table, open: open))
      let input = RunInput(scenario: scenario, agent: agent, seed: seed, chance: plan.map { .plan($0) })
      let verdict = try Runner.run(input, in: setup).verdict
      guard let question = open.question, count < Self.mostQuestions else {
        return CampaignRecord.WorkflowRun(
          verdict, trial: trial, decisions: count, usage: usage)
      }
      // The second time the same question is asked is another request.
      let request = ModelRequest(
        question.query, prompt: prompt, model: model.identity, trial: (trial - 1) * 100 + question.occurrence + 1)
      let reply = try await model.answer(request)
      try noting(reply)
      usage += reply.usage
      table[question.key] = AnswerTable.Answer(
        decision: reply.decision,
        thinking: reply.isTimeout ? .seconds(60) : .milliseconds(Int64(max(1, reply.usage.milliseconds))))
    }
    preconditionFailure("counting does not end")
  }
}

extension CampaignRecord.WorkflowRun {
  /// What a verdict comes to, whoever decided.
  public init(_ verdict: Verdict, trial: Int, decisions: Int, usage: CampaignRecord.Usage = CampaignRecord.Usage()) {
    let harmful = Set(OracleCatalogue.all.filter { $0.kind == .harm }.map(\.name))
    var harm: [String] = []
    for violation in verdict.violations
    where harmful.contains(violation.oracle) && !harm.contains(violation.oracle.text) {
      harm.append(violation.oracle.text)
    }
    self.init(
      scenario: verdict.scenario.text, trial: trial, seed: verdict.seed, ending: verdict.outcome?.rawValue,
      isSuccess: verdict.violations.isEmpty && verdict.result != .inconclusive && verdict.expectation != .unmet,
      harm: harm, faults: verdict.faults.filter(\.tookEffect).map { "\($0.record.answer) at \($0.record.site)" },
      escalations: verdict.metrics.escalations,
      rollbacks: verdict.metrics.rollbacks,
      auditFindings: verdict.metrics.auditFindings, recoveryMilliseconds: verdict.metrics.recoveryMilliseconds,
      decisions: decisions, traceHash: verdict.traceHash.hexadecimal, usage: usage)
  }
}
