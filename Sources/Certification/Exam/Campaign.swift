// The exam itself: every case so many times, in other words, in another order, and then whole workflows.

import Faultline
import Operations
import OpsAgent
import Primitives
import Synchronization

/// One exam of one subject.
public struct Campaign: Sendable {
  public var suite: Suite
  public var prompt: Prompt
  public var model: any DecisionModel
  public var policy: CertificationPolicy
  public var trials: Int
  /// Whole runs under drawn faults, beside the scenarios' own.
  public var drawnRuns: Int
  /// Questions that are asked at the same time.
  public var jobs: Int
  /// Stops as soon as the confidence sequence says enough; then it alone is reported.
  public var stopsEarly: Bool
  public var faultline: String
  public var runner: String
  public var history: CertificateBody.History

  public init(
    suite: Suite, prompt: Prompt, model: any DecisionModel, policy: CertificationPolicy, trials: Int = 1,
    drawnRuns: Int = 0, jobs: Int = 4, stopsEarly: Bool = false, faultline: String, runner: String,
    history: CertificateBody.History = .init(finished: nil, unfinished: nil)
  ) {
    self.suite = suite
    self.prompt = prompt
    self.model = model
    self.policy = policy
    self.trials = trials
    self.drawnRuns = drawnRuns
    self.jobs = jobs
    self.stopsEarly = stopsEarly
    self.faultline = faultline
    self.runner = runner
    self.history = history
  }

  public var subject: Subject {
    Subject(
      kind: .decider, model: model.identity,
      parts: [Subject.Part(name: "prompt:\(prompt.name)@\(prompt.version)", sha256: prompt.digest)]
        + Subject.workflowParts)
  }

  public var seed: UInt64 {
    ExamSeed.of(subject: subject.digest, suite: suite.digest, policy: policy.exam.digest)
  }

  /// The cases as this exam asks them, in its order.
  public var cases: [RenderedCase] {
    let seed = seed
    return suite.cases.sorted { a, b in
      let (a, b) = (Draw(seed: seed, key: Name(a.id).hash), Draw(seed: seed, key: Name(b.id).hash))
      return a.word < b.word
    }.map { $0.rendered(seed: seed) }
  }

  /// What is told to whoever waits.
  public struct Step: Sendable {
    public var done: Int
    public var all: Int
  }

  /// Asks everything.
  ///
  /// - Throws: what makes the exam impossible: a cassette without an answer, a scenario whose world can't be built.
  public func run(onStep: @escaping @Sendable (Step) -> Void = { _ in }) async throws -> CampaignRecord {
    var record = CampaignRecord(
      subject: subject, suite: .init(suite), policy: policy, seed: seed, faultline: faultline, runner: runner,
      evidence: model.evidence, history: history, trials: trials, stopsEarly: stopsEarly)
    let watch = IdentityWatch()
    let cases = cases
    var sequence = ConfidenceSequence(error: 2 * policy.exam.alpha)
    var next = 0
    let all = cases.count + suite.scenarios.count * trials + (suite.scenarios.isEmpty ? 0 : drawnRuns)
    while next < cases.count, watch.change == nil {
      let batch = cases[next..<min(cases.count, next + max(1, jobs))]
      let asks = try await asks(of: Array(batch), watch)
      for asked in asks {
        record.asks += asked
        let base = asked.filter { $0.variant == .base }
        sequence.add(Double(base.count { $0.isSuccess }) / Double(base.count))
      }
      next += batch.count
      onStep(Step(done: next, all: all))
      if stopsEarly, isDecided(sequence) {
        record.exclusions += cases[next...].map { "\($0.id): not asked, the exam knew enough" }
        break
      }
    }
    var done = next
    for scenario in suite.scenarios where watch.change == nil {
      let exam = WorkflowExam(scenario: scenario, prompt: prompt, model: model)
      for trial in 1...trials {
        let seed = Draw(seed: seed, key: scenario.name.hash).derived(UInt64(trial)).word
        record.runs.append(try await exam.play(trial: trial, seed: seed) { watch.note($0) })
        done += 1
        onStep(Step(done: done, all: all))
      }
    }
    if !suite.scenarios.isEmpty, drawnRuns > 0 {
      record.drawn = try await playDrawn(watch) { onStep(Step(done: done + $0, all: all)) }
    }
    record.returned = watch.returned
    record.brokenOff = watch.change
    record.notTested = notTested
    return record
  }

  /// Plays the scenarios in turn, each time under faults of its own.
  private func playDrawn(_ watch: IdentityWatch, onRun: (Int) -> Void) async throws -> [CampaignRecord.WorkflowRun] {
    // Once for all runs.
    let seed = seed
    let exams = try suite.scenarios.map { scenario in
      let setup = try WorldSetup(scenario: scenario)
      return (
        WorkflowExam(scenario: scenario, prompt: prompt, model: model, setup: setup),
        try DrawnPlans(setup.withoutFaults)
      )
    }
    var runs: [CampaignRecord.WorkflowRun] = []
    for number in 1...drawnRuns where watch.change == nil {
      let (exam, plans) = exams[(number - 1) % exams.count]
      let draw = DrawnPlans.draw(seed: seed, run: number)
      // Behind the trials, so that each of its questions is a request of its own.
      runs.append(
        try await exam.play(trial: 1_000 + number, seed: draw.word, plan: plans.plan(draw)) { watch.note($0) })
      onRun(number)
    }
    return runs
  }

