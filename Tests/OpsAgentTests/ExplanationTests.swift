// What the agent thought it was doing, from its store alone; and the digest of what it is doing.

import OpsAgent
import Operations
import Primitives
import Testing

@Suite struct ExplanationTests {
  private func explain(_ harness: Harness) -> [String] {
    JournalExplanation(
      of: harness.request.run, records: harness.store.load(harness.request.run), library: harness.library
    ).lines
  }

  @Test func saysWhatIsUnknownAfterACrashInTheMiddle() {
    var harness = Harness()
    harness.stopsAfterCalls = "cloud.create_cluster"
    _ = harness.run()
    let lines = explain(harness)
    #expect(lines.contains("previous step  lay-network"))
    #expect(lines.contains("current step   provision-cluster"))
    let unknown = "unknown        provision-cluster: cloud.create_cluster may have happened; key k-"
    #expect(lines.contains { $0.hasPrefix(unknown) })
    #expect(lines.contains { $0.contains("lay-network: done {network: \"network_1\"}") })
    #expect(lines.contains { $0.contains("decided at triage: proceed of proceed, escalate (95 %)") })
  }

  @Test func saysThatARunIsOverAndWhatWasSaid() {
    var harness = Harness()
    _ = harness.run()
    let lines = explain(harness)
    #expect(lines.contains { $0.contains("said: completed") })
    #expect(lines.contains("current step   none: the run is over"))
    #expect(!lines.contains { $0.hasPrefix("unknown") })
  }

  @Test func tellsTheWayBack() {
    var harness = SagaTests.declined()
    _ = harness.run()
    let lines = explain(harness)
    #expect(lines.contains { $0.contains("turned round: collect-payment was refused: declined") })
    #expect(lines.contains { $0.contains("provision-cluster: about to take back by cloud.terminate_cluster") })
  }

  @Test func anEmptyStoreSaysSo() {
    #expect(explain(Harness()) == ["The store holds nothing about onboarding:acme."])
  }

  @Test func everyEventChangesTheDigest() {
    var harness = Harness()
    harness.collectsDigests = true
    _ = harness.run()
    #expect(harness.digests.count > 40)
    #expect(Set(harness.digests).count == harness.digests.count)
    var again = Harness()
    again.collectsDigests = true
    _ = again.run()
    #expect(again.digests == harness.digests)
  }
}
