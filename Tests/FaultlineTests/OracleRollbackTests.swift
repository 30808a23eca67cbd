// Rollbacks that miss something, go too far, or go in the wrong order.

import Operations
import Primitives
import Testing

@testable import Faultline

@Suite("Rollbacks")
struct OracleRollbackTests {
  /// Network and cluster are there, then the card is declined.
  private func declined() -> OracleStory {
    var story = OracleStory(.onboarding(Intent.only("acme-network", "acme-cluster", "acme-access", "acme-november")))
    story.make("cloud.create_network", "cloud.network", "n-1")
    story.make(
      "cloud.create_cluster", "cloud.cluster", "i-1", ["customer": "acme", "network": "n-1"], ["network": "n-1"])
    story.ask("billing.pay_invoice", answer: .response(.refused(402, "card_declined", "Declined.")))
    return story
  }

  private func takeBack(_ story: inout OracleStory, _ operation: Name, _ kind: Name, _ id: String) {
    story.make(operation, kind, id, ["id": .text(id)], change: .ended, isCompensation: true)
  }

  @Test("incomplete-rollback fires on what a claimed rollback left, with the intent it belongs to")
  func leftBehind() throws {
    var story = declined()
    takeBack(&story, "cloud.terminate_cluster", "cloud.cluster", "i-1")
    let claim = story.claim(.rolledBack)
    story.end()
    #expect(story.fired == ["incomplete-rollback", "untruthful-claim"])
    let violation = try #require(story.violations(of: "incomplete-rollback").first)
    #expect(violation.intent == "acme-network")
    #expect(violation.expected == 0)
    #expect(violation.observed == 1)
    #expect(violation.objects == ["n-1"])
    #expect(violation.evidence == [3, claim])
  }

  @Test("incomplete-rollback fires when a rollback was under way and nobody says how it ended")
  func abandoned() {
    var story = declined()
    takeBack(&story, "cloud.terminate_cluster", "cloud.cluster", "i-1")
    story.end(.stalled)
    #expect(story.fired.contains("incomplete-rollback"))
  }

  @Test("a complete rollback in reverse order violates nothing, and is the truth")
  func complete() {
    var story = declined()
    takeBack(&story, "cloud.terminate_cluster", "cloud.cluster", "i-1")
    takeBack(&story, "cloud.delete_network", "cloud.network", "n-1")
    story.claim(.rolledBack)
    story.end()
    #expect(story.fired == [])
    #expect(story.bench().truth() == .rolledBack)
  }

  @Test("money is rolled back by a refund or a credit, not by deleting", arguments: [true, false])
  func paidThenGivenBack(byCredit: Bool) {
    var story = OracleStory(.onboarding(Intent.only("acme-invoice", "acme-november", "welcome")))
    story.make("billing.create_invoice", "billing.invoice", "in_1", amount: .eur(1_200), ["period": "2026-11"])
    story.make("billing.pay_invoice", "billing.charge", "ch_1", amount: .eur(1_200), ["invoice": "in_1"])
    story.ask("notify.send_mail", answer: .response(.refused(400, "InvalidAddress", "No such address.")))
    var left = story
    left.claim(.rolledBack)
    left.end()
    #expect(left.violations(of: "incomplete-rollback").map(\.objects) == [["in_1"], ["ch_1"]])
    if byCredit {
      story.make("billing.credit", "billing.credit_note", "cn_1", amount: .eur(1_200), ["invoice": "in_1"])
    } else {
      story.make("billing.refund", "billing.refund", "re_1", amount: .eur(1_200), ["charge": "ch_1"])
    }
    story.claim(.rolledBack)
    story.end()
    #expect(story.fired == [])
    #expect(story.bench().truth() == .rolledBack)
  }

  @Test("incomplete-rollback leaves an escalated run alone")
  func escalated() {
    var story = declined()
    story.claim(
      .escalated,
      holdings: [
        Claim.Holding(kind: "cloud.network", object: "n-1"), Claim.Holding(kind: "cloud.cluster", object: "i-1"),
      ], reason: "declined", nextAction: "call the customer")
    story.end()
    #expect(story.fired == [])
  }

