// Pruned against unpruned, forked against replayed, and all of them against counting by brute force.

import Agents
import Exploration
import Faultline
import Primitives
import Simulation
import Testing

@Suite struct PruningTests {
  static let careless = Errand(requests: [Errand.network])
  static let asking = Errand(requests: [Errand.mail(key: "welcome-acme")], asks: true)
  static let looking = Errand(requests: [Errand.network, Errand.look], tries: 1)

  private func whatSearchFinds(_ errand: Errand, maxFaults: Int) throws -> (Coverage, [Set<Plan.Entry>: Set<String>]) {
    var failures: [Set<Plan.Entry>: Set<String>] = [:]
    let search = try ExhaustiveSearch(scenario: errand.scenario(), agent: errand, maxFaults: maxFaults)
    let coverage = try search.play { verdict in
      guard verdict.result == .fail else { return }
      failures[Set(verdict.plan.entries)] = Set(verdict.violations.map { "\($0.oracle) \($0.intent?.text ?? "")" })
    }
    return (coverage, failures)
  }

  @Test func bruteForceCountsTheSamePlansOfACarelessErrand() throws {
    var brute = try BruteForce(
      Self.careless, in: Self.careless.scenario(),
      at: [("load", nil), ("save", nil), ("cloud.create_network", "acme")], passages: 3)
    try brute.play(maxFaults: 2)
    let (coverage, failures) = try whatSearchFinds(Self.careless, maxFaults: 2)
    #expect(coverage.schedules == brute.plans.count)
    #expect(failures == brute.failures)
    #expect(coverage.violations == brute.failures.count)
    #expect(!failures.isEmpty, "a careless errand makes two networks")
    let minimal = failures.keys.filter { plan in !failures.keys.contains { $0.isStrictSubset(of: plan) } }
    #expect(minimal.count < Coverage.kept)
    #expect(Set(coverage.minimalPlans.map { Set($0.plan.entries) }) == Set(minimal))
    #expect(coverage.pruned > 0)
  }

  @Test func bruteForceCountsTheSamePlansWhereADeciderIsAsked() throws {
    var brute = try BruteForce(
      Self.asking, in: Self.asking.scenario(),
      at: [("load", nil), ("save", nil), ("go", nil), ("notify.send_mail", "acme")], passages: 3,
      decisions: ["stop", "go-twice"])
    try brute.play(maxFaults: 2)
    let (coverage, failures) = try whatSearchFinds(Self.asking, maxFaults: 2)
    #expect(coverage.schedules == brute.plans.count)
    #expect(failures == brute.failures)
    #expect(brute.plans.contains { $0.contains { $0.at.aspect == .decision && $0.choose == "stop" } })
  }

  @Test func bruteForceCountsTheSamePlansWhereReadsCanBeStale() throws {
    var brute = try BruteForce(
      Self.looking, in: Self.looking.scenario(),
      at: [("load", nil), ("save", nil), ("cloud.create_network", "acme"), ("cloud.describe_networks", "acme")],
      passages: 3)
    try brute.play(maxFaults: 2)
    let (coverage, failures) = try whatSearchFinds(Self.looking, maxFaults: 2)
    #expect(coverage.schedules == brute.plans.count)
    #expect(failures == brute.failures)
    #expect(brute.plans.contains { $0.contains { $0.choose == "stale-read" } })
  }

  /// Counts that must be equal, whichever way the tree was walked.
  func expectEqual(_ a: Coverage, _ b: Coverage) {
    #expect(a.schedules == b.schedules)
    #expect(a.sites == b.sites)
    #expect(a.violations == b.violations)
    #expect(a.undecided == b.undecided)
    #expect(a.unfair == b.unfair)
    #expect(a.digest == b.digest)
    #expect(a.minimalPlans == b.minimalPlans)
    #expect(a.undecidedPlans == b.undecidedPlans)
    #expect(a.unfairPlans == b.unfairPlans)
  }

  @Test(arguments: [1, 2, 3]) func pruningChangesNoFigure(maxFaults: Int) throws {
    for errand in [Self.careless, Self.asking, Self.looking] where maxFaults < 3 || !errand.asks {
      var search = try ExhaustiveSearch(scenario: errand.scenario(), agent: errand, maxFaults: maxFaults)
      let pruned = try search.play()
      search.prunes = false
      let unpruned = try search.play()
      expectEqual(pruned, unpruned)
      #expect(pruned.explored + pruned.pruned == unpruned.explored)
      #expect(pruned.pruneHits > 0 || maxFaults == 1)
      #expect(unpruned.pruned == 0 && unpruned.pruneHits == 0)
    }
  }

  /// Every pair of faults, so that twins stand for runs with faults of their own.
  @Test(arguments: [[], ["write-ahead-intent"]] as [[Name]])
  func pruningChangesNoFigureOfPairs(without: [Name]) throws {
    let agent = try AgentRegistry.make(name: "reference", without: without)
    var search = try ExhaustiveSearch(
      scenario: ExhaustiveSearchTests.scenario("ambiguous-ticket"), agent: agent, maxFaults: 2)
    let pruned = try search.play()
    search.prunes = false
    expectEqual(pruned, try search.play())
    #expect(pruned.pruned > pruned.schedules / 20)
  }

  @Test func aReadThatWasLostIsARead() throws {
    let agent = try AgentRegistry.make(name: "reference")
    let search = try ExhaustiveSearch(
      scenario: ExhaustiveSearchTests.scenario("timeout-after-create"), agent: agent, maxFaults: 1)
    let pruned = try search.play()
    #expect(pruned.pruneHits > 40, "whether a read or its answer is lost is all one, and so are most crashes over one")
    #expect(pruned.forks == pruned.schedules - 1)
    #expect(pruned.eventsSaved > 0)
  }

  @Test func pruningChangesNoFigureBelowAPlan() throws {
    let agent = try AgentRegistry.make(name: "reference")
    let origin = Plan([Plan.Entry(at: SitePattern(point: "notify.send_mail", aspect: .crash), choose: "crash:after")])
    var search = try ExhaustiveSearch(
      scenario: ExhaustiveSearchTests.scenario("happy-path"), agent: agent, maxFaults: 2, from: origin)
    let pruned = try search.play()
    search.prunes = false
    expectEqual(pruned, try search.play())
    #expect(pruned.pruneHits > 0)
  }

  /// Also a run that had said its last word: nobody knows what would still have happened.
  @Test(arguments: [12, 14, 16, 18, 20, 22, 24, 26]) func theLimitOfEventsIsPrunedNowhere(events: Int) throws {
    let errand = Errand(requests: [Errand.mail(key: "welcome-acme")])
    var search = try ExhaustiveSearch(scenario: errand.scenario(events: events), agent: errand, maxFaults: 2)
    let pruned = try search.play()
    search.prunes = false
    expectEqual(pruned, try search.play())
  }

  @Test func aRunThatHitsTheLimitOfEventsIsUndecidedAndNeverPruned() throws {
    let errand = Errand(requests: [Errand.mail(key: "welcome-acme")])
    let whole = try ExhaustiveSearch(scenario: errand.scenario(), agent: errand, maxFaults: 2).play()
    #expect(whole.undecided == 0)
    var search = try ExhaustiveSearch(scenario: errand.scenario(events: 18), agent: errand, maxFaults: 2)
    let pruned = try search.play()
    #expect(pruned.undecided > 0)
    #expect(pruned.undecidedPlans.allSatisfy { $0.oracles.isEmpty || $0.oracles == ["stuck"] })
    search.prunes = false
    expectEqual(pruned, try search.play())
    #expect(pruned.digest != whole.digest)
  }
}
