// Every plan of one fault over whole onboardings, counted, and counted again another way.

import Agents
import Exploration
import Faultline
import Foundation
import Primitives
import Simulation
import Testing

@Suite struct ExhaustiveSearchTests {
  /// The happy path of the repository's scenarios.
  static func scenario(_ name: String) throws -> Scenario {
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return try ScenarioReader(Vocabulary.standard()).read(path: "/\(root)/scenarios/\(name).yaml")
  }

  @Test func everySingleFaultEndsCompletedForTheReference() throws {
    let agent = try AgentRegistry.make(name: "reference")
    let search = try ExhaustiveSearch(scenario: Self.scenario("happy-path"), agent: agent, maxFaults: 1)
    var crashes = 0
    var bad: [String] = []
    let coverage = try search.play { verdict in
      // A decider that wants a person gets one; whatever it says, nothing is left over or done twice.
      let isRight = verdict.plan.endings(otherwise: .completed).contains(verdict.outcome)
      if !isRight || verdict.result != .pass { bad.append("\(verdict.plan)") }
      for fault in verdict.faults where fault.record.site.aspect == .crash {
        crashes += 1
        if !fault.tookEffect { bad.append("\(fault.record.site) was not hit") }
      }
    }
    #expect(bad == [])
    #expect(coverage.violations == 0)
    #expect(coverage.undecided == 0)
    #expect(coverage.schedules > 400, "an onboarding has hundreds of places where something can go wrong")
    #expect(crashes > 150, "before and after each checkpoint, send and answer")
  }

  @Test func everySingleFaultInARollbackLeavesNothing() throws {
    let agent = try AgentRegistry.make(name: "reference")
    let search = try ExhaustiveSearch(scenario: Self.scenario("declined-card"), agent: agent, maxFaults: 1)
    var bad: [String] = []
    let coverage = try search.play { verdict in
      let isRight = verdict.plan.endings(otherwise: .rolledBack).contains(verdict.outcome)
      if !isRight || verdict.result != .pass { bad.append("\(verdict.plan)") }
    }
    #expect(bad == [])
    #expect(coverage.schedules > 700)
  }

  @Test func forkingAndRunningAgainFromTheStartGiveTheSameDigest() throws {
    let agent = try AgentRegistry.make(name: "reference")
    var search = try ExhaustiveSearch(scenario: Self.scenario("happy-path"), agent: agent, maxFaults: 1)
    // A run that is not played has no trace, so nothing is pruned here.
    search.prunes = false
    let forked = try search.play()
    search.neverForks = true
    let replayed = try search.play()
    #expect(forked.schedules == replayed.schedules)
    #expect(forked.sites == replayed.sites)
    #expect(forked.digest == replayed.digest)
    #expect(forked.traceDigest == replayed.traceDigest)
    #expect(forked.forks == forked.schedules - 1)
    #expect(forked.eventsSaved > forked.eventsPlayed / 4, "half of each run on average")
    #expect(replayed.forks == 0 && replayed.eventsSaved == 0)
    #expect(forked.eventsPlayed + forked.eventsSaved == replayed.eventsPlayed)
  }

  /// Whole runs of the reference and of what is left of it without some parts, in the scenarios that show them.
  @Test(arguments: [
    ("timeout-after-create", []), ("declined-card", []), ("cron-fired-twice", []), ("deploy-in-the-middle", []),
    ("told-to-wait", []), ("desk-puts-ticket-on-hold", ["optimistic-concurrency"]),
    ("timeout-after-create", ["idempotency-keys", "read-back"]), ("timeout-after-create", ["unknown-is-not-failed"]),
    ("outage", ["bounded-retries", "honoured-retry-after"]), ("declined-card", ["compensation"]),
  ] as [(String, [Name])])
  func pruningChangesNoFigureOfARun(scenario: String, without: [Name]) throws {
    let agent = try AgentRegistry.make(name: "reference", without: without)
    var search = try ExhaustiveSearch(
      scenario: Self.scenario(scenario), agent: agent, maxFaults: 1)
    let pruned = try search.play()
    search.prunes = false
    PruningTests().expectEqual(pruned, try search.play())
  }

  @Test func naiveFallsToASingleFault() throws {
    let agent = try AgentRegistry.make(name: "naive")
    let search = try ExhaustiveSearch(scenario: Self.scenario("happy-path"), agent: agent, maxFaults: 1)
    let coverage = try search.play()
    #expect(coverage.violations > 0)
    #expect(coverage.minimalPlans.allSatisfy { $0.plan.entries.count == 1 })
    let oracles = Set(coverage.minimalPlans.flatMap(\.oracles))
    #expect(oracles.isSuperset(of: ["duplicate-resource", "double-billing"]))
  }

  @Test func unitsAddUpInAnyOrderAndSurviveBeingWritten() throws {
    let agent = try AgentRegistry.make(name: "reference")
    let search = try ExhaustiveSearch(
      scenario: Self.scenario("happy-path"), agent: agent, maxFaults: 1,
      from: Plan([Plan.Entry(at: SitePattern(point: "notify.send_mail", aspect: .answer), choose: "response-lost")]))
    let whole = try search.play()
    let units = try search.units()
    #expect(units.count > 3)
    var parts = Coverage()
    for unit in units.reversed() {
      let part = try search.play(unit)
      let written = try JSONDecoder().decode(Coverage.self, from: JSONEncoder().encode(part))
      #expect(written == part)
      parts.merge(written)
    }
    #expect(parts == whole)
    #expect(whole.schedules == whole.explored + whole.pruned)
  }

  @Test func aPlanToStartFromHasToBeMet() throws {
    let agent = try AgentRegistry.make(name: "reference")
    let nowhere = Plan([Plan.Entry(at: SitePattern(point: "cloud.no_such_call"), choose: "response-lost")])
    let search = try ExhaustiveSearch(
      scenario: Self.scenario("happy-path"), agent: agent, maxFaults: 1, from: nowhere)
    #expect(throws: ExplorationError.unmet(nowhere.entries)) { try search.units() }
  }

  @Test func aSearchThatIsCancelledLeavesNothing() throws {
    let agent = try AgentRegistry.make(name: "reference")
    let search = try ExhaustiveSearch(scenario: Self.scenario("happy-path"), agent: agent, maxFaults: 1)
    var runs = 0
    #expect(throws: CancellationError.self) { try search.play(onRun: { _ in runs += 1 }, isCancelled: { runs == 3 }) }
    #expect(runs == 3)
  }
}

extension Plan {
  /// How a run under one fault may end. Where a decider says otherwise than by default a person gets it; one that only
  /// does not answer, or not readably, is asked again. Where a system speaks otherwise than documented a person gets it
  /// if that concerns the agent.
  fileprivate func endings(otherwise usual: Ending) -> [Ending?] {
    guard let entry = entries.first else { return [usual] }
    if entry.choose.text.hasPrefix("schema-drift") { return [usual, .escalated] }
    // Nothing is sent that could not be written down before.
    if entry.choose == "store-full:at-end" { return [usual, .escalated] }
    guard entry.at.aspect == .decision else { return [usual] }
    return ["model-timeout", "model-malformed"].contains(entry.choose) ? [usual] : [.escalated]
  }
}
