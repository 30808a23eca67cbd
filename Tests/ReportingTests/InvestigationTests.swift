// The explanation of real failures: in the report, for programs, and as a test.

import Agents
import Exploration
import Faultline
import Foundation
import Operations
import Primitives
import Simulation
import Testing

@testable import Reporting

@Suite struct InvestigationTests {
  private static var root: String { "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") }

  private struct Told {
    let text: String
    let found: Investigation
    let record: RunRecord

    func line(_ label: String) -> Substring? { text.split(separator: "\n").first { $0.hasPrefix(label) } }
  }

  /// The report on a failing run, with everything that is known about it.
  private static func tell(
    _ agent: any AgentUnderTest, in name: String, _ entries: [Plan.Entry]? = nil
  ) throws -> Told {
    let scenario = try ScenarioReader(Vocabulary.standard()).read(path: "\(root)/scenarios/\(name).yaml")
    let setup = try WorldSetup(scenario: scenario)
    let plan = entries.map { Plan($0) } ?? scenario.faults
    let input = RunInput(scenario: scenario, agent: agent, seed: 1, chance: .plan(plan), isRecording: true)
    let record = try Runner.run(input, in: setup)
    let found = try #require(
      try Investigation(
        setup: setup, agent: agent, verdict: record.verdict, telling: .given, model: ReferenceAgent()))
    var report = RunReport(record, of: scenario, catalogue: setup.catalogue, exit: 1)
    report.investigation = found
    return Told(text: report.text(.plain), found: found, record: record)
  }

  private static func lost(_ operation: Name) -> Plan.Entry {
    Plan.Entry(at: SitePattern(point: operation, aspect: .answer), choose: "response-lost")
  }

  private static let limited = Plan.Entry(
    at: SitePattern(point: "identity.create_role", aspect: .request), choose: "rate-limited")

  @Test func theWarStoryIsExplained() throws {
    let told = try Self.tell(AgentRegistry.make(name: "naive"), in: "timeout-after-create")
    #expect(told.text.contains("treated unknown as failed, #"))
    #expect(told.text.contains("billing itself made invoice in_"))
    #expect(told.line("Needed") == "Needed    FAULT 1: yes (without it: pass). The plan is minimal.")
    let sound = "by: same key again | read-back by natural key after 5 s | escalation."
    #expect(told.line("Saved")?.hasSuffix(sound) == true)
    #expect(told.text.contains("(a charge can't be undone, it needs a credit note)."))
    #expect(told.line("Clean")?.contains("billing.create_credit_note for the charge ch_") == true)
    #expect(told.text.contains("cloud.terminate_cluster for the unreferenced cluster i-"))
    #expect(told.line("Compare")?.hasPrefix("Compare   reference passes this plan in 65.4 s by: ") == true)
    for line in told.text.split(separator: "\n") { #expect(line.count <= 100, "\(line)") }
  }

  @Test func whatIsNotNeededIsSaid() throws {
    let told = try Self.tell(
      AgentRegistry.make(name: "naive"), in: "happy-path", [Self.limited, Self.lost("cloud.create_cluster")])
    #expect(told.text.contains("FAULT 1: yes (without it: pass)."))
    #expect(told.text.contains("FAULT 2: no (without it: still"))
    #expect(told.text.contains("1 choice of 2 would do: 'faultline shrink' finds them."))
  }

  @Test func aMailCannotBeTakenBackAndSomebodyIsTold() throws {
    let told = try Self.tell(AgentRegistry.make(name: "naive"), in: "happy-path", [Self.lost("notify.send_mail")])
    #expect(told.text.contains("(a mail can't be taken back)."))
    #expect(told.line("Clean")?.hasPrefix("Clean     tell acme: em_") == true)
  }

  @Test func whereAllCanBePutRightThereIsNoPointOfNoReturn() throws {
    let agent = try AgentRegistry.make(name: "reference", without: ["idempotency-keys", "read-back"])
    let told = try Self.tell(agent, in: "happy-path", [Self.lost("cloud.create_cluster")])
    #expect(told.text.contains("to the end by: taking back with cloud.terminate_cluster."))
    #expect(told.text.contains("Point of no return: none, all can still be put right."))
    #expect(told.line("Compare")?.contains("by: idempotency-keys, read-back") == true)
  }

  @Test func programsFindTheSameInTheVerdict() throws {
    let told = try Self.tell(AgentRegistry.make(name: "naive"), in: "timeout-after-create")
    let line = VerdictJSON.line(told.record.verdict, investigation: told.found)
    let verdict = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    let explanation = try #require(verdict["explanation"] as? [String: Any])
    #expect(explanation["minimal"] as? Bool == true)
    #expect((explanation["needed"] as? [[String: Any]])?.first?["needed"] as? Bool == true)
    let saved = try #require(explanation["saved"] as? [[String: Any]])
    #expect(saved.compactMap { $0["by"] as? String } == ["same-key", "read-back", "escalation", "taking-back"])
    let point = try #require(explanation["point_of_no_return"] as? [String: Any])
    #expect(point["balanced_by"] as? String == "billing.credit_note")
    let clean = try #require(explanation["clean"] as? [[String: Any]])
    let operations = clean.compactMap { $0["operation"] as? String }
    #expect(operations == ["billing.create_credit_note", "cloud.terminate_cluster"])
    #expect((explanation["compare"] as? [String: Any])?["verdict"] as? String == "pass")
    #expect(!VerdictJSON.line(told.record.verdict).contains("explanation"))
  }

  /// The fixture is compiled and run in another target; here is only held that it is what would be written.
  @Test func theTestThatIsWrittenIsOneThatCompiles() throws {
    let told = try Self.tell(AgentRegistry.make(name: "naive"), in: "timeout-after-create")
    let fixture = try String(
      contentsOfFile: "\(Self.root)/Tests/FaultlineTestingTests/TimeoutAfterCreateRegression.swift", encoding: .utf8)
    let path = "scenarios/timeout-after-create.yaml"
    #expect(SwiftTestSource(told.found.smallest, path: path, agent: ReferenceAgent()).text == fixture)
    #expect(SwiftTestSource(told.found.smallest, path: path).text.contains("agent: \"naive\", seed: 0,"))
    var twofold = told.found.smallest
    twofold.chosenReplicas = 2
    #expect(SwiftTestSource(twofold, path: path).text.contains("      ], replicas: 2))"))
  }

  /// The same failure in the usual shape of a day is none: the copy of a request comes while its system still refuses it.
  @Test func theTestThatIsWrittenIsOfTheSameDay() throws {
    let scenario = try ScenarioReader(Vocabulary.standard()).read(path: "\(Self.root)/scenarios/happy-path.yaml")
    let agent = try AgentRegistry.make(name: "reference", without: ["unknown-is-not-failed"])
    func call(_ operation: Name) -> SitePattern {
      SitePattern(
        process: "agent-0", incarnation: 1, run: scenario.run, point: operation, subject: "acme", call: 1,
        aspect: .request)
    }
    let plan = Plan([
      Plan.Entry(at: call("cloud.describe_networks"), choose: "laggy-limiter"),
      Plan.Entry(at: call("cloud.create_network"), choose: "duplicate-delivery"),
    ])
    func play(_ shape: RunShape) throws -> Verdict {
      try Runner.run(
        RunInput(scenario: scenario, agent: agent, seed: 198_914, chance: .plan(plan), shape: shape)
      ).verdict
    }
    let slow = try play(RunShape(network: 4_000, messages: 25, calmAfter: .minutes(5)))
    #expect(slow.violations.map(\.oracle) == ["retry-without-compensation"])
    let usual = try play(.nominal)
    #expect(usual.violations == [])
    let fixture = try String(
      contentsOfFile: "\(Self.root)/Tests/FaultlineTestingTests/HappyPathRegression.swift", encoding: .utf8)
    let path = "scenarios/happy-path.yaml"
    #expect(SwiftTestSource(slow, path: path, agent: ReferenceAgent()).text == fixture)
    #expect(!SwiftTestSource(usual, path: path).text.contains("shape:"))
    var odd = slow
    odd.shape = RunShape(store: 25, calmAfter: .milliseconds(1_500), workflows: 3)
    odd.chosenReplicas = 2
    let end = "], replicas: 2, shape: .day(store: 25, calmAfter: .milliseconds(1500), workflows: 3)))"
    #expect(SwiftTestSource(odd, path: path).text.contains(end))
  }

  @Test func shrinkingIsReported() throws {
    let told = try Self.tell(
      AgentRegistry.make(name: "naive"), in: "happy-path", [Self.limited, Self.lost("cloud.create_cluster")])
    let report = ShrinkReport(told.found, path: "x.yaml", saved: ".faultline/failures/1.yaml")
    #expect(report.text(.plain).contains("2 choices -> 1 choice, seed 1 -> 0"))
    #expect(report.text(.plain).contains("faultline replay .faultline/failures/1.yaml"))
    #expect(report.json.hasPrefix("{\"schema\":\"faultline.shrink/1\",\"file\":\"x.yaml\""))
  }
}
