// What programs read: field names and order, numbers, escapes.

import Faultline
import Foundation
import Operations
import Primitives
import Simulation
import Testing

@testable import Reporting

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct VerdictJSONTests {
  @Test func hasTheFieldsOfTheContractInTheirOrder() {
    let line = VerdictJSON.line(WarStory.record().verdict)
    let fields = [
      "schema", "scenario", "agent", "without", "seed", "plan", "outcome", "verdict", "expectation", "violations",
      "metrics", "events", "virtual_ms", "trace_hash",
    ]
    var rest = line[...]
    for field in fields {
      let range = rest.range(of: "\"\(field)\":")
      #expect(range != nil, "\(field) is missing or out of order")
      if let range { rest = rest[range.upperBound...] }
    }
    #expect(!line.contains("\n"))
  }

  @Test func isReadableAndExact() throws {
    let verdict = WarStory.record().verdict
    let data = Data(VerdictJSON.line(verdict).utf8)
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(object["schema"] as? String == "faultline.verdict/1")
    #expect(object["seed"] as? Int == 7)
    #expect(object["verdict"] as? String == "fail")
    #expect(object["virtual_ms"] as? Int == 32_000)
    #expect((object["trace_hash"] as? String)?.count == 16)
    let plan = try #require(object["plan"] as? [[String: String]])
    #expect(
      plan == [
        [
          "at": "agent-0~1/customer-onboarding:acme/cloud.create_cluster[acme]#1/answer", "choose": "response-lost",
        ]
      ])
    let violation = try #require((object["violations"] as? [[String: Any]])?.first)
    #expect(violation["oracle"] as? String == "double-billing")
    #expect(violation["expected"] as? Int == 1)
    #expect(violation["evidence"] as? [Int] == [15, 17])
    let metrics = try #require(object["metrics"] as? [String: Any])
    #expect(metrics["recovery_ms"] is NSNull)
    #expect(metrics["attempts"] as? Int == 5)
    let fault = try #require((object["faults"] as? [[String: Any]])?.first)
    #expect(fault["took_effect"] as? Bool == true)
  }

  @Test func keepsTheLargestSeedExactly() {
    var verdict = WarStory.record().verdict
    verdict.seed = .max
    #expect(VerdictJSON.line(verdict).contains("\"seed\":18446744073709551615,"))
  }

  @Test func aRunWithoutAClaimHasNoOutcome() {
    var verdict = WarStory.record().verdict
    verdict.outcome = nil
    #expect(VerdictJSON.line(verdict).contains("\"outcome\":null,"))
  }

  @Test(arguments: ["\"", "\\", "\n", "\u{0}", "\u{1B}[2J", "\u{2028}", "é", "🦉"])
  func anyTextSurvives(_ text: String) throws {
    let line = JSON.object(["a": .text(text)]).line
    #expect(line.unicodeScalars.allSatisfy { $0.value >= 0x20 })
    let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String]
    #expect(object == ["a": text])
  }
}

@Suite struct JUnitReportTests {
  private func item(
    _ change: (inout Verdict) -> Void = { _ in }, isAsExpected: Bool, text: String = ""
  ) -> JUnitReport.Case {
    var verdict = WarStory.record().verdict
    change(&verdict)
    return .init(verdict: verdict, isAsExpected: isAsExpected, text: text)
  }

  private func isWellFormed(_ xml: String) -> Bool { XMLParser(data: Data(xml.utf8)).parse() }

  @Test func countsTestsFailuresAndErrorsBySuite() {
    let xml = JUnitReport([
      item(isAsExpected: true), item(isAsExpected: false),
      item({ $0.result = .inconclusive }, isAsExpected: false),
      item({ $0.scenario = "other" }, isAsExpected: true),
    ]).xml()
    #expect(isWellFormed(xml))
    #expect(xml.contains("<testsuites name=\"faultline\" tests=\"4\" failures=\"1\" errors=\"1\" skipped=\"0\">"))
    #expect(xml.contains("<testsuite name=\"timeout-after-create\" tests=\"3\" failures=\"1\" errors=\"1\""))
    #expect(xml.contains("<testsuite name=\"other\" tests=\"1\" failures=\"0\" errors=\"0\""))
    #expect(xml.contains("<error type=\"inconclusive\""))
  }

  @Test func theFailuresTextHasSeedAndCommand() {
    let text = WarStory.report(WarStory.record()).text(.plain) + "\nfaultline run x.yaml --seed 7"
    let xml = JUnitReport([item(isAsExpected: false, text: text)]).xml()
    #expect(isWellFormed(xml))
    #expect(xml.contains("seed 7"))
    #expect(xml.contains("faultline run x.yaml --seed 7</failure>"))
    #expect(xml.contains("<failure type=\"double-billing\" message=\"acme paid twice.\">"))
  }

  @Test(arguments: ["\u{1B}[31m", "\u{0}", "]]>", "<&>\"'", "\u{FFFF}", "a\u{B}b"])
  func anyTextStaysWellFormed(_ text: String) {
    let xml = JUnitReport([item({ $0.agent = Name(text) }, isAsExpected: false, text: text)]).xml()
    #expect(isWellFormed(xml), "\(xml)")
  }
}
