// `run`: exit statuses, formats, and what is kept of a failure.

import Foundation
import Testing

@Suite struct RunTests {
  private static let first = "scenarios/first.yaml"

  private func workshop() throws -> Workshop {
    let workshop = try Workshop()
    try #require(try workshop.run("init").status == 0)
    return workshop
  }

  @Test func anAgentThatFailsEndsWithOneEvenWhereThatIsExpected() throws {
    let workshop = try workshop()
    let outcome = try workshop.run("run", Self.first, "--agent", "naive")
    #expect(outcome.status == 1, "\(outcome)")
    #expect(outcome.output.hasPrefix("FAIL  first   naive   seed 1"))
    #expect(outcome.output.contains("<== DEFECT"))
    #expect(outcome.output.contains("exit 1"))
    #expect(!outcome.output.contains("\u{1B}"), "no colour without a terminal")
  }

  @Test func aDryRunsPlanIsInItsJSON() throws {
    let workshop = try workshop()
    let planned = try workshop.run("run", Self.first, "--dry-run", "--format", "json")
    #expect(planned.status == 0, "\(planned)")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(planned.output.utf8)) as? [String: Any])
    let effects = try #require(object["planned_effects"] as? [[String: Any]])
    #expect(effects.first?["operation"] as? String == "cloud.create_network")
    #expect(effects.last?["operation"] as? String == "ticketing.update_ticket")
    #expect(effects.allSatisfy { $0["principal"] is String && $0["again_by"] is String && $0["taken_back_by"] is String })
    let pay = try #require(effects.first { $0["operation"] as? String == "billing.pay_invoice" })
    #expect(pay["again_by"] as? String == "key")
    let real = try workshop.run("run", Self.first, "--agent", "reference", "--format", "json")
    #expect(!real.output.contains("planned_effects"), "what was done is no plan")
  }

