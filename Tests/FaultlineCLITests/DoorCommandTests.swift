// The commands around doors: what they refuse before anything listens, and what the doctor sees.

import Foundation
import Testing

@Suite struct DoorCommandTests {
  private static let scenario = "scenarios/first.yaml"

  private func workshop() throws -> Workshop {
    let workshop = try Workshop()
    try workshop.run("init")
    return workshop
  }

  @Test(arguments: [
    (["--listen", "nowhere"], "is no address"), (["--listen", "0.0.0.0:0"], "add --token"),
    (["--control", "0.0.0.0:x"], "is no address"), (["--control-token-file", "t"], "needs --control"),
    (["--order", "random"], "order"), (["--quiet", "-1"], "quiet"), (["--max-connections", "0"], "max-connections"),
    (["--model-script", "nothing.yaml"], "there is no such file"),
  ])
  func aDoorThatCanNotBeOpenedIsRefused(options: [String], message: String) throws {
    let outcome = try workshop().run(all: ["serve", Self.scenario] + options)
    #expect(outcome.status == 2, "\(outcome)")
    #expect(outcome.complaint.contains(message), "\(outcome)")
  }

  @Test func controlMustNotHaveTheAgentsToken() throws {
    let outcome = try workshop().run(
      "serve", Self.scenario, "--token", "one-for-both", "--control", "127.0.0.1:0",
      environment: ["FAULTLINE_CONTROL_TOKEN": "one-for-both"])
    #expect(outcome.status == 2, "\(outcome)")
    #expect(outcome.complaint.contains("control has the agent's token"))
  }

  @Test func aMistakeInAScriptIsToldByFileAndLine() throws {
    let workshop = try workshop()
    try workshop.write("schema: faultline.model-script/1\nanswers:\n  - txt: hello\n", to: "model.yaml")
    let outcome = try workshop.run("serve", Self.scenario, "--model-script", "model.yaml")
    #expect(outcome.status == 2)
    #expect(outcome.complaint.contains("model.yaml:3:5: error: unknown key of an answer 'txt'"), "\(outcome)")
    #expect(outcome.complaint.contains("did you mean 'text'?"))
  }

  @Test func aBridgeWithoutAWorldIsRefused() throws {
    let workshop = try workshop()
    #expect(try workshop.run("mcp-stdio").complaint.contains("no world is named"))
    let outcome = try workshop.run("mcp-stdio", "--url", "https://example.org/mcp")
    #expect(outcome.status == 2)
    #expect(outcome.complaint.contains("is no address of a served world"))
  }

  @Test func theDoctorFindsAKeyAndSaysWhatToDo() throws {
    let workshop = try Workshop()
    let sick = try workshop.run("doctor", environment: ["STRIPE_API_KEY": "sk_live_1"])
    #expect(sick.output.contains("live key STRIPE_API_KEY"), "\(sick)")
    #expect(sick.output.contains("unset STRIPE_API_KEY"))
    let well = try workshop.run("doctor", "--format", "json", environment: ["STRIPE_API_KEY": "sk_test_1"])
    #expect(well.status == 0, "\(well)")
    #expect(well.output.split(separator: "\n").allSatisfy { $0.hasPrefix(#"{"schema":"faultline.doctor/1""#) })
    #expect(well.output.contains(#""check":"live keys","state":"ok""#))
    #expect(!workshop.exists(".faultline"))
  }

  @Test func thePortOfAnotherIsInTheWay() throws {
    let workshop = try workshop()
    let holder = try workshop.start(["serve", Self.scenario, "--listen", "127.0.0.1:0"])
    defer { holder.process.terminate() }
    var port: Substring?
    while port == nil, holder.process.isRunning {
      let said = (try? String(contentsOf: holder.complaint, encoding: .utf8)) ?? ""
      port = said.firstMatch(of: #/http://127\.0\.0\.1:([0-9]+) /#)?.output.1
    }
    let address = "127.0.0.1:\(try #require(port))"
    let outcome = try workshop.run("doctor", "--listen", address)
    #expect(outcome.status == 1, "\(outcome)")
    #expect(outcome.output.contains("choose another --listen"))
  }

  @Test func theDoctorDoesWithoutPython() throws {
    let outcome = try workshop().run("doctor", "--python", "/no/such/python")
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.contains("only agents in Python need it"))
  }
}
