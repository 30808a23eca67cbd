// Written by 'faultline report --format swift-test': a failure that must not come back.

import FaultlineTesting
import Testing

@Suite struct HappyPathRegression {
  /// The run once ended with retry-without-compensation of acme-network.
  @Test(
    .faultline(
      "scenarios/happy-path.yaml", agent: "reference", seed: 198914,
      plan: [
        "agent-0~1/customer-onboarding:acme/cloud.describe_networks[acme]#1/request": "laggy-limiter",
        "agent-0~1/customer-onboarding:acme/cloud.create_network[acme]#1/request": "duplicate-delivery",
      ], shape: .day(network: 4000, messages: 25, calmAfter: .seconds(300))))
  func referenceSurvivesLaggyLimiterAtDescribeNetworksAndDuplicateDeliveryAtCreateNetwork() {}
}
