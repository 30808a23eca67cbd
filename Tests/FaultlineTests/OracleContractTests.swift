// Practices that an agent declares about itself.

import Operations
import Primitives
import Testing

@testable import Faultline

@Suite("Contracts")
struct OracleContractTests {
  private func story(_ practice: Practice?, isDryRun: Bool = false) -> OracleStory {
    OracleStory(
      .onboarding(
        Intent.only("acme-network", "acme-cluster", "acme-access"), isDryRun: isDryRun,
        judged: practice.map { [$0] } ?? []))
  }

  @Test("unkeyed-mutation fires where the operation takes a key, judges who declares it and advises the others")
  func unkeyed() throws {
    var declared = story(.keyedMutations)
    declared.make("cloud.create_cluster", "cloud.cluster", "i-1")
    let violation = try #require(declared.violations(of: "unkeyed-mutation").first)
    #expect(violation.intent == "acme-cluster")
    #expect(violation.evidence == [2])
    #expect(!violation.isAdvice)
    var other = story(nil)
    other.make("cloud.create_cluster", "cloud.cluster", "i-1")
    #expect(other.advice().contains { $0.oracle == "unkeyed-mutation" })
    #expect(other.fired == [])
  }

  @Test("unkeyed-mutation is silent with a key, and where the operation takes none")
  func keyed() {
    var story = story(.keyedMutations)
    story.make("cloud.create_network", "cloud.network", "n-1")
    story.make("cloud.create_cluster", "cloud.cluster", "i-1", key: "k-1")
    #expect(story.fired == [])
  }

  @Test("key-misuse fires when one key stands for two wishes")
  func oneKeyTwoWishes() {
    var story = story(.keyedMutations)
    story.make("cloud.create_cluster", "cloud.cluster", "i-1", ["customer": "acme", "plan": "pro"], key: "k")
    story.ask("cloud.create_cluster", ["customer": "acme", "plan": "starter"], key: "k")
    #expect(story.violations(of: "key-misuse").map(\.evidence) == [[2, 6]])
  }

  @Test("key-misuse fires when an unknown wish gets a second key, and not after a definite refusal")
  func secondKey() {
    var unknown = story(.keyedMutations)
    unknown.ask("cloud.create_cluster", key: "k-1", answer: .none(.timedOut))
    unknown.send("cloud.create_cluster", key: "k-2")
    #expect(unknown.violations(of: "key-misuse").map(\.evidence) == [[2, 4]])
    var refused = story(.keyedMutations)
    refused.ask("cloud.create_cluster", key: "k-1", answer: .response(.refused(500, "Capacity", "None left.")))
    refused.send("cloud.create_cluster", key: "k-2")
    #expect(refused.fired == [])
  }

  @Test("key-misuse is silent about a true repetition, whatever the order of the arguments")
  func repetition() {
    var story = story(.keyedMutations)
    story.ask("cloud.create_cluster", ["customer": "acme", "plan": "pro"], key: "k", answer: .none(.timedOut))
    story.ask("cloud.create_cluster", ["plan": "pro", "customer": "acme"], key: "k")
    #expect(story.fired == [])
  }

  @Test("unaudited-mutation fires on a call without an entry")
  func unaudited() {
    var story = story(.auditLog)
    story.make("cloud.create_network", "cloud.network", "n-1")
    story.add(.observed(story.process, .audited(ticket: 1)))
    let sent = story.index + 1
    story.make("cloud.create_cluster", "cloud.cluster", "i-1", key: "k")
    #expect(story.violations(of: "unaudited-mutation").map(\.evidence) == [[sent]])
    story.add(.observed(story.process, .audited(ticket: 7)))
    #expect(story.fired == [])
  }

  @Test("unaudited-mutation excuses refused calls, and the call during which the process died")
  func nothingToAudit() {
    var story = story(.auditLog)
    story.ask("cloud.create_network", answer: .response(.refused(503, "Throttled", "Slow down.")))
    story.send("cloud.create_network")
    story.crash()
    story.restart()
    #expect(story.fired == [])
  }

  @Test("unaudited-mutation excuses one call of an incarnation that died, and no more", arguments: [1, 2])
  func diedBetween(calls: Int) {
    var story = story(.auditLog)
    for number in 1...calls { story.make("cloud.create_network", "cloud.network", "n-\(number)") }
    story.crash()
    story.restart()
    #expect(story.violations(of: "unaudited-mutation").count == calls - 1)
  }

  @Test("guard-bypassed fires without a check and after one that does not hold", arguments: [nil, false])
  func bypassed(holds: Bool?) {
    var story = story(.guards)
    if let holds { story.add(.observed(story.process, .guardChecked(step: "provision", holds: holds))) }
    story.make("cloud.create_cluster", "cloud.cluster", "i-1", key: "k", step: "provision")
    let found = story.violations(of: "guard-bypassed")
    #expect(found.map(\.intent) == ["acme-cluster"])
    #expect(found.first?.evidence == (holds == nil ? [2] : [2, 3]))
  }

  @Test("guard-bypassed is silent behind a check that holds, and about compensations")
  func guarded() {
    var story = story(.guards)
    story.add(.observed(story.process, .guardChecked(step: "provision", holds: true)))
    story.make("cloud.create_cluster", "cloud.cluster", "i-1", key: "k", step: "provision")
    story.make(
      "cloud.terminate_cluster", "cloud.cluster", "i-1", ["id": "i-1"], change: .ended, step: "provision",
      isCompensation: true)
    #expect(story.violations(of: "guard-bypassed") == [])
  }

