// `selftest`: wrong agents are told by line, right ones are played with random faults.

import Foundation
import Testing

@Suite struct SelftestTests {
  private static let first = "scenarios/first.yaml"

  private func workshop() throws -> Workshop {
    let workshop = try Workshop()
    try #require(try workshop.run("init").status == 0)
    return workshop
  }

  private func lines(_ outcome: Workshop.Outcome, _ schema: String) -> [Substring] {
    outcome.output.split(separator: "\n").filter { $0.hasPrefix("{\"schema\":\"\(schema)\"") }
  }

  @Test func writesOneLineForEachPlantedBugAndEndsWithOneWhereSomeEscape() throws {
    let outcome = try workshop().run("selftest", Self.first, "--format", "json", "--jobs", "2")
    #expect(outcome.status == 1, "one scenario can't tell all: \(outcome.complaint)")
    let bugs = lines(outcome, "faultline.bug/1")
    #expect(bugs.count >= 60)
    #expect(lines(outcome, "faultline.selftest/1").count == 24)
    let fresh = try #require(bugs.first { $0.contains("\"agent\":\"fresh-key-per-retry\"") })
    #expect(fresh.contains("\"caught\":true,\"oracle\":\"duplicate-resource\",\"scenario\":\"first\",\"method\":\"scenario\""))
    #expect(fresh.contains("\"plans_tried\":1,"))
    #expect(fresh.hasSuffix("\"plan_size\":1}"))
    let dry = try #require(bugs.first { $0.contains("\"agent\":\"dry-run-for-real\"") })
    #expect(dry.contains("\"caught\":false"), "nothing here is a dry run")
  }

  @Test func rightAgentsRaiseNoAlarmWhateverTheNumberOfJobs() throws {
    let workshop = try workshop()
    let one = try workshop.run(
      "selftest", Self.first, "--right-agents", "--runs", "60", "--jobs", "1", "--format", "json")
    #expect(one.status == 0, "\(one)")
    let told = lines(one, "faultline.right-agent/1")
    #expect(told.count == 3)
    #expect(told.allSatisfy { $0.contains("\"runs\":20,") && $0.hasSuffix("\"violations\":0}") })
    let two = try workshop.run(
      "selftest", Self.first, "--right-agents", "--runs", "60", "--jobs", "2", "--format", "json")
    #expect(two.output == one.output)
  }

  @Test func refusesNumbersThatMeanNothing() throws {
    for arguments in [["--runs", "0"], ["--max-faults", "0"], ["--jobs", "0"], ["--format", "junit"]] {
      let outcome = try workshop().run(all: ["selftest", Self.first, "--right-agents"] + arguments)
      #expect(outcome.status == 2, "\(arguments): \(outcome)")
    }
  }
}
