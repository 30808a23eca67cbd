// Bad input: one clear error with a remedy, exit status 2, and nothing run.

import Foundation
import Testing

@Suite struct BadInputTests {
  private func refusal(_ arguments: [String], in workshop: Workshop) throws -> Workshop.Outcome {
    let outcome = try workshop.run(all: arguments)
    #expect(outcome.status == 2, "\(outcome)")
    #expect(outcome.output.isEmpty, "nothing is run: \(outcome)")
    return outcome
  }

  @Test(arguments: [
    (["run", "--agnet", "naive"], "Unknown option '--agnet'"),
    (["run", "scenarios", "--agent", "niave"], "did you mean 'naive'?"),
    (["run", "scenarios/frist.yaml"], "did you mean 'scenarios/first.yaml'?"),
    (["run", "scenarios", "--agent", "reference", "--without=idempotency-key"], "did you mean 'idempotency-keys'?"),
    (["run", "scenarios", "--without", "read-back"], "--without needs an agent"),
    (["run", "scenarios", "--max-faults", "2"], "add --agent"),
    (["run", "scenarios", "--workflows", "4"], "--workflows takes a number from 1 to 3"),
    (["run", "scenarios", "--workflows", "2", "--", "sh"], "--workflows is for agents in Swift"),
    (["run", "scenarios", "--replicas", "0"], "--replicas takes a number from 1 to 4"),
    (["explore", "scenarios/first.yaml", "--replicas", "9"], "--replicas takes a number from 1 to 4"),
    (["run", "scenarios", "--runs", "0"], "--runs must be at least 1"),
    (["run", "scenarios", "--trials", "3"], "--trials is for processes"),
    (["run", "scenarios", "--explain"], "add --agent"),
    (["run", "--", "no-such-agent"], "there is no command 'no-such-agent'"),
    (["run", "scenarios", "--start-command", "up"], "--start-command needs --kill-command"),
    (["run", "scenarios", "--kill-command", "down"], "--kill-command alone gives the agent no work"),
    (["run", "scenarios", "--start-command", " ", "--kill-command", "down"], "--start-command is empty"),
    (["run", "scenarios", "--trigger", "https://a/work"], "expected plain HTTP, such as http://127.0.0.1:8080/work"),
    (
      ["run", "scenarios", "--start-command", "up", "--kill-command", "down", "--", "sh"],
      "--start-command and a command after -- both say what the agent is"
    ),
    (["run", "scenarios", "--agent", "naive", "--trigger", "http://127.0.0.1:1/"], "leave out --agent"),
    (["run", "scenarios", "--workflows", "2", "--trigger", "http://127.0.0.1:1/"], "a service serves one customer"),
    (
      ["explore", "scenarios/first.yaml", "--jobs", "2", "--trigger", "http://127.0.0.1:1/"],
      "--jobs 2 would hand the work of several trials to the one service"
    ),
    (
      ["explore", "scenarios/first.yaml", "--replicas", "2", "--trigger", "http://127.0.0.1:1/"],
      "starts several processes, and --trigger is the URL of one"
    ),
    (["list", "faults", "--", "agent"], "only 'run', 'explore' and the commands about certificates take a command"),
    (["run", "scenarios", "--format", "yaml"], "yaml"),
    (["replay", "scenarios/first.yaml"], "is not a saved run"),
    (["show", "nowhere.yaml"], "there is no file 'nowhere.yaml'"),
    (["list", "agnets"], "agnets"),
    (["fly"], "fly"),
    (["exlpore", "scenarios"], "did you mean 'explore'?"),
  ])
  func endsWithTwoAndSaysWhatToDo(_ arguments: [String], _ expected: String) throws {
    let workshop = try Workshop()
    try workshop.run("init")
    let outcome = try refusal(arguments, in: workshop)
    #expect(outcome.complaint.contains(expected), "\(outcome)")
  }

  @Test func aServiceThatNobodyCanKillPlaysNoScenarioThatKillsIt() throws {
    let workshop = try Workshop()
    try workshop.run("init")
    let lost = "inject: response-lost"
    try workshop.write(workshop.read("scenarios/first.yaml").replacing(lost, with: "inject: crash"), to: "scenarios/b.yaml")
    let outcome = try refusal(["run", "scenarios/b.yaml", "--trigger", "http://127.0.0.1:1/"], in: workshop)
    #expect(outcome.complaint.contains("'b' kills the agent, and with --trigger alone nobody can"), "\(outcome)")
    #expect(outcome.complaint.contains("add --kill-command"))
  }

  @Test func allMistakesOfAllFilesAreToldAtOnce() throws {
    let workshop = try Workshop()
    try workshop.run("init")
    let text = try workshop.read("scenarios/first.yaml")
    try workshop.write(text.replacing("response-lost", with: "respons-lost"), to: "scenarios/a.yaml")
    try workshop.write(
      text.replacing("title:", with: "titel:").replacing("naive:", with: "niave:"), to: "scenarios/b.yaml")
    let outcome = try refusal(["run"], in: workshop)
    #expect(outcome.complaint.contains("scenarios/a.yaml:"))
    #expect(outcome.complaint.contains("response-lost"))
    #expect(outcome.complaint.contains("scenarios/b.yaml:2:1"))
    #expect(outcome.complaint.contains("titel"))
    #expect(outcome.complaint.contains("'naive'"))
  }

  @Test func aBrokenFileNamesItsPlace() throws {
    let workshop = try Workshop()
    try workshop.write("title: [", to: "broken.yaml")
    #expect(try refusal(["run", "broken.yaml"], in: workshop).complaint.contains("broken.yaml:"))
  }
}

@Suite struct ListTests {
  @Test(arguments: ["operations", "faults", "oracles", "safeguards", "agents", "profiles", "scenarios"])
  func everyListingIsOneObjectALine(_ kind: String) throws {
    let workshop = try Workshop()
    try workshop.run("init")
    let text = try workshop.run("list", kind)
    #expect(text.status == 0 && !text.output.isEmpty, "\(text)")
    let json = try workshop.run("list", kind, "--format", "json")
    #expect(json.status == 0)
    let lines = json.output.split(separator: "\n")
    #expect(!lines.isEmpty)
    for line in lines {
      let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      #expect(object["kind"] as? String == kind)
      #expect((object["name"] as? String)?.isEmpty == false)
      #expect((object["summary"] as? String)?.isEmpty == false, "\(line)")
    }
  }

  @Test func theSchemaIsJSON() throws {
    let outcome = try Workshop().run("schema")
    #expect(outcome.status == 0)
    #expect(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) is [String: Any])
  }

  @Test func helpIsNoError() throws {
    let outcome = try Workshop().run("run", "--help")
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("faultline run scenarios/timeout-after-create.yaml --agent naive"))
    #expect(try Workshop().run("--version").output.hasPrefix("0.1.0"))
  }
}
