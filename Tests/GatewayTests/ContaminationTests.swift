// An id that another world made gives away an agent that keeps state over its trials.

import Faultline
import Foundation
import Operations
import Primitives
import Simulation
import Testing

@testable import Gateway

@Suite struct ContaminationTests {
  /// Makes a network in a world and says its id.
  private func network(in session: Session) async throws -> String {
    let reply = await JSONDoor().handle(Bench.post("v1/cloud/create_network", Bench.network), in: session)
    return try #require(reply.response?.document?["id"]?.text)
  }

  private func deleting(_ id: String, in session: Session) async -> RunRecord {
    _ = await JSONDoor().handle(Bench.post("v1/cloud/delete_network", ["network": .text(id)]), in: session)
    await session.close()
    return await session.finished()
  }

  @Test func anIdOfAnotherWorldIsNamedWithItsOrigin() async throws {
    let first = try await Bench.session(seal: Seal(1))
    let id = try await network(in: first)
    let second = try await Bench.session(seal: Seal(2)) { $0 == Seal(1) ? "trial 1" : nil }
    let record = await deleting(id, in: second)
    #expect(record.verdict.result == .contaminated)
    #expect(
      record.verdict.reasons.first == "cloud.delete_network was called with \(id), an id of another world: trial 1.")
    let third = try await Bench.session(seal: Seal(3))
    #expect(await deleting(id, in: third).verdict.reasons.first?.hasSuffix("one of an earlier command.") == true)
  }

  @Test func aWorldsOwnIdIsNone() async throws {
    let session = try await Bench.session(seal: Seal(2))
    let record = await deleting(try await network(in: session), in: session)
    #expect(record.verdict.result != .contaminated)
    #expect(!record.verdict.reasons.contains { $0.contains("another world") })
  }

  @Test func anIdThatNobodyMadeIsTheAgentsOwnMistake() async throws {
    let session = try await Bench.session(seal: Seal(2))
    #expect(await deleting("vpc-0123456789a", in: session).verdict.result != .contaminated)
  }

  @Test func anIdInAKeyOrInTheMiddleOfATextGivesItAway() async throws {
    let id = try await network(in: Bench.session(seal: Seal(1)))
    let session = try await Bench.session(seal: Seal(2))
    let headers = [(name: "idempotency-key", value: "network-\(id)-1")]
    _ = await JSONDoor().handle(Bench.post("v1/cloud/create_network", Bench.network, headers: headers), in: session)
    await session.close()
    #expect(await session.finished().verdict.result == .contaminated)
  }

  /// Deletes the network that it remembers, and remembers the one that it makes; what it reports is true.
  private static let agent = """
    import json, os, sys, urllib.request
    def call(operation, **arguments):
        request = urllib.request.Request(os.environ["FAULTLINE_URL"] + "/v1/cloud/" + operation,
            json.dumps(arguments).encode(), {"content-type": "application/json"})
        try: return json.loads(urllib.request.urlopen(request).read())
        except urllib.error.HTTPError as error: return {"status": error.code}
    memory = sys.argv[1] if sys.argv[1:] else os.environ["FAULTLINE_STATE_DIR"] + "/memory"
    if os.path.exists(memory): call("delete_network", network=open(memory).read())
    made = call("create_network", name="acme-net", region="eu-central-1", customer="acme")
    open(memory, "w").write(made["id"])
    sys.exit(3)
    """

  @Test(.enabled(if: hasPython, "python3 is missing"), arguments: [true, false])
  func anAgentThatRemembersOverTrialsIsFoundOut(leaks: Bool) async throws {
    let folder = NSTemporaryDirectory() + "faultline-\(UUID().uuidString)"
    let memory = "\(folder)-memory"
    defer { for path in [folder, memory] { try? FileManager.default.removeItem(atPath: path) } }
    let command = AgentCommandLine(["python3", "-c", Self.agent] + (leaks ? [memory] : []))
    var settings = OutsideTrials.Settings(folder: folder)
    settings.session.clock = .virtual
    let host = WorldHost()
    let setup = try Bench.setup()
    let outcomes = try await Bench.serving(host) { [settings] port in
      let trials = OutsideTrials(setup, program: AgentProgram(command), settings: settings, host: host, port: port)
      return [
        try await trials.play("a", number: 1, seed: 1, plan: Plan()),
        try await trials.play("b", number: 2, seed: 1, plan: Plan()),
      ]
    }
    #expect(outcomes[0].record.verdict.result != .contaminated)
    #expect((outcomes[1].record.verdict.result == .contaminated) == leaks)
    #expect((outcomes[1].record.verdict.reasons.first?.hasSuffix("another world: trial a.") == true) == leaks)
  }
}
