// Several processes of one agent: started together, interleaved at the store, standing in for each other.

import Operations
import Primitives
import Simulation
import Testing

@testable import Faultline

/// Writes so often, and says how many writes of others it has seen before each of its own.
private struct Scribe: AgentUnderTest {
  var name: Name = "scribe"
  var summary = "Writes."
  var without: [Name] = []
  var practices: Set<Practice> = []
  var client = ClientPolicy(attempts: 1, timeout: .seconds(1), backoff: .seconds(1))
  var writes: Int
  var isReading = false

  func deploy(_ task: AgentTask) -> any AgentDeployment { Deployment(writes: writes, isReading: isReading) }

  struct Deployment: AgentDeployment {
    var writes: Int
    var isReading: Bool
    var done: [Int] = []
    var page = ""
    var isForkable: Bool { true }

    mutating func start(_ process: ProcessID, trigger: Trigger, at: Instant, into commands: inout [AgentCommand]) {
      while done.count <= process.index { done.append(0) }
      commands.append(write(process))
    }

    mutating func resume(_ process: ProcessID, _: AgentInput, at: Instant, into commands: inout [AgentCommand]) {
      done[Int(process.index)] += 1
      let isDone = done[Int(process.index)] == writes
      commands.append(isDone ? .finish(Claim(.completed, text: page)) : write(process))
    }

    private func write(_ process: ProcessID) -> AgentCommand {
      .store(StoreCall(ticket: UInt32(done[Int(process.index)]), label: "save", isWrite: !isReading))
    }

    mutating func perform(_: StoreCall, of process: ProcessID, at: Instant) { page += "\(process.index)" }
    mutating func crash(_: ProcessID) {}
    func explanation() -> [String] { [] }
    func hash(into hasher: inout StableHasher) {
      hasher.combine(page)
      for count in done { hasher.combine(count) }
    }
  }
}

@Suite struct ReplicaTests {
  private func scenario(_ rollout: Scenario.Rollout) -> Scenario {
    Scenario(
      name: "shelf", title: "A shelf", systems: [], start: Instant(year: 2026, month: 11, day: 20),
      workflow: "probe", input: ["customer": "acme"], intents: [], rollout: rollout)
  }

  private func world(
    _ agent: some AgentUnderTest, _ rollout: Scenario.Rollout, _ driver: Driver = .planned(Plan())
  ) throws -> World {
    var world = try World(
      setup: WorldSetup(scenario: scenario(rollout), systems: [ShelfBackend()]), agent: agent, seed: 0,
      driver: driver, isRecording: true)
    world.run()
    return world
  }

  private func starts(_ world: World) -> [String] {
    world.trace.entries.compactMap {
      if case .processStarted(let id, let trigger) = $0.event { "\(id.index) \(trigger)" } else { nil }
    }
  }

  /// What each process wrote, in the order in which the store saw it.
  private func page(_ world: World) -> String { world.claims.last?.text ?? "" }

  @Test func theFirstTriggerStartsEveryReplica() throws {
    let world = try world(Scribe(writes: 1), Scenario.Rollout(replicas: 3))
    #expect(starts(world) == ["0 workflow.requested", "1 workflow.requested", "2 workflow.requested"])
    #expect(world.claims.count == 3)
  }

  @Test func eachFurtherStartStartsOneMore() throws {
    let rollout = Scenario.Rollout(replicas: 2, starts: [.init(by: .cron, times: 2, gap: .seconds(60))])
    let world = try world(Scribe(writes: 1), rollout)
    #expect(starts(world).count == 3)
    let messages = world.trace.entries.compactMap {
      if case .delivered(let delivery, "agent") = $0.event { delivery.id } else { nil }
    }
    #expect(messages == ["cron-1", "cron-2"])
    #expect(world.trace.entries.last { if case .processStarted = $0.event { true } else { false } }
      .map { $0.at - world.setup.scenario.start } == .seconds(60))
  }

  @Test func writesOfTwoReplicasInterleaveInEveryOrder() throws {
    var pages: Set<String> = []
    var plans: [Plan] = [Plan()]
    while let plan = plans.popLast() {
      var world = try world(Scribe(writes: 2), Scenario.Rollout(replicas: 2), .enumerating(after: plan))
      #expect(world.unmet.isEmpty)
      pages.insert(page(world))
      for fork in world.takeForks() where fork.site.aspect == .order {
        #expect(fork.site.point == "save")
        #expect(fork.alternatives == ["yield"], "there is one other to let go first")
        plans.append(Plan(plan.entries + [fork.entry(choosing: "yield")]))
      }
    }
    // In the nominal run the two write at the same instants, each once; nobody is a step ahead.
    #expect(pages == ["0101", "1001", "0110", "1010"])
  }

  @Test func theOrderOfTwoReadsIsNoChoice() throws {
    var world = try world(
      Scribe(writes: 2, isReading: true), Scenario.Rollout(replicas: 2), .enumerating(after: Plan()))
    #expect(!world.takeForks().contains { $0.site.aspect == .order })
  }

  @Test func oneReplicaHasNobodyToLetGoFirst() throws {
    var world = try world(Scribe(writes: 3), Scenario.Rollout(), .enumerating(after: Plan()))
    #expect(!world.takeForks().contains { $0.site.aspect == .order })
  }

  @Test func aReplicaThatStopsBeforeItWritesIsStoodInForByTheOther() throws {
    let pause = Plan.Entry(at: SitePattern(process: "agent-0", point: "save"), choose: "pause:after-takeover-unsent")
    let world = try world(Scribe(writes: 2), Scenario.Rollout(replicas: 2), .planned(Plan([pause])))
    #expect(starts(world).count == 2, "the supervisor starts nobody: there is a replica")
    #expect(page(world) == "1100")
    #expect(world.faults.map(\.tookEffect) == [true])
  }

  @Test func aLoneProcessThatStopsBeforeItWritesIsReplaced() throws {
    let pause = Plan.Entry(at: SitePattern(point: "save"), choose: "pause:after-takeover-unsent")
    let world = try world(Scribe(writes: 2), Scenario.Rollout(), .planned(Plan([pause])))
    #expect(starts(world) == ["0 workflow.requested", "1 takeover"])
    #expect(page(world) == "1100")
  }

  @Test func theTaskSaysUnderWhichReleaseEachProcessStarts() throws {
    let setup = WorldSetup(scenario: scenario(Scenario.Rollout(replicas: 2, releases: [2, 1])), systems: [ShelfBackend()])
    #expect(setup.task(seed: 1).releases == [2, 1])
  }
}
