// Each fault of the agent's store has an exact truth: what the agent is told, and what its disk then holds.

import Operations
import Primitives
import Simulation
import Testing

@testable import Faultline

@Suite struct StoreFaultTests {
  /// Reads once and writes twice; what fails it does again, four times at most.
  private struct Clerk: AgentUnderTest {
    var name: Name { "clerk" }
    var summary: String { "Writes twice." }
    var without: [Name] { [] }
    var practices: Set<Practice> { [] }
    var client: ClientPolicy { ClientPolicy(attempts: 1, timeout: .seconds(10), backoff: .seconds(1)) }
    var takesFailures = true

    func deploy(_ task: AgentTask) -> any AgentDeployment { Desk(takesStoreFailures: takesFailures) }
  }

  private struct Desk: AgentDeployment {
    var takesStoreFailures: Bool
    var isForkable: Bool { true }
    /// What the disk holds, write by write.
    var disk: [Name] = []
    /// What the process was told, over all incarnations.
    var told: [AgentInput] = []
    /// What each incarnation found when it started.
    var found: [[Name]] = []
    private var step = 0
    private var failures = 0
    private static let labels: [Name] = ["load", "one", "two", "three", "four"]

    init(takesStoreFailures: Bool) { self.takesStoreFailures = takesStoreFailures }

    mutating func start(
      _ process: ProcessID, trigger: Trigger, at now: Instant, into commands: inout [AgentCommand]
    ) {
      found.append(disk)
      step = 0
      failures = 0
      ask(&commands)
    }

    mutating func resume(
      _ process: ProcessID, _ input: AgentInput, at now: Instant, into commands: inout [AgentCommand]
    ) {
      told.append(input)
      if case .storeFailed = input { failures += 1 } else { step += 1 }
      if failures == 4 { return commands.append(.finish(Claim(.escalated, text: "the store fails"))) }
      ask(&commands)
    }

    private func ask(_ commands: inout [AgentCommand]) {
      guard step < Desk.labels.count else { return commands.append(.finish(Claim(.completed, text: "done"))) }
      commands.append(
        .store(StoreCall(ticket: UInt32(step), label: Desk.labels[step], isWrite: step > 0)))
    }

    mutating func perform(_ store: StoreCall, of process: ProcessID, at now: Instant) {
      if store.isWrite { disk.append(store.label) }
    }
    mutating func crash(_ process: ProcessID) {}
    var storeWrites: Int { disk.count }
    mutating func restoreStore(writes: Int) { disk.removeLast(disk.count - writes) }
    func explanation() -> [String] { [] }
    func hash(into hasher: inout StableHasher) { hasher.combine(disk) }
  }

  private func play(_ faults: [Plan.Entry], takesFailures: Bool = true) throws -> World {
    let scenario = Scenario(
      name: "desk", title: "A desk", systems: [], start: Instant(year: 2026, month: 11, day: 20), workflow: "probe",
      input: [:], intents: [])
    var world = try World(
      setup: WorldSetup(scenario: scenario, systems: [ShelfBackend()]), agent: Clerk(takesFailures: takesFailures),
      seed: 1, driver: .planned(Plan(faults)), isRecording: true)
    world.run()
    return world
  }