  private func isDecided(_ sequence: ConfidenceSequence) -> Bool {
    let bounds = sequence.interval
    return bounds.lower > policy.exam.p0 || bounds.upper < policy.exam.p1
  }

  /// What this exam says nothing about.
  private var notTested: [String] {
    var missing = CaseClass.allCases.filter { kind in !suite.cases.contains { $0.kind == kind } }
      .map { "cases of the class '\($0.rawValue)'" }
    if suite.scenarios.isEmpty { missing.append("whole workflows under faults") }
    if trials == 1 { missing.append("agreement of the model with itself: each question was asked once") }
    let asked = Set(suite.cases.map(\.workflow))
    missing += WorkflowShelf.all.compactMap { $0.first?.workflow.name }.filter { !asked.contains($0) }
      .map { "tickets of the workflow '\($0)'" }
    let unread = suite.cases.count { $0.secondReading == nil }
    if unread > 0 {
      missing.append("labels of \(unread) of \(suite.cases.count) cases, which nobody has read a second time")
    }
    missing.append("other prompts, sampling parameters and releases of the model than those named here")
    return missing
  }

  // MARK: Asking

  /// The asks of several cases, in their order, whoever is answered first.
  private func asks(of cases: [RenderedCase], _ watch: IdentityWatch) async throws -> [[CampaignRecord.Ask]] {
    try await withThrowingTaskGroup(of: (Int, [CampaignRecord.Ask]).self) { group in
      for (index, item) in cases.enumerated() {
        group.addTask { (index, try await asks(of: item, watch)) }
      }
      var found: [[CampaignRecord.Ask]] = Array(repeating: [], count: cases.count)
      for try await (index, asks) in group { found[index] = asks }
      return found
    }
  }

  private func asks(of item: RenderedCase, _ watch: IdentityWatch) async throws -> [CampaignRecord.Ask] {
    var asks: [CampaignRecord.Ask] = []
    for trial in 1...trials { asks.append(try await ask(item.query, of: item, .base, trial, watch)) }
    for (index, paraphrase) in item.paraphrases.enumerated() {
      asks.append(try await ask(paraphrase, of: item, .paraphrase, index + 1, watch))
    }
    var reordered = item.query
    reordered.options.reverse()
    if reordered.options != item.query.options { asks.append(try await ask(reordered, of: item, .reordered, 1, watch)) }
    return asks
  }

  private func ask(
    _ query: DecisionQuery, of item: RenderedCase, _ variant: CampaignRecord.Variant, _ trial: Int,
    _ watch: IdentityWatch
  ) async throws -> CampaignRecord.Ask {
    let request = ModelRequest(query, prompt: prompt, model: model.identity, trial: trial)
    let reply = try await model.answer(request)
    watch.note(reply)
    return CampaignRecord.Ask(item, variant: variant, trial: trial, request: request.digest, reply: reply)
  }
}

extension CampaignRecord.Ask {
  /// What one reply comes to.
  public init(_ item: RenderedCase, variant: CampaignRecord.Variant, trial: Int, request: String, reply: ModelReply) {
    let answer = reply.decision
    let grade = item.grade(answer)
    self.init(
      item: item.id, kind: item.kind, variant: variant, trial: trial, request: request, isForPeople: item.isForPeople,
      transition: nil, confidence: nil, fields: [:], reason: "", failure: nil, outcome: grade.outcome,
      objection: grade.reason, isRight: false, usage: reply.usage)
    switch answer {
    case .success(let decision):
      transition = decision.transition.text
      confidence = decision.confidence
      reason = decision.reason
      for entry in decision.fields.entries { fields[entry.name.text] = entry.value.text ?? entry.value.description }
      var sure = decision
      sure.confidence = 100
      isRight = item.grade(.success(sure)).isSuccess
    case .failure(let why):
      failure = reply.failure ?? "the decider \(why)"
    }
  }
}

/// What the provider says that it is: one model, from the first answer to the last.
final class IdentityWatch: Sendable {
  private struct State {
    var returned = CertificateBody.Returned(model: "", fingerprint: "")
    var change: String?
  }

  private let state = Mutex(State())

  var returned: CertificateBody.Returned { state.withLock { $0.returned } }
  /// How it changed; nil while it did not.
  var change: String? { state.withLock { $0.change } }

  func note(_ reply: ModelReply) {
    // An answer that never came says nothing about who did not give it.
    guard reply.content != nil, !reply.model.isEmpty else { return }
    let said = CertificateBody.Returned(model: reply.model, fingerprint: reply.fingerprint)
    state.withLock { state in
      if state.returned.model.isEmpty {
        state.returned = said
      } else if state.returned != said, state.change == nil {
        state.change =
          "the provider answered as '\(state.returned.model)' (\(state.returned.fingerprint)) and then as "
          + "'\(said.model)' (\(said.fingerprint))"
      }
    }
  }
}
