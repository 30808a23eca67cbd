// Crashes and pauses: at every command, with requests in flight and answers that find nobody home.

import Operations
import Primitives
import Simulation
import Testing

@testable import Faultline

@Suite struct ProcessTests {
  private func crashes(_ run: ShelfRun) -> Int {
    run.world.trace.entries.count { if case .processCrashed = $0.event { true } else { false } }
  }

  @Test func crashBeforeTheSendSendsNothing() throws {
    let run = try ShelfRun([.put("box")], faults: [.at("shelf.put", "crash:before")])
    #expect(crashes(run) == 1)
    #expect(run.ledger == [.created], "only the second incarnation's request was sent")
  }

  @Test func crashAfterTheSendLeavesTheRequestInFlight() throws {
    let run = try ShelfRun([.put("box")], faults: [.at("shelf.put", "crash:after")])
    #expect(crashes(run) == 1)
    #expect(run.ledger == [.created, .created], "the dead incarnation's request was executed")
    #expect(run.statuses == [200], "its answer found nobody")
  }

  @Test func crashOnTheAnswerLosesWhatItSaid() throws {
    let run = try ShelfRun([.put("box")], faults: [.at("shelf.put", "crash:on-answer")])
    #expect(crashes(run) == 1)
    #expect(run.ledger == [.created, .created])
    #expect(run.statuses == [200], "the first answer was there and was not taken in")
  }

  @Test func aCheckpointIsACrashPointBeforeAndAfter() throws {
    for moment in ["crash:before", "crash:after"] as [Name] {
      let run = try ShelfRun([.put("box")], faults: [.at("load", moment)])
      #expect(crashes(run) == 1)
      #expect(run.ledger == [.created])
      let stored = run.world.trace.entries.count { if case .stored = $0.event { true } else { false } }
      #expect(stored == (moment == "crash:before" ? 1 : 2))
    }
  }

  @Test func aDeployStopsTheProcessAtACheckpointAndStartsTheNextRelease() throws {
    for moment in ["deploy:before", "deploy:after"] as [Name] {
      let run = try ShelfRun([.put("box")], faults: [.at("load", moment)], releases: 2)
      #expect(crashes(run) == 1)
      #expect(run.has { if case .processStarted(_, "deploy") = $0 { true } else { false } })
      let stored = run.world.trace.entries.count { if case .stored = $0.event { true } else { false } }
      #expect(stored == (moment == "deploy:before" ? 1 : 2))
      #expect(run.ledger == [.created])
      #expect(run.world.faults.map(\.tookEffect) == [true])
    }
  }

  @Test func aDeployIsNotOfferedWhereThereIsNoNextRelease() throws {
    let single = try ShelfRun([.put("box")], faults: [.at("load", "deploy:after")])
    #expect(single.world.unmet.map(\.choose) == ["deploy:after"])
    let again = Plan.Entry(at: SitePattern(incarnation: 2, point: "load"), choose: "deploy:after")
    let twice = try ShelfRun([.put("box")], faults: [.at("load", "deploy:after"), again], releases: 2)
    #expect(twice.world.unmet == [again])
  }

  @Test func everyIncarnationCanCrashAgain() throws {
    let run = try ShelfRun(
      [.put("box")],
      faults: [
        .at("shelf.put", "crash:after"),
        Plan.Entry(at: SitePattern(incarnation: 2, point: "shelf.put"), choose: "crash:after"),
      ])
    #expect(crashes(run) == 2)
    #expect(run.ledger == [.created, .created, .created])
  }

