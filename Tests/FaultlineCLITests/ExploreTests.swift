// `explore`: the certificate, its formats, what is known, and what is kept for the next time.

import Foundation
import Testing

@Suite struct ExploreTests {
  private static let small = "scenarios/small.yaml"
  /// An agent that fails under plans of one answer: an outage, and a store that is full for good.
  private static let wrong = ["explore", small, "--without", "bounded-retries"]

  private func workshop() throws -> Workshop {
    let workshop = try Workshop()
    try workshop.addSmallScenario("ambiguous-ticket", ticket: "ambiguous")
    return workshop
  }

  private func object(_ line: some StringProtocol) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
  }

  @Test func aRightAgentGetsASentenceWithADenominator() throws {
    let outcome = try workshop().run("explore", Self.small, "--max-faults", "1")
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.hasPrefix("PASS  small   reference   every plan of at most 1 fault"))
    let sentence = try #require(outcome.output.split(separator: "\n").last)
    let words = sentence.split(separator: " ")
    #expect(words.count > 3 && words[0] == words[2] && Int(words[0]) ?? 0 > 20, "\(sentence)")
    #expect(sentence.hasSuffix("plans, 0 violations, 0 undecided"))
    #expect(outcome.output.contains("Each plan counts once; an answer that can change nothing"))
    #expect(outcome.output.split(separator: "\n").allSatisfy { $0.count <= 100 }, "\(outcome)")
    #expect(outcome.complaint.isEmpty, "no progress without a terminal: \(outcome.complaint)")
  }

  @Test func jobsAndTheShareThatIsCheckedAgainChangeNothing() throws {
    let workshop = try workshop()
    func certificate(_ jobs: String, _ share: String) throws -> [String: Any] {
      var object = try object(
        workshop.run("explore", Self.small, "--format", "json", "--jobs", jobs, "--recheck", share).output)
      for key in ["seconds", "runs_per_second", "rechecked"] { object[key] = nil }
      return object
    }
    let one = try certificate("1", "0%")
    #expect(one["schema"] as? String == "faultline.coverage/1")
    #expect((one["digest"] as? String)?.count == 16)
    #expect(one["runs"] as? Int == one["explored"] as? Int)
    #expect(one as NSDictionary == (try certificate("2", "1%")) as NSDictionary)
    #expect(one as NSDictionary == (try certificate("3", "100%")) as NSDictionary)
  }

  @Test func aWrongAgentGetsPlansOfOneChoiceEachWithItsCommand() throws {
    let workshop = try workshop()
    let outcome = try workshop.run(all: Self.wrong + ["--format", "json"])
    #expect(outcome.status == 1)
    let object = try object(outcome.output)
    let plans = try #require(object["minimal_plans"] as? [[String: Any]])
    #expect(!plans.isEmpty && plans.allSatisfy { ($0["plan"] as? [Any])?.count == 1 })
    let command = try #require(plans[0]["command"] as? String)
    #expect(command.hasPrefix("faultline replay .faultline/failures/"))
    let replayed = try workshop.run(all: command.split(separator: " ").dropFirst().map(String.init))
    #expect(replayed.status == 1, "\(replayed)")
    #expect(replayed.complaint.contains("same hash as the saved run"))

    // The second time these are played first.
    let again = try workshop.run(all: Self.wrong)
    #expect(again.output.contains("\n4 earlier failures played first: 4 still failing\n"), "\(again)")
    #expect(again.output.split(separator: "\n").last?.hasSuffix(" plans, 4 violations, 0 undecided") == true)
    #expect(again.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
    #expect(again.output.contains("\n  \(command)\n"))
    #expect(again.output.contains("\n  Needed    FAULT 1: yes (without it: pass). The plan is minimal."), "\(again)")
    for label in ["Why", "Saved", "Compare"] { #expect(again.output.contains("\n  \(label) "), "\(again)") }

    let junit = try workshop.run(all: Self.wrong + ["--format", "junit"]).output
    #expect(junit.contains("tests=\"5\" failures=\"5\" errors=\"0\" skipped=\"0\""))
    #expect(junit.contains("<failure type=\"retry-storm\""))
    #expect(junit.contains(command))
    #expect(junit.contains("name=\"reference without bounded-retries: every plan of at most 1 fault\""))

    let github = try workshop.run(all: Self.wrong + ["--format", "github"]).output
    #expect(github.contains(" plans, 4 violations, 0 undecided\n::error file="))
    #expect(github.contains("%0A\(command)"))

    let sarif = try self.object(workshop.run(all: Self.wrong + ["--format", "sarif"]).output)
    let run = try #require((sarif["runs"] as? [[String: Any]])?.first)
    let results = try #require(run["results"] as? [[String: Any]])
    #expect(results.count == 7 && results.allSatisfy { $0["codeFlows"] != nil })
  }

  @Test func severalScenariosGetALineEachAndATotal() throws {
    let workshop = try workshop()
    try workshop.write(try workshop.read(Self.small), to: "scenarios/second.yaml")
    let outcome = try workshop.run("explore", "scenarios", "--max-faults", "0")
    #expect(outcome.status == 0, "\(outcome)")
    let lines = outcome.output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    #expect(lines == [
      "second reference 1 of 1 plan, 0 violations, 0 undecided",
      "small reference 1 of 1 plan, 0 violations, 0 undecided",
      "total 2 of 2 plans, 0 violations, 0 undecided", "exit 0", "2 of 2 plans, 0 violations, 0 undecided",
    ])
    let json = try workshop.run("explore", "scenarios", "--max-faults", "0", "--format", "json").output
    #expect(json.split(separator: "\n").count == 2)
  }

  @Test func aSearchGoesOnFromASavedPlan() throws {
    let workshop = try workshop()
    #expect(try workshop.run(all: Self.wrong).status == 1)
    let saved = ".faultline/failures/" + (try #require(workshop.files(in: ".faultline/failures").first))
    let outcome = try workshop.run("explore", "--from-plan", saved, "--max-faults", "0")
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.contains("every plan of at most 0 faults after 1 given one"), "\(outcome)")
    let refused = try workshop.run("explore", saved)
    #expect(refused.status == 2)
    #expect(refused.complaint.contains("faultline explore --from-plan \(saved)"))
  }

  // MARK: Known failures

  private func known(_ entries: String) -> String {
    "known:\n" + entries.split(separator: "\n").map { "  \($0)\n" }.joined()
  }

  @Test func whatIsKnownIsListedWithItsReasonAndIsNoFailure() throws {
    let workshop = try workshop()
    let arguments = Self.wrong + ["--format", "json"]
    let open = try workshop.run(all: arguments)
    #expect(open.status == 1, "\(open)")
    let plans = try #require(try object(open.output)["minimal_plans"] as? [[String: Any]])
    let oracles = Set(plans.flatMap { $0["oracles"] as? [String] ?? [] }).sorted()
    let entries = oracles.map { oracle in
      "- {scenario: small, agent: reference, without: [bounded-retries], oracle: \(oracle), "
        + "reason: \"parts are missing\"}"
    }
    try workshop.write(known(entries.joined(separator: "\n")), to: ".faultline/known.yaml")
    let closed = try workshop.run(all: arguments)
    #expect(closed.status == 0, "\(closed)")
    let listed = try #require(try object(closed.output)["minimal_plans"] as? [[String: Any]])
    #expect(listed.allSatisfy { $0["known"] as? String == "parts are missing" })
    let over = entries.map { $0.replacing("reason:", with: "until: 2001-01-01, reason:") }
    try workshop.write(known(over.joined(separator: "\n")), to: "over.yaml")
    let late = try workshop.run(all: arguments + ["--known", "over.yaml"])
    #expect(late.status == 1)
    let stale = try #require(try object(late.output)["stale_known_failures"] as? [String])
    #expect(stale.count == oracles.count && stale.allSatisfy { $0.contains("its time is over") })
  }

  @Test func whatDoesNotFailAnyMoreIsStale() throws {
    let workshop = try workshop()
    try workshop.write(
      known("- {scenario: small, agent: reference, oracle: stuck, reason: \"it was so\"}"), to: "known.yaml")
    let outcome = try workshop.run("explore", Self.small, "--max-faults", "0", "--known", "known.yaml")
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("known.yaml:2: it does not fail any more: stuck, it was so"), "\(outcome)")
  }

  // MARK: Bad input

  @Test(arguments: [
    (["explore"], "name a scenario"), (["explore", "nowhere"], "there is no file or folder 'nowhere'"),
    (["explore", small, "--agent", "niave"], "did you mean 'naive'?"),
    (["explore", small, "--recheck", "200%"], "--recheck"), (["explore", small, "--max-faults", "-1"], "max-faults"),
    (["explore", small, "--known", "nowhere.yaml"], "nowhere.yaml: error: there is no such file"),
    (["explore", small, "--results", small], "the results file 'scenarios/small.yaml' can't be used"),
  ])
  func badInputEndsWithTwo(_ arguments: [String], _ complaint: String) throws {
    let workshop = try workshop()
    let outcome = try workshop.run(all: arguments)
    #expect(outcome.status == 2, "\(outcome)")
    #expect(outcome.complaint.contains(complaint), "\(outcome)")
    #expect(outcome.output.isEmpty)
  }

  @Test func mistakesInTheKnownFailuresAreToldWithTheirPlaces() throws {
    let workshop = try workshop()
    try workshop.write(
      known("- {scenario: small, agent: referense, oracle: stuk, reason: \"x\"}\n- {scenario: small, agent: naive}"),
      to: "known.yaml")
    let outcome = try workshop.run("explore", Self.small, "--known", "known.yaml")
    #expect(outcome.status == 2)
    for part in ["known.yaml:2:", "'reference'", "'stuck'", "known.yaml:3:", "needs the key 'reason'"] {
      #expect(outcome.complaint.contains(part), "\(outcome)")
    }
  }
}
