// Plans that random and exhaustive search once found the reference agent, or an oracle about it, wrong under.

import FaultlineTesting
import Testing

@Suite struct ReferenceRegressions {
  /// The replica of the old release read a journal of the next version and handed over work that was done.
  @Test(
    .faultline(
      "scenarios/cron-fired-twice.yaml", agent: "reference", seed: 52,
      plan: ["agent-1~1/customer-onboarding:acme/checkpoint:opened#1/crash": "deploy:before"]))
  func anOldReplicaReadsTheEndThatANewOneWrote() {}

  /// The old release gets the work while the new one sleeps, and has to say all that is there.
  @Test(
    .faultline(
      "scenarios/cron-fired-twice.yaml", agent: "reference", seed: 52,
      plan: [
        "agent-1~1/customer-onboarding:acme/checkpoint:opened#1/crash": "deploy:before",
        "agent-1~2/customer-onboarding:acme/billing.pay_invoice[acme]#1/crash": "pause:after-takeover",
      ]))
  func anOldReplicaHandsOverWhatANewOneLeft() {}

  /// The eight changes were taken back, which once counted as eight more.
  @Test(
    .faultline(
      "scenarios/small-blast-radius.yaml", agent: "reference", seed: 14,
      plan: [
        "agent-0~1/customer-onboarding:acme/billing.create_invoice[acme]#1/crash": "pause:after-takeover",
        "agent-1~1/customer-onboarding:acme/after-restart#1/decision": "compensate",
      ]))
  func aRunAtItsCapCanStillBeRolledBack() {}

  /// The network that a network made twice was removed, which once counted as a ninth change.
  @Test(
    .faultline(
      "scenarios/small-blast-radius.yaml", agent: "reference", seed: 31,
      plan: ["agent-0~1/customer-onboarding:acme/cloud.create_network[acme]#1/request": "duplicate-delivery"]))
  func removingASurplusIsNoFurtherChange() {}

  /// Nine attempts under one key were followed by up to nine under the next.
  @Test(
    .faultline(
      "scenarios/declined-card.yaml", agent: "reference", seed: 1,
      plan: [
        "agent-0~1/customer-onboarding:acme/billing.pay_invoice[acme]#1/request": "outage",
        "agent-0~1/customer-onboarding:acme/billing.pay_invoice[acme]#8/request": "outage",
      ]))
  func aNewKeyIsNoLicenceToBeginAnew() {}
}
