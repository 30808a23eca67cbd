// The smallest workflow that the agent comes with, and the one that the guide "Write a workflow" builds.

import Operations
import Primitives

/// The workflow `access-key`: gives a customer a role and an access key to it. The secret is shown once, so a lost answer
/// can't be made up for (https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html).
public enum AccessKey {
  // What is wanted, and what each step promises.
  public static let workflow = Workflow(
    "access-key", version: 1, "Gives a customer a role and an access key to it.", inputs: ["customer", "role"],
    steps: [
      Step(
        "create-role", "Creates the role that the key belongs to.",
        owner: "security", principal: "access-key-identity", scopes: ["identity.read", "identity.write"],
        inputs: ["customer", "role"], invariants: ["no role of that name exists"],
        changes: "a role of that name may exist", rollback: .compensation("delete it by name"),
        transitions: [.proceed, .compensate, .escalate]),
      Step(
        "issue-key", "Makes the key, whose secret is in this answer and in none after it.",
        owner: "security", principal: "access-key-identity", scopes: ["identity.read", "identity.write"],
        requires: ["create-role"], inputs: ["role"], outputs: ["access_key", "secret"],
        invariants: ["the role has no key yet"], changes: "a key may exist whose secret nobody knows",
        rollback: .compensation("delete it by its id"), transitions: [.proceed, .compensate, .escalate]),
    ],
    constraints: [Constraint(.accessControl, "one key for each role, and none whose secret nobody holds")])

  // How to find again by name what a lost answer leaves open.
  private static let roleByName = Lookup(
    "identity.get_role", [.fact("name", "role")], .object, identity: [Match("name", .fact("role"))],
    agreement: [Match("customer", .fact("customer"))])

  /// A listing shows no secret. Since the step needs one, what is found here can't be taken for what was wanted.
  private static let keyOfRole = Lookup(
    "identity.list_access_keys", [.fact("role")], .list("access_keys"), identity: [Match("role", .fact("role"))],
    outputs: [Output("access_key", "id"), Output("secret", "secret")])

  // Which calls bring it about here.
  public static let playbook = Playbook(
    environment: "iam",
    entries: [
      Playbook.Entry(
        "create-role",
        [
          Act(
            "create-role", .change, "identity.create_role", [.fact("name", "role"), .fact("customer")],
            protection: .uniqueName, checks: [Check("no such role yet", .absent, roleByName)], lookup: roleByName,
            undo: Undo([Undo.Way("identity.delete_role", [.fact("name", "role")])]))
        ]),
      Playbook.Entry(
        "issue-key",
        [
          Act(
            "issue-key", .change, "identity.create_access_key", [.fact("role"), .fact("customer")],
            outputs: [Output("access_key", "id"), Output("secret", "secret")],
            // Until the role is seen everywhere, "no such role" would say nothing about a copy of the call on its way.
            checks: [Check("no key yet", .absent, keyOfRole, waitsForStaleness: true)], lookup: keyOfRole,
            undo: Undo([Undo.Way("identity.delete_access_key", [.fact("access_key")])])),
          Act("review-key", .review("issue-key"), "identity.list_access_keys"),
        ]),
    ],
    policy: Policy(plans: [], regions: []))

  /// Graph and playbook, in the order of their release.
  public static let versions = [WorkflowVersion(workflow: workflow, playbook: playbook)]
}
