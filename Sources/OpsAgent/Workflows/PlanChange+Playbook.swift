// How a change of plan is brought about on EC2-like clouds and Stripe-like billing.

import Operations
import Primitives

extension PlanChange {
  /// The playbook for the systems that Faultline simulates.
  public static let playbook = Playbook(
    environment: "ec2+stripe+zendesk+email",
    entries: [
      Desk.triage,
      Playbook.Entry("find-contract", findings), Playbook.Entry("resize-cluster", resizing),
      Playbook.Entry("change-subscription", [subscriptionChange]), Playbook.Entry("bill-difference", invoicing),
      Playbook.Entry("settle", [collection, refund]),
      Desk.mail("confirm", template: "plan-changed"), Desk.closeTicket,
    ],
    policy: .standard,
    madeUp: [
      Playbook.MadeUp(.differenceReference, "", of: [.customer, .period, .plan]),
      Playbook.MadeUp(.email, "ops@", of: [.customer], suffix: ".example"),
    ],
    amounts: [
      Playbook.Amount(.unused, .fromDay(plan: .oldPlan)), Playbook.Amount(.rest, .fromDay(plan: .plan)),
      Playbook.Amount(.extra, .excess(.rest, over: .unused)), Playbook.Amount(.refund, .excess(.unused, over: .rest)),
    ])

  private static func finding(_ name: Name, _ lookup: Lookup) -> Act {
    Act(name, .find(mayBeMissing: false), lookup.operation, lookup.arguments, lookup: lookup)
  }

  // MARK: Contract

  private static let isActive = Match(.status, .oneOf(["active"]))

  /// Of the active subscription, by the account's id: a list, which is consistent.
  private static func subscriptions(
    _ identity: [Match], agreement: [Match] = [], outputs: [Output] = []
  ) -> Lookup {
    Lookup(
      "billing.list_subscriptions", [.fact(.customer, .account)], .list(.subscriptions),
      identity: [isActive] + identity, agreement: agreement, outputs: outputs)
  }

  private static func invoices(_ identity: [Match], agreement: [Match] = [], outputs: [Output]) -> Lookup {
    Lookup(
      "billing.list_invoices", [.fact(.customer, .account), .fact(.period)], .list(.invoices),
      identity: [Match(.period, .fact(.period))] + identity, agreement: agreement, outputs: outputs)
  }

  private static let findings: [Act] = [
    finding(
      "find-account",
      Lookup(
        "billing.get_customer", [.fact(.customer)], .object, identity: [Match(.reference, .fact(.customer))],
        outputs: [Output(.account, .id)])),
    finding(
      "find-subscription",
      subscriptions(
        [Match(.customer, .fact(.customer))], agreement: [Match(.plan, .fact(.oldPlan))],
        outputs: [Output(.subscription, .id), Output(.oldPlan, .plan)])),
    finding(
      "find-invoice", invoices([Match(.status, .oneOf(["paid"]))], outputs: [Output(.invoice, .id)])),
  ]

  // MARK: Cluster

  private static func clusters(_ identity: [Match], agreement: [Match] = [], outputs: [Output] = []) -> Lookup {
    Lookup(
      "cloud.list_clusters", [.fact(.customer)], .list(.clusters),
      identity: [Match(.customer, .fact(.customer)), Match(.state, .noneOf(["terminated", "shutting-down"]))]
        + identity,
      agreement: agreement, outputs: outputs)
  }

  private static let resized = clusters([
    Match(.id, .fact(.cluster)), Match(.plan, .fact(.plan)), Match(.count, .fact(.instances)),
  ])

  private static let resizing: [Act] = [
    finding(
      "find-cluster",
      clusters(
        [], outputs: [Output(.cluster, .id), Output(.clusterPlan, .plan), Output(.clusterCount, .count)])),
    Act(
      "resize-cluster", .change, "cloud.modify_cluster",
      [.fact(.cluster), .fact(.plan), .fact(.count, .instances)], protection: .idempotent,
      checks: [
        Check("not of that size yet", .absent, resized),
        Check(
          "one running cluster, of the size that was read", .present,
          clusters(
            [],
            agreement: [
              Match(.id, .fact(.cluster)), Match(.plan, .fact(.clusterPlan)), Match(.state, .oneOf(["running"])),
            ])),
      ],
      lookup: resized,
      undo: Undo(
        [
          Undo.Way(
            "cloud.modify_cluster",
            [.fact(.cluster), .fact(.plan, .clusterPlan), .fact(.count, .clusterCount)])
        ], readsState: true, isConfirmed: true)),
    Act(
      "await-resize",
      .wait(
        Poll(
          ready: [
            Match(.state, .oneOf(["running"])), Match(.plan, .fact(.plan)), Match(.count, .fact(.instances)),
          ],
          failed: [
            Match(.reason, .known), Match(.state, .oneOf(["terminated", "shutting-down"])),
          ], every: .seconds(10), limit: 60, restartAt: "resize-cluster", restarts: 2)),
      "cloud.describe_cluster", [.fact(.cluster)]),
  ]

