// Two processes at one run: which of them knew what the other had done.

import Operations
import Primitives
import Testing

@testable import Faultline

@Suite("Split brain")
struct OracleSplitBrainTests {
  private static let first = ProcessID(index: 0, incarnation: 1)
  private static let second = ProcessID(index: 1, incarnation: 1)

  /// Two processes at work, of which the first has made a network.
  private func begun() -> OracleStory {
    var story = OracleStory(.onboarding([]))
    story.add(.processStarted(Self.second, trigger: "ticket"))
    story.make("cloud.create_network", "cloud.network", "n-1")
    story.process = Self.second
    return story
  }

  private func found(_ story: OracleStory) -> [Violation] {
    var story = story
    story.end()
    return story.violations(of: "split-brain")
  }

  @Test("split-brain fires where both change something and one has not seen what the other did")
  func bothAct() throws {
    var story = begun()
    let made = story.make("cloud.create_network", "cloud.network", "n-2")
    let violation = try #require(found(story).first)
    #expect(violation.objects == ["n-1", "n-2"])
    #expect(violation.evidence == [3, made - 1])
    #expect(
      violation.message == "agent-1 sent cloud.create_network and knew nothing of what agent-0 had done by "
        + "cloud.create_network: both were at work on one run.")
  }

  @Test("split-brain is told once for each pair of processes")
  func onePair() {
    var story = begun()
    for number in 2...5 { story.make("cloud.create_network", "cloud.network", "n-\(number)") }
    #expect(found(story).count == 1)
  }

  @Test("split-brain is silent once the second has read the store")
  func readsTheJournal() {
    var story = begun()
    story.add(.stored(Self.second, label: "load", isWrite: false))
    story.make("cloud.create_cluster", "cloud.cluster", "i-1")
    #expect(found(story).isEmpty)
  }

  @Test("split-brain is silent once the second was shown what the first had made")
  func seesTheObject() {
    var story = begun()
    story.ask("cloud.list_networks", answer: .response(.ok(["networks": .list([.record(["id": "n-1"])])])))
    story.make("cloud.create_cluster", "cloud.cluster", "i-1")
    #expect(found(story).isEmpty)
  }

  @Test("split-brain is silent about calls that change nothing: refused by a fence, recognised by a key")
  func changesNothing() {
    var story = begun()
    story.ask("cloud.create_network", answer: .response(.refused(409, "StaleFence", "A larger one was seen.")))
    story.ask("cloud.create_network", key: "k", answer: .response(.ok(["id": "n-1"])))
    #expect(found(story).isEmpty)
  }

  @Test("split-brain is silent about what the other handed over as possible, and not about anything else")
  func foreseen() {
    for kind in ["cloud.cluster", "cloud.network"] as [Name] {
      var story = begun()
      story.process = Self.first
      story.claim(.escalated, possibly: [.init(kind: kind, object: nil)], reason: "no answer", nextAction: "look")
      story.process = Self.second
      story.make("cloud.create_cluster", "cloud.cluster", "i-1")
      #expect(found(story).isEmpty == (kind == "cloud.cluster"))
    }
  }

  @Test("split-brain is silent where one process died before the other began")
  func oneAfterTheOther() {
    var story = OracleStory(.onboarding([]))
    let lost = story.send("cloud.create_network")
    story.crash()
    story.restart()
    story.effect(.created, "cloud.network", "n-1", by: lost)
    story.make("cloud.create_network", "cloud.network", "n-2")
    #expect(found(story).isEmpty, "the dead one's request only arrived late")
  }

  @Test("split-brain fires on the one that wakes up, not on the later holder of two fences")
  func laterFence() {
    for (own, count) in [(nil, 1), (6, 1), (8, 0)] as [(Int64?, Int)] {
      var story = OracleStory(.onboarding([]))
      story.add(.processStarted(Self.second, trigger: "takeover"))
      func send(_ process: ProcessID, _ object: String, fence: Int64?) {
        let id = CallID(process: process.index, incarnation: 1, number: 1)
        var request = Request("cloud.create_network", ["customer": "acme"], principal: "onboarding")
        request.fence = fence
        story.add(.sent(Wire(call: id, attempt: 1), request: request, step: "", isCompensation: false))
        story.effect(.created, "cloud.network", object, by: id)
      }
      send(Self.first, "n-1", fence: 7)
      send(Self.second, "n-2", fence: own)
      #expect(found(story).count == count, "\(String(describing: own))")
    }
  }

  @Test("split-brain fires where the store takes a write of a process that lost the run, and not where it refuses it")
  func staleWrite() throws {
    for outcome in StaleWrite.allCases {
      var story = OracleStory(.onboarding([]))
      story.add(.stored(Self.first, label: "checkpoint:pay.result", isWrite: true))
      let index = story.add(.staleWrite(Self.first, label: "checkpoint:pay.result", outcome))
      let found = found(story)
      #expect(found.count == (outcome == .accepted ? 1 : 0))
      guard outcome == .accepted else { continue }
      #expect(found[0].evidence == [index])
      #expect(
        found[0].message == "agent-0 had lost the run to another process, and the store took its checkpoint:pay.result "
          + "all the same.")
    }
  }

  @Test("lost-update fires where one process overwrites what another has changed, and not what it changed itself")
  func processesOverwriteEachOther() {
    for process in [Self.first, Self.second] {
      var story = begun()
      story.process = Self.first
      story.ask("ticketing.get_ticket", ["ticket": "t-1"], answer: .response(.ok(["id": "t-1"])))
      story.make("ticketing.update_ticket", "ticketing.status", "t-1", ["ticket": "t-1"], change: .updated)
      story.process = process
      story.make("ticketing.update_ticket", "ticketing.status", "t-1", ["ticket": "t-1"], change: .updated)
      story.end()
      let lost = story.violations(of: "lost-update")
      #expect(lost.count == (process == Self.second ? 1 : 0))
      #expect(lost.allSatisfy { $0.message.contains("overwrote what agent-0 had changed about t-1") })
    }
  }

  @Test("The oracle's state is its own: what everybody has learned is forgotten")
  func forgets() {
    var alone = OracleStory(.onboarding([]))
    alone.add(.processStarted(Self.second, trigger: "ticket"))
    let before = oracle(alone)
    var story = begun()
    #expect(oracle(story) != before)
    story.add(.stored(Self.second, label: "load", isWrite: false))
    #expect(oracle(story) == before)
  }

  private func oracle(_ story: OracleStory) -> UInt64 {
    var oracle = SplitBrain()
    var facts = Facts(terms: story.terms)
    for (number, entry) in story.events.enumerated() {
      facts.observe(entry.event, index: number + 1, at: entry.at, terms: story.terms)
      oracle.observe(entry.event, index: number + 1, at: entry.at, facts: facts, terms: story.terms)
    }
    return oracle.stableDigest
  }
}
