// Telemetry of real runs: what each span says, that it hangs together, and that a seed gives the same bytes.

import Agents
import Faultline
import Foundation
import Operations
import Primitives
import Simulation
import Testing

@testable import Reporting

@Suite struct TelemetryTests {
  private static var root: String { "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") }

  private struct Told {
    let record: RunRecord
    let story: Story
    let otlp: OTLP
    let spans: [TelemetrySpan]

    func span(_ name: String) -> TelemetrySpan? { spans.first { $0.name == name } }
    func children(of span: TelemetrySpan) -> [TelemetrySpan] { spans.filter { $0.parent == span.id } }
  }

  private static func tell(
    _ agent: Name, in name: String, seed: UInt64 = 7, _ plan: [Plan.Entry]? = nil
  ) throws -> Told {
    let scenario = try ScenarioReader(Vocabulary.standard()).read(path: "\(root)/scenarios/\(name).yaml")
    let setup = try WorldSetup(scenario: scenario)
    let input = RunInput(
      scenario: scenario, agent: try AgentRegistry.make(name: agent), seed: seed, chance: plan.map { .plan(Plan($0)) },
      isRecording: true)
    let record = try Runner.run(input, in: setup)
    let story = Story(record, of: scenario, catalogue: setup.catalogue)
    return Told(
      record: record, story: story, otlp: OTLP(record, of: scenario, catalogue: setup.catalogue),
      spans: RunSpans(story).spans)
  }

  private static func text(_ value: TelemetryValue?) -> String? { if case .text(let text)? = value { text } else { nil } }
  private static func int(_ value: TelemetryValue?) -> Int64? { if case .int(let int)? = value { int } else { nil } }

  // MARK: What spans say

  @Test func aLostAnswerIsAnErrorAtTheCallerAndASuccessAtTheSystem() throws {
    let told = try Self.tell("naive", in: "timeout-after-create")
    let tools = told.spans.filter { $0.name == "execute_tool cloud.create_cluster" }
    #expect(tools.count == 2)
    let first = try #require(tools.first)
    #expect(Self.text(first.attributes[TelemetryNames.errorType]) == "timeout")
    #expect(Self.text(first.attributes[TelemetryNames.callOutcome]) == "unknown")
    #expect(Self.int(first.attributes[TelemetryNames.callEffects]) == 1, "the cluster was made all the same")
    #expect(first.error == "the outcome is unknown")

    let attempts = told.children(of: first)
    #expect(attempts.map(\.kind) == [.client, .client, .client])
    #expect(attempts.map { Self.int($0.attributes[TelemetryNames.resendCount]) } == [nil, 1, 2])
    #expect(attempts.allSatisfy { Self.text($0.attributes[TelemetryNames.errorType]) == "timeout" })
    #expect(attempts.allSatisfy { $0.attributes[TelemetryNames.statusCode] == nil })
    #expect(attempts[0].moments.map(\.event.name) == ["faultline.fault"])
    let handled = attempts.flatMap { told.children(of: $0) }
    #expect(handled.map(\.kind) == [.server, .server, .server])
    #expect(handled.allSatisfy { $0.service == "cloud" && Self.int($0.attributes[TelemetryNames.statusCode]) == 200 })
    #expect(handled[0].moments.map(\.event.name) == ["faultline.effect"])
    #expect(handled[1].moments.isEmpty, "under the same key nothing new was made")

    let link = try #require(tools.last?.links.first)
    #expect(link.id == first.id)
    #expect(Self.text(link.attributes[TelemetryNames.repeatKey]) == "another key")
    let root = told.spans[0]
    #expect(root.name == "invoke_workflow customer-onboarding")
    #expect(Self.text(root.attributes[TelemetryNames.verdict]) == "fail")
    #expect(root.error?.contains("acme should have 1 cluster and has 2") == true)
  }

  @Test func theControlHasNeitherErrorsNorLinks() throws {
    let told = try Self.tell("naive", in: "timeout-after-create", [])
    #expect(told.record.verdict.result == .pass)
    #expect(told.spans.allSatisfy { $0.error == nil && $0.links.isEmpty })
    #expect(!told.otlp.traces.contains("faultline.fault"))
  }

  @Test func aDecisionShowsWhatItRestsOn() throws {
    let told = try Self.tell("reference", in: "timeout-after-create")
    let triage = try #require(told.span("decide triage"))
    #expect(Self.text(triage.attributes[TelemetryNames.decisionChosen]) == "proceed")
    // The ticket says it in sentences, not in lines of key and value.
    #expect(Self.int(triage.attributes[TelemetryNames.decisionConfidence]) == 80)
    #expect(Self.text(triage.attributes[TelemetryNames.decisionReason]) == "the ticket asks to onboard a customer")
    #expect(Self.text(triage.attributes[TelemetryNames.decisionText])?.contains("acme") == true)
    guard case .list(let alternatives)? = triage.attributes[TelemetryNames.decisionAlternatives] else {
      Issue.record("no alternatives")
      return
    }
    #expect(alternatives.contains(.text("proceed")) && alternatives.contains(.text("escalate")))
    guard case .map(let facts)? = triage.attributes[TelemetryNames.decisionFacts] else {
      Issue.record("no inputs")
      return
    }
    #expect(facts.contains { $0.key == "customer" && $0.value == .text("acme") })
  }

  @Test func aDecisionThatTheRunChoseIsToldApartFromTheAgentsOwn() throws {
    let told = try Self.tell(
      "reference", in: "timeout-after-create",
      [Plan.Entry(at: SitePattern(point: "triage", aspect: .decision), choose: "escalate")])
    let triage = try #require(told.span("decide triage"))
    #expect(Self.text(triage.attributes[TelemetryNames.decisionProposed]) == "proceed")
    #expect(Self.text(triage.attributes[TelemetryNames.decisionChosen]) == "escalate")
  }

  @Test func aCrashEndsTheProcessAndLeavesItsCallWithoutAnAnswer() throws {
    let told = try Self.tell("reference", in: "crash-after-create")
    let processes = told.spans.filter { $0.name == "invoke_agent reference" }
    #expect(processes.map { Self.text($0.attributes[TelemetryNames.agentID]) } == ["agent-0~1", "agent-0~2"])
    #expect(processes.map { Self.text($0.attributes[TelemetryNames.errorType]) } == ["crash", nil])
    #expect(processes[0].moments.last?.event.name == "faultline.process.crashed")
    #expect(processes[0].end < processes[1].start)
    let cut = try #require(told.spans.first { Self.text($0.attributes[TelemetryNames.errorType]) == "crash" && $0.kind == .client })
    #expect(cut.end == processes[0].end, "the attempt was under way when its process died")
    let stored = processes.flatMap(\.moments).filter { $0.event.name == "faultline.stored" }
    #expect(stored.contains { Self.text($0.event.attributes[TelemetryNames.storeLabel]) == "checkpoint:opened" })
  }

  @Test func whatMustNotBeReadInALogIsWithheld() {
    let fields: Fields = ["id": "AK1", "secret": "s3cr3t", "key": .record(["api_token": "t", "name": "n"])]
    let line = TelemetryValue.fields(fields).json.line
    #expect(!line.contains("s3cr3t") && !line.contains("\"t\""))
    #expect(line.contains("AK1") && line.contains("\"n\"") && line.contains("(withheld)"))
  }

  // MARK: Form

  @Test(arguments: ["timeout-after-create", "crash-in-rollback", "paused-replica", "two-jiras-per-call", "told-to-wait"])
  func everySpanHasItsPlace(scenario: String) throws {
    for agent in ["reference", "naive"] as [Name] {
      let told = try Self.tell(agent, in: scenario)
      let ids = Set(told.spans.map(\.id))
      #expect(ids.count == told.spans.count, "an id twice")
      #expect(told.spans.filter { $0.parent == nil }.count == 1)
      for span in told.spans {
        #expect(span.parent.map(ids.contains) ?? true, "\(span.name) hangs in the air")
        #expect(span.start <= span.end, "\(span.name) ends before it begins")
        #expect(span.moments.map(\.index) == span.moments.map(\.index).sorted(), "\(span.name) is out of order")
      }
      let sent = told.record.trace.entries.count { if case .sent = $0.event { true } else { false } }
      #expect(told.spans.count { $0.kind == .client } == sent, "one span for each attempt on the wire")
    }
  }

  @Test func aSeedGivesTheSameBytesAndAnotherSeedOthers() throws {
    let first = try Self.tell("reference", in: "crash-in-rollback").otlp
    let again = try Self.tell("reference", in: "crash-in-rollback").otlp
    let other = try Self.tell("reference", in: "crash-in-rollback", seed: 8).otlp
    #expect(first.traces == again.traces)
    #expect(first.logs == again.logs)
    #expect(first.trace != other.trace)
    #expect(first.traces != other.traces)
  }

  @Test func takingAFaultOutChangesNoIdOfWhatHappensAllTheSame() throws {
    let faulty = try Self.tell("naive", in: "timeout-after-create")
    let clean = try Self.tell("naive", in: "timeout-after-create", [])
    #expect(faulty.span("execute_tool cloud.create_network")?.id == clean.span("execute_tool cloud.create_network")?.id)
    #expect(faulty.otlp.trace != clean.otlp.trace, "they are two runs")
  }

  @Test func aLineIsOneObjectWithTheNumbersAsTheFormatWantsThem() throws {
    let told = try Self.tell("reference", in: "timeout-after-create")
    for (line, outer, scope, list) in [
      (told.otlp.traces, "resourceSpans", "scopeSpans", "spans"),
      (told.otlp.logs, "resourceLogs", "scopeLogs", "logRecords"),
    ] {
      #expect(!line.contains("\n"))
      #expect(OTLP.marks.contains { line.hasPrefix($0) })
      let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let resources = try #require(object[outer] as? [[String: Any]])
      let items = resources.flatMap { ($0[scope] as? [[String: Any]])?.flatMap { $0[list] as? [[String: Any]] ?? [] } ?? [] }
      #expect(!items.isEmpty)
      for item in items {
        #expect((item["traceId"] as? String)?.count == 32)
        #expect((item["spanId"] as? String)?.count == 16)
        let time = item["startTimeUnixNano"] ?? item["timeUnixNano"]
        #expect((time as? String).flatMap(Int64.init) != nil, "a 64-bit number is a decimal string")
        #expect((item["kind"] ?? item["severityNumber"]) is Int, "an enumeration is a number")
      }
    }
  }

  @Test func theLogHasARecordForEachEventAndEachFinding() throws {
    let told = try Self.tell("naive", in: "timeout-after-create")
    let records = told.otlp.logs.components(separatedBy: "\"eventName\":").count - 1
    #expect(records == told.record.trace.count + told.record.verdict.violations.count)
    for name in ["call.sent", "call.answered", "call.attempt_failed", "fault", "effect", "claimed", "violation"] {
      #expect(told.otlp.logs.contains("\"eventName\":\"faultline.\(name)\""), "\(name)")
    }
  }

  // MARK: Names

  @Test func everyNameStandsInOneFile() throws {
    let folder = URL(fileURLWithPath: "\(Self.root)/Sources")
    let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
    var seen = 0
    for case let file as URL in files where file.pathExtension == "swift" {
      let source = try String(contentsOf: file, encoding: .utf8)
      let names = source.matches(of: #/"(?:gen_ai|http|url|server|error|service|telemetry)\.[a-z_.]+"/#)
      if file.lastPathComponent == "TelemetryNames.swift" {
        seen = names.count
      } else {
        #expect(names.isEmpty, "\(file.lastPathComponent) names \(names.map { String($0.output) })")
      }
    }
    #expect(seen > 20)
  }
}
