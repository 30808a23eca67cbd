// Several processes of one agent: whose request it is, how time passes for them, and what each says.

import Faultline
import Foundation
import Operations
import Primitives
import Simulation
import Synchronization
import Testing

@testable import Gateway

/// Starts nothing and kills nobody; notes what it was asked for.
private final class Notebook: ProcessKeeper {
  let started = Mutex<[ProcessID]>([])

  func start(_ process: ProcessID, trigger: Trigger) async { started.withLock { $0.append(process) } }
  func kill(_ process: ProcessID) async {}
}

@Suite struct ReplicaTests {
  private static let first = ProcessID(index: 0, incarnation: 1)
  private static let second = ProcessID(index: 1, incarnation: 1)

  private func session(
    _ faults: [Plan.Entry] = [], keeper: Notebook = Notebook()
  ) async throws -> Session {
    var scenario = try Bench.setup().scenario
    scenario.rollout.chosen = 2
    var settings = Session.Settings()
    settings.clock = .virtual
    settings.quiet = .zero
    settings.plan = Plan(faults)
    let session = try Session(
      WorldSetup(scenario: scenario), agent: OutsideAgent(name: "tested"), settings: settings, keeper: keeper)
    await session.begin()
    return session
  }

  private func ask(_ path: String, as replica: Int, of host: WorldHost, _ document: JSON = [:]) async -> WireReply {
    await host.handle(Bench.post("w/1/replica/\(replica)/\(path)", document))
  }

  @Test func bothAreStartedAndEachCallIsOfWhoseAddressItCameTo() async throws {
    let keeper = Notebook()
    let session = try await session(keeper: keeper)
    #expect(keeper.started.withLock { $0 } == [Self.first, Self.second])
    let host = WorldHost()
    host.add(session, as: "1")
    #expect(await ask("v1/cloud/create_network", as: 1, of: host, Bench.network).response?.status == 200)
    #expect(await ask("v1/cloud/describe_networks", as: 0, of: host).response?.status == 200)
    // There is no third one whose call it could be.
    #expect(await ask("v1/cloud/describe_networks", as: 2, of: host).isClosed)
    await session.processEnded(Self.first, status: 0)
    await session.processEnded(Self.second, status: 0)
    let callers = await session.finished().trace.entries.compactMap { entry in
      if case .sent(let wire, _, _, _) = entry.event { wire.call.process } else { nil }
    }
    #expect(callers == [1, 0])
  }

  @Test func timeJumpsOnlyWhileBothWait() async throws {
    let session = try await session()
    let start = await session.now
    let long = Task { await Session.$replica.withValue(1) { await session.sleep(.minutes(5)) } }
    while await session.pace.waits.isEmpty { await Task.yield() }
    // The other one is at work; nothing passes for a wait.
    for _ in 0..<100 { await Task.yield() }
    #expect(await session.now == start)
    await Session.$replica.withValue(0) { await session.sleep(.seconds(10)) }
    #expect(await session.now == start + .seconds(10))
    // Who has ended holds up nobody.
    await session.processEnded(Self.first, status: 0)
    await long.value
    #expect(await session.now == start + .minutes(5))
  }

  @Test func aDeathEndsTheWaitsOfTheDeadAlone() async throws {
    let session = try await session([Bench.fault("cloud.create_network", "crash:on-answer", .crash)])
    let host = WorldHost()
    host.add(session, as: "1")
    let long = Task { await Session.$replica.withValue(1) { await session.sleep(.minutes(5)) } }
    while await session.pace.waits.isEmpty { await Task.yield() }
    #expect(await ask("v1/cloud/create_network", as: 0, of: host, Bench.network).isClosed)
    let waits = await session.pace.waits
    #expect(waits.map(\.process) == [Self.second])
    #expect(await session.running == [ProcessID(index: 0, incarnation: 2), Self.second])
    await session.processEnded(ProcessID(index: 0, incarnation: 2), status: 3)
    await long.value
  }

  @Test func whoStandsDownClaimsNothing() async throws {
    let session = try await session()
    let host = WorldHost()
    host.add(session, as: "1")
    #expect(await ask("outcome", as: 1, of: host, ["outcome": "stood-down"]).response?.status == 200)
    #expect(await ask("outcome", as: 0, of: host, ["outcome": "escalated"]).response?.status == 200)
    await session.processEnded(Self.second, status: 0)
    await session.processEnded(Self.first, status: 0)
    let record = await session.finished()
    #expect(record.verdict.outcome == .escalated)
    let stoodDown = record.trace.entries.contains { $0.event == .stoodDown(Self.second) }
    #expect(stoodDown)
  }

  /// The control: a status of zero without a word claims that all is done, and nothing is.
  @Test func whoSaysNothingAtAllClaims() async throws {
    let session = try await session()
    await session.processEnded(Self.first, status: 3)
    await session.processEnded(Self.second, status: 0)
    #expect(await session.finished().verdict.violations.contains { $0.oracle == "untruthful-claim" })
  }

  @Test func theProcessesOfATrialAreToldWhoTheyAre() async throws {
    let folder = NSTemporaryDirectory() + "faultline-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var scenario = try Bench.setup().scenario
    scenario.rollout.chosen = 2
    var settings = OutsideTrials.Settings(folder: folder)
    settings.session.clock = .virtual
    settings.timeout = .seconds(20)
    let host = WorldHost()
    let setup = try WorldSetup(scenario: scenario)
    let script = "echo $FAULTLINE_REPLICA $FAULTLINE_URL $FAULTLINE_STATE_DIR; exit 0"
    let outcome = try await Bench.serving(host) { [settings] port in
      let trials = OutsideTrials(
        setup, program: AgentProgram(AgentCommandLine(["/bin/sh", "-c", script])), settings: settings, host: host,
        port: port)
      return try await trials.play("t", number: 1, seed: 1, plan: Plan())
    }
    func said(_ file: String) throws -> [Substring] {
      try String(contentsOfFile: "\(outcome.folder)/\(file)", encoding: .utf8).split(whereSeparator: \.isWhitespace)
    }
    let (one, other) = (try said("stdout.1"), try said("stdout-1.1"))
    #expect(one[0] == "0" && one[1].hasSuffix("/w/t/replica/0"))
    #expect(other[0] == "1" && other[1].hasSuffix("/w/t/replica/1"))
    #expect(one[2] == other[2])
  }
}
