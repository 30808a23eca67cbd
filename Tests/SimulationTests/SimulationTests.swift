// The kernel as a whole: choices, draws, the order of simultaneous events, time.

import Primitives
import Simulation
import Testing

@Suite struct ChoiceTests {
  @Test func anOfferOfTheDefaultAloneIsNoChoice() {
    var kernel = Kernel(.seeded(Swarm(seed: 1, budget: .max, rate: 1_000_000)))
    #expect(kernel.choose(Offer<Weather>(), at: place("a")) == .fair)
    #expect(kernel.choose(Offer<Weather>(), at: place("a")) == .fair)
    #expect(kernel.decisions.isEmpty)
    #expect(kernel.repeatedSite == nil)
  }

  @Test func meetingASiteTwiceIsNoticed() {
    var kernel = Kernel(.planned(Plan()))
    _ = kernel.choose(Weather.all, at: place("a"))
    _ = kernel.choose(Weather.all, at: place("b"))
    #expect(kernel.repeatedSite == nil)
    _ = kernel.choose(Weather.all, at: place("b"))
    _ = kernel.choose(Weather.all, at: place("a"))
    #expect(kernel.repeatedSite == place("b"))
  }

  @Test func alternativesLeaveTheDefaultOutAndKeepTheVocabularysOrder() {
    var offer = Offer<Weather>()
    #expect(offer.isTrivial)
    offer.add(.hail)
    offer.add(.rain)
    #expect(offer.alternatives == [.rain, .hail])
    #expect(offer.contains(.fair) && !offer.contains(.snow) && !offer.isTrivial)
  }

  @Test func aCopyOfTheKernelIsAForkOfTime() {
    var original = Kernel(.planned(Plan()))
    original.schedule("later", after: .seconds(1))
    var copy = original
    _ = copy.next { _ in nil }
    copy.record(Note(text: "only here"))
    #expect(original.queue.count == 1 && original.now == Instant(nanoseconds: 0))
    #expect(original.trace.hash != copy.trace.hash)
  }
}

@Suite struct DrawAtSiteTests {
  @Test(arguments: 0..<50 as Range<UInt64>)
  func drawsDependOnSeedAndSiteAlone(seed: UInt64) {
    var busy = Kernel(seed: seed, .seeded(Swarm(seed: seed, budget: 5)))
    for call in 1...20 { _ = busy.choose(Weather.all, at: place("x", call: call)) }
    let idle = Kernel(seed: seed, .planned(Plan()))
    #expect(busy.draw(at: place("a")) == idle.draw(at: place("a")))
    #expect(idle.draw(at: place("a")) != idle.draw(at: place("b")))
    #expect(idle.draw(at: place("a")) != Kernel(seed: seed + 1, .planned(Plan())).draw(at: place("a")))
  }
}

@Suite struct OrderTests {
  /// Plays events of one instant to the end under a plan. Events are named by letters.
  static func play(_ events: [String], _ driver: Driver) -> (order: String, kernel: Kernel) {
    var kernel = Kernel(driver)
    for event in events { kernel.schedule(event, after: .seconds(1)) }
    var order = ""
    while let event = kernel.next(site: { place($0) }) { order += event }
    return (order, kernel)
  }

  @Test func byDefaultEventsRunInTheOrderOfScheduling() {
    let (order, kernel) = Self.play(["a", "b", "c", "d", "e", "f"], .planned(Plan()))
    #expect(order == "abcdef")
    #expect(kernel.plan.isEmpty)
  }

  /// The search over the forks of the kernel itself; nothing but its own alternatives is tried.
  @Test(arguments: [(1, 1), (2, 2), (3, 6), (4, 24)])
  func everyOrderIsReachedExactlyOnceAndNoSiteIsMetTwice(count: Int, orders: Int) {
    let events = Array(["a", "b", "c", "d"].prefix(count))
    var seen: [String] = []
    var frontier = [Plan()]
    while let prefix = frontier.popLast() {
      let (order, kernel) = Self.play(events, .enumerating(after: prefix))
      #expect(kernel.repeatedSite == nil)
      seen.append(order)
      for fork in kernel.driver.forks {
        for answer in fork.alternatives {
          frontier.append(Plan(prefix.entries + [fork.entry(choosing: answer)]))
        }
      }
    }
    #expect(seen.count == orders)
    #expect(Set(seen).count == orders)
  }

