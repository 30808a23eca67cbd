// The agent's word, against what the systems hold.

import Operations
import Primitives
import Testing

@testable import Faultline

@Suite("The agent's word")
struct OracleClaimTests {
  @Test("silent-failure fires when every process died without a word")
  func diedSilently() throws {
    var story = OracleStory(.onboarding(Intent.only("acme-cluster")))
    story.make("cloud.create_cluster", "cloud.cluster", "i-1")
    story.crash()
    let death = story.index
    story.end(.stalled)
    let violation = try #require(story.violations(of: "silent-failure").first)
    #expect(violation.evidence == [death, story.index])
    #expect(violation.observed == 0)
  }

  @Test("silent-failure is silent after a crash whose next incarnation makes a claim")
  func spokeInTheEnd() {
    var story = OracleStory(.onboarding(Intent.only("acme-cluster")))
    story.crash()
    story.restart()
    story.claim(.escalated, reason: "unclear", nextAction: "look")
    story.end()
    #expect(!story.fired.contains("silent-failure"))
  }

  @Test("untruthful-claim fires when rolled back was claimed and something is left")
  func leftBehind() throws {
    var story = OracleStory(.onboarding(Intent.only("acme-cluster", "acme-network")))
    let made = story.make("cloud.create_network", "cloud.network", "n-1")
    let claim = story.claim(.rolledBack)
    story.end()
    let violation = try #require(story.violations(of: "untruthful-claim").first)
    #expect(violation.objects == ["n-1"])
    #expect(violation.evidence == [claim, made])
  }

  @Test("untruthful-claim fires on a holding that no system has, and on one that is gone")
  func invented() throws {
    var story = OracleStory(.onboarding(Intent.only("acme-cluster")))
    story.make("cloud.create_cluster", "cloud.cluster", "i-1")
    story.make("cloud.terminate_cluster", "cloud.cluster", "i-1", ["cluster": "i-1"], change: .ended)
    story.claim(
      .escalated,
      holdings: [
        Claim.Holding(kind: "cloud.cluster", object: "i-1"), Claim.Holding(kind: "cloud.network", object: "n-7"),
      ], reason: "unclear", nextAction: "look")
    story.end()
    let violation = try #require(story.violations(of: "untruthful-claim").first)
    #expect(violation.objects == ["i-1", "n-7"])
    #expect(violation.expected == 2)
  }

  @Test("untruthful-claim is silent about holdings that exist, also those that were there before the run")
  func trueHoldings() {
    var story = OracleStory(.onboarding(Intent.only("acme-cluster")))
    story.make("cloud.create_cluster", "cloud.cluster", "i-1")
    story.ask("cloud.list_networks", answer: .response(.ok(["networks": [["id": "n-0"]]])))
    story.claim(
      .escalated,
      holdings: [
        Claim.Holding(kind: "cloud.cluster", object: "i-1"), Claim.Holding(kind: "cloud.network", object: "n-0"),
      ], reason: "unclear", nextAction: "look")
    story.end()
    #expect(story.fired == [])
    #expect(story.bench().truth() == .escalated)
  }

  @Test("a rollback that arrives after it was claimed is true in the end")
  func arrivedLater() {
    var story = OracleStory(.onboarding(Intent.only("acme-cluster")))
    story.make("cloud.create_cluster", "cloud.cluster", "i-1")
    story.ask("billing.pay_invoice", answer: .response(.refused(402, "card_declined", "Declined.")))
    let id = story.send("cloud.terminate_cluster", ["cluster": "i-1"])
    story.answer(id, "cloud.terminate_cluster")
    story.claim(.rolledBack)
    story.effect(.ended, "cloud.cluster", "i-1", by: id)
    story.end()
    #expect(story.fired == [])
    #expect(story.bench().truth() == .rolledBack)
  }

  @Test("a handover is one only where it names what is there and what may be there")
  func handover() {
    var story = OracleStory(.onboarding(Intent.only("acme-network", "acme-cluster")))
    story.make("cloud.create_network", "cloud.network", "n-1")
    let id = story.send("cloud.create_cluster")
    story.answer(id, "cloud.create_cluster", .none(.timedOut))
    var full = story
    full.claim(
      .escalated, holdings: [Claim.Holding(kind: "cloud.network", object: "n-1")],
      possibly: [Claim.Holding(kind: "cloud.cluster", object: nil)], reason: "timeout", nextAction: "look")
    full.end()
    #expect(full.bench().truth() == .escalated)
    var bare = story
    bare.claim(.escalated, holdings: [Claim.Holding(kind: "cloud.network", object: "n-1")])
    bare.end()
    #expect(bare.bench().truth() == nil)
  }
}
