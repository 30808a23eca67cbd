// How an offboarding is brought about on EC2-like clouds, IAM-like identities and Stripe-like billing.

import Operations
import Primitives

extension CustomerOffboarding {
  /// The playbook for the systems that Faultline simulates.
  public static let playbook = Playbook(
    environment: "ec2+iam+stripe+zendesk+email",
    entries: [
      Desk.triage,
      Playbook.Entry("revoke-access", revocations), Playbook.Entry("export-data", export),
      Playbook.Entry("final-invoice", invoicing), Playbook.Entry("collect-final-payment", [payment]),
      Playbook.Entry("remove-cluster", clusterRemoval), Playbook.Entry("remove-network", networkRemoval),
      Playbook.Entry("remove-identity", identityRemovals), Playbook.Entry("close-account", accountClosing),
      Desk.mail("farewell", template: "farewell"), Desk.closeTicket,
    ],
    policy: .standard,
    madeUp: [
      // Where there is no binding that tells them.
      Playbook.MadeUp(.roleName, "role-", of: [.customer]),
      Playbook.MadeUp(.policyName, "policy-", of: [.customer]),
      Playbook.MadeUp(.exportName, "export-", of: [.customer, .period]),
      Playbook.MadeUp(.invoiceReference, "", of: [.customer, .period]),
      Playbook.MadeUp(.email, "ops@", of: [.customer], suffix: ".example"),
      Playbook.MadeUp(.plan, "pro", of: []), Playbook.MadeUp(.finalInvoice, "collect", of: []),
    ],
    amounts: [Playbook.Amount(.finalAmount, .untilDay(plan: .plan))])

  /// A change that takes away what there was. Sending it again leaves what sending it once leaves.
  private static func removal(
    _ name: Name, _ operation: Name, _ arguments: [Argument], left: Lookup, undo: Undo? = nil,
    when conditions: [Condition] = []
  ) -> Act {
    var left = left
    left.seeksAbsence = true
    left.outputs = []
    return Act(
      name, .change, operation, arguments, protection: .idempotent, checks: [Check("not gone yet", .absent, left)],
      lookup: left, undo: undo, when: conditions)
  }

  // MARK: Access

  private static let bindingLookup = Lookup(
    "identity.list_bindings", [.fact(.customer)], .list(.bindings), identity: [Match(.customer, .fact(.customer))],
    outputs: [
      Output(.bindingName, .name), Output(.roleName, .role), Output(.policyName, .policy),
      Output(.bindingTarget, .target, required: false),
    ])

  private static func keyLookup(_ fact: Name, _ more: [Match] = []) -> Lookup {
    Lookup(
      "identity.list_access_keys", [.fact(.role, .roleName)], .list(.accessKeys),
      identity: [Match(.role, .fact(.roleName))] + more, outputs: [Output(fact, .id)], takesFirst: true)
  }

  private static let isActive = Match(.status, .oneOf(["Active"]))

  private static func suspension(_ name: Name, of key: Name) -> Act {
    func status(_ status: Value) -> [Argument] { [.fact("access_key", key), .literal(.status, status)] }
    return removal(
      name, "identity.update_access_key", status("Inactive"), left: keyLookup(key, [Match(.id, .fact(key)), isActive]),
      undo: Undo([Undo.Way("identity.update_access_key", status("Active"))]), when: [.known(key)])
  }

  /// A role has two keys at most.
  private static let revocations: [Act] = [
    Act("find-binding", .find(mayBeMissing: true), bindingLookup.operation, bindingLookup.arguments, lookup: bindingLookup),
    removal(
      "revoke-binding", "identity.delete_binding", [.fact(.name, .bindingName)],
      left: Lookup(
        "identity.list_bindings", [.fact(.name, .bindingName)], .list(.bindings),
        identity: [Match(.name, .fact(.bindingName))]),
      undo: Undo([
        Undo.Way(
          "identity.create_binding",
          [
            .fact(.name, .bindingName), .fact(.role, .roleName), .fact(.policy, .policyName),
            .fact(.target, .bindingTarget), .fact(.customer),
          ])
      ]), when: [.known(.bindingName)]),
    finding("find-key", keyLookup(.accessKey)),
    suspension("suspend-key", of: .accessKey),
    finding(
      "find-second-key", keyLookup(.secondKey, [Match(.id, .differs(.accessKey))]), when: [.known(.accessKey)]),
    suspension("suspend-second-key", of: .secondKey),
  ]

