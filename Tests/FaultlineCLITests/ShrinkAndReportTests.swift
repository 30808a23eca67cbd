// `shrink` and `report`: a saved failure made smaller, and handed on in other forms.

import Foundation
import Testing

@Suite struct ShrinkAndReportTests {
  private static let first = "scenarios/first.yaml"

  /// A folder with one saved failure in it.
  private func failure() throws -> (workshop: Workshop, path: String) {
    let workshop = try Workshop()
    try #require(try workshop.run("init").status == 0)
    try workshop.run("run", Self.first, "--agent", "naive", "--save", "saved")
    return (workshop, "saved/\(try #require(workshop.files(in: "saved").first))")
  }

  @Test func aSavedRunIsAcceptedByEveryCommand() throws {
    let (workshop, path) = try failure()
    #expect(try workshop.run("run", path, "--agent", "naive").output.hasPrefix("FAIL  first   naive"))
    #expect(try workshop.run("replay", path).complaint.contains("same hash"))
    let shown = try workshop.run("show", path)
    #expect(shown.status == 0)
    #expect(shown.output.contains("Point of no return"), "the saved report has the explanation, too")
    #expect(try workshop.run("shrink", path).status == 0)
    #expect(try workshop.run("report", path).output.hasPrefix("FAIL  first   naive"))
  }

  @Test func aShrunkRunIsSavedAndFailsInTheSameWay() throws {
    let (workshop, path) = try failure()
    let outcome = try workshop.run("shrink", path, "--save", "small")
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.contains("1 choice -> 1 choice, seed 1 -> 0"))
    #expect(outcome.output.contains("needed: without it pass"))
    let small = "small/\(try #require(workshop.files(in: "small").first))"
    #expect(try workshop.read(small).contains("seed: 0\n"))
    #expect(try workshop.run("replay", small).status == 1)
    let again = try workshop.run("shrink", small, "--format", "json")
    #expect(again.output.hasPrefix("{\"schema\":\"faultline.shrink/1\""))
  }

  @Test func whatDoesNotFailIsNotShrunk() throws {
    let (workshop, path) = try failure()
    let outcome = try workshop.run("shrink", path, "--agent", "reference")
    #expect(outcome.status == 1)
    #expect(outcome.complaint.contains("reference does not fail here (pass)"))
    let without = try workshop.run("shrink", path, "--agent", "reference", "--without", "audit-log")
    #expect(without.status == 1)
    #expect(without.complaint.contains("reference without audit-log does not fail here (pass)"))
    let unnamed = try workshop.run("shrink", Self.first)
    #expect(unnamed.status == 2)
    #expect(unnamed.complaint.contains("choose one with --agent"))
  }

  @Test func aReportIsWrittenInEachForm() throws {
    let (workshop, path) = try failure()
    #expect(try workshop.run("report", path, "--format", "json").output.contains("\"explanation\":{\"oracle\":"))
    #expect(try workshop.run("report", path, "--format", "junit").output.contains("failures=\"1\""))
    let source = try workshop.run("report", path, "--format", "swift-test").output
    #expect(source.contains("@Suite struct FirstRegression {"))
    #expect(source.contains("\"scenarios/first.yaml\", agent: \"naive\", seed: 1,"))
    let written = try workshop.run("report", path, "--format", "swift-test", "--output", "Tests/A.swift")
    #expect(written.status == 0)
    #expect(try workshop.read("Tests/A.swift") == source)
    #expect(try workshop.run("report", path, "--format", "swift-test", "--output", "Tests/A.swift").status == 0)
    try workshop.write("// mine", to: "B.swift")
    #expect(try workshop.run("report", path, "--format", "swift-test", "--output", "B.swift").status == 2)
  }

  @Test func theVerdictOfAFailureIsExplainedAndThatOfASuccessIsNot() throws {
    let (workshop, _) = try failure()
    let failed = try workshop.run("run", Self.first, "--agent", "naive", "--format", "json").output
    #expect(failed.contains("\"explanation\":{"))
    let passed = try workshop.run("run", Self.first, "--agent", "reference", "--format", "json").output
    #expect(!passed.contains("\"explanation\""))
  }
}
