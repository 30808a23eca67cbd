// `explore --runs` and `--time`: the certificate of random runs, its failures, and what is on file of it.

import Foundation
import Testing

@Suite struct ExploreRandomTests {
  private static let small = "scenarios/small.yaml"
  private static let wrong = ["explore", small, "--runs", "64", "--max-faults", "1", "--agent", "naive"]

  private func workshop() throws -> Workshop {
    let workshop = try Workshop()
    try workshop.addSmallScenario("ambiguous-ticket", ticket: "ambiguous")
    return workshop
  }

  /// The certificate without what depends on time and on who played what.
  private func certificate(_ outcome: Workshop.Outcome) throws -> [String: Any] {
    var object = try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any], "\(outcome)")
    for key in ["seconds", "runs_per_second", "rechecked", "units_resumed"] { object[key] = nil }
    return object
  }

  @Test func aRightAgentGetsTheNumberOfItsRuns() throws {
    let outcome = try workshop().run("explore", Self.small, "--runs", "100")
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.hasPrefix("PASS  small   reference   random runs of at most 3 faults"))
    let sentence = try #require(outcome.output.split(separator: "\n").last)
    #expect(sentence.hasPrefix("100 runs, 0 violations, 0 undecided, on average 1."), "\(sentence)")
    #expect(sentence.hasSuffix(" faults a run took effect"))
    #expect(outcome.output.split(separator: "\n").allSatisfy { $0.count <= 100 }, "\(outcome)")
  }

  @Test func oneJobAndTwoGiveTheSameCertificate() throws {
    let workshop = try workshop()
    func play(_ jobs: String, _ share: String, runs: String = "200") throws -> NSDictionary {
      try certificate(
        workshop.run(
          "explore", Self.small, "--format", "json", "--jobs", jobs, "--recheck", share, "--runs", runs)
      ) as NSDictionary
    }
    let one = try play("1", "0%")
    #expect(one["schema"] as? String == "faultline.random/1")
    #expect(one["units"] as? Int == 4, "200 runs, 64 a unit")
    #expect(one["runs"] as? Int == 200)
    #expect(try play("2", "100%") == one)
    #expect(try play("2", "0%", runs: "199") != one)
  }

  @Test func aViolationIsKeptWithItsSeedShapeAndPlan() throws {
    let workshop = try workshop()
    let outcome = try workshop.run(all: Self.wrong + ["--format", "json"])
    #expect(outcome.status == 1)
    let failures = try #require(try certificate(outcome)["failures"] as? [[String: Any]])
    let explained = failures.map { $0["explanation"] is [String: Any] }
    #expect(explained.first == true && explained.contains(false), "the first of each oracle is explained")
    let failure = try #require(failures.first { ($0["plan"] as? [Any])?.isEmpty == false })
    let command = try #require(failure["command"] as? String)
    let replayed = try workshop.run(
      all: command.split(separator: " ").dropFirst().map(String.init) + ["--format", "json"])
    #expect(replayed.status == 1)
    #expect(replayed.complaint.contains("same hash as the saved run"), "\(replayed)")
    #expect(replayed.output.contains(try #require(failure["trace_hash"] as? String)))

    // Another file of results, so that the folder of failures alone remembers; then the file as well.
    for results in ["other.sqlite", "other.sqlite"] {
      let again = try workshop.run(all: Self.wrong + ["--results", results])
      let count = failures.count
      #expect(again.output.contains("\n\(count) earlier failures played first: \(count) still failing\n"), "\(again)")
    }
  }

  @Test func aSearchThatWasKilledEndsWithTheCertificateOfOneThatWasNot() throws {
    let workshop = try workshop()
    let arguments = ["explore", Self.small, "--runs", "2000", "--format", "json", "--results"]
    let whole = try certificate(workshop.run(all: arguments + ["whole.sqlite"])) as NSDictionary
    let running = try workshop.start(arguments + ["killed.sqlite"])
    while running.process.isRunning, workshop.progress("killed.sqlite") < 4 {}
    #expect(running.process.isRunning && kill(running.process.processIdentifier, SIGKILL) == 0, "it was over")
    #expect(try running.outcome().status == SIGKILL)
    let resumed = try workshop.run(all: arguments + ["killed.sqlite", "--resume"])
    #expect(try certificate(resumed) as NSDictionary == whole)
  }

  @Test func timeEndsASearchThatIsWhole() throws {
    let outcome = try workshop().run("explore", Self.small, "--time", "1s", "--format", "json")
    #expect(outcome.status == 0, "\(outcome)")
    let certificate = try certificate(outcome)
    let runs = try #require(certificate["runs"] as? Int)
    #expect(runs >= 64 && runs % 64 == 0, "whole units")
    #expect(certificate["partial"] as? Bool == false)
  }

  @Test(arguments: [
    (["--runs", "0"], "--runs must be at least 1"), (["--runs", "1", "--time", "1s"], "not both"),
    (["--time", "soon"], "--time"), (["--runs", "5", "--from-plan", small], "--from-plan is for"),
    (["--runs", "5", "--seed", "18446744073709551615"], "--seed is too large"),
  ])
  func badInputEndsWithTwo(_ arguments: [String], _ complaint: String) throws {
    let outcome = try workshop().run(all: ["explore", Self.small] + arguments)
    #expect(outcome.status == 2, "\(outcome)")
    #expect(outcome.complaint.contains(complaint), "\(outcome)")
  }
}