  private static func finding(_ name: Name, _ lookup: Lookup, when conditions: [Condition] = []) -> Act {
    Act(
      name, .find(mayBeMissing: true), lookup.operation, lookup.arguments, lookup: lookup, when: conditions)
  }

  // MARK: Export

  private static let clusterLookup = Lookup(
    "cloud.list_clusters", [.fact(.customer)], .list(.clusters),
    identity: [Match(.customer, .fact(.customer)), Match(.state, .noneOf(["terminated", "shutting-down"]))],
    outputs: [Output(.cluster, .id)])

  private static let exportLookup = Lookup(
    "cloud.list_snapshots", [.fact(.customer), .fact(.name, .exportName)], .list(.snapshots),
    identity: [
      Match(.name, .fact(.exportName)), Match(.customer, .fact(.customer)), Match(.state, .noneOf(["error"])),
    ],
    agreement: [Match(.cluster, .fact(.cluster))], outputs: [Output(.snapshot, .id)])

  private static let export: [Act] = [
    finding("find-cluster", clusterLookup),
    Act(
      "export-data", .change, "cloud.create_snapshot",
      [.fact(.cluster), .fact(.name, .exportName), .fact(.customer)], outputs: [Output(.snapshot, .id)],
      checks: [Check("no export yet", .absent, exportLookup)], lookup: exportLookup,
      undo: Undo([Undo.Way("cloud.delete_snapshot", [.fact(.snapshot)])], readsState: true), when: [.known(.cluster)]),
    Act(
      "await-export",
      .wait(
        Poll(
          ready: [Match(.state, .oneOf(["completed"]))], failed: [Match(.state, .oneOf(["error"]))],
          every: .seconds(15), limit: 60, restartAt: "export-data", restarts: 2)),
      "cloud.describe_snapshot", [.fact(.snapshot)], when: [.known(.cluster)]),
    Act("review-export", .review("export-data"), "cloud.list_snapshots", when: [.known(.cluster)]),
  ]

  // MARK: Money

  private static let accountLookup = Lookup(
    "billing.get_customer", [.fact(.customer)], .object, identity: [Match(.reference, .fact(.customer))],
    outputs: [Output(.account, .id)])

  private static let invoiceOutputs = [
    Output(.invoice, .id), Output(.invoiceStatus, .status), Output(.invoiceTotal, .total),
  ]

  /// By the account's id: a list, which is consistent, and not a search.
  private static func invoiceLookup(_ identity: [Match] = [], agreement: [Match] = []) -> Lookup {
    Lookup(
      "billing.list_invoices", [.fact(.customer, .account), .fact(.period)], .list(.invoices),
      identity: [Match(.period, .fact(.period)), Match(.status, .noneOf(["void"]))] + identity, agreement: agreement,
      outputs: invoiceOutputs)
  }

  private static let openedLookup = Lookup(
    "billing.get_invoice", [.fact(.invoice)], .object, identity: [Match(.status, .oneOf(["open", "paid"]))],
    outputs: invoiceOutputs)

  private static let invoicing: [Act] = [
    finding("find-account", accountLookup),
    Act(
      "write-final-invoice", .change, "billing.create_invoice",
      [
        .fact(.customer, .account), .fact(.period), .fact(.amount, .finalAmount), .fact(.reference, .invoiceReference),
      ],
      outputs: invoiceOutputs, protection: .key,
      checks: [Check("no invoice for the period yet", .absent, invoiceLookup(), isEssential: true)],
      lookup: invoiceLookup(),
      undo: Undo(
        [
          Undo.Way(
            "billing.delete_invoice", [.fact(.invoice)], when: [Condition(.invoiceStatus, .oneOf(["draft"]))]),
          Undo.Way(
            "billing.void_invoice", [.fact(.invoice)],
            when: [Condition(.invoiceStatus, .oneOf(["open", "uncollectible"]))]),
        ],
        readsState: true, nothingLeft: [Condition(.invoiceStatus, .oneOf(["paid"]))]),
      when: [.known(.account)]),
    Act(
      "open-final-invoice", .change, "billing.finalize_invoice", [.fact(.invoice)],
      outputs: [Output(.invoiceStatus, .status)], protection: .key,
      checks: [Check("not opened yet", .absent, openedLookup)], lookup: openedLookup,
      when: [.known(.account), Condition(.invoiceStatus, .oneOf(["draft"]))]),
  ]

