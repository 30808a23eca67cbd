// Annotations and code flows: the shape that the tools demand, places in the scenario's file, and escapes.

import Faultline
import Foundation
import Primitives
import Simulation
import Testing

@testable import Reporting

private let source = """
  # intents: not here
  title: A story
  workflow: customer-onboarding
  intents:
    acme-cluster: {effect: cloud.cluster, for: acme}
    acme-november: {effect: billing.charge, for: acme}
  """

private func finding(
  path: String = "scenarios/a.yaml", message: String = "acme paid twice.", known: String? = nil
) -> Finding {
  var scenario = WarStory.scenario
  scenario.path = path
  scenario.intents = []
  var violations = WarStory.violations
  violations[0].message = message
  return Finding(
    WarStory.record(violations: violations), of: scenario, catalogue: WarStory.catalogue, source: source,
    command: "faultline replay f.yaml", knownReason: known)
}

private func whole() -> Finding {
  Finding(
    WarStory.record(), of: WarStory.scenario, catalogue: WarStory.catalogue, source: source,
    command: "faultline replay f.yaml")
}

@Suite struct FindingTests {
  @Test func standsAtTheIntentThatWasViolated() {
    #expect(finding().line == 6, "the line of acme-november")
    #expect(ScenarioPlaces("").line(of: "acme-november") == 1)
    #expect(ScenarioPlaces(source).line(of: nil) == 4)
  }

  @Test func itsStepsAreTheStory() throws {
    let steps = whole().steps
    #expect(steps.first { $0.text.contains("+ cluster i-0b2") }?.line == 5, "the line of acme-cluster")
    #expect(steps.first { $0.text.contains("+ cluster i-0b2") }?.isEvidence == true)
    #expect(steps.first { $0.text.contains("response-lost") }?.line == 3, "the line of the workflow")
    #expect(try #require(steps.first { $0.text.contains("create_cluster acme") }).text.hasPrefix("0.000 s  "))
    #expect(Set(steps.map(\.index)).count == steps.count)
  }
}

@Suite struct GitHubAnnotationsTests {
  @Test func isOneCommandALine() {
    let text = GitHubAnnotations.text([finding()], summary: "1 of 2 plans, 1 violation")
    let lines = text.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines[0] == "::notice title=faultline::1 of 2 plans, 1 violation")
    #expect(lines[1].hasPrefix(
      "::error file=scenarios/a.yaml,line=6,title=timeout-after-create%2C naive%3A double-billing%2C "
        + "duplicate-resource::acme paid twice.%0Aresponse-lost at agent-0~1/"))
    #expect(lines[1].hasSuffix("%0Afaultline replay f.yaml"))
  }

  @Test func whatIsKnownIsAWarningWithItsReason() {
    let text = GitHubAnnotations.text([finding(known: "until the fix of May")], summary: "")
    #expect(text.contains("\n::warning file=") && text.contains("%0AKnown: until the fix of May%0A"))
    #expect(!text.contains("::error"))
  }

  @Test func nothingFoundIsTheSummaryAlone() {
    #expect(GitHubAnnotations.text([], summary: "fine") == "::notice title=faultline::fine")
  }

  /// A message may hold colons and commas; a property would end at one.
  @Test(arguments: [
    ("100%", "100%25", "100%25"), ("a\nb\rc", "a%0Ab%0Dc", "a%0Ab%0Dc"), ("a:b,c", "a:b,c", "a%3Ab%2Cc"),
    ("%0A", "%250A", "%250A"), ("::error::x", "::error::x", "%3A%3Aerror%3A%3Ax"), ("é🦉", "é🦉", "é🦉"),
  ])
  func escapes(_ text: String, _ message: String, _ property: String) {
    #expect(GitHubAnnotations.escaped(text, isProperty: false) == message)
    #expect(GitHubAnnotations.escaped(text, isProperty: true) == property)
  }

  @Test func aPathWithACommaStaysOneProperty() {
    let text = GitHubAnnotations.text([finding(path: "a, b:c.yaml")], summary: "")
    #expect(text.contains("::error file=a%2C b%3Ac.yaml,line=6,title="))
  }
}

@Suite struct SARIFReportTests {
  private func run(_ report: SARIFReport) throws -> [String: Any] {
    #expect(report.line.hasPrefix(SARIFReport.mark) && !report.line.contains("\n"))
    let log = try #require(try JSONSerialization.jsonObject(with: Data(report.line.utf8)) as? [String: Any])
    #expect(log["version"] as? String == "2.1.0")
    #expect((log["$schema"] as? String)?.hasSuffix("sarif-2.1.0.json") == true)
    return try #require((log["runs"] as? [[String: Any]])?.first)
  }