  @Test func anAgentThatPassesEndsWithZeroAndShowsItsResume() throws {
    let outcome = try workshop().run("run", Self.first, "--agent", "reference")
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.hasPrefix("PASS  first   reference   seed 1"))
    #expect(outcome.output.contains("same key"))
    #expect(outcome.output.contains("nothing new"))
  }

  @Test func aFailureIsSavedShownAndReplayedToTheSameHash() throws {
    let workshop = try workshop()
    let failure = try workshop.run("run", Self.first, "--agent", "naive")
    let file = try #require(workshop.files(in: ".faultline/failures").first)
    let path = ".faultline/failures/\(file)"
    #expect(failure.output.contains("faultline show \(path)"))
    let shown = try workshop.run("show", path)
    #expect(shown.status == 0)
    #expect(shown.output.contains("FAIL  first   naive   seed 1"))
    let replayed = try workshop.run("replay", path)
    #expect(replayed.status == 1, "\(replayed)")
    #expect(replayed.complaint.contains("same hash as the saved run"))
    try workshop.run("run", Self.first, "--agent", "naive")
    #expect(workshop.files(in: ".faultline/failures") == [file], "the same failure is one file")
  }

  @Test(arguments: ["run", "explore"], ["text", "json"])
  func aCampaignFailsOnAMarkThatTheScenarioRequiresAndNoRunTouched(command: String, format: String) throws {
    let workshop = try workshop()
    let scenario = try workshop.read(Self.first)
    func campaign(covering mark: String) throws -> Workshop.Outcome {
      try workshop.write(scenario + "\ncovers: [\(mark)]\n", to: Self.first)
      return try workshop.run(
        command, Self.first, "--agent", "reference", "--runs", "60", "--max-faults", "3", "--format", format)
    }
    let words = "The scenario wants these touched, and no run did"
    let met = try campaign(covering: "fault:response-lost")
    #expect(met.status == 0, "\(met)")
    #expect(!met.output.contains(words) && !met.complaint.contains(words))
    // Nothing in the scenario lets the decider leave the graph.
    let unmet = try campaign(covering: "safeguard:closed-transitions")
    #expect(unmet.status == 1, "\(unmet)")
    // Lines are wrapped.
    let said = (unmet.output + unmet.complaint).replacing("\n", with: " ")
    #expect(said.contains("\(words): safeguard:closed-transitions"), "\(unmet)")
    #expect(unmet.output.contains("never safeguard:") == (format == "text"))
  }

  @Test func aSavedFailureCanBePlayedWithAnotherAgent() throws {
    let workshop = try workshop()
    try workshop.run("run", Self.first, "--agent", "naive", "--seed", "7")
    let file = try #require(workshop.files(in: ".faultline/failures").first)
    let outcome = try workshop.run("run", ".faultline/failures/\(file)", "--agent", "reference")
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.hasPrefix("PASS  first   reference   seed 7"))
    #expect(outcome.output.contains("response-lost"))
  }

  @Test func anEditedPlanIsJudgedAndNotCompared() throws {
    let workshop = try workshop()
    try workshop.run("run", Self.first, "--agent", "naive")
    let file = try #require(workshop.files(in: ".faultline/failures").first)
    let text = try workshop.read(".faultline/failures/\(file)")
    try workshop.write(text.replacing("response-lost", with: "request-lost")
      .replacing("aspect: answer", with: "aspect: request"), to: "edited.yaml")
    let outcome = try workshop.run("replay", "edited.yaml")
    #expect(outcome.complaint.contains("was edited"), "\(outcome)")
    #expect(outcome.status == 0 || outcome.status == 1)
  }

  @Test func anotherHashForTheSameInputIsADefect() throws {
    let workshop = try workshop()
    try workshop.run("run", Self.first, "--agent", "naive")
    let file = try #require(workshop.files(in: ".faultline/failures").first)
    let text = try workshop.read(".faultline/failures/\(file)")
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let forged = lines.map { $0.hasPrefix("trace_hash:") ? "trace_hash: \"0123456789abcdef\"" : $0 }
    try workshop.write(forged.joined(separator: "\n"), to: "forged.yaml")
    let outcome = try workshop.run("replay", "forged.yaml")
    #expect(outcome.status == 3, "\(outcome)")
    #expect(outcome.complaint.contains("defect of Faultline"))
  }

  @Test func jsonIsOneVerdictALine() throws {
    let outcome = try workshop().run("run", "--format", "json")
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count == 2)
    for line in lines {
      let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      #expect(object["schema"] as? String == "faultline.verdict/1")
      #expect(object["expectation"] as? String == "met", "\(line)")
    }
  }

  @Test func theSameCommandGivesTheSameBytes() throws {
    let workshop = try workshop()
    let first = try workshop.run("run", "--format", "json", "--runs", "20", "--jobs", "2").output
    let hashed = try workshop.run(
      "run", "--format", "json", "--runs", "20", "--jobs", "1", environment: ["SWIFT_DETERMINISTIC_HASHING": "1"]
    ).output
    #expect(first.split(separator: "\n").count == 40)
    #expect(first == hashed)
  }

  @Test func aCampaignSumsUpFaultsAndVerifiesReplays() throws {
    let workshop = try workshop()
    let outcome = try workshop.run(
      "run", Self.first, "--agent", "reference", "--runs", "25", "--max-faults", "2", "--verify-replay")
    #expect(outcome.output.contains("25 random runs"), "\(outcome)")
    #expect(outcome.output.contains("25 replayed from their plans, all with the same hash"))
    #expect(outcome.output.contains("took effect"))
    #expect(try workshop.read(".faultline/last-campaign.json").contains("\"runs\":25"))
  }

  @Test func explainTellsFromTheStore() throws {
    let outcome = try workshop().run("run", Self.first, "--agent", "reference", "--explain")
    #expect(outcome.output.contains("What the agent thought it was doing"))
    #expect(outcome.output.contains("create-cluster") || outcome.output.contains("create_cluster"), "\(outcome)")
  }

  @Test func bothStoresGiveTheSameVerdict() throws {
    let workshop = try workshop()
    let model = try workshop.run("run", Self.first, "--agent", "reference", "--format", "json")
    let sqlite = try workshop.run("run", Self.first, "--agent", "reference", "--format", "json", "--store", "sqlite")
    #expect(model.status == sqlite.status)
    #expect(model.output == sqlite.output)
  }

  @Test func junitIsWrittenToAFileThatItMayReplace() throws {
    let workshop = try workshop()
    #expect(try workshop.run("run", "--format", "junit", "--output", "out.xml").status == 0)
    #expect(try workshop.read("out.xml").contains("<testsuites name=\"faultline\" tests=\"2\" failures=\"0\""))
    #expect(try workshop.run("run", "--format", "junit", "--output", "out.xml").status == 0)
  }

  @Test func aFileOfTheUsersIsNeverReplaced() throws {
    let workshop = try workshop()
    try workshop.write("notes", to: "notes.txt")
    let outcome = try workshop.run("run", "--output", "notes.txt")
    #expect(outcome.status == 2)
    #expect(outcome.complaint.contains("was not written by faultline"))
    #expect(try workshop.read("notes.txt") == "notes")
  }
}
