// The ordinary case: everything answers, and exactly what was asked for exists afterwards.

import OpsAgent
import Primitives
import Testing

@Suite struct HappyPathTests {
  @Test func bringsAboutExactlyWhatWasAskedFor() throws {
    var harness = Harness()
    let claim = try harness.claim()
    #expect(claim.ending == .completed)
    #expect(claim.possibly.isEmpty)
    expectOnboarded(harness)
  }

  @Test func paysTheInvoiceThatMeteringWrote() throws {
    var harness = Harness { $0.metersClusters = true }
    let claim = try harness.claim()
    #expect(claim.ending == .completed)
    #expect(harness.world.calls("billing.create_invoice") == 0)
    expectOnboarded(harness)
  }

  @Test(arguments: Safeguard.allCases)
  func needsNoSingleSafeguardWhenNothingGoesWrong(removed: Safeguard) throws {
    var harness = Harness(without: removed) { $0.metersClusters = true }
    // Paying first means paying an invoice of one's own; metering then writes another.
    if removed == .pivotLast { harness.world.metersClusters = false }
    let claim = try harness.claim()
    #expect(claim.ending == .completed)
    expectOnboarded(harness)
  }

  @Test func theSameRunGivesTheSameCommandsAtTheSameTimes() {
    var first = Harness()
    var second = Harness()
    let one = first.run()
    let other = second.run()
    #expect(one == other)
    #expect(first.commandCount == second.commandCount)
    #expect(first.world.now == second.world.now)
  }

  @Test func handingTheSameRunInTwiceIsOneRun() throws {
    var harness = Harness()
    let first = try harness.claim()
    let calls = harness.world.log.count
    let second = try harness.claim()
    #expect(second == first)
    #expect(harness.world.log.count == calls)
  }
}

func expectOnboarded(_ harness: Harness, sourceLocation: SourceLocation = #_sourceLocation) {
  for kind in [
    "network", "cluster", "role", "policy", "binding", "account", "subscription", "invoice", "charge", "mail",
  ] {
    let count = harness.world.alive(kind).count
    #expect(count == 1, "\(count) of \(kind)", sourceLocation: sourceLocation)
  }
  #expect(harness.world.alive("cluster").first?.status == "running", sourceLocation: sourceLocation)
  #expect(harness.world.alive("invoice").first?.status == "paid", sourceLocation: sourceLocation)
  #expect(harness.world.alive("ticket").first?.status == "solved", sourceLocation: sourceLocation)
}