  private func desk(_ world: World) throws -> Desk { try #require(world.deployment as? Desk) }

  private func failures(_ world: World) throws -> [StoreFailure] {
    try desk(world).told.compactMap { if case .storeFailed(_, let failure) = $0 { failure } else { nil } }
  }

  @Test func withoutFaultsEachOperationIsDoneOnce() throws {
    let world = try play([])
    #expect(try desk(world).disk == ["one", "two", "three", "four"])
    #expect(try failures(world).isEmpty)
    #expect(world.faults.isEmpty)
  }

  @Test(arguments: ["load", "two"] as [Name])
  func aBusyStoreDoesNothingAndSaysSo(label: Name) throws {
    let world = try play([.at(label, "store-busy", call: 1)])
    #expect(try failures(world) == [.busy])
    #expect(try desk(world).disk == ["one", "two", "three", "four"], "the second try did it, once")
    #expect(world.faults.map(\.tookEffect) == [true])
    let told = world.trace.entries.filter { if case .storeFailed(_, label, .busy) = $0.event { true } else { false } }
    #expect(told.count == 1)
  }

  @Test func aFullVolumeWritesNothingAndHasRoomAgain() throws {
    let world = try play([.at("two", "store-full:after-retry", call: 1)])
    #expect(try failures(world) == [.full])
    #expect(try desk(world).disk == ["one", "two", "three", "four"])
  }

  @Test func aVolumeThatStaysFullRefusesEveryWriteAndNoRead() throws {
    let world = try play([.at("two", "store-full:at-end", call: 1)])
    #expect(try failures(world) == [.full, .full, .full, .full])
    #expect(try desk(world).disk == ["one"])
    #expect(world.claims.map(\.ending) == [.escalated])
    let restarted = try play([.at("one", "crash:after"), Plan.Entry(
      at: SitePattern(incarnation: 2, point: "one", aspect: .store), choose: "store-full:at-end")])
    #expect(try desk(restarted).told.first == .stored(0), "the first incarnation read")
    #expect(try desk(restarted).told.contains(.stored(0)), "the second read, too")
    #expect(try desk(restarted).disk == ["one"])
  }

  @Test func aDiskThatFailsBeforeItWritesHasNotWritten() throws {
    let world = try play([.at("two", "store-io-error:before", call: 1)])
    #expect(try failures(world) == [.ioError])
    #expect(try desk(world).disk == ["one", "two", "three", "four"])
  }

  @Test func aDiskThatFailsAfterItWroteHasWritten() throws {
    let world = try play([.at("two", "store-io-error:after", call: 1)])
    #expect(try failures(world) == [.ioError], "the same words as if it had not")
    #expect(try desk(world).disk == ["one", "two", "two", "three", "four"], "its caller wrote it once more")
  }

  @Test func aReadCanOnlyBeRefusedOrFail() throws {
    for answer in ["store-full:after-retry", "store-full:at-end", "store-io-error:after"] as [Name] {
      #expect(try play([.at("load", answer)]).unmet.map(\.choose) == [answer])
    }
    #expect(try failures(play([.at("load", "store-io-error:before", call: 1)])) == [.ioError])
  }

  @Test func aVolumeComesBackFromARestartAsTheFaultSays() throws {
    let answers: [(Name, [Name])] = [
      ("store-lost-write", ["one", "two", "three"]), ("store-stale-restore", ["one", "two"]), ("store-wiped", []),
    ]
    for (answer, left) in answers {
      let world = try play([.at("four", "crash:after", call: 1), .at("restart", answer)])
      #expect(try desk(world).found == [[], left], "\(answer)")
      #expect(world.faults.map(\.tookEffect) == [true, true])
      #expect(world.unmet.isEmpty)
    }
    let intact = try play([.at("four", "crash:after", call: 1)])
    #expect(try desk(intact).found == [[], ["one", "two", "three", "four"]])
  }

  @Test func aVolumeFaultIsOfferedWhereItLeavesSomethingElse() throws {
    // One write: to lose it is to lose all.
    let wiped = try play([.at("one", "crash:after", call: 1), .at("restart", "store-wiped")])
    #expect(wiped.unmet.map(\.choose) == ["store-wiped"])
    let lost = try play([.at("one", "crash:after", call: 1), .at("restart", "store-lost-write")])
    #expect(try desk(lost).found == [[], []])
    let empty = try play([.at("load", "crash:after", call: 1), .at("restart", "store-lost-write")])
    #expect(empty.unmet.map(\.choose) == ["store-lost-write"])
    for writes in 0...9 {
      let left = VolumeFault.offer(writes: writes).alternatives.map { $0.writes(of: writes) }
      #expect(Set(left).count == left.count, "two faults leave the same of \(writes) writes")
      #expect(!left.contains(writes))
    }
  }

  @Test func anAgentThatCanNotBeToldMeetsNoFaultOfItsStore() throws {
    let world = try play([.at("two", "store-busy")], takesFailures: false)
    #expect(world.unmet.map(\.choose) == ["store-busy"])
  }

  @Test func aFullVolumeIsPartOfTheState() throws {
    var early = try play([])
    var full = early
    full.isStoreFull = true
    #expect(early.stateKey() != full.stateKey())
  }
}
