// Faults of key stores: what the caller sees, and how often it was really done.

import Operations
import Primitives
import Simulation
import Testing

@testable import Faultline

@Suite struct KeyFaultTests {
  private static let lost = Plan.Entry.at("cloud.create_cluster", "response-lost", call: 1)

  /// Launches a cluster twice under one key, the first time without an answer.
  private func play(
    _ options: Fields = [:], _ faults: [Plan.Entry], limit: TimeSpan = .hours(24), zone: String? = nil
  ) throws -> CloudRun {
    let launch = CloudProbe.Step.launch(key: "K", zone: zone)
    return try CloudRun([.layNetwork, launch, launch], options, faults, limit: limit)
  }

  @Test func withoutFaultsARepeatedKeyIsAnsweredWithTheFirstLaunch() throws {
    let run = try play(["key_store": "sharded"], [Self.lost])
    #expect(run.launched == 1)
    #expect(run.ids(of: "cloud.create_cluster").count == 1)
  }

  @Test func aSplitStoreLaunchesAgain() throws {
    let run = try play(["key_store": "sharded"], [Self.lost, .at("cloud.create_cluster", "key-store-split", call: 2)])
    #expect(run.statuses(of: "cloud.create_cluster") == [nil, 200])
    #expect(run.launched == 2)
    #expect(run.world.faults.map(\.tookEffect) == [true, true])
  }

  @Test func aSplitIsNotOfferedWhereTheStoreIsWhole() throws {
    let run = try play([:], [Self.lost, .at("cloud.create_cluster", "key-store-split", call: 2)])
    #expect(run.launched == 1)
    #expect(run.world.unmet.map(\.choose) == ["key-store-split"])
  }

  @Test func aMovedScopeMakesTheSameKeyAnotherOne() throws {
    let moved = [Self.lost, Plan.Entry.at("cloud.create_cluster", "key-scope-change", call: 2)]
    let run = try play(["zone_failover": true], moved)
    #expect(run.statuses(of: "cloud.create_cluster") == [nil, 200])
    #expect(run.launched == 2)
    let named = try play(["zone_failover": true], moved, zone: "eu-central-1a")
    #expect(named.launched == 1, "a launch that names its zone leaves nothing open")
    #expect(named.world.unmet.count == 1)
  }

  @Test func anExpiredKeyIsSeenTooLateAndLaunchesAgain() throws {
    let run = try play([:], [.at("cloud.create_cluster", "key-expired", call: 1)], limit: .hours(96))
    #expect(run.statuses(of: "cloud.create_cluster") == [nil, 200])
    #expect(run.launched == 2)
    #expect(run.world.now - run.world.setup.scenario.start > .hours(24))
    #expect(run.world.trace.entries.contains { if case .processPaused(_, .afterKeyWindow) = $0.event { true } else { false } })
  }

  @Test func aKeyDoesNotExpireWithinARunThatIsShorterThanItsWindow() throws {
    let run = try play([:], [.at("cloud.create_cluster", "key-expired", call: 1)])
    #expect(run.launched == 1)
    #expect(run.world.unmet.count == 1)
  }
}
