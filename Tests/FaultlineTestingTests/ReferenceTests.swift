// The tests that this package would want of its own reference agent, written as a user of the trait writes them.

import Agents
import FaultlineTesting
import Testing

@Suite struct ReferenceTests {
  @Test(.faultline("scenarios/timeout-after-create.yaml", agent: "reference", seeds: 1...50))
  func theReferenceSurvivesTheWarStory() {}

  @Test(.faultline("scenarios/timeout-after-pay.yaml", agent: .reference, seeds: 1...50, maxFaults: 3))
  func theReferenceNeverPaysTwice() {}

  @Test(.faultline("scenarios/happy-path.yaml", agent: .named("reference", store: .sqlite), seeds: 1...10))
  func theReferenceSurvivesOnSQLite() {}
}
