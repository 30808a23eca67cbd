// Plans that random search once found a right agent, or an oracle about it, wrong under.

import FaultlineTesting
import Testing

@Suite struct CarefulRegressions {
  /// Each process tried ten times to void the invoice.
  @Test(
    .faultline(
      "scenarios/declined-card.yaml", agent: "careful-keys", seed: 14_091,
      plan: [
        "agent-0~1/customer-onboarding:acme/cloud.create_network[acme]#1/crash": "pause:after-timeout",
        "agent-0~1/customer-onboarding:acme/billing.void_invoice[acme]#1/answer": "error-after-commit",
        "agent-0~1/customer-onboarding:acme/save:journal#25/crash": "crash:after",
      ]))
  func aRestartIsNoLicenceToBeginAnew() {}

  /// A network was asked to go again and again while the cluster in it was going.
  @Test(
    .faultline(
      "scenarios/declined-card.yaml", agent: "careful-keys", seed: 10_880,
      plan: [
        "agent-0~1/customer-onboarding:acme/cloud.create_network[acme]#1/request": "duplicate-delivery",
        "agent-0~1/customer-onboarding:acme/cloud.delete_network[acme]#1/request": "outage",
        "agent-0~1/customer-onboarding:acme/cloud.delete_network[acme]#5/request": "outage",
      ]))
  func whatStillHoldsSomethingIsGivenTimeToGo() {}

  /// The cluster was asked to go twice and had gone: the oracle asked what the first call may have done.
  @Test(
    .faultline(
      "scenarios/ticket-was-closed.yaml", agent: "careful-halt", seed: 55_750,
      plan: [
        "agent-0~1/customer-onboarding:acme/cloud.describe_cluster[acme]#3/outside": "out-of-band-change:removed",
        "agent-0~1/customer-onboarding:acme/cloud.terminate_cluster[acme]#1/crash": "crash:on-answer",
        "agent-0~2/customer-onboarding:acme/cloud.delete_network[acme]#1/request": "request-lost",
      ]))
  func whatIsGoneNeedNoLongerBeFoundOut() {}

  /// "It exists already", said the answer to the second delivery; a stale list did not show it.
  @Test(
    .faultline(
      "scenarios/happy-path.yaml", agent: "careful-halt", seed: 146_932,
      plan: [
        "agent-0~1/customer-onboarding:acme/identity.create_binding[acme]#1/request": "duplicate-delivery",
        "agent-0~1/customer-onboarding:acme/identity.create_binding[acme]#1/read": "stale-read",
        "agent-0~1/customer-onboarding:acme/identity.list_bindings[binding-acme]#1/read": "stale-read",
      ]))
  func whatIsSaidToExistIsLookedForPastStaleness() {}
}
