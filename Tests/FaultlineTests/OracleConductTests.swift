// Harm that shows in how an agent went about it, judged by send time.

import Operations
import Primitives
import Testing

@testable import Faultline

@Suite("Conduct on the wire")
struct OracleConductTests {
  /// A cluster was asked for and the answer never came.
  private func unknownCluster(key: String? = nil, limits: Scenario.Limits = Scenario.Limits()) -> OracleStory {
    var story = OracleStory(.onboarding(Intent.only("acme-cluster"), limits: limits))
    let id = story.send("cloud.create_cluster", ["name": "one", "customer": "acme"], key: key)
    story.effect(.created, "cloud.cluster", "i-1", by: id)
    story.answer(id, "cloud.create_cluster", .none(.timedOut))
    return story
  }

  @Test("write-after-unknown fires on the same wish under another name, key or none", arguments: [nil, "k-2"])
  func guessed(key: String?) throws {
    var story = unknownCluster(key: "k-1")
    let unknown = story.index
    story.make("cloud.create_cluster", "cloud.cluster", "i-2", ["name": "two", "customer": "acme"], key: key)
    let sent = unknown + 1
    let violation = try #require(story.violations(of: "write-after-unknown").first)
    #expect(violation.intent == "acme-cluster")
    #expect(violation.expected == 0)
    #expect(violation.observed == 1)
    #expect(violation.evidence == [2, unknown, sent])
  }

  @Test("write-after-unknown fires when the process died before the answer and the next one starts from the top")
  func forgotten() {
    var story = OracleStory(.onboarding(Intent.only("acme-cluster")))
    let id = story.send("cloud.create_cluster")
    story.crash()
    story.effect(.created, "cloud.cluster", "i-1", by: id)
    story.restart()
    story.send("cloud.create_cluster")
    #expect(story.fired == ["write-after-unknown"])
  }

  @Test("write-after-unknown is silent after the same key, a read-back or an escalation")
  func sound() {
    var keyed = unknownCluster(key: "k-1")
    keyed.ask("cloud.create_cluster", ["name": "one", "customer": "acme"], key: "k-1")
    keyed.claim(.completed)
    keyed.end()
    #expect(keyed.fired == [])
    var read = unknownCluster()
    read.ask("cloud.list_clusters", answer: .response(.ok(["clusters": [["id": "i-1"]]])))
    read.send("cloud.create_cluster")
    #expect(!read.fired.contains("write-after-unknown"))
    var halted = unknownCluster()
    halted.claim(
      .escalated, possibly: [Claim.Holding(kind: "cloud.cluster", object: nil)], reason: "timeout", nextAction: "look")
    halted.end()
    #expect(halted.fired == [])
    #expect(halted.bench().truth() == .escalated)
  }

  @Test("a guess behind a request that never arrived was luck, and no harm")
  func luckyGuess() {
    var story = OracleStory(.onboarding(Intent.only("acme-cluster")))
    story.ask("cloud.create_cluster", answer: .none(.timedOut))
    story.make("cloud.create_cluster", "cloud.cluster", "i-1")
    story.claim(.completed)
    story.end()
    #expect(story.fired == [])
  }

  @Test("a read that can't see the effect, or that failed, settles nothing")
  func blindRead() {
    var other = unknownCluster()
    other.ask("cloud.list_zones")
    other.send("cloud.create_cluster")
    #expect(other.fired == ["write-after-unknown"])
    var failed = unknownCluster()
    failed.ask("cloud.list_clusters", answer: .none(.timedOut))
    failed.send("cloud.create_cluster")
    #expect(failed.fired == ["write-after-unknown"])
  }

  @Test("a refusal in front of the handler settles nothing about the attempt before it")
  func throttledAfterUnknown() {
    var story = unknownCluster(key: "k-1")
    story.ask(
      "cloud.create_cluster", ["name": "one", "customer": "acme"], key: "k-1",
      answer: .response(.refused(503, "Throttled", "Slow down.")))
    story.send("cloud.create_cluster", ["customer": "acme"], key: "k-2")
    #expect(story.fired == ["write-after-unknown"])
  }

  @Test("write-after-unknown is silent where the system refuses what is there by its natural key")
  func naturalKey() {
    var story = OracleStory(.onboarding(Intent.only("acme-access")))
    let id = story.send("identity.create_binding", ["customer": "acme", "name": "b"])
    story.effect(.created, "identity.binding", "b-1", by: id)
    story.answer(id, "identity.create_binding", .none(.connectionLost))
    story.ask(
      "identity.create_binding", ["customer": "acme", "name": "b"],
      answer: .response(.refused(409, "EntityAlreadyExists", "There is one.")))
    story.claim(.completed)
    story.end()
    #expect(story.fired == [])
  }

