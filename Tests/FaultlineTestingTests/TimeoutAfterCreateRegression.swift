// Written by 'faultline report --format swift-test': a failure that must not come back.

import FaultlineTesting
import Testing

@Suite struct TimeoutAfterCreateRegression {
  /// The run once ended with write-after-unknown of acme-cluster, duplicate-resource of acme-cluster and double-billing
  /// of acme-november.
  @Test(
    .faultline(
      "scenarios/timeout-after-create.yaml", agent: "reference", seed: 0,
      plan: [
        "agent-0~1/customer-onboarding:acme/cloud.create_cluster[acme]#1/answer": "response-lost",
      ]))
  func referenceSurvivesResponseLostAtCreateCluster() {}
}
