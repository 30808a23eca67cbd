// What is saved comes back exactly, and nothing that was saved is lost.

import Operations
import Primitives
import Simulation
import Testing

@testable import Faultline

@Suite struct ScenarioSavedRunTests {
  static let full = SavedRun(
    scenario: "scenarios/timeout-after-create.yaml", scenarioDigest: 0x0012_3456_7890_1234, agent: "reference",
    without: ["read-back", "idempotency-keys"], store: "sqlite", seed: .max,
    shape: RunShape(network: 4_000, store: 25, messages: 100, calmAfter: .seconds(90), workflows: 2), replicas: 2,
    plan: Plan([
      Plan.Entry(
        at: SitePattern(
          process: "agent-0", incarnation: 2, run: "customer-onboarding:acme", point: "cloud.create_cluster",
          subject: "no", call: 3, attempt: 2, aspect: .answer),
        choose: "response-lost"),
      Plan.Entry(at: SitePattern(point: "checkpoint:create-cluster.intent", aspect: .crash), choose: "crash:before"),
      Plan.Entry(at: SitePattern(point: "triage", aspect: .decision), choose: "off-graph"),
    ]),
    version: "1.10",
    result: SavedRun.Result(
      verdict: .fail, outcome: .completed, traceHash: 0xE123_0000_0000_0000,
      violations: [
        Violation(
          "double-billing", intent: "acme-november", expected: 1, observed: 2,
          message: "acme: \"2\" charges # too many", objects: ["ch_1", "1e3"], evidence: [16, 18]),
        Violation("stuck", message: "nothing ends it"),
      ],
      report: "  FAIL  timeout-after-create\n\nWhy     #4 committed: 'yes'\n\ttab\n"))

  static let small = SavedRun(
    scenario: "a.yaml", scenarioDigest: 1, agent: "naive", seed: 7, plan: Plan(), version: "0.1.0")

  @Test(arguments: [
    full, small, reporting(""), reporting("one line"), reporting("\n"), reporting("two\n\n\n"), reporting("  \n x"),
    reporting("colour \u{1B}[31m and \u{85} and \r\n"), reporting("a\u{2028}b\u{FEFF}"), reporting("é 🙂\nend\n"),
    reporting("# no comment\n--- no document\n"), reporting("{}[]: &*!|>%@`"),
  ])
  func whatIsSavedComesBackExactly(_ run: SavedRun) throws {
    #expect(try SavedRun.read(text: run.yaml, path: "run.yaml") == run, "\(run.yaml)")
  }

  @Test func theReportStandsInTheFileAsItWasPrinted() {
    #expect(
      Self.full.yaml.hasSuffix("report: |2\n    FAIL  timeout-after-create\n\n  Why     #4 committed: 'yes'\n  \ttab\n")
    )
  }

  @Test func theSameRunIsOneFileAndAnotherRunNeverReplacesIt() throws {
    let folder = try Scratch()
    defer { folder.remove() }
    let directory = folder.path("failures")
    let first = try Self.small.save(in: directory)
    #expect(try Self.small.save(in: directory) == first)
    try folder.write("failures/" + (first.split(separator: "/").last ?? ""), "somebody else's\n")
    let second = try Self.small.save(in: directory)
    #expect(second != first)
    #expect(try TextFile.read(first) == "somebody else's\n")
    #expect(try SavedRun.read(path: second) == Self.small)
    #expect(try SavedRun.isSavedRun(path: second))
    #expect(try !SavedRun.isSavedRun(path: first))
  }

  @Test func mistakesInAnEditedRunAreToldLikeThoseInAScenario() {
    let text = Self.full.yaml
      .replacing("aspect: answer", with: "aspect: anwser")
      .replacing("seed: 18446744073709551615", with: "seed: 1e3")
      .replacing("schema: faultline.run/1", with: "schema: faultline.run/9")
      .replacing("  - oracle: stuck\n", with: "  - orcale: stuck\n")
    do throws(ScenarioErrors) {
      _ = try SavedRun.read(text: text, path: "run.yaml")
      Issue.record("the mistakes were not found")
    } catch {
      #expect(error.diagnostics.map(\.line) == [2, 9, 13, 30])
      #expect(error.description.contains("unknown aspect 'anwser'\n    did you mean 'answer'?"))
    }
  }

  private static func reporting(_ report: String) -> SavedRun {
    var run = small
    run.result = SavedRun.Result(verdict: .pass, outcome: nil, traceHash: 2, violations: [], report: report)
    return run
  }
}