  @Test func eachViolationIsAResultOfItsRule() throws {
    let run = try run(SARIFReport([whole()]))
    let driver = try #require((run["tool"] as? [String: [String: Any]])?["driver"])
    let rules = try #require(driver["rules"] as? [[String: Any]])
    #expect(rules.compactMap { $0["id"] as? String } == ["double-billing", "duplicate-resource"])
    let results = try #require(run["results"] as? [[String: Any]])
    #expect(results.map { $0["ruleId"] as? String } == ["double-billing", "duplicate-resource"])
    #expect(results.map { $0["ruleIndex"] as? Int } == [0, 1])
    #expect(results.allSatisfy { $0["level"] as? String == "error" })
    let text = try #require((results[0]["message"] as? [String: String])?["text"])
    #expect(text.hasPrefix("acme paid twice. Agent naive, with response-lost at agent-0~1/"))
    #expect(text.hasSuffix("See it again: faultline replay f.yaml"))
  }

  @Test func theCounterexampleIsACodeFlowInTheScenariosFile() throws {
    let results = try #require(try run(SARIFReport([whole()]))["results"] as? [[String: Any]])
    let flows = try #require(results[0]["codeFlows"] as? [[String: Any]])
    let threads = try #require(flows[0]["threadFlows"] as? [[String: Any]])
    let steps = try #require(threads[0]["locations"] as? [[String: Any]])
    #expect(steps.count == whole().steps.count)
    #expect(steps.compactMap { $0["executionOrder"] as? Int } == Array(1...steps.count))
    let location = try #require(steps.last?["location"] as? [String: Any])
    let physical = try #require(location["physicalLocation"] as? [String: [String: Any]])
    #expect(physical["artifactLocation"]?["uri"] as? String == "scenarios/timeout-after-create.yaml")
    #expect(physical["region"]?["startLine"] as? Int == 3)
    #expect((location["message"] as? [String: String])?["text"]?.contains("says: \"onboarded\"") == true)
    #expect(steps.contains { $0["importance"] as? String == "essential" })
  }

  @Test func whatIsKnownIsSuppressedWithItsReason() throws {
    let results = try #require(try run(SARIFReport([finding(known: "see #12")]))["results"] as? [[String: Any]])
    let suppressions = try #require(results[0]["suppressions"] as? [[String: String]])
    #expect(suppressions == [["kind": "external", "status": "accepted", "justification": "see #12"]])
    let open = try #require(try run(SARIFReport([finding()]))["results"] as? [[String: Any]])
    #expect(open[0]["suppressions"] == nil)
  }

  @Test func thePlanIsTheFingerprint() throws {
    func prints(_ finding: Finding) throws -> [String] {
      let results = try #require(try run(SARIFReport([finding]))["results"] as? [[String: Any]])
      return results.compactMap { ($0["partialFingerprints"] as? [String: String])?["faultlinePlan/v1"] }
    }
    #expect(try prints(finding()) == prints(finding(path: "moved.yaml", message: "Said otherwise.")))
    #expect(try Set(prints(finding())).count == 2, "two violations of one plan are two findings")
  }

  @Test func nothingFoundIsAnEmptyList() throws {
    let run = try run(SARIFReport([], isWhole: false))
    #expect((run["results"] as? [Any])?.isEmpty == true)
    #expect((run["invocations"] as? [[String: Bool]])?.first?["executionSuccessful"] == false)
  }

  @Test(arguments: [
    ("scenarios/a.yaml", "scenarios/a.yaml"), ("my file, é:1.yaml", "my%20file%2C%20%C3%A9%3A1.yaml"),
    ("/tmp/a b.yaml", "file:///tmp/a%20b.yaml"), ("../a%b.yaml", "../a%25b.yaml"),
  ])
  func pathsBecomeURIs(_ path: String, _ uri: String) {
    #expect(SARIFReport.uri(path) == uri)
  }

  @Test(arguments: ["\"", "\\", "\u{1B}[2J", "\u{2028}", "{0}", "é🦉"])
  func anyTextSurvives(_ text: String) throws {
    let results = try #require(try run(SARIFReport([finding(message: text)]))["results"] as? [[String: Any]])
    let message = try #require((results[0]["message"] as? [String: String])?["text"])
    #expect(message.hasPrefix(text) || text.contains("\u{1B}") || text.contains("\u{2028}"))
    #expect(message.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0 != "\u{2028}" })
  }
}

@Suite struct KnownFailureFormatsTests {
  @Test func aKnownPlanIsASkippedTestWithItsReasonAndCommand() {
    let known = JUnitReport([.init(finding(known: "see #12"), name: "response-lost", text: "story")]).xml()
    #expect(known.contains("failures=\"0\" errors=\"0\" skipped=\"1\""))
    #expect(known.contains("<skipped message=\"Known: see #12 See it again: faultline replay f.yaml\"/>"))
    let open = JUnitReport([.init(finding(), name: "response-lost", text: "faultline replay f.yaml")]).xml()
    #expect(open.contains("failures=\"1\" errors=\"0\" skipped=\"0\""))
    #expect(open.contains(">faultline replay f.yaml</failure>"))
  }

  @Test(arguments: [(0, "0.000"), (1_234, "1.234"), (-5, "-0.005"), (60_007, "60.007")] as [(Int64, String)])
  func thousandthsAreWrittenExactly(_ number: Int64, _ text: String) {
    #expect(JSON.thousandths(number).line == text)
  }
}