  private static let chargeLookup = Lookup(
    "billing.list_charges", [.fact(.customer, .account)], .list(.charges),
    identity: [Match(.invoice, .fact(.invoice)), Match(.status, .oneOf(["succeeded"]))],
    agreement: [Match(.amount, .fact(.finalAmount))], outputs: [Output(.charge, .id)])

  private static let payment = Act(
    "collect-final-payment", .change, "billing.pay_invoice", [.fact(.invoice)], outputs: [Output(.charge, .charge)],
    protection: .key,
    checks: [
      Check("not paid yet", .absent, chargeLookup),
      Check(
        "one open invoice, of the right amount", .present,
        invoiceLookup(
          agreement: [
            Match(.id, .fact(.invoice)), Match(.customer, .fact(.customer)), Match(.total, .fact(.finalAmount)),
            Match(.status, .oneOf(["open"])),
          ])),
    ],
    lookup: chargeLookup,
    undo: Undo(
      [
        Undo.Way(
          "billing.create_credit_note",
          [.fact(.invoice), .fact(.amount, .finalAmount), .fact("refund_amount", .finalAmount)])
      ], readsState: true),
    when: [.known(.account), Condition(.finalInvoice, .oneOf(["collect"]))])

  // MARK: Deletion

  private static let clusterRemoval: [Act] = [
    removal(
      "terminate-cluster", "cloud.terminate_cluster", [.fact(.cluster)],
      left: Lookup(
        "cloud.list_clusters", [.fact(.customer)], .list(.clusters),
        identity: [Match(.id, .fact(.cluster)), Match(.state, .noneOf(["terminated", "shutting-down"]))]),
      when: [.known(.cluster)]),
    Act(
      "await-termination",
      .wait(
        Poll(
          ready: [Match(.state, .oneOf(["terminated"]))], failed: [], every: .seconds(15), limit: 60,
          restartAt: "terminate-cluster", restarts: 0, endsWhenGone: true)),
      "cloud.describe_cluster", [.fact(.cluster)], when: [.known(.cluster)]),
  ]

  private static let networkLookup = Lookup(
    "cloud.describe_networks", [.fact(.customer)], .list(.networks), identity: [Match(.customer, .fact(.customer))],
    outputs: [Output(.network, .id)])

  private static let networkRemoval: [Act] = [
    finding("find-network", networkLookup),
    removal(
      "delete-network", "cloud.delete_network", [.fact(.network)],
      left: Lookup(
        "cloud.describe_networks", [.fact(.customer)], .list(.networks), identity: [Match(.id, .fact(.network))]),
      when: [.known(.network)]),
  ]

  private static func keyRemoval(_ name: Name, _ key: Name) -> Act {
    removal(
      name, "identity.delete_access_key", [.fact("access_key", key)], left: keyLookup(key, [Match(.id, .fact(key))]),
      when: [.known(key)])
  }

  private static let identityRemovals: [Act] = [
    keyRemoval("delete-key", .accessKey),
    keyRemoval("delete-second-key", .secondKey),
    removal(
      "delete-policy", "identity.delete_policy", [.fact(.name, .policyName)],
      left: Lookup(
        "identity.get_policy", [.fact(.name, .policyName)], .object, identity: [Match(.name, .fact(.policyName))])),
    removal(
      "delete-role", "identity.delete_role", [.fact(.name, .roleName)],
      left: Lookup("identity.get_role", [.fact(.name, .roleName)], .object, identity: [Match(.name, .fact(.roleName))])),
  ]

  private static let subscriptionLookup = Lookup(
    "billing.list_subscriptions", [.fact(.customer, .account)], .list(.subscriptions),
    identity: [Match(.customer, .fact(.customer)), Match(.status, .oneOf(["active"]))],
    outputs: [Output(.subscription, .id)])

  private static let accountClosing: [Act] = [
    finding("find-subscription", subscriptionLookup, when: [.known(.account)]),
    removal(
      "cancel-subscription", "billing.cancel_subscription", [.fact(.subscription)],
      left: Lookup(
        "billing.list_subscriptions", [.fact(.customer, .account)], .list(.subscriptions),
        identity: [Match(.id, .fact(.subscription)), Match(.status, .oneOf(["active"]))]),
      when: [.known(.subscription)]),
    removal(
      "delete-customer", "billing.delete_customer", [.fact(.customer, .account)],
      left: Lookup(
        "billing.get_customer", [.fact(.customer, .account)], .object,
        identity: [Match(.id, .fact(.account)), Match("deleted", .unmarked)]),
      when: [.known(.account)]),
  ]
}
