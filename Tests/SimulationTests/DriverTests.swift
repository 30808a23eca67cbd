// Three drivers answer the same choices; each by its own rule and by nothing else.

import Primitives
import Simulation
import Testing

@Suite struct SeededDriverTests {
  static let sites = (1...200).map { place("call", call: $0) }

  /// A budget that never runs out, so that only (seed, site) can decide.
  static func answers(seed: UInt64, sites: [Site]) -> [Site: Weather] {
    var kernel = Kernel(seed: seed, .seeded(Swarm(seed: seed, budget: .max, rate: 60_000)))
    return Dictionary(uniqueKeysWithValues: sites.map { ($0, kernel.choose(Weather.all, at: $0)) })
  }

  @Test(arguments: 0..<50 as Range<UInt64>)
  func answersDoNotDependOnTheOrderOfAsking(seed: UInt64) {
    #expect(Self.answers(seed: seed, sites: Self.sites) == Self.answers(seed: seed, sites: Self.sites.reversed()))
  }

  @Test(arguments: 0..<50 as Range<UInt64>)
  func takingSitesAwayLeavesAllOtherAnswers(seed: UInt64) {
    let some = Self.sites.enumerated().filter { $0.offset % 3 != 0 }.map(\.element)
    let all = Self.answers(seed: seed, sites: Self.sites)
    #expect(Self.answers(seed: seed, sites: some) == all.filter { some.contains($0.key) })
  }

  @Test func seedsDiffer() {
    let runs = (0..<50).map { Self.answers(seed: $0, sites: Self.sites) }
    #expect(Set(runs).count > 40)
  }

  @Test func everyAnswerOccursUnderSomeSeedAndEveryKindIsOffUnderSome() {
    var seen: [Weather: Int] = [:]
    for seed in 0..<100 as Range<UInt64> {
      for kind in Set(Self.answers(seed: seed, sites: Self.sites).values) { seen[kind, default: 0] += 1 }
    }
    for kind in [Weather.rain, .snow, .hail] { #expect((1..<100).contains(seen[kind] ?? 0), "\(kind)") }
  }

  @Test(arguments: 0...4)
  func givesNoMoreDeviationsThanItsBudget(budget: Int) {
    for seed in 0..<50 as Range<UInt64> {
      var kernel = Kernel(seed: seed, .seeded(Swarm(seed: seed, budget: budget, rate: 60_000)))
      for site in Self.sites { _ = kernel.choose(Weather.all, at: site) }
      #expect(kernel.decisions.count <= budget)
      #expect(kernel.plan.entries.count == kernel.decisions.count)
    }
  }

  @Test(arguments: 0..<50 as Range<UInt64>)
  func replayingItsPlanGivesTheSameAnswers(seed: UInt64) {
    var first = Kernel(seed: seed, .seeded(Swarm(seed: seed, budget: 3, rate: 20_000)))
    let answers = Self.sites.map { first.choose(Weather.all, at: $0) }
    var second = Kernel(seed: seed, .planned(first.plan))
    #expect(Self.sites.map { second.choose(Weather.all, at: $0) } == answers)
    #expect(second.driver.pending.isEmpty)
    #expect(second.plan == first.plan)
  }
}

@Suite struct PossibleDeviationTests {
  /// Whoever does not find out what is possible, because no more than `widest` could be and the driver will not
  /// deviate from that, changes no answer; and the question is worth asking, because it is often answered by no.
  @Test(arguments: 0..<50 as Range<UInt64>)
  func whatIsNotWorthFindingOutIsAnsweredByDefault(seed: UInt64) {
    let offers = (0..<8).map { Offer<Weather>(mask: $0 << 1 | 1) }
    var isEverSpared = false
    for (number, site) in SeededDriverTests.sites.enumerated() {
      var kernel = Kernel(seed: seed, .seeded(Swarm(seed: seed, budget: 1, rate: 1_000)))
      let exact = offers[number % offers.count]
      let mayDeviate = kernel.mayDeviate(Weather.all, at: site)
      if !mayDeviate { isEverSpared = true }
      let answer = kernel.choose(exact, at: site)
      #expect(answer == .fair || mayDeviate)
      // Asking changes nothing.
      #expect(kernel.plan.entries.count == (answer == .fair ? 0 : 1))
    }
    #expect(isEverSpared)
  }

  @Test func aSpentBudgetDeviatesNowhere() {
    var kernel = Kernel(seed: 1, .seeded(Swarm(seed: 1, budget: 3, rate: 1_000_000, isShaped: false)))
    for site in SeededDriverTests.sites { _ = kernel.choose(Weather.all, at: site) }
    #expect(kernel.decisions.count == 3)
    let worth = SeededDriverTests.sites.filter { kernel.mayDeviate(Weather.all, at: $0) }
    #expect(worth == [])
  }

  @Test func aPlanDeviatesAtItsSiteAlone() {
    var kernel = Kernel(.planned(Plan([.init(at: SitePattern(place("b")), choose: "snow")])))
    let worth = ["a", "b", "c"].filter { kernel.mayDeviate(Weather.all, at: place($0)) }
    #expect(worth == ["b"])
  }

