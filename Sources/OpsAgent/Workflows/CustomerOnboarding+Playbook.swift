// How the onboarding is brought about on EC2-like clouds, IAM-like identities and Stripe-like billing.

import Operations
import Primitives

extension CustomerOnboarding {
  /// The playbook for the systems that Faultline simulates.
  public static let playbook = Playbook(
    environment: "ec2+iam+stripe+zendesk+email",
    entries: [Desk.triage] + cloudEntries + identityEntries + billingEntries + closingEntries,
    policy: .standard,
    madeUp: [
      Playbook.MadeUp(.networkName, "net-", of: [.customer]),
      Playbook.MadeUp(.clusterName, "cluster-", of: [.customer]),
      Playbook.MadeUp(.roleName, "role-", of: [.customer]),
      Playbook.MadeUp(.policyName, "policy-", of: [.customer]),
      Playbook.MadeUp(.bindingName, "binding-", of: [.customer]),
      Playbook.MadeUp(.invoiceReference, "", of: [.customer, .period]),
      Playbook.MadeUp(.email, "ops@", of: [.customer], suffix: ".example"),
    ], alarm: "notify.page")

  // MARK: Cloud

  private static let networkLookup = Lookup(
    "cloud.describe_networks", [.fact(.customer), .fact(.name, .networkName)], .list(.networks),
    identity: [Match(.name, .fact(.networkName)), Match(.customer, .fact(.customer))],
    agreement: [Match(.region, .fact(.region))], outputs: [Output(.network, .id)])

  private static let clusterLookup = Lookup(
    "cloud.list_clusters", [.fact(.customer), .fact(.name, .clusterName)], .list(.clusters),
    identity: [
      Match(.name, .fact(.clusterName)), Match(.customer, .fact(.customer)),
      Match(.state, .noneOf(["terminated", "shutting-down"])),
    ],
    agreement: [
      Match(.region, .fact(.region)), Match(.plan, .fact(.plan)), Match(.network, .fact(.network)),
      Match(.count, .fact(.instances)),
    ],
    outputs: [Output(.cluster, .id)])

  private static let cloudEntries: [Playbook.Entry] = [
    Playbook.Entry(
      "lay-network",
      [
        Act(
          "lay-network", .change, "cloud.create_network",
          [.fact(.name, .networkName), .fact(.customer), .fact(.region)], outputs: [Output(.network, .id)],
          checks: [Check("no network yet", .absent, networkLookup)], lookup: networkLookup,
          undo: Undo([Undo.Way("cloud.delete_network", [.fact(.network)])], readsState: true))
      ]),
    Playbook.Entry(
      "provision-cluster",
      [
        Act(
          "provision-cluster", .change, "cloud.create_cluster",
          [
            .fact(.name, .clusterName), .fact(.customer), .fact(.network), .fact(.plan), .fact(.region),
            // All or nothing: a cluster of half the size is none that anybody ordered.
            .fact(.count, .instances), .fact(.minCount, .instances),
            // Said, though it is what anybody would expect: what is left blank is decided by somebody else.
            .literal(.term, "unlimited"),
          ],
          outputs: [Output(.cluster, .id)], protection: .key,
          checks: [Check("no living cluster yet", .absent, clusterLookup)], lookup: clusterLookup,
          undo: Undo([Undo.Way("cloud.terminate_cluster", [.fact(.cluster)])])),
        // Before it runs, and before anybody bills it.
        Act("review-cluster", .review("provision-cluster"), "cloud.list_clusters"),
      ]),
    Playbook.Entry(
      "await-cluster",
      [
        Act(
          "await-cluster",
          .wait(
            Poll(
              ready: [Match(.state, .oneOf(["running"]))],
              failed: [Match(.state, .oneOf(["terminated", "shutting-down"]))], every: .seconds(10), limit: 60,
              restartAt: "provision-cluster", restarts: 2)),
          "cloud.describe_cluster", [.fact(.cluster)]),
        Act("review-network", .review("lay-network"), "cloud.describe_networks"),
      ]),
  ]

  // MARK: Identity

  private static func named(
    _ name: Name, create: Name, read: Lookup, delete: Name, arguments: [Argument], names: Name
  ) -> Playbook.Entry {
    Playbook.Entry(
      name,
      [
        Act(
          name, .change, create, arguments, protection: .uniqueName, checks: [Check("not there yet", .absent, read)],
          lookup: read, undo: Undo([Undo.Way(delete, [.fact(.name, names)])]))
      ])
  }

  private static let identityEntries: [Playbook.Entry] = [
    named(
      "create-role", create: "identity.create_role",
      read: Lookup(
        "identity.get_role", [.fact(.name, .roleName)], .object, identity: [Match(.name, .fact(.roleName))],
        agreement: [Match(.customer, .fact(.customer))], outputs: [Output(.role, .name)]),
      delete: "identity.delete_role", arguments: [.fact(.name, .roleName), .fact(.customer)], names: .roleName),
    named(
      "grant-policy", create: "identity.create_policy",
      read: Lookup(
        "identity.get_policy", [.fact(.name, .policyName)], .object, identity: [Match(.name, .fact(.policyName))],
        agreement: [Match(.customer, .fact(.customer))], outputs: [Output(.policy, .name)]),
      delete: "identity.delete_policy",
      arguments: [
        .fact(.name, .policyName), .fact(.customer),
        .literal(.document, #"{"Statement":[{"Effect":"Allow","Action":"cluster:*","Resource":"*"}]}"#),
      ], names: .policyName),
    named(
      "bind-access", create: "identity.create_binding",
      read: Lookup(
        "identity.list_bindings", [.fact(.name, .bindingName)], .list(.bindings),
        identity: [Match(.name, .fact(.bindingName))],
        agreement: [
          Match(.customer, .fact(.customer)), Match(.role, .fact(.roleName)), Match(.policy, .fact(.policyName)),
          Match(.target, .fact(.cluster)),
        ], outputs: [Output(.binding, .name)]),
      delete: "identity.delete_binding",
      arguments: [
        .fact(.name, .bindingName), .fact(.role, .roleName), .fact(.policy, .policyName), .fact(.target, .cluster),
        .fact(.customer),
      ], names: .bindingName),
  ]

  // MARK: Closing

  private static let closingEntries: [Playbook.Entry] = [
    Desk.mail("welcome", template: "welcome"), Desk.closeTicket,
  ]
}
