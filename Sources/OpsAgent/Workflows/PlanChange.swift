// A customer gets another plan in the middle of a paid month.

import Primitives

/// The workflow `plan-change`.
public enum PlanChange {
  public static let name: Name = "plan-change"

  /// The graph. Cluster and subscription change in a way that can be changed back; the settlement of the month, a
  /// payment or a refund, is the pivot.
  public static let workflow = Workflow(
    name, version: 1,
    "Resizes a customer's cluster, moves the subscription, and settles the rest of the month in one document.",
    inputs: [.customer, .plan, .period], steps: [triage, contract] + change + settlement + closing,
    constraints: [
      Constraint(.dataResidency, "the cluster stays in its region"),
      Constraint(
        .moneyMovement, "the month is settled by days, once: one invoice for what is dearer, one refund for what is not"),
    ])

  private static let onward: [Name] = [.proceed, .compensate, .escalate]
  private static let forward: [Name] = [.proceed, .escalate]

  private static let triage = Step(
    "triage", "Reads the ticket and decides whether it asks for this workflow, and for whom.",
    owner: "support", principal: "plan-change-ticketing", scopes: ["ticketing.read"], inputs: [.ticketID],
    outputs: [.customer, .plan, .period, .effective, .email],
    invariants: ["what the ticket says agrees with the account that the run was handed"],
    asksDecider: true, transitions: forward)

  private static let contract = Step(
    "find-contract", "Looks up the account, the subscription and the paid invoice, and works out what is to be settled.",
    owner: "finance", principal: "plan-change-billing", scopes: ["billing.read"], requires: ["triage"],
    inputs: [.customer, .period, .plan], outputs: [.account, .subscription, .oldPlan, .invoice, .extra, .refund],
    invariants: ["one active subscription, one paid invoice for the period"], transitions: forward)

  private static let change: [Step] = [
    Step(
      "resize-cluster", "Gives the cluster the size of the new plan and waits until it runs in it.",
      owner: "platform", principal: "plan-change-cloud", scopes: ["cloud.read", "cloud.write"],
      requires: ["find-contract"], inputs: [.customer, .plan, .instances],
      outputs: [.cluster, .clusterPlan, .clusterCount], invariants: ["one running cluster"],
      changes: "the cluster may be of the new size or on its way to it",
      rollback: .compensation("give it the size that it had"), transitions: onward),
    Step(
      "change-subscription", "Moves the subscription to the new plan, without a proration of billing's own.",
      owner: "finance", principal: "plan-change-billing", scopes: ["billing.read", "billing.write"],
      requires: ["resize-cluster"], inputs: [.subscription, .plan, .oldPlan],
      invariants: ["the subscription is on the plan that it was read with"],
      changes: "the subscription may be on the new plan", rollback: .compensation("move it back"), transitions: onward),
  ]

  private static let settlement: [Step] = [
    Step(
      "bill-difference", "Writes an invoice for what the rest of the month costs more.",
      owner: "finance", principal: "plan-change-billing", scopes: ["billing.read", "billing.write"],
      requires: ["change-subscription"], inputs: [.account, .period, .extra], outputs: [.differenceInvoice],
      invariants: ["there is no such invoice yet"], changes: "it may be draft or open",
      rollback: .compensation("delete a draft, void an open one"), transitions: onward),
    Step(
      "settle", "Collects what is dearer, or pays back what is cheaper.",
      owner: "finance", principal: "plan-change-billing", scopes: ["billing.read", "billing.pay", "billing.refund"],
      requires: ["bill-difference"], inputs: [.differenceInvoice, .invoice, .extra, .refund],
      outputs: [.charge, .creditNote], invariants: ["it was neither collected nor paid back yet"],
      changes: "money may have moved", rollback: .irreversible("money that went back can't be fetched again"),
      stage: .pivot, transitions: onward),
  ]

  private static let closing: [Step] = [
    Step(
      "confirm", "Sends the confirmation.",
      owner: "support", principal: "plan-change-notify", scopes: ["notify.send"], requires: ["settle"],
      inputs: [.email, .customer], outputs: [.mail], invariants: ["no confirmation was sent"],
      changes: "the mail may have left", rollback: .irreversible("a mail can't be recalled"), stage: .forwardOnly,
      transitions: forward),
    Step(
      "close-ticket", "Solves the ticket.",
      owner: "support", principal: "plan-change-ticketing", scopes: ["ticketing.read", "ticketing.write"],
      requires: ["confirm"], inputs: [.ticketID], outputs: [.ticketStatus],
      invariants: ["the ticket is as it was read"], changes: "the ticket may be solved",
      rollback: .irreversible("the customer has been told"), stage: .forwardOnly, transitions: forward),
  ]
}
