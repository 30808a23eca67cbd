// A suite of many cases, a prompt and campaigns, for tests that need no file.

import Agents
import Faultline
import OpsAgent
import Primitives

@testable import Certification

enum Bench {
  static let prompt: Prompt = {
    let text = """
      ---
      name: triage
      version: 1
      owner: support
      ---
      You decide what happens next in {{workflow}}. Answer as JSON.

      ## User
      {{fork}} at {{step}}. Choose one of: {{options}}. Read: {{fields}}.
      The account says:
      {{facts}}

      {{text}}
      """
    do { return try Prompt.read(text: text, path: "triage.md") } catch { preconditionFailure("\(error)") }
  }()

  static func item(
    _ id: String, _ kind: CaseClass = .clear, text: String, facts: [SuiteCase.Field] = [],
    admissible: [SuiteCase.Admissible], paraphrases: [String] = []
  ) -> SuiteCase {
    SuiteCase(
      id: id, kind: kind, workflow: "customer-onboarding", fork: .triage, step: "triage",
      options: [.proceed, .escalate], facts: facts, text: text, paraphrases: paraphrases, admissible: admissible,
      variables: [.init(name: "customer", values: Pools.all["companies"] ?? [])], rationale: "test", author: "a",
      secondReader: "b", secondReading: "2026-11-28", path: "cases/bench.yaml", line: 1)
  }

  /// Two clear cases of three, every third for people; rules that look for keywords can't tell them apart.
  static func suite(_ count: Int, scenarios: [Scenario] = []) -> Certification.Suite {
    let cases = (0..<count).map { index -> SuiteCase in
      let facts = [SuiteCase.Field(name: "customer", text: "{{customer}}")]
      if index % 3 == 2 {
        return item(
          "people-\(index)", .staysWithPeople, text: "Number \(index): {{customer}} (pro, 2026-11) has to wait for legal.",
          facts: facts, admissible: [.init(transition: .escalate, fields: [])])
      }
      return item(
        "clear-\(index)", text: "Number \(index): {{customer}} takes pro from 2026-11 on.", facts: facts,
        admissible: [.init(transition: .proceed, fields: [.init(name: "plan", text: "pro"), .init(name: "period", text: "2026-11")])])
    }
    return Certification.Suite(
      path: "bench", name: "bench", version: 1, title: "Bench", owner: "tests", canary: "bench", cases: cases,
      scenarios: scenarios, probe: [], digest: CanonicalJSON.digest(ofText: "bench \(count)"))
  }

  static func campaign(
    _ character: SimulatedModel.Character, cases: Int = 240, trials: Int = 1, scenarios: [Scenario] = [],
    drawnRuns: Int = 0, accuracy: Double? = nil, policy: CertificationPolicy = .standard, stopsEarly: Bool = false, modelSeed: UInt64 = 1,
    prompt: Prompt = Bench.prompt
  ) -> Campaign {
    let suite = suite(cases, scenarios: scenarios)
    var campaign = Campaign(
      suite: suite, prompt: prompt,
      model: SimulatedModel(character, key: AnswerKey(), seed: modelSeed, accuracy: accuracy), policy: policy,
      trials: trials, drawnRuns: drawnRuns, jobs: 8, stopsEarly: stopsEarly, faultline: "0.1.0", runner: "test",
      history: .init(finished: 0, unfinished: 0))
    // The key needs the exam's seed, which follows from the model's identity.
    campaign.model = SimulatedModel(character, key: AnswerKey(campaign.cases), seed: modelSeed, accuracy: accuracy)
    return campaign
  }
}