  // MARK: Subscription

  private static let moved = subscriptions([Match(.id, .fact(.subscription)), Match(.plan, .fact(.plan))])

  private static func plan(_ fact: Name) -> [Argument] {
    [.fact(.subscription), .fact(.plan, fact), .literal("proration_behavior", "none")]
  }

  private static let subscriptionChange = Act(
    "change-subscription", .change, "billing.update_subscription", plan(.plan), protection: .key,
    checks: [
      Check("not on the new plan yet", .absent, moved),
      Check(
        "still on the plan that was read", .present,
        subscriptions([Match(.id, .fact(.subscription))], agreement: [Match(.plan, .fact(.oldPlan))])),
    ],
    lookup: moved, undo: Undo([Undo.Way("billing.update_subscription", plan(.oldPlan))], readsState: true))

  // MARK: Settlement

  private static let differenceOutputs = [Output(.differenceInvoice, .id), Output(.differenceStatus, .status)]

  private static let isOurs = Match(.reference, .fact(.differenceReference))

  private static let difference = invoices(
    [isOurs, Match(.status, .noneOf(["void"]))], agreement: [Match(.total, .fact(.extra))], outputs: differenceOutputs)

  private static let opened = Lookup(
    "billing.get_invoice", [.fact(.invoice, .differenceInvoice)], .object,
    identity: [Match(.status, .oneOf(["open", "paid"]))], outputs: differenceOutputs)

  private static func isDifference(_ states: [Value]) -> Condition { Condition(.differenceStatus, .oneOf(states)) }

  private static let invoicing: [Act] = [
    Act(
      "write-difference", .change, "billing.create_invoice",
      [
        .fact(.customer, .account), .fact(.period), .fact(.amount, .extra),
        .fact(.reference, .differenceReference),
      ],
      outputs: differenceOutputs, protection: .key,
      checks: [Check("no such invoice yet", .absent, difference)], lookup: difference,
      undo: Undo(
        [
          Undo.Way(
            "billing.delete_invoice", [.fact(.invoice, .differenceInvoice)], when: [isDifference(["draft"])]),
          Undo.Way(
            "billing.void_invoice", [.fact(.invoice, .differenceInvoice)],
            when: [isDifference(["open", "uncollectible"])]),
        ], readsState: true),
      when: [.known(.extra)]),
    Act(
      "open-difference", .change, "billing.finalize_invoice", [.fact(.invoice, .differenceInvoice)],
      outputs: [Output(.differenceStatus, .status)], protection: .key,
      checks: [Check("not opened yet", .absent, opened)], lookup: opened,
      when: [.known(.extra), isDifference(["draft"])]),
  ]

  private static let charges = Lookup(
    "billing.list_charges", [.fact(.customer, .account)], .list(.charges),
    identity: [Match(.invoice, .fact(.differenceInvoice)), Match(.status, .oneOf(["succeeded"]))],
    agreement: [Match(.amount, .fact(.extra))], outputs: [Output(.charge, .id)])

  private static let collection = Act(
    "collect-difference", .change, "billing.pay_invoice", [.fact(.invoice, .differenceInvoice)],
    outputs: [Output(.charge, .charge)], protection: .key,
    checks: [
      Check("not paid yet", .absent, charges),
      Check(
        "the invoice is open, and of the right amount", .present,
        invoices(
          [isOurs, Match(.status, .noneOf(["void"]))],
          agreement: [
            Match(.id, .fact(.differenceInvoice)), Match(.total, .fact(.extra)), Match(.status, .oneOf(["open"])),
          ], outputs: [])),
    ],
    lookup: charges, when: [.known(.extra)])

  private static let notes = Lookup(
    "billing.list_credit_notes", [.fact(.invoice)], .list(.creditNotes), identity: [isOurs],
    agreement: [Match(.amount, .fact(.refund))], outputs: [Output(.creditNote, .id)])

  private static let refund = Act(
    "refund-difference", .change, "billing.create_credit_note",
    [
      .fact(.invoice), .fact(.amount, .refund), .fact("refund_amount", .refund),
      .fact(.reference, .differenceReference),
    ],
    outputs: [Output(.creditNote, .id)], protection: .key, checks: [Check("not paid back yet", .absent, notes)],
    lookup: notes, when: [.known(.refund)])
}
