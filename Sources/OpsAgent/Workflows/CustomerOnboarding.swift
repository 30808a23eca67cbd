// The onboarding of a customer: thirteen intentions, each with its contract.

import Primitives

/// The workflow `customer-onboarding`.
public enum CustomerOnboarding {
  public static let name: Name = "customer-onboarding"

  /// The graph. Everything that can be taken back comes first, the payment is the pivot, what follows it
  /// only goes forward.
  public static let workflow = Workflow(
    name, version: 1, "Gives a customer a running cluster, access to it, and one paid invoice for the period.",
    inputs: [.customer, .plan, .period],
    steps: infrastructure + access + money + closing, constraints: constraints)

  static let constraints: [Constraint] = [
    Constraint(.dataResidency, "clusters stand in a region that the policy names"),
    Constraint(.accessControl, "the customer's people get one role, for their own cluster"),
    Constraint(.moneyMovement, "the plan's price is collected once for the period"),
  ]

  private static let onward: [Name] = [.proceed, .compensate, .escalate]

  static let infrastructure: [Step] = [
    Step(
      "triage", "Reads the ticket and decides whether it asks for this workflow, and for whom.",
      owner: "support", principal: "onboarding-ticketing", scopes: ["ticketing.read"], inputs: [.ticketID],
      outputs: [.customer, .plan, .period, .region, .email],
      invariants: ["what the ticket says agrees with the account that the run was handed"],
      asksDecider: true, transitions: [.proceed, .escalate]),
    Step(
      "lay-network", "Lays the network that the cluster will stand in.",
      owner: "platform", principal: "onboarding-cloud", scopes: ["cloud.read", "cloud.write"], requires: ["triage"],
      inputs: [.customer, .region], outputs: [.network], invariants: ["the customer has no network yet"],
      changes: "a network with the customer's tag may exist", rollback: .compensation("delete every network found"),
      transitions: onward),
    Step(
      "provision-cluster", "Provisions the customer's cluster.",
      owner: "platform", principal: "onboarding-cloud", scopes: ["cloud.read", "cloud.write"],
      requires: ["lay-network"], inputs: [.customer, .network, .plan, .region], outputs: [.cluster],
      invariants: ["the customer has no living cluster"],
      changes: "a cluster with the customer's tag may be pending or running, and be metered",
      rollback: .compensation("terminate it"), transitions: onward),
    Step(
      "await-cluster", "Waits until the cluster runs, and makes sure that it stands in the only network.",
      owner: "platform", principal: "onboarding-cloud", scopes: ["cloud.read", "cloud.write"],
      requires: ["provision-cluster"], inputs: [.cluster, .network],
      invariants: ["a network that a network made twice is the only thing removed"],
      changes: "a second network that a repeated delivery made may be gone", transitions: onward),
  ]

  static let access: [Step] = [
    Step(
      "create-role", "Creates the role that the customer's people take on.",
      owner: "security", principal: "onboarding-identity", scopes: ["identity.read", "identity.write"],
      requires: ["triage"], inputs: [.customer], outputs: [.role], invariants: ["no role of that name exists"],
      changes: "a role of that name may exist", rollback: .compensation("delete it by name"), transitions: onward),
    Step(
      "grant-policy", "Writes down what the role may do.",
      owner: "security", principal: "onboarding-identity", scopes: ["identity.read", "identity.write"],
      requires: ["create-role"], inputs: [.customer], outputs: [.policy],
      invariants: ["no policy of that name exists"], changes: "a policy of that name may exist",
      rollback: .compensation("delete it by name"), transitions: onward),
    Step(
      "bind-access", "Binds role and policy to the cluster.",
      owner: "security", principal: "onboarding-identity", scopes: ["identity.read", "identity.write"],
      requires: ["grant-policy", "await-cluster"], inputs: [.role, .policy, .cluster], outputs: [.binding],
      invariants: ["no binding of that name exists"], changes: "a binding of that name may exist",
      rollback: .compensation("delete it by name"), transitions: onward),
  ]

  static let money: [Step] = [
    Step(
      "register-customer", "Makes the customer known to billing.",
      owner: "finance", principal: "onboarding-billing", scopes: ["billing.read", "billing.write"],
      requires: ["triage"], inputs: [.customer], outputs: [.account],
      invariants: ["billing does not know the customer, or knows the same one"],
      changes: "billing may know the customer", rollback: .compensation("delete the customer"), transitions: onward),
    Step(
      "subscribe", "Subscribes the customer to the plan.",
      owner: "finance", principal: "onboarding-billing", scopes: ["billing.read", "billing.write"],
      requires: ["register-customer"], inputs: [.account, .plan], outputs: [.subscription],
      invariants: ["the customer has no living subscription"], changes: "a subscription may exist",
      rollback: .compensation("cancel it"), transitions: onward),
    Step(
      "ensure-invoice", "Finds the period's invoice, or writes it where metering writes none.",
      owner: "finance", principal: "onboarding-billing", scopes: ["billing.read", "billing.write"],
      requires: ["subscribe"], inputs: [.account, .period, .price], outputs: [.invoice],
      invariants: ["the period has no other living invoice", "its total is the plan's price"],
      changes: "an invoice of the period may be draft or open",
      rollback: .compensation("delete a draft, void an open one, credit a paid one"), transitions: onward),
    Step(
      "collect-payment", "Collects the payment of the invoice.",
      owner: "finance", principal: "onboarding-billing", scopes: ["billing.read", "billing.pay", "billing.refund"],
      requires: ["ensure-invoice"], inputs: [.invoice, .price], outputs: [.charge],
      invariants: ["exactly one living invoice for the period", "amount and customer are the account's"],
      changes: "the invoice may be paid", rollback: .compensation("credit the invoice in full"), stage: .pivot,
      transitions: onward),
  ]

  static let closing: [Step] = [
    Step(
      "welcome", "Sends the welcome mail.",
      owner: "support", principal: "onboarding-notify", scopes: ["notify.send"],
      requires: ["collect-payment", "bind-access"], inputs: [.email, .customer], outputs: [.mail],
      invariants: ["no welcome mail was sent to the customer"], changes: "the mail may have left",
      rollback: .irreversible("a mail can't be recalled"), stage: .forwardOnly, transitions: [.proceed, .escalate]),
    Step(
      "close-ticket", "Solves the ticket.",
      owner: "support", principal: "onboarding-ticketing", scopes: ["ticketing.read", "ticketing.write"],
      requires: ["welcome"], inputs: [.ticketID], outputs: [.ticketStatus],
      invariants: ["the ticket is as it was read"], changes: "the ticket may be solved",
      rollback: .irreversible("the customer has been told"), stage: .forwardOnly,
      transitions: [.proceed, .escalate]),
  ]
}
