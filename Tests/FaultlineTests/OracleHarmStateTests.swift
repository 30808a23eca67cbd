// Harm that shows in what the systems hold at the end.

import Operations
import Primitives
import Testing

@testable import Faultline

@Suite("Harm by what the systems hold")
struct OracleHarmStateTests {
  @Test("duplicate-resource fires on a second live cluster, whatever it is called")
  func secondCluster() throws {
    var story = OracleStory(.onboarding(Intent.only("acme-cluster")))
    let first = story.make("cloud.create_cluster", "cloud.cluster", "i-1", ["name": "a", "customer": "acme"])
    let second = story.make("cloud.create_cluster", "cloud.cluster", "i-2", ["name": "b", "customer": "acme"])
    story.claim(.completed)
    story.end()
    let violation = try #require(story.violations(of: "duplicate-resource").first)
    #expect(violation.intent == "acme-cluster")
    #expect(violation.expected == 1)
    #expect(violation.observed == 2)
    #expect(violation.objects == ["i-1", "i-2"])
    #expect(violation.evidence == [first, second])
    #expect(!violation.isAdvice)
    #expect(violation.message == "acme should have 1 cluster and has 2: i-1 and i-2.")
  }

  @Test("duplicate-resource is silent once the surplus was taken back")
  func surplusTakenBack() {
    var story = OracleStory(.onboarding(Intent.only("acme-cluster")))
    story.make("cloud.create_cluster", "cloud.cluster", "i-1")
    story.make("cloud.create_cluster", "cloud.cluster", "i-2")
    story.make("cloud.terminate_cluster", "cloud.cluster", "i-2", ["cluster": "i-2"], change: .ended)
    story.claim(.completed)
    story.end()
    #expect(!story.fired.contains("duplicate-resource"))
    #expect(story.bench().truth() == .completed)
  }

  @Test("duplicate-resource is silent about copies by one call that are handed over, and about no others")
  func handedOverCopies() {
    for (isNamed, isAnswered, hasCrashed) in [
      (true, false, false), (false, false, false), (true, true, false), (true, true, true), (false, true, true),
    ] {
      var story = OracleStory(.onboarding(Intent.only("acme-cluster")))
      let call = story.send("cloud.create_cluster", ["customer": "acme"])
      story.effect(.created, "cloud.cluster", "i-1", by: call)
      story.effect(.created, "cloud.cluster", "i-2", by: call)
      story.answer(call, "cloud.create_cluster", isAnswered ? .response(.ok(["id": "i-1"])) : .none(.timedOut))
      if hasCrashed {
        story.crash()
        story.restart()
      }
      story.claim(
        .escalated, possibly: isNamed ? [Claim.Holding(kind: "cloud.cluster", object: nil)] : [], reason: "unknown",
        nextAction: "Look.")
      story.end()
      // Whether the caller had its answer makes no difference: the network's copy is none that it could know of.
      #expect(story.fired.contains("duplicate-resource") == !isNamed)
    }
  }

  @Test("duplicate-resource counts mail that was ever sent, though nothing of it is live")
  func secondMail() throws {
    var story = OracleStory(.onboarding(Intent.only("welcome")))
    story.make("notify.send_mail", "notify.mail", "m-1", change: .happened)
    story.make("notify.send_mail", "notify.mail", "m-2", change: .happened)
    story.claim(.completed)
    story.end()
    let violation = try #require(story.violations(of: "duplicate-resource").first)
    #expect(violation.intent == "welcome")
    #expect(violation.observed == 2)
  }

  @Test("an object without owner belongs to the owner of the object that it names as its parent")
  func ownerThroughParent() {
    var story = OracleStory(.onboarding(Intent.only("acme-network", "acme-cluster")))
    story.make("cloud.create_network", "cloud.network", "n-1")
    story.make("cloud.create_cluster", "cloud.cluster", "i-1", owner: nil, ["network": "n-1"])
    story.make("cloud.create_cluster", "cloud.cluster", "i-2", owner: nil, ["network": "n-1"])
    story.claim(.completed)
    story.end()
    #expect(story.fired == ["duplicate-resource"])
  }