  @Test("doubled-compensation fires when a charge is refunded twice", arguments: ["re_2", "cn_1"])
  func refundedTwice(second: String) throws {
    var story = OracleStory(.onboarding(Intent.only("acme-invoice", "acme-november")))
    story.make("billing.create_invoice", "billing.invoice", "in_1", amount: .eur(1_200), ["period": "2026-11"])
    story.make("billing.pay_invoice", "billing.charge", "ch_1", amount: .eur(1_200), ["invoice": "in_1"])
    story.ask("billing.get_invoice", answer: .none(.timedOut))
    let one = story.make("billing.refund", "billing.refund", "re_1", amount: .eur(1_200), ["charge": "ch_1"])
    let two =
      second == "cn_1"
      ? story.make("billing.credit", "billing.credit_note", "cn_1", amount: .eur(1_200), ["invoice": "in_1"])
      : story.make("billing.refund", "billing.refund", "re_2", amount: .eur(1_200), ["charge": "ch_1"])
    story.claim(.rolledBack)
    story.end()
    #expect(story.fired == ["doubled-compensation"])
    let violation = try #require(story.violations().first)
    #expect(violation.intent == "acme-november")
    #expect(violation.evidence == [one, two])
    #expect(violation.objects == ["re_1", second])
  }

  @Test("doubled-compensation is silent about partial refunds and about the refund that a credit note names")
  func refundedInParts() {
    var story = OracleStory(.onboarding(Intent.only("acme-invoice", "acme-november")))
    story.make("billing.create_invoice", "billing.invoice", "in_1", amount: .eur(1_200), ["period": "2026-11"])
    story.make("billing.pay_invoice", "billing.charge", "ch_1", amount: .eur(1_200), ["invoice": "in_1"])
    story.ask("billing.get_invoice", answer: .none(.timedOut))
    var parts = story
    parts.make("billing.refund", "billing.refund", "re_1", amount: .eur(500), ["charge": "ch_1"])
    parts.make("billing.refund", "billing.refund", "re_2", amount: .eur(700), ["charge": "ch_1"])
    parts.claim(.rolledBack)
    parts.end()
    #expect(parts.fired == [])
    let credit = story.send("billing.credit", ["invoice": "in_1"])
    story.effect(.created, "billing.refund", "re_1", amount: .eur(1_200), ["charge": "ch_1"], by: credit)
    story.effect(
      .created, "billing.credit_note", "cn_1", amount: .eur(1_200), ["invoice": "in_1", "refund": "re_1"], by: credit)
    story.answer(credit, "billing.credit")
    story.claim(.rolledBack)
    story.end()
    #expect(story.fired == [])
  }

  @Test("spurious-rollback fires when things are taken back and nothing had failed")
  func forNoReason() throws {
    var story = OracleStory(.onboarding(Intent.only("acme-network", "acme-cluster")))
    story.make("cloud.create_network", "cloud.network", "n-1")
    let ended = story.make("cloud.delete_network", "cloud.network", "n-1", ["id": "n-1"], change: .ended)
    story.claim(.rolledBack)
    story.end()
    #expect(story.fired == ["spurious-rollback"])
    let violation = try #require(story.violations().first)
    #expect(violation.intent == "acme-network")
    #expect(violation.evidence == [ended])
    #expect(violation.observed == 1)
  }

  @Test("a throttled call that succeeded later is no reason to roll back")
  func healed() {
    var story = OracleStory(.onboarding(Intent.only("acme-network", "acme-cluster")))
    story.ask("cloud.create_network", answer: .response(.refused(503, "Throttled", "Slow down.")))
    story.make("cloud.create_network", "cloud.network", "n-1")
    story.make("cloud.delete_network", "cloud.network", "n-1", ["id": "n-1"], change: .ended)
    story.claim(.rolledBack)
    story.end()
    #expect(story.fired == ["spurious-rollback"])
  }

