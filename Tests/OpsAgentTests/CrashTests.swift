// A crash at every command, before and after it is carried out.

import OpsAgent
import Operations
import Primitives
import Testing

@Suite struct CrashTests {
  /// Commands of an undisturbed run.
  static let count: Int = {
    var harness = Harness()
    _ = harness.run()
    return harness.commandCount
  }()

  @Test(arguments: 1...CrashTests.count, [true, false])
  func completesAfterACrashAnywhere(at command: Int, before: Bool) throws {
    var harness = Harness()
    if before { harness.crashBefore = command } else { harness.crashAfter = command }
    #expect(try harness.claim().ending == .completed)
    #expect(harness.incarnations == (before || command < CrashTests.count ? 2 : 1))
    harness.world.advance(to: harness.world.now + .minutes(5))
    expectOnboarded(harness)
  }

  @Test(arguments: 1...CrashTests.count)
  func completesAfterACrashOfASendWhoseRequestArrivesLate(at command: Int) throws {
    var harness = Harness { world in
      for operation in UnknownOutcomeTests.changes { world.troubles[operation] = [1: .late(.seconds(40))] }
    }
    harness.crashAfter = command
    #expect(try harness.claim().ending == .completed)
    harness.world.advance(to: harness.world.now + .minutes(5))
    expectOnboarded(harness)
  }

  @Test(arguments: 1...40)
  func goesOnWithTheBackoffOfTheDead(at command: Int) {
    var harness = Harness { $0.plagues["cloud.describe_networks"] = .throttled(retryAfter: nil) }
    harness.crashAfter = command
    _ = harness.run()
    let looks = harness.world.log.filter { entry in
      entry.call.request.operation == "cloud.describe_networks"
        && (entry.call.purpose == .check || entry.call.purpose == .readBack)
    }
    #expect(looks.count >= 9 - 2, "nine without a crash, of which the restart may cost two")
    #expect(looks.count <= 9 + 5, "a successor that finds its predecessor's nine made has five of its own")
  }

  /// The first incarnation writes the intent and is gone before it sends; the second one can't check.
  @Test func doesNotSayRolledBackWhileAnEarlierHolderMayStillSend() throws {
    func claim(_ parts: AgentParts) throws -> Claim {
      var harness = Harness { world in
        for count in 4...12 { world.troubles["cloud.describe_networks", default: [:]][count] = .requestLost }
      }
      harness.parts = parts
      harness.crashBefore = Harness.commandNumber(of: "cloud.create_network", without: [])
      return try harness.claim()
    }
    let careful = try claim(.reference)
    #expect(careful.ending == .escalated)
    #expect(careful.possibly.map(\.act) == ["lay-network"])
    #expect(try claim(Safeguard.without([.fencing])).ending == .rolledBack)
  }

  @Test func saysRolledBackWhereNobodyElseEverHeldTheRun() throws {
    var harness = Harness { world in
      for count in 1...9 { world.troubles["cloud.describe_networks", default: [:]][count] = .requestLost }
    }
    #expect(try harness.claim().ending == .rolledBack)
  }

  @Test func saysThatItResumed() throws {
    var harness = Harness()
    harness.crashAfter = CrashTests.count / 2
    _ = try harness.claim()
    #expect(harness.notes.contains { if case .resumed = $0 { true } else { false } })
  }

  @Test func withoutMemoryItStartsFromTheTop() throws {
    var harness = Harness(without: .persistedState)
    harness.crashAfter = 40
    _ = try harness.claim()
    #expect(harness.world.log.filter { $0.call.request.operation == "ticketing.get_ticket" }.count > 1)
    #expect(!harness.notes.contains { if case .resumed = $0 { true } else { false } })
  }

  @Test func withoutIntentsAForgottenSendIsMadeAgainWhereAReplicaLags() {
    func networks(_ removed: Safeguard...) -> Int {
      var harness = Harness { world in
        world.troubles["cloud.describe_networks"] = [2: .stale]
      }
      harness.parts = Safeguard.without(removed)
      harness.crashAfter = Harness.commandNumber(of: "cloud.create_network", without: removed)
      harness.stopsAfterCalls = "cloud.create_cluster"
      _ = harness.run()
      return harness.world.alive("network").count
    }
    #expect(networks() == 1)
    #expect(networks(.writeAheadIntent) == 2)
  }
}

extension Harness {
  /// Which command of an undisturbed run first calls the operation.
  static func commandNumber(of operation: Name, without removed: [Safeguard]) -> Int {
    var harness = Harness()
    harness.parts = Safeguard.without(removed)
    harness.stopsAfterCalls = operation
    _ = harness.run()
    return harness.commandCount
  }
}