  @Test func anEventThatYieldsRunsAfterTheNextOne() {
    let plan = Plan([.init(at: SitePattern(place("a").aspect(.order)), choose: "yield")])
    #expect(Self.play(["a", "b", "c"], .planned(plan)).order == "bac")
  }

  @Test func anEventThatYieldsToMoreThanAreLeftRunsLast() {
    let plan = Plan([.init(at: SitePattern(place("a").aspect(.order)), choose: "yield:2")])
    var kernel = Kernel(.planned(plan))
    for event in ["a", "b", "c"] { kernel.schedule(event, after: .seconds(1)) }
    #expect(kernel.next { place($0) } == "b")
    kernel.dropScheduled { $0 == "c" }
    #expect(kernel.next { place($0) } == "a")
  }

  @Test func whereOrderCannotMatterNothingIsAsked() {
    var kernel = Kernel(.enumerating(after: Plan()))
    for event in ["a", "b", "c"] { kernel.schedule(event, after: .seconds(1)) }
    while kernel.next(site: { _ in nil }) != nil {}
    #expect(kernel.driver.forks.isEmpty)
  }

  @Test func eventsOfDifferentInstantsAreNeverReordered() {
    var kernel = Kernel(.seeded(Swarm(seed: 1, budget: .max, rate: 1_000_000, isShaped: false)))
    for (index, event) in ["c", "b", "a"].enumerated() { kernel.schedule(event, after: .seconds(3 - Int64(index))) }
    var order = ""
    while let event = kernel.next(site: { place($0) }) { order += event }
    #expect(order == "abc")
    #expect(kernel.now == Instant(nanoseconds: 0) + .seconds(3))
  }
}

@Suite struct ClockTests {
  @Test func timeMovesToTheNextEventAndNeverBack() {
    var kernel = Kernel(.planned(Plan()))
    kernel.schedule("x", after: .seconds(5))
    _ = kernel.next { _ in nil }
    #expect(kernel.now == Instant(nanoseconds: 0) + .seconds(5))
    #expect(kernel.next { _ in nil } == nil)
  }

  @Test func cancelledEventsNeverHappen() {
    var kernel = Kernel(.planned(Plan()))
    let timer = kernel.schedule("timer", after: .seconds(1))
    kernel.schedule("answer", after: .seconds(2))
    kernel.cancel(timer)
    #expect(kernel.next { _ in nil } == "answer")
  }

  @Test func schedulingInThePastStopsTheProcess() async {
    await #expect(processExitsWith: .failure) {
      var kernel = Kernel(.planned(Plan()))
      kernel.schedule("x", at: Instant(nanoseconds: -1))
    }
  }
}

@Suite struct TraceTests {
  static func trace(_ notes: [(String, Int64)], isRecording: Bool) -> Trace<Note> {
    var trace = Trace<Note>(isRecording: isRecording)
    for (text, at) in notes { trace.append(Note(text: text), at: Instant(nanoseconds: at)) }
    return trace
  }

  @Test func theHashDoesNotDependOnRecording() {
    let notes = [("a", 1), ("b", 1), ("c", 7)] as [(String, Int64)]
    let kept = Self.trace(notes, isRecording: true)
    let hashed = Self.trace(notes, isRecording: false)
    #expect(kept.hash == hashed.hash)
    #expect(kept.count == 3 && hashed.count == 3)
    #expect(kept.entries.map(\.index) == [1, 2, 3])
    #expect(hashed.entries.isEmpty)
  }

  @Test(arguments: [
    [("a", 1), ("b", 2)], [("b", 2), ("a", 1), ("c", 7)], [("a", 1), ("b", 3), ("c", 7)],
    [("a", 1), ("x", 2), ("c", 7)], [("a", 1), ("b", 2), ("c", 7), ("c", 7)],
  ] as [[(String, Int64)]])
  func anyDifferenceOfEventOrderOrTimeChangesTheHash(notes: [(String, Int64)]) {
    let reference = Self.trace([("a", 1), ("b", 2), ("c", 7)], isRecording: false)
    #expect(Self.trace(notes, isRecording: false).hash != reference.hash)
  }
}
