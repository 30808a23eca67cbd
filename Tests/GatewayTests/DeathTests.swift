// Processes outside die after an answer, after a while, and with or without what else they had sent.

import Agents
import Faultline
import Foundation
import Operations
import Primitives
import Simulation
import Testing

@testable import Gateway

@Suite struct DeathTests {
  private static let afterFirstAnswer = Plan.Entry(
    at: SitePattern(point: "answered", call: 1, aspect: .crash), choose: "crash:after")

  private func events(_ record: RunRecord) -> [WorldEvent] { record.trace.entries.map(\.event) }

  private func crashes(_ record: RunRecord) -> Int {
    events(record).count { if case .processCrashed = $0 { true } else { false } }
  }

  @Test(arguments: [true, false])
  func theAnswerComesAndThenTheDeath(dies: Bool) async throws {
    let session = try await Bench.session(dies ? [Self.afterFirstAnswer] : [])
    let door = JSONDoor()
    let first = await door.handle(Bench.post("v1/cloud/create_network", Bench.network), in: session)
    #expect(first.response?.status == 200)
    let second = await door.handle(Bench.post("v1/cloud/describe_networks", [:]), in: session)
    #expect(second.response?.status == 200)
    await session.close()
    let record = await session.finished()
    #expect(crashes(record) == (dies ? 1 : 0))
    #expect(record.verdict.faults.map(\.tookEffect) == (dies ? [true] : []))
    let incarnations = events(record).compactMap { event -> UInt8? in
      if case .sent(let wire, _, _, _) = event { wire.call.incarnation } else { nil }
    }
    #expect(incarnations == (dies ? [1, 2] : [1, 1]))
  }

  @Test(arguments: [Name("delivered"), "request-dropped"])
  func whatWasSentBesideArrivesOrIsDropped(fate: Name) async throws {
    var plan = [Bench.fault("cloud.create_network", "crash:after", .crash)]
    if fate == "request-dropped" {
      plan.append(
        Plan.Entry(
          at: SitePattern(point: "identity.create_role", call: 1, attempt: 1, aspect: .crash), choose: fate))
    }
    let session = try await Bench.session(plan, quiet: .milliseconds(50))
    async let network = JSONDoor().handle(Bench.post("v1/cloud/create_network", Bench.network), in: session)
    async let role = JSONDoor().handle(
      Bench.post("v1/identity/create_role", ["name": "acme-admin", "customer": "acme"]), in: session)
    #expect(await network.isClosed)
    #expect(await role.isClosed)
    await session.close()
    let record = await session.finished()
    #expect(record.made("cloud.network") == 1)
    #expect(record.made("identity.role") == (fate == "request-dropped" ? 0 : 1))
    #expect(!record.verdict.faults.contains { !$0.tookEffect })
    let again = try await session.recording.replay(in: Bench.setup(), agent: "tested", seed: 1, plan: Plan(plan))
    #expect(again.record.verdict.traceHash == record.verdict.traceHash)
  }

  @Test func aTimeToLiveIsAChoiceOfThePlanAlone() async throws {
    let plan = [
      Plan.Entry(at: SitePattern(incarnation: 1, point: "running", aspect: .crash), choose: "crash:after-90s")
    ]
    let session = try await Bench.session(plan)
    await session.sleep(.seconds(89))
    #expect(await session.nextDeath != nil)
    await session.sleep(.seconds(2))
    #expect(await session.nextDeath == nil)
    await session.close()
    let record = await session.finished()
    #expect(crashes(record) == 1)
    #expect(record.verdict.plan.entries.map(\.choose) == ["crash:after-90s"])
  }

  @Test func aScenarioSaysItAsPeopleWriteIt() throws {
    let path = Bench.root.appending(path: "scenarios/happy-path.yaml").path(percentEncoded: false)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let faults = """

      faults:
        - {at: answered, call: 3, inject: crash}
        - {at: running, incarnation: 1, inject: crash, moment: after-1500ms}
        - {at: cloud.create_network, call: 1, attempts: 1, inject: request-dropped}
      """
    let scenario = try ScenarioReader(Vocabulary.standard()).read(text: text + faults, path: path)
    #expect(scenario.faults.entries.map(\.choose) == ["crash:after", "crash:after-1500ms", "request-dropped"])
    #expect(scenario.faults.entries.map(\.at.point) == ["answered", "running", "cloud.create_network"])
    for (right, wrong) in [("after-1500ms", "after-soon"), ("moment: after-1500ms", "call: 1"), ("at: running", "at: answered")] {
      let error = #expect(throws: ScenarioErrors.self) {
        try ScenarioReader(Vocabulary.standard()).read(
          text: text + faults.replacingOccurrences(of: right, with: wrong), path: path)
      }
      let shown = "\(error.map(String.init(describing:)) ?? "")"
      #expect(shown.contains("moment"), "\(wrong): \(shown)")
    }
  }

  /// Plays a process on real time that is to end with status 3.
  private func trial(_ script: String, _ faults: [Plan.Entry]) async throws -> OutsideTrials.Outcome {
    let folder = NSTemporaryDirectory() + "faultline-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var settings = OutsideTrials.Settings(folder: folder)
    settings.timeout = .seconds(40)
    let host = WorldHost()
    let setup = try Bench.setup()
    return try await Bench.serving(host) { [settings] port in
      let trials = OutsideTrials(
        setup, program: AgentProgram(AgentCommandLine(["/bin/sh", "-c", script])), settings: settings, host: host,
        port: port)
      return try await trials.play("t", number: 1, seed: 1, plan: Plan(faults))
    }
  }

  @Test func aProcessThatAsksForNothingDiesInItsTime() async throws {
    let death = Plan.Entry(at: SitePattern(incarnation: 1, point: "running", aspect: .crash), choose: "crash:after-300ms")
    let outcome = try await trial("if [ $FAULTLINE_START = 1 ]; then sleep 60; fi; exit 3", [death])
    #expect(outcome.record.verdict.outcome == .escalated)
    #expect(crashes(outcome.record) == 1)
    #expect(outcome.duration < .seconds(30))
  }

  @Test func aProcessThatEndsBeforeItsTimeDoesNotDie() async throws {
    let death = Plan.Entry(at: SitePattern(incarnation: 1, point: "running", aspect: .crash), choose: "crash:after-10m")
    let outcome = try await trial("exit 3", [death])
    #expect(crashes(outcome.record) == 0)
    #expect(outcome.record.verdict.faults.map(\.tookEffect) == [false])
  }

  @Test(.enabled(if: hasPython, "python3 is missing"))
  func aProcessIsKilledWhenItsAnswerIsWritten() async throws {
    let script = """
      exec python3 -c '
      import json, os, urllib.request
      for _ in range(50): urllib.request.urlopen(urllib.request.Request(
          os.environ["FAULTLINE_URL"] + "/v1/cloud/describe_networks", b"{}"))
      if os.environ["FAULTLINE_START"] == "2": raise SystemExit(3)
      '
      """
    let outcome = try await trial(script, [Self.afterFirstAnswer])
    #expect(outcome.record.verdict.outcome == .escalated)
    #expect(crashes(outcome.record) == 1)
    // One of the process that was killed; what it asked for until then, and had no answer, is not its successor's.
    #expect(outcome.record.verdict.metrics.calls == 51)
    let control = try await trial(script, [])
    #expect(control.record.verdict.metrics.calls == 50)
  }
}