  @Test("guard-bypassed is silent when an incarnation goes on with what another one had checked")
  func checkedBeforeRestart() {
    var story = story(.guards)
    story.add(.observed(story.process, .guardChecked(step: "provision", holds: true)))
    story.crash()
    story.restart()
    var other = story
    story.send("cloud.create_cluster", key: "k", step: "provision")
    #expect(story.fired == [])
    other.add(.observed(other.process, .guardChecked(step: "provision", holds: false)))
    other.send("cloud.create_cluster", key: "k", step: "provision")
    #expect(other.fired == ["guard-bypassed"])
  }

  @Test("guard-bypassed excuses the first keyed call of a restarted process, and none after it")
  func resumed() {
    var story = story(.guards)
    story.crash()
    story.restart()
    story.make("cloud.create_cluster", "cloud.cluster", "i-1", key: "k", step: "provision")
    #expect(story.fired == [])
    let sent = story.index + 1
    story.make("cloud.create_network", "cloud.network", "n-1", step: "lay")
    #expect(story.violations(of: "guard-bypassed").map(\.evidence) == [[sent]])
  }

  @Test("dry-run-mutation fires in a dry run, even where the call was refused")
  func dryRun() {
    var story = story(.dryRun, isDryRun: true)
    story.ask("cloud.list_clusters")
    story.ask("cloud.create_cluster", key: "k", answer: .response(.refused(403, "Forbidden", "No.")))
    #expect(story.violations(of: "dry-run-mutation").map(\.evidence) == [[5]])
  }

  @Test("dry-run-mutation is silent about reads in a dry run and about mutations in a real one")
  func realRun() {
    var rehearsal = story(.dryRun, isDryRun: true)
    rehearsal.ask("cloud.list_clusters")
    #expect(rehearsal.fired == [])
    var real = story(.dryRun)
    real.make("cloud.create_cluster", "cloud.cluster", "i-1", key: "k")
    #expect(real.fired == [])
  }

  @Test("off-graph-transition fires on an edge that the graph lacks", arguments: [true, false])
  func offGraph(isAllowed: Bool) {
    var story = story(.closedTransitions)
    story.add(.observed(story.process, .transition(from: "triage", to: "pay", isAllowed: isAllowed)))
    #expect(story.violations(of: "off-graph-transition").map(\.evidence) == (isAllowed ? [] : [[2]]))
  }

  @Test("context-free-escalation names what the handover leaves out")
  func contextFree() throws {
    var story = story(.escalationContext)
    let made = story.make("cloud.create_network", "cloud.network", "n-1")
    story.ask("cloud.create_cluster", key: "k", answer: .none(.timedOut))
    let sent = made + 3
    let claim = story.claim(.escalated)
    story.end()
    let violation = try #require(story.violations(of: "context-free-escalation").first)
    #expect(violation.observed == 4)
    #expect(violation.objects == ["n-1"])
    #expect(violation.evidence == [made, sent, claim])
    #expect(
      violation.message
        == "The handover does not say a reason, a next action, the network n-1 and "
        + "what cloud.create_cluster may have done.")
    #expect(story.fired == ["context-free-escalation"])
  }

  @Test("context-free-escalation is silent about a full handover, by id or by kind")
  func withContext() {
    var story = story(.escalationContext)
    story.make("cloud.create_network", "cloud.network", "n-1")
    story.ask("cloud.create_cluster", key: "k", answer: .none(.timedOut))
    story.claim(
      .escalated, holdings: [Claim.Holding(kind: "cloud.network", object: nil)],
      possibly: [Claim.Holding(kind: "cloud.cluster", object: nil)], reason: "timeout", nextAction: "look")
    story.end()
    #expect(story.fired == [])
  }

  @Test("retry-without-compensation fires on a second resource, also when it was cleaned up later")
  func retried() throws {
    var story = story(.compensateBeforeRetry)
    let first = story.make("cloud.create_network", "cloud.network", "n-1")
    let second = story.make("cloud.create_network", "cloud.network", "n-2")
    story.make("cloud.delete_network", "cloud.network", "n-2", ["id": "n-2"], change: .ended)
    let violation = try #require(story.violations(of: "retry-without-compensation").first)
    #expect(violation.intent == "acme-network")
    #expect(violation.observed == 2)
    #expect(violation.evidence == [first, second - 1, second])
  }

  @Test("retry-without-compensation is silent when the first one was taken back before the retry was sent")
  func compensatedFirst() {
    var story = story(.compensateBeforeRetry)
    story.make("cloud.create_network", "cloud.network", "n-1")
    story.make("cloud.delete_network", "cloud.network", "n-1", ["id": "n-1"], change: .ended)
    story.make("cloud.create_network", "cloud.network", "n-2")
    #expect(!story.fired.contains("retry-without-compensation"))
  }

  @Test("the catalogue knows each oracle once, contracts by their practice")
  func catalogue() {
    let names = OracleCatalogue.all.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(OracleCatalogue.all.count { $0.kind == .harm } == 21)
    #expect(OracleCatalogue.all.count { $0.kind == .contract } == 8)
    #expect(OracleCatalogue.all.allSatisfy { ($0.kind == .contract) == ($0.practice != nil) })
    #expect(OracleCatalogue.all.allSatisfy { $0.summary.hasSuffix(".") })
    #expect(Set(OracleCatalogue.all.compactMap(\.practice)) == Set(Practice.allCases))
  }
}
