// A customer leaves: access first, then an export and the last invoice, and then everything else for good.

import Primitives

/// The workflow `customer-offboarding`.
public enum CustomerOffboarding {
  public static let name: Name = "customer-offboarding"

  /// The graph. Access is taken away in a way that can be taken back; an export is made before anything is
  /// deleted; the last payment is the pivot; what is deleted behind it, in the order of what depends on what, is gone.
  public static let workflow = Workflow(
    name, version: 1,
    "Takes a leaving customer's access away, bills the last month, keeps an export, and deletes everything else.",
    inputs: [.customer, .period], steps: revocation + money + deletion + closing, constraints: constraints)

  private static let onward: [Name] = [.proceed, .compensate, .escalate]
  private static let forward: [Name] = [.proceed, .escalate]

  private static let constraints: [Constraint] = [
    Constraint(.dataResidency, "the export stays in the region of the cluster"),
    Constraint(.dataRetention, "nothing is deleted before an export is complete, and the export is kept"),
    Constraint(.moneyMovement, "the last invoice is the plan's price by days, and nothing else is collected"),
    Constraint(.accessControl, "access ends before anything else is done"),
  ]

  private static let revocation: [Step] = [
    Step(
      "triage", "Reads the ticket and decides whether it asks for this workflow, and for whom.",
      owner: "support", principal: "offboarding-ticketing", scopes: ["ticketing.read"], inputs: [.ticketID],
      outputs: [.customer, .period, .effective, .email],
      invariants: ["what the ticket says agrees with the account that the run was handed"],
      asksDecider: true, transitions: forward),
    Step(
      "revoke-access", "Takes the customer's access away: the binding goes, the keys become inactive.",
      owner: "security", principal: "offboarding-identity", scopes: ["identity.read", "identity.write"],
      requires: ["triage"], inputs: [.customer], outputs: [.bindingName, .roleName, .policyName, .accessKey],
      invariants: ["the customer has one binding and two keys at most"],
      changes: "the binding may be gone, keys may be inactive",
      rollback: .compensation("create the binding as it was, make the keys active again"), transitions: onward),
    Step(
      "export-data", "Takes a snapshot of the cluster's disks and waits until it is complete.",
      owner: "platform", principal: "offboarding-cloud", scopes: ["cloud.read", "cloud.write"],
      requires: ["revoke-access"], inputs: [.customer], outputs: [.cluster, .snapshot],
      invariants: ["the customer has one living cluster at most", "there is no export yet"],
      changes: "a snapshot with the customer's tag may exist", rollback: .compensation("delete it"),
      transitions: onward),
  ]

  private static let money: [Step] = [
    Step(
      "final-invoice", "Writes the invoice of the last month, or finds the one that metering wrote.",
      owner: "finance", principal: "offboarding-billing", scopes: ["billing.read", "billing.write"],
      requires: ["export-data"], inputs: [.customer, .period, .finalAmount], outputs: [.account, .invoice],
      invariants: ["the period has no other living invoice"], changes: "an invoice of the period may be draft or open",
      rollback: .compensation("delete a draft, void an open one"), transitions: onward),
    Step(
      "collect-final-payment", "Collects the last payment, unless the invoice is to be left open.",
      owner: "finance", principal: "offboarding-billing", scopes: ["billing.read", "billing.pay", "billing.refund"],
      requires: ["final-invoice"], inputs: [.invoice, .finalAmount], outputs: [.charge],
      invariants: ["exactly one living invoice for the period, of the right amount"],
      changes: "the invoice may be paid", rollback: .compensation("credit the invoice in full"), stage: .pivot,
      transitions: onward),
  ]

  private static let deletion: [Step] = [
    Step(
      "remove-cluster", "Terminates the cluster and waits until it has ended.",
      owner: "platform", principal: "offboarding-cloud", scopes: ["cloud.read", "cloud.write"],
      requires: ["collect-final-payment", "export-data"], inputs: [.cluster], invariants: ["the export is complete"],
      changes: "the cluster may be on its way out", rollback: .irreversible("its disks are gone"),
      stage: .forwardOnly, transitions: forward),
    Step(
      "remove-network", "Deletes the network that the cluster stood in.",
      owner: "platform", principal: "offboarding-cloud", scopes: ["cloud.read", "cloud.write"],
      requires: ["remove-cluster"], inputs: [.customer], outputs: [.network], invariants: ["no cluster stands in it"],
      changes: "the network may be gone", rollback: .irreversible("its addresses are somebody else's"),
      stage: .forwardOnly, transitions: forward),
    Step(
      "remove-identity", "Deletes keys, policy and role.",
      owner: "security", principal: "offboarding-identity", scopes: ["identity.read", "identity.write"],
      requires: ["revoke-access", "collect-final-payment"], inputs: [.roleName, .policyName, .accessKey],
      invariants: ["the binding is gone"], changes: "some of them may be gone",
      rollback: .irreversible("the secret of a key can't be had again"), stage: .forwardOnly, transitions: forward),
    Step(
      "close-account", "Cancels the subscription and then deletes the customer.",
      owner: "finance", principal: "offboarding-billing", scopes: ["billing.read", "billing.write"],
      requires: ["collect-final-payment"], inputs: [.account], outputs: [.subscription],
      invariants: ["the last invoice is written"], changes: "the subscription and the customer may be gone",
      rollback: .irreversible("a deleted customer can't be restored"), stage: .forwardOnly, transitions: forward),
  ]

  private static let closing: [Step] = [
    Step(
      "farewell", "Sends the farewell mail, with where the export is.",
      owner: "support", principal: "offboarding-notify", scopes: ["notify.send"],
      requires: ["remove-cluster", "close-account"], inputs: [.email, .customer], outputs: [.mail],
      invariants: ["no farewell mail was sent to the customer"], changes: "the mail may have left",
      rollback: .irreversible("a mail can't be recalled"), stage: .forwardOnly, transitions: forward),
    Step(
      "close-ticket", "Solves the ticket.",
      owner: "support", principal: "offboarding-ticketing", scopes: ["ticketing.read", "ticketing.write"],
      requires: ["farewell"], inputs: [.ticketID], outputs: [.ticketStatus],
      invariants: ["the ticket is as it was read"], changes: "the ticket may be solved",
      rollback: .irreversible("the customer has been told"), stage: .forwardOnly, transitions: forward),
  ]
}