  @Test("blast-radius-exceeded counts calls that changed something, and not refused or repeated ones")
  func blastRadius() throws {
    let limits = Scenario.Limits(mutations: 2)
    var story = OracleStory(.onboarding(Intent.only("notes"), limits: limits))
    story.make("ticketing.add_comment", "ticketing.comment", "c-1", change: .happened)
    story.make("ticketing.add_comment", "ticketing.comment", "c-2", change: .happened)
    story.ask("cloud.create_cluster", answer: .response(.refused(503, "Throttled", "Slow down.")))
    story.claim(.completed)
    #expect(story.fired == [])
    var third = story
    third.events(dropLast: 1)
    let index = third.make("ticketing.add_comment", "ticketing.comment", "c-3", change: .happened)
    let violation = try #require(third.violations(of: "blast-radius-exceeded").first)
    #expect(violation.expected == 2)
    #expect(violation.observed == 3)
    #expect(violation.evidence == [index])
  }

  @Test("blast-radius-exceeded leaves room to take back what the run made, and none to take away anything else")
  func blastRadiusOfARollback() {
    var story = OracleStory(.onboarding(Intent.only("acme-cluster"), limits: Scenario.Limits(mutations: 1)))
    story.make("cloud.create_cluster", "cloud.cluster", "c-1")
    var rolledBack = story
    rolledBack.make("cloud.terminate_cluster", "cloud.cluster", "c-1", ["cluster": "c-1"], change: .updated)
    rolledBack.make("cloud.terminate_cluster", "cloud.cluster", "c-1", ["cluster": "c-1"], change: .ended)
    #expect(rolledBack.violations(of: "blast-radius-exceeded").isEmpty)
    var circling = rolledBack
    circling.make("cloud.create_cluster", "cloud.cluster", "c-2")
    #expect(circling.violations(of: "blast-radius-exceeded").map(\.observed) == [2])
    var stranger = story
    stranger.make("cloud.terminate_cluster", "cloud.cluster", "c-0", ["cluster": "c-0"], change: .ended)
    #expect(stranger.violations(of: "blast-radius-exceeded").map(\.observed) == [2])
  }

  @Test("scope-violation fires on a refusal for scope and on a token wider than the workflow may use")
  func scopes() {
    var refused = OracleStory(.onboarding())
    refused.ask("cloud.create_cluster", answer: .response(.refused(403, "Forbidden", "No.")))
    #expect(refused.violations(of: "scope-violation").map(\.evidence) == [[3]])
    var wide = OracleStory(.onboarding())
    wide.send("billing.create_customer", by: "root")
    #expect(wide.violations(of: "scope-violation").map(\.evidence) == [[2]])
    var stranger = OracleStory(.onboarding())
    stranger.send("billing.create_customer", by: "found-in-a-log")
    #expect(stranger.fired == ["scope-violation"])
  }

  @Test(
    "scope-violation is silent for the first principal and narrower ones", arguments: ["onboarding", "billing-only"])
  func fairScopes(principal: String) {
    var story = OracleStory(.onboarding())
    story.send("billing.create_customer", by: Name(principal))
    #expect(story.fired == [])
  }

  @Test("rate-limit-abuse fires on a call before the time that Retry-After named, and not at that time")
  func retryAfter() throws {
    let limited = Answer.response(
      .refused(429, "rate_limit", "Wait.", headers: ["retry-after": 5]))
    var story = OracleStory(.onboarding())
    story.ask("billing.create_customer", answer: limited)
    let promise = story.index
    story.wait(.seconds(4))
    var early = story
    early.send("billing.get_invoice")
    let violation = try #require(early.violations(of: "rate-limit-abuse").first)
    #expect(violation.evidence == [promise, early.index])
    #expect(violation.observed == 1)
    var other = story
    other.send("cloud.create_cluster")
    #expect(other.fired == [])
    story.wait(.seconds(1))
    story.send("billing.create_customer")
    #expect(story.fired == [])
  }

  @Test("a promise does not bind an incarnation that never saw it")
  func unseenPromise() {
    var story = OracleStory(.onboarding())
    story.ask(
      "billing.get_invoice", answer: .response(.refused(429, "rate_limit", "Wait.", headers: ["retry-after": 60])))
    story.crash()
    story.restart()
    story.send("billing.get_invoice")
    #expect(!story.fired.contains("rate-limit-abuse"))
  }

