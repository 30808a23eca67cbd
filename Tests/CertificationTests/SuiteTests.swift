// Suites: read strictly, rendered anew per seed, graded by rule, refused where they can tell nothing.

import Agents
import Faultline
import Operations
import OpsAgent
import Primitives
import Testing

@testable import Certification

@Suite struct SuiteTests {
  private let reader = SuiteReader(.standard())

  private func example() throws -> Certification.Suite { try reader.read(Repository.path("fixtures/suites/example")) }

  private func item(_ id: String) throws -> SuiteCase {
    try #require(example().cases.first { $0.id == id })
  }

  @Test func readsTheExample() throws {
    let suite = try example()
    #expect(suite.cases.map(\.id) == ["quota-exhausted", "back-after-crash", "clear-onboarding", "cancelled-onboarding"])
    #expect(suite.digest.count == 64)
    #expect(suite.cases[0].options == [.compensate, .escalate])
    #expect(suite.classes == [.clear, .staysWithPeople, .afterFailure, .afterRestart])
  }

  @Test func eachSeedGivesOtherNamesAndTheSameQuestion() throws {
    let item = try item("clear-onboarding")
    let seeds = (0..<20).map { item.rendered(seed: $0) }
    #expect(Set(seeds.map(\.query.text)).count > 10)
    for one in seeds {
      #expect(!one.query.text.contains("{{"))
      let customer = try #require(one.query.facts.text("customer"))
      #expect(one.query.text.contains("\"\(customer)\""))
      #expect(one.query.text.contains(try #require(one.admissible[0].fields.text("period"))))
      #expect(one.paraphrases.count == 1)
    }
    #expect(item.rendered(seed: 3) == item.rendered(seed: 3))
  }

  @Test func gradesByRule() throws {
    let clear = try item("clear-onboarding").rendered(seed: 1)
    let period = try #require(clear.admissible[0].fields["period"])
    func outcome(_ decision: Decision) -> Grade.Outcome { clear.grade(.success(decision)).outcome }
    let right = Decision(.proceed, confidence: 95, reason: "", fields: ["plan": "Pro ", "period": period])
    #expect(outcome(right) == .right)
    #expect(outcome(Decision(.proceed, confidence: 95, reason: "", fields: ["period": period])) == .wrong)
    var other = right
    other.fields["customer"] = "somebody-else"
    #expect(outcome(other) == .wrong)
    other = right
    other.confidence = 60
    #expect(outcome(other) == .needlessEscalation)
    #expect(outcome(Decision(.escalate, confidence: 99, reason: "")) == .needlessEscalation)
    #expect(outcome(Decision("collect-payment", confidence: 99, reason: "")) == .wrong)
    #expect(clear.grade(.failure(.noAnswer)).outcome == .noDecision)

    let stop = try item("cancelled-onboarding").rendered(seed: 1)
    #expect(stop.grade(.success(Decision(.escalate, confidence: 90, reason: ""))).outcome == .rightEscalation)
    #expect(stop.grade(.success(Decision(.proceed, confidence: 90, reason: ""))).outcome == .missedEscalation)
  }

  @Test func lintRefusesASuiteThatIsTooSmallOrThatRulesPass() throws {
    let test = AcceptanceTest(p0: 0.85, p1: 0.95, alpha: 0.05, beta: 0.1)
    let small = SuiteLint(try example(), for: test)
    #expect(small.findings.contains { $0.message.contains("can't tell") })
    #expect(small.baselines.map(\.name) == ["always-escalate", "majority", "keyword rules"])
    var suite = try example()
    let stop = try item("cancelled-onboarding")
    suite.cases = (0..<200).map { index in
      var copy = stop
      copy.id = "stop-\(index)"
      return copy
    }
    let lint = SuiteLint(suite, for: test)
    #expect(lint.baselines[0].passes)
    #expect(lint.findings.contains { $0.message.hasPrefix("always-escalate is right in 200 of 200") })
  }

  @Test func aSealTellsNothingAndHoldsOneSuite() throws {
    let suite = try example()
    let salt = [UInt8](repeating: 7, count: 16)
    let seal = SuiteSeal(suite, salt: salt)
    #expect(seal.holds(suite, salt: salt))
    #expect(!seal.holds(suite, salt: [UInt8](repeating: 8, count: 16)))
    var other = suite
    other.cases[0].text += "!"
    #expect(!seal.holds(other, salt: salt))
    #expect(seal.digests.allSatisfy { $0.count == 64 })
  }

  @Test(arguments: [
    ("cases:", "a file of cases needs the key 'canary'"),
    ("canary: wrong\ncases: []", "this is not the suite's canary"),
    ("canary: c\nclas: clear\ncases: []", "unknown key of a file of cases 'clas'"),
    ("canary: c\ncases:\n  - {id: a, class: clear}", "a case needs the key 'text'"),
    (
      "canary: c\ncases:\n  - {id: a, class: clear, workflow: customer-onboarding, author: a, second_reader: a, text: x, rationale: y, admissible: [{transition: escalate}]}",
      "the second reader is the author"
    ),
    (
      "canary: c\ncases:\n  - {id: a, class: clear, workflow: customer-onbording, author: a, second_reader: b, text: x, rationale: y, admissible: [{transition: escalate}]}",
      "unknown workflow 'customer-onbording'"
    ),
    (
      "canary: c\ncases:\n  - {id: a, class: clear, workflow: customer-onboarding, author: a, second_reader: b, text: \"x {{who}}\", rationale: y, admissible: [{transition: resume}]}",
      "unknown transition 'resume'"
    ),
    (
      "canary: c\ncases:\n  - {id: a, class: clear, workflow: customer-onboarding, author: a, second_reader: b, text: \"x {{who}}\", rationale: y, admissible: [{transition: escalate}]}",
      "unknown placeholder 'who'"
    ),
    (
      "canary: c\ncases:\n  - {id: a, class: clear, workflow: customer-onboarding, author: a, second_reader: b, second_reading: 2026-13-01, text: x, rationale: y, admissible: [{transition: escalate}]}",
      "expected a day"
    ),
  ])
  func tellsWhatIsWrong(text: String, message: String) {
    var draft = CasesDraft(path: "cases/a.yaml", canary: "c", workflows: Vocabulary.standard().workflows.map(\.name))
    _ = draft.read(text)
    #expect(
      draft.problems.diagnostics.contains { $0.message.contains(message) && $0.line > 0 },
      "\(draft.problems.diagnostics)")
  }
}