  @Test("spurious-rollback is silent when a system ended something by itself, and about cleaning up a surplus")
  func withReason() {
    var failed = OracleStory(.onboarding(Intent.only("acme-network", "acme-cluster")))
    failed.make("cloud.create_network", "cloud.network", "n-1")
    failed.make("cloud.create_cluster", "cloud.cluster", "i-1")
    failed.effect(.ended, "cloud.cluster", "i-1", by: nil)
    failed.make("cloud.delete_network", "cloud.network", "n-1", ["id": "n-1"], change: .ended)
    failed.claim(.rolledBack)
    failed.end()
    #expect(failed.fired == [])
    var surplus = OracleStory(.onboarding(Intent.only("acme-network")))
    surplus.make("cloud.create_network", "cloud.network", "n-1")
    surplus.make("cloud.create_network", "cloud.network", "n-2")
    surplus.make("cloud.delete_network", "cloud.network", "n-2", ["id": "n-2"], change: .ended)
    surplus.claim(.completed)
    surplus.end()
    #expect(surplus.fired == [])
  }

  @Test("rollback-order fires when the ground goes before what stands on it, by send time")
  func wrongOrder() throws {
    var story = declined()
    story.ask("cloud.delete_network", ["id": "n-1"], answer: .response(.refused(400, "DependencyViolation", "In use.")))
    let sent = story.index - 2
    takeBack(&story, "cloud.terminate_cluster", "cloud.cluster", "i-1")
    takeBack(&story, "cloud.delete_network", "cloud.network", "n-1")
    story.claim(.rolledBack)
    story.end()
    #expect(story.fired == ["rollback-order"])
    let violation = try #require(story.violations().first)
    #expect(violation.intent == "acme-network")
    #expect(violation.objects == ["i-1"])
    #expect(violation.evidence == [7, sent])
  }

  @Test("rollback-order is silent while the dependent's ending is on its way, and about another ground")
  func orderKept() {
    var waiting = declined()
    waiting.ask("cloud.terminate_cluster", ["id": "i-1"])
    waiting.ask(
      "cloud.delete_network", ["id": "n-1"], answer: .response(.refused(400, "DependencyViolation", "In use.")))
    #expect(!waiting.fired.contains("rollback-order"))
    var other = declined()
    other.make("cloud.create_network", "cloud.network", "n-2")
    other.make("cloud.delete_network", "cloud.network", "n-2", ["id": "n-2"], change: .ended)
    #expect(!other.fired.contains("rollback-order"))
    var item = OracleStory(
      .onboarding(
        Intent.only("acme-invoice") + [
          Intent(name: "items", kind: "billing.invoice_item", owner: "acme", dependsOn: ["acme-invoice"])
        ]))
    item.make("billing.create_invoice", "billing.invoice", "in_1", ["period": "2026-11"])
    item.make("billing.create_invoice", "billing.invoice_item", "ii_1", ["invoice": "in_1"])
    item.ask("billing.void_invoice", ["invoice": "in_1"])
    #expect(!item.fired.contains("rollback-order"))
  }

  @Test("orphaned-access fires on a live binding whose owner has no account and no cluster")
  func orphan() throws {
    var story = declined()
    let bound = story.make("identity.create_binding", "identity.binding", "b-1")
    takeBack(&story, "cloud.terminate_cluster", "cloud.cluster", "i-1")
    takeBack(&story, "cloud.delete_network", "cloud.network", "n-1")
    story.claim(.rolledBack)
    story.end()
    let violation = try #require(story.violations(of: "orphaned-access").first)
    #expect(violation.intent == "acme-access")
    #expect(violation.objects == ["b-1"])
    #expect(violation.evidence == [bound, story.index])
  }

  @Test("orphaned-access is silent while a cluster lives, where nobody knows of one, and where it is handed over")
  func noOrphan() {
    var alive = declined()
    alive.make("identity.create_binding", "identity.binding", "b-1")
    alive.claim(.escalated)
    alive.end()
    #expect(!alive.fired.contains("orphaned-access"))
    var before = OracleStory(.onboarding(Intent.only("acme-access")))
    before.make("identity.create_binding", "identity.binding", "b-1")
    before.claim(.completed)
    before.end()
    #expect(before.fired == [])
    var handed = OracleStory(.onboarding(Intent.only("acme-access", "acme-cluster")))
    handed.make("identity.create_binding", "identity.binding", "b-1")
    handed.claim(
      .escalated, holdings: [Claim.Holding(kind: "identity.binding", object: "b-1")], reason: "quota",
      nextAction: "raise it")
    handed.end()
    #expect(handed.fired == [])
  }
}
