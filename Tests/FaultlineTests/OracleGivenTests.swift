// What was there before a run: goals of absence, what a rollback has to put back, and money that was paid before.

import Operations
import Primitives
import Testing

@testable import Faultline

@Suite("What was there before the run")
struct OracleGivenTests {
  private static func thing(
    _ kind: Name, _ object: String, amount: Money? = nil, _ attributes: Fields = [:], isPermanent: Bool = false
  ) -> Effect {
    Effect(
      backend: "system", kind: kind, change: .created, object: object, owner: "acme", amount: amount,
      attributes: attributes, permanence: isPermanent ? .permanent : .reversible)
  }

  private static let held = [
    thing("cloud.network", "n-1"), thing("cloud.cluster", "i-1", ["plan": "pro", "network": "n-1"]),
    thing("identity.binding", "b-1", ["role": "r"]), thing("billing.customer", "cus-1"),
    thing("billing.invoice", "in-1", amount: .eur(1_200), ["period": "2026-11"]),
    thing(
      "billing.charge", "ch-1", amount: .eur(1_200), ["period": "2026-11", "invoice": "in-1"], isPermanent: true),
  ]

  private static func terms(_ intents: [Intent], holding given: [Effect] = held) -> JudgingTerms {
    JudgingTerms(
      rules: [], limits: Scenario.Limits(),
      tables: JudgingTables(
        catalogue: .oracleTests, intents: intents,
        principals: [Principal("onboarding", scopes: ["cloud.write", "billing.write"])], given: given),
      isDryRun: false, judged: [])
  }

  private static func gone(_ name: Name, _ kind: Name, needs: [Name] = []) -> Intent {
    Intent(name: name, kind: kind, owner: "acme", times: 0...0, isRemoval: true, dependsOn: needs)
  }

  private static let leaving = [
    gone("acme-network", "cloud.network"), gone("acme-cluster", "cloud.cluster", needs: ["acme-network"]),
    gone("acme-access", "identity.binding"), gone("acme-customer", "billing.customer"),
    Intent(name: "paid", kind: "billing.charge", owner: "acme", period: "2026-11", total: .eur(1_200)),
    Intent(name: "invoiced", kind: "billing.invoice", owner: "acme", period: "2026-11"),
  ]

  /// Ends things by calls that are answered.
  private static func story(_ intents: [Intent] = leaving, ending things: [(Name, Name, String)]) -> OracleStory {
    var story = OracleStory(terms(intents))
    for (operation, kind, object) in things {
      let call = story.send(operation, ["id": .text(object)])
      story.effect(.ended, kind, object, by: call)
      story.answer(call, operation)
    }
    return story
  }

  private static let everything: [(Name, Name, String)] = [
    ("identity.delete_binding", "identity.binding", "b-1"), ("cloud.terminate_cluster", "cloud.cluster", "i-1"),
    ("cloud.delete_network", "cloud.network", "n-1"), ("billing.delete_customer", "billing.customer", "cus-1"),
  ]

  private func harm(_ story: OracleStory, _ ending: Ending) -> [Name] {
    var story = story
    story.claim(ending)
    story.end()
    return story.violations().map(\.oracle)
  }

  @Test("a goal of absence holds when nothing is left")
  func everythingGone() {
    #expect(harm(Self.story(ending: Self.everything), .completed) == [])
  }

  @Test("and not while anything is left")
  func somethingLeft() {
    let found = harm(Self.story(ending: [Self.everything[0], Self.everything[1], Self.everything[3]]), .completed)
    #expect(found.contains("missing-effect"))
    #expect(found.contains("untruthful-claim"))
  }

  @Test("access that outlives account and cluster is orphaned, though the run did not grant it")
  func accessLeft() {
    let found = harm(Self.story(ending: Array(Self.everything.dropFirst())), .completed)
    #expect(found.contains("orphaned-access"))
    #expect(!harm(Self.story(ending: []), .escalated).contains("orphaned-access"))
  }

  @Test("a rollback has to put back what was there")
  func lostInRollback() {
    let lost = Self.story(ending: [Self.everything[0]])
    #expect(harm(lost, .rolledBack).contains("incomplete-rollback"))
    var restored = lost
    let call = restored.send("identity.create_binding")
    restored.effect(.created, "identity.binding", "b-2", ["role": "r"], by: call)
    restored.answer(call, "identity.create_binding")
    #expect(harm(restored, .rolledBack) == [])
  }

  @Test("what is put back otherwise than it was, is not put back")
  func restoredOtherwise() {
    var story = Self.story(ending: [Self.everything[0]])
    let call = story.send("identity.create_binding")
    story.effect(.created, "identity.binding", "b-2", ["role": "another"], by: call)
    story.answer(call, "identity.create_binding")
    #expect(harm(story, .rolledBack).contains("incomplete-rollback"))
  }

  @Test("ending what nobody wants gone is unintended")
  func keptThingsStay() {
    let intents = Self.leaving.filter { $0.name != "acme-network" }
      + [Intent(name: "acme-network", kind: "cloud.network", owner: "acme")]
    #expect(harm(Self.story(intents, ending: Self.everything), .completed).contains("unintended-effect"))
  }

  // MARK: Money

  private static let cheaper = [
    Intent(name: "november", kind: "billing.charge", owner: "acme", period: "2026-11", total: .eur(750))
  ]

  private func refunding(_ amounts: Int64...) -> OracleStory {
    var story = OracleStory(
      Self.terms(Self.cheaper, holding: Array(Self.held[4...])))
    for (number, amount) in amounts.enumerated() {
      let call = story.send("billing.refund", ["charge": "ch-1"], key: "k\(number)")
      story.effect(.created, "billing.refund", "re-\(number)", amount: .eur(amount), ["charge": "ch-1"], by: call)
      story.answer(call, "billing.refund")
    }
    return story
  }

  @Test("what was paid before and is not owed any more goes back once")
  func refundedOnce() {
    #expect(harm(refunding(450), .completed) == [])
  }

  @Test("a second refund takes what is owed")
  func refundedTwice() {
    #expect(harm(refunding(450, 450), .completed).contains("doubled-compensation"))
    #expect(harm(refunding(450, 450), .escalated).contains("doubled-compensation"))
  }

  @Test("no refund at all is harm only where the run is said to be complete")
  func notRefunded() {
    #expect(harm(refunding(), .completed).contains("double-billing"))
    #expect(!harm(refunding(), .escalated).contains("double-billing"))
  }

  @Test("a rollback does not give earlier money back")
  func refundedInRollback() {
    #expect(harm(refunding(450), .rolledBack).contains("incomplete-rollback"))
    #expect(harm(refunding(), .rolledBack) == [])
  }
}