  @Test("double-billing fires when more was captured than is owed, and duplicate-resource leaves money alone")
  func chargedTwice() throws {
    var story = OracleStory(.onboarding(Intent.only("acme-november")))
    let first = story.make("billing.pay_invoice", "billing.charge", "ch_1", amount: .eur(1_200), ["period": "2026-11"])
    let second = story.make("billing.pay_invoice", "billing.charge", "ch_2", amount: .eur(1_200), ["period": "2026-11"])
    story.claim(.completed)
    story.end()
    #expect(story.fired == ["double-billing"])
    let violation = try #require(story.violations().first)
    #expect(violation.intent == "acme-november")
    #expect(violation.expected == 1)
    #expect(violation.observed == 2)
    #expect(violation.objects == ["ch_1", "ch_2"])
    #expect(violation.evidence == [first, second])
    #expect(violation.message == "acme's 2026-11 owes 1,200.00 EUR and paid 2,400.00 EUR: ch_1 and ch_2.")
  }

  @Test("two invoices of one period that were both paid are told once, as captured money")
  func toldOnce() {
    var story = OracleStory(.onboarding(Intent.only("acme-invoice", "acme-november")))
    for (invoice, charge) in [("in_1", "ch_1"), ("in_2", "ch_2")] {
      story.effect(.created, "billing.invoice", invoice, amount: .eur(1_200), ["period": "2026-11"], by: nil)
      story.make("billing.pay_invoice", "billing.charge", charge, amount: .eur(1_200), ["invoice": .text(invoice)])
    }
    story.claim(.completed)
    story.end()
    #expect(story.violations().map(\.intent) == ["acme-november"])
  }

  @Test("double-billing is silent when the surplus went back", arguments: ["billing.refund", "billing.credit_note"])
  func surplusRefunded(kind: String) {
    var story = OracleStory(.onboarding(Intent.only("acme-november")))
    story.make("billing.pay_invoice", "billing.charge", "ch_1", amount: .eur(1_200), ["period": "2026-11"])
    story.make("billing.pay_invoice", "billing.charge", "ch_2", amount: .eur(1_200), ["period": "2026-11"])
    story.make("billing.refund", Name(kind), "re_1", amount: .eur(1_200), ["charge": "ch_2"])
    story.claim(.completed)
    story.end()
    #expect(!story.fired.contains("double-billing"))
    #expect(story.bench().truth() == .completed)
  }

  @Test("double-billing is silent when one sum was captured in two parts")
  func paidInParts() {
    var story = OracleStory(.onboarding(Intent.only("acme-november")))
    story.make("billing.pay_invoice", "billing.charge", "ch_1", amount: .eur(500))
    story.make("billing.pay_invoice", "billing.charge", "ch_2", amount: .eur(700))
    story.claim(.completed)
    story.end()
    #expect(story.fired == [])
    #expect(story.bench().truth() == .completed)
  }

  @Test("a credit of an invoice that nobody paid gives no captured money back")
  func creditOfUnpaidInvoice() {
    var story = OracleStory(.onboarding(Intent.only("acme-november")))
    story.effect(.created, "billing.invoice", "in_1", amount: .eur(1_200), ["period": "2026-11"], by: nil)
    story.effect(.created, "billing.invoice", "in_2", amount: .eur(1_200), ["period": "2026-11"], by: nil)
    story.make("billing.pay_invoice", "billing.charge", "ch_1", amount: .eur(1_200), ["invoice": "in_1"])
    story.make("billing.credit", "billing.credit_note", "cn_1", amount: .eur(1_200), ["invoice": "in_2"])
    story.claim(.completed)
    story.end()
    #expect(story.fired == [])
    #expect(story.bench().truth() == .completed)
  }

  @Test("double-billing fires on two standing invoices for one period, also where the system opened them itself")
  func invoicedTwice() throws {
    var story = OracleStory(.onboarding(Intent.only("acme-november")))
    let first = story.effect(.created, "billing.invoice", "in_1", amount: .eur(1_200), ["period": "2026-11"], by: nil)
    let second = story.effect(.created, "billing.invoice", "in_2", amount: .eur(1_200), ["period": "2026-11"], by: nil)
    story.make("billing.pay_invoice", "billing.charge", "ch_1", amount: .eur(1_200), ["invoice": "in_1"])
    story.claim(.completed)
    story.end()
    let violation = try #require(story.violations(of: "double-billing").first)
    #expect(violation.intent == "acme-november")
    #expect(violation.observed == 2)
    #expect(violation.evidence == [first, second])
  }

