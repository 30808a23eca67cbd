// `faultline agent`: the reference as a process, killed and started again, alone and in two replicas.

import Foundation
import Testing

@Suite struct AgentCommandTests {
  private static let workflow = ["agent", "--workflow", "customer-onboarding"]

  /// Plays the agent as a process in a scenario of the repository.
  private func play(
    _ command: String, _ scenario: String, _ options: [String] = [], program: String? = nil, agent: [String] = [],
    in workshop: Workshop
  ) throws -> Workshop.Outcome {
    try workshop.addSmallScenario(scenario, ticket: scenario == "happy-path" ? "acme-form" : "acme")
    return try workshop.run(
      all: [command, "scenarios/small.yaml"] + options + ["--", program ?? Workshop.command.path] + Self.workflow + agent)
  }

  private func verdict(_ outcome: Workshop.Outcome) throws -> [String: Any] {
    let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    return try #require(object, "\(outcome)")
  }

  private static let json = ["--clock", "virtual", "--format", "json"]

  @Test func itDoesTheWorkAndSaysSo() throws {
    let outcome = try play("run", "happy-path", Self.json, in: Workshop())
    #expect(outcome.status == 0, "\(outcome)")
    let verdict = try verdict(outcome)
    #expect(verdict["verdict"] as? String == "pass")
    #expect(verdict["outcome"] as? String == "completed")
    #expect(verdict["agent"] as? String == "faultline-agent")
  }

  /// It is the same program, and lives on the time of the world: else this would take as long as the agent's waits.
  @Test func byAnotherNameItIsTheSameAgent() throws {
    let workshop = try Workshop()
    let link = workshop.folder.appending(path: "fl")
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: Workshop.command)
    let outcome = try play("run", "happy-path", Self.json, program: "./fl", in: workshop)
    #expect(outcome.status == 0, "\(outcome)")
    #expect(try verdict(outcome)["agent"] as? String == "faultline-agent")
  }

  @Test func killedAtAnAnswerItGoesOnFromItsJournal() throws {
    let workshop = try Workshop()
    let outcome = try play("run", "crash-after-create", Self.json, in: workshop)
    #expect(outcome.status == 0, "\(outcome)")
    #expect(try verdict(outcome)["outcome"] as? String == "completed")
  }

  /// The control: without a journal it begins anew after the kill, and what was made before is made again.
  @Test func killedWithoutAJournalItMakesASecondCluster() throws {
    let outcome = try play(
      "run", "crash-after-create", Self.json, agent: ["--without", "persisted-state,idempotency-keys,read-back,pre-action-guards"],
      in: Workshop())
    #expect(outcome.status == 1, "\(outcome)")
    #expect(outcome.output.contains("duplicate-resource"), "\(outcome)")
  }

  @Test func aLostAnswerDoesNoHarmUnlessKeysAndLooksAreMissing() throws {
    let whole = try play("run", "timeout-after-create", Self.json, in: Workshop())
    #expect(whole.status == 0, "\(whole)")
    let planted = try play(
      "run", "timeout-after-create", Self.json, agent: ["--without", "idempotency-keys,read-back"], in: Workshop())
    #expect(planted.status == 1, "\(planted)")
    #expect(planted.output.contains("duplicate-resource"), "\(planted)")
  }

  @Test(arguments: [1, 2])
  func itSurvivesAPartOfTheSingleFaults(replicas: Int) throws {
    let outcome = try play(
      "explore", "timeout-after-create",
      ["--max-faults", "1", "--points", "6", "--jobs", "2", "--replicas", "\(replicas)", "--format", "json"], in: Workshop())
    #expect(outcome.status == 0, "\(outcome)")
    let report = try verdict(outcome)
    #expect(report["trials"] as? Int == 6)
    #expect(report["violations"] as? Int == 0)
    #expect(report["inconclusive"] as? Int == 0)
    #expect(report["points_found"] as? Int ?? 0 > 100)
  }

  @Test(arguments: [
    (["--workflow", "customer-onbording"], "did you mean 'customer-onboarding'?"),
    (["--workflow", "customer-onboarding", "--deployment", "nothing.json"], "'nothing.json' can't be read"),
    (["--workflow", "customer-onboarding", "--deployment", "empty.json"], "empty.json is no deployment"),
    (["--workflow", "customer-onboarding"], "http://127.0.0.1:1 does not answer"),
    (["--workflow", "customer-onboarding", "--without", "keys"], "there is no safeguard 'keys'"),
    (["--workflow", "customer-onboarding", "--store", "journal.sqlite"], "store"),
    (["--workflow", "customer-onboarding", "--input", "list.json"], "list.json holds no JSON object"),
    (["--workflow", "customer-onboarding", "--url", "nowhere"], "'nowhere' is no address"),
  ])
  func whatItCanNotWorkWithIsToldBeforeAnythingIsDone(arguments: [String], message: String) throws {
    let workshop = try Workshop()
    try workshop.write("{}", to: "empty.json")
    try workshop.write("[1]", to: "list.json")
    try workshop.write(
      #"{"services":[],"principals":[],"mutation_limit":20}"#, to: "bare.json")
    let isAboutNames = arguments.contains("customer-onbording") || arguments.contains("keys")
    let outcome = try workshop.run(
      all: ["agent"] + arguments + (isAboutNames ? ["--deployment", "bare.json"] : []),
      environment: [
        "FAULTLINE_URL": "http://127.0.0.1:1", "FAULTLINE_INPUT": #"{"customer":"acme"}"#,
        "FAULTLINE_STATE_DIR": workshop.folder.path,
      ])
    #expect(outcome.status == 2, "\(outcome)")
    #expect(outcome.complaint.contains(message), "\(outcome)")
    #expect(!workshop.exists("journal.sqlite"))
  }

  @Test func whatIsMissingIsAskedForByItsOptionAndItsVariable() throws {
    let workshop = try Workshop()
    let arguments = ["agent", "--workflow", "customer-onboarding"]
    #expect(try workshop.run(all: arguments).complaint.contains("add --url http://HOST:PORT, or set FAULTLINE_URL"))
    let url = arguments + ["--url", "http://127.0.0.1:1"]
    #expect(try workshop.run(all: url).complaint.contains("or set FAULTLINE_INPUT"))
    try workshop.write("{}", to: "in.json")
    #expect(try workshop.run(all: url + ["--input", "in.json"]).complaint.contains("or set FAULTLINE_STATE_DIR"))
  }

  @Test func helpSaysHowItIsStartedAndHowItEnds() throws {
    let help = try Workshop().run("agent", "--help")
    #expect(help.status == 0)
    for part in ["FAULTLINE_STATE_DIR", "--store", "Exit status: 0", "faultline explore"] {
      #expect(help.output.contains(part), "\(part)")
    }
  }
}