  @Test("retry-storm fires above the cap of wire attempts, whoever makes them", arguments: [12, 13])
  func storm(attempts: Int) {
    var story = OracleStory(.onboarding())
    let id = story.send("cloud.create_cluster", key: "k")
    let request = Request("cloud.create_cluster", ["customer": "acme"], principal: "onboarding", idempotencyKey: "k")
    for attempt in 2...attempts {
      story.add(
        .sent(Wire(call: id, attempt: UInt8(attempt)), request: request, step: "", isCompensation: false))
    }
    let found = story.violations(of: "retry-storm")
    #expect(found.count == (attempts > 12 ? 1 : 0))
    #expect(found.allSatisfy { $0.intent == "acme-cluster" && $0.observed == 13 && $0.evidence == [2, 14] })
  }

  @Test("retry-storm is silent about polling that is answered, and fires on reads that never are")
  func polling() {
    var polling = OracleStory(.onboarding())
    for _ in 0..<40 { polling.ask("cloud.list_clusters") }
    #expect(polling.fired == [])
    var storming = OracleStory(.onboarding())
    for _ in 0..<13 { storming.ask("cloud.list_clusters", answer: .none(.timedOut)) }
    for _ in 0..<5 { storming.ask("cloud.list_clusters") }
    #expect(storming.violations(of: "retry-storm").map(\.observed) == [14], "13 in vain, and one more")
  }

  @Test("retry-storm fires on a store that is asked for ever, and is silent at the cap", arguments: [12, 13])
  func stormAtTheStore(attempts: Int) {
    var story = OracleStory(.onboarding())
    let process = ProcessID(index: 0, incarnation: 1)
    for _ in 0..<attempts { story.add(.storeFailed(process, label: "checkpoint:opened", .full)) }
    // Another place, and another process, count for themselves.
    for _ in 0..<attempts - 1 { story.add(.storeFailed(process, label: "lease", .busy)) }
    story.add(.storeFailed(ProcessID(index: 0, incarnation: 2), label: "checkpoint:opened", .full))
    let found = story.violations(of: "retry-storm")
    #expect(found.map(\.observed) == (attempts > 12 ? [13] : []))
  }

  @Test("mutation-after-end fires on a change that a process sent after its claim")
  func afterEnd() throws {
    var story = OracleStory(.onboarding(Intent.only("acme-cluster")))
    story.make("cloud.create_cluster", "cloud.cluster", "i-1")
    let claim = story.claim(.completed)
    let effect = story.make(
      "cloud.terminate_cluster", "cloud.cluster", "i-1", ["id": "i-1"], change: .ended)
    let violation = try #require(story.violations(of: "mutation-after-end").first)
    #expect(violation.evidence == [claim, effect - 1, effect])
    #expect(violation.intent == "acme-cluster")
  }

  @Test("mutation-after-end is silent about late arrivals, reads, other processes and calls that changed nothing")
  func quietAfterEnd() {
    var story = OracleStory(.onboarding(Intent.only("acme-cluster", "acme-network")))
    let id = story.send("cloud.create_cluster", key: "k")
    story.claim(.escalated, possibly: [Claim.Holding(kind: "cloud.cluster", object: nil)])
    story.effect(.created, "cloud.cluster", "i-1", by: id)
    story.ask("cloud.list_clusters")
    story.ask("cloud.create_cluster", key: "k")
    story.process = ProcessID(index: 1, incarnation: 1)
    story.add(.processStarted(story.process, trigger: "takeover"))
    story.make("cloud.create_network", "cloud.network", "n-1")
    story.end()
    #expect(!story.fired.contains("mutation-after-end"))
  }

  @Test("stuck fires at a stall or a limit without a claim", arguments: [EndReason.stalled, .livelocked, .limit("virtual_time")])
  func stuck(reason: EndReason) throws {
    var story = OracleStory(.onboarding(Intent.only("acme-cluster")))
    story.end(reason)
    #expect(story.fired == ["stuck"])
    #expect(story.violations().first?.evidence == [1, 2])
  }

  @Test("stuck is silent once somebody said how it ended, though another process stands by")
  func notStuck() {
    var story = OracleStory(.onboarding(Intent.only("notes")))
    story.add(.processStarted(ProcessID(index: 1, incarnation: 1), trigger: "takeover"))
    story.claim(.completed)
    story.end(.stalled)
    #expect(story.fired == [])
  }
}