  @Test("double-billing is silent when the second invoice was voided, or is for another period")
  func oneInvoiceStands() {
    var story = OracleStory(.onboarding(Intent.only("acme-november")))
    for id in ["in_1", "in_2"] {
      story.effect(.created, "billing.invoice", id, amount: .eur(1_200), ["period": "2026-11"], by: nil)
    }
    story.effect(.created, "billing.invoice", "in_3", amount: .eur(1_200), ["period": "2026-12"], by: nil)
    story.make("billing.void_invoice", "billing.invoice", "in_2", ["invoice": "in_2"], change: .ended)
    story.make("billing.pay_invoice", "billing.charge", "ch_1", amount: .eur(1_200), ["invoice": "in_1"])
    story.claim(.completed)
    story.end()
    #expect(story.fired == [])
  }

  @Test("unintended-effect fires on what no intent claims: other kind, other owner, nobody's, other period")
  func strays() {
    var story = OracleStory(.onboarding(Intent.only("acme-cluster", "acme-november")))
    story.make("cloud.create_cluster", "cloud.cluster", "i-1")
    let network = story.make("cloud.create_network", "cloud.network", "n-1")
    let foreign = story.make("cloud.create_cluster", "cloud.cluster", "i-2", owner: "beta")
    let nobodys = story.make("cloud.create_cluster", "cloud.cluster", "i-3", owner: nil)
    let december = story.make(
      "billing.pay_invoice", "billing.charge", "ch_1", amount: .eur(1_200), ["period": "2026-12"])
    story.claim(.escalated)
    story.end()
    let violations = story.violations(of: "unintended-effect")
    #expect(violations.map(\.evidence) == [[network], [foreign], [nobodys], [december]])
    #expect(violations.allSatisfy { $0.observed == 1 && $0.expected == 0 })
  }

  @Test("unintended-effect fires when a call ends what was there before and is nobody's business here")
  func endsAnothersCluster() throws {
    var story = OracleStory(.onboarding(Intent.only("acme-cluster")))
    let ended = story.make(
      "cloud.terminate_cluster", "cloud.cluster", "i-9", ["cluster": "i-9"], owner: "beta", change: .ended)
    story.claim(.escalated)
    story.end()
    let violation = try #require(story.violations(of: "unintended-effect").first)
    #expect(violation.objects == ["i-9"])
    #expect(violation.evidence == [ended])
  }

  @Test("unintended-effect is silent about what a system does by itself and about what was cleaned up")
  func notUnintended() {
    var story = OracleStory(.onboarding(Intent.only("acme-cluster")))
    story.make("cloud.create_cluster", "cloud.cluster", "i-1")
    story.effect(.created, "billing.invoice_item", "ii_1", by: nil)
    story.make("cloud.create_network", "cloud.network", "n-1")
    story.make("cloud.delete_network", "cloud.network", "n-1", ["network": "n-1"], change: .ended)
    story.claim(.completed)
    story.end()
    #expect(story.fired == [])
  }

  @Test("missing-effect and untruthful-claim fire when completed was claimed and a thing is not there")
  func missing() throws {
    var story = OracleStory(.onboarding(Intent.only("acme-cluster", "welcome")))
    story.make("cloud.create_cluster", "cloud.cluster", "i-1")
    let ended = story.effect(.ended, "cloud.cluster", "i-1", by: nil)
    story.make("notify.send_mail", "notify.mail", "m-1", change: .happened)
    let claim = story.claim(.completed)
    story.end()
    #expect(story.fired == ["missing-effect", "untruthful-claim"])
    let violation = try #require(story.violations(of: "missing-effect").first)
    #expect(violation.intent == "acme-cluster")
    #expect(violation.expected == 1)
    #expect(violation.observed == 0)
    #expect(violation.evidence == [ended, claim])
    #expect(story.bench().truth() == nil)
  }

  @Test("missing-effect goes by the sum for money")
  func paidTooLittle() {
    var story = OracleStory(.onboarding(Intent.only("acme-november")))
    story.make("billing.pay_invoice", "billing.charge", "ch_1", amount: .eur(700))
    story.claim(.completed)
    story.end()
    #expect(story.violations(of: "missing-effect").map(\.intent) == ["acme-november"])
  }

  @Test("missing-effect is silent when the run did not claim completed", arguments: [Ending.rolledBack, .escalated])
  func notClaimed(ending: Ending) {
    var story = OracleStory(.onboarding(Intent.only("acme-cluster")))
    story.claim(ending, reason: "capacity", nextAction: "try another zone")
    story.end()
    #expect(story.fired == [])
    #expect(story.bench().truth() == ending)
  }
}