  @Test func aRequestHeldUntilTheRestartArrivesThen() throws {
    let run = try ShelfRun(
      [.put("box")], faults: [.at("shelf.put", "late-arrival:after-restart"), .at("shelf.put", "crash:after")])
    let restarted = try #require(
      run.index { if case .processStarted(let id, _) = $0 { id.incarnation == 2 } else { false } })
    let first = try #require(run.index { if case .effect = $0 { true } else { false } })
    #expect(restarted < first)
    #expect(run.ledger == [.created, .created])
  }

  @Test func aPausedProcessTakesItsAnswerAfterItsDeadline() throws {
    let run = try ShelfRun([.put("box"), .look("box")], faults: [.at("shelf.put", "pause:after-timeout")])
    #expect(run.statuses == [200, 200])
    let start = run.world.setup.scenario.start
    let took = try #require(
      run.world.trace.entries.first { if case .answered = $0.event { true } else { false } })
    #expect(took.at - start > .seconds(10))
  }

  @Test func aPausedProcessIsReplacedAndWakesWhenTheOtherIsDone() throws {
    let run = try ShelfRun([.put("box")], faults: [.at("shelf.put", "pause:after-takeover")])
    let started = run.world.trace.entries.compactMap {
      if case .processStarted(let id, let trigger) = $0.event { "\(id.index)-\(trigger)" } else { nil }
    }
    #expect(started == ["0-workflow.requested", "1-takeover"])
    #expect(run.ledger == [.created, .created])
    let resumed = try #require(run.index { if case .processResumed = $0 { true } else { false } })
    let claimed = try #require(run.index { if case .claimed(let id, _) = $0 { id.index == 1 } else { false } })
    #expect(claimed < resumed)
  }

  @Test func aProcessPausedBeforeItsSendSendsWhenItsReplacementIsDone() throws {
    let run = try ShelfRun([.put("box")], faults: [.at("shelf.put", "pause:after-takeover-unsent")])
    #expect(run.ledger == [.created, .created])
    let claimed = try #require(run.index { if case .claimed(let id, _) = $0 { id.index == 1 } else { false } })
    let sent = run.world.trace.entries.filter {
      if case .sent(let wire, _, _, _) = $0.event { wire.call.process == 0 } else { false }
    }
    #expect(sent.count == 1)
    #expect(sent.allSatisfy { $0.index > claimed })
  }

  @Test func aProcessThatNeverClaimsStalls() throws {
    struct Mute: AgentUnderTest {
      var name: Name = "mute"
      var summary = "Says nothing."
      var without: [Name] = []
      var practices: Set<Practice> = []
      var client = ClientPolicy(attempts: 1, timeout: .seconds(1), backoff: .seconds(1))
      func deploy(_ task: AgentTask) -> any AgentDeployment { Deployment() }
      struct Deployment: AgentDeployment {
        var isForkable: Bool { true }
        mutating func start(_: ProcessID, trigger: Trigger, at: Instant, into commands: inout [AgentCommand]) {}
        mutating func resume(_: ProcessID, _: AgentInput, at: Instant, into commands: inout [AgentCommand]) {}
        mutating func perform(_: StoreCall, of: ProcessID, at: Instant) {}
        mutating func crash(_: ProcessID) {}
        func explanation() -> [String] { [] }
        func hash(into hasher: inout StableHasher) {}
      }
    }
    let scenario = Scenario(
      name: "shelf", title: "A shelf", systems: [], start: Instant(year: 2026, month: 11, day: 20),
      workflow: "probe", input: [:], intents: [])
    var world = try World(
      setup: WorldSetup(scenario: scenario, systems: [ShelfBackend()]), agent: Mute(), seed: 1,
      driver: .planned(Plan()), isRecording: true)
    world.run()
    #expect(world.end == .stalled)
  }

  @Test func copyingAWorldForksTime() throws {
    let scenario = Scenario(
      name: "shelf", title: "A shelf", systems: [], start: Instant(year: 2026, month: 11, day: 20),
      workflow: "probe", input: [:], intents: [])
    let agent = ProbeAgent(script: [.put("a"), .put("b")])
    var world = try World(
      setup: WorldSetup(scenario: scenario, systems: [ShelfBackend()]), agent: agent, seed: 1,
      driver: .planned(Plan()), isRecording: true)
    for _ in 0..<4 { _ = world.step() }
    var fork = world
    world.run()
    let halfway = fork.trace.hash
    #expect(halfway != world.trace.hash)
    fork.run()
    #expect(fork.trace.hash == world.trace.hash)
  }
}