  @Test func whoEnumeratesWantsToKnowOncePlannedAnswersAreThrough() {
    var kernel = Kernel(.enumerating(after: Plan([.init(at: SitePattern(place("b")), choose: "hail")])))
    let worth = ["a", "b"].filter { kernel.mayDeviate(Weather.all, at: place($0)) }
    #expect(worth == ["b"])
    _ = kernel.choose(Weather.all, at: place("b"))
    let isWorth = kernel.mayDeviate(Weather.all, at: place("c"))
    #expect(isWorth)
  }
}

@Suite struct PlannedDriverTests {
  @Test func answersByThePlanAtItsSiteAndByDefaultElsewhere() {
    var kernel = Kernel(.planned(Plan([.init(at: SitePattern(place("b")), choose: "snow")])))
    #expect(["a", "b", "c"].map { kernel.choose(Weather.all, at: place($0)) } == [.fair, .snow, .fair])
    #expect(kernel.decisions.map(\.site) == [place("b")])
  }

  @Test func aVaguePatternIsConsumedByTheFirstSiteThatMatches() {
    var kernel = Kernel(.planned(Plan([.init(at: SitePattern(point: "a"), choose: "rain")])))
    #expect((1...3).map { kernel.choose(Weather.all, at: place("a", call: $0)) } == [.rain, .fair, .fair])
  }

  @Test func twoEqualEntriesDeviateTwice() {
    let entry = Plan.Entry(at: SitePattern(point: "a"), choose: "rain")
    var kernel = Kernel(.planned(Plan([entry, entry])))
    #expect((1...3).map { kernel.choose(Weather.all, at: place("a", call: $0)) } == [.rain, .rain, .fair])
  }

  @Test func anEntryThatIsNeverMetStaysPending() {
    let missed = Plan.Entry(at: SitePattern(point: "never"), choose: "rain")
    var kernel = Kernel(.planned(Plan([.init(at: SitePattern(point: "a"), choose: "rain"), missed])))
    _ = kernel.choose(Weather.all, at: place("a"))
    #expect(kernel.driver.pending == [missed])
  }

  @Test func anAnswerThatIsNotOfferedStaysPending() {
    var offer = Offer<Weather>()
    offer.add(.rain)
    var kernel = Kernel(.planned(Plan([.init(at: SitePattern(point: "a"), choose: "hail")])))
    #expect(kernel.choose(offer, at: place("a")) == .fair)
    #expect(kernel.driver.pending.count == 1)
  }
}

@Suite struct EnumeratingDriverTests {
  @Test func withoutAPrefixItNotesEveryAlternativeOfEverySite() {
    var kernel = Kernel(.enumerating(after: Plan()))
    for point in ["a", "b"] { #expect(kernel.choose(Weather.all, at: place(point)) == .fair) }
    #expect(kernel.driver.forks.map(\.site) == [place("a"), place("b")])
    #expect(kernel.driver.forks.allSatisfy { $0.alternatives == ["rain", "snow", "hail"] })
  }

  @Test func forksBeginAfterThePrefixOnly() {
    var kernel = Kernel(.enumerating(after: Plan([.init(at: SitePattern(place("b")), choose: "hail")])))
    #expect(["a", "b", "c"].map { kernel.choose(Weather.all, at: place($0)) } == [.fair, .hail, .fair])
    #expect(kernel.driver.forks.map(\.site) == [place("c")])
  }

  /// Every plan of up to two deviations on three sites is visited, each once.
  @Test func searchingByForksVisitsEveryPlanOnce() {
    var visited: [Plan] = []
    var frontier = [Plan()]
    while let prefix = frontier.popLast() {
      var kernel = Kernel(.enumerating(after: prefix))
      for point in ["a", "b", "c"] { _ = kernel.choose(Weather.all, at: place(point)) }
      #expect(kernel.plan == prefix)
      visited.append(prefix)
      guard prefix.entries.count < 2 else { continue }
      for fork in kernel.driver.forks {
        for answer in fork.alternatives {
          frontier.append(Plan(prefix.entries + [fork.entry(choosing: answer)]))
        }
      }
    }
    #expect(visited.count == 1 + 3 * 3 + 3 * 3 * 3)  // none, one of 3 x 3, two of (3 over 2) x 3 x 3
    #expect(Set(visited).count == visited.count)
  }

  @Test func drawsAreNominalInSeedZeroAlone() {
    let nominal = Kernel(seed: 0, .planned(Plan()))
    let drawn = Kernel(seed: 2, .planned(Plan()))
    let band = TimeSpan.milliseconds(10)...TimeSpan.milliseconds(30)
    let spans = ["a", "b", "c"].map { drawn.span(in: band, by: drawn.draw(at: place($0, aspect: .latency))) }
    #expect(nominal.span(in: band, by: nominal.draw(at: place("a", aspect: .latency))) == .milliseconds(20))
    #expect(nominal.span(in: band, by: nominal.draw(at: place("b", aspect: .latency))) == .milliseconds(20))
    #expect(Set(spans).count == 3)
  }
}
