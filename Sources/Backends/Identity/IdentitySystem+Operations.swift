// The operations of the identity system, described for agents, oracles and schemas.

import Operations
import Primitives

extension IdentitySystem {
  /// Every operation. None takes an idempotency key: the natural key is the name, and a repeated create
  /// answers EntityAlreadyExists, which may well be one's own object.
  static let operations: [Operation] = roleOperations + policyOperations + bindingOperations + keyOperations

  private static let customer = Parameter(
    .customer, .text, "The customer tag: whose object it is.", required: false)

  private static let roleOperations: [Operation] = [
    Operation(
      .createRole, "Creates a role by its unique name. It becomes usable everywhere some seconds later.",
      parameters: [Parameter(.name, .text, "The name, unique in the account."), customer],
      effect: EffectClass(.roleKind, .created), compensation: .deleteRole, scope: .identityWrite,
      subject: .customer, readBack: .getRole),
    Operation(
      .getRole, "Reads a role by name. May lag behind the last write.",
      parameters: [Parameter(.name, .text, "The name of the role.")], scope: .identityRead),
    Operation(
      .deleteRole,
      "Deletes a role. Refused until its bindings, then its inline policies, then its access keys are gone.",
      parameters: [Parameter(.name, .text, "The name of the role.")],
      effect: EffectClass(.roleKind, .ended), scope: .identityWrite, readBack: .getRole),
  ]

  private static let policyOperations: [Operation] = [
    Operation(
      .createPolicy, "Creates a policy by its unique name: a managed one, or an inline one of the role that is named.",
      parameters: [
        Parameter(.name, .text, "The name, unique in the account."),
        Parameter(.document, .text, "The policy document, a JSON object with a Statement."),
        Parameter(.role, .text, "The role that the policy is part of; makes it inline.", required: false),
        customer,
      ],
      effect: EffectClass(.policyKind, .created), compensation: .deletePolicy, scope: .identityWrite,
      subject: .customer, readBack: .getPolicy),
    Operation(
      .getPolicy, "Reads a policy by name. May lag behind the last write.",
      parameters: [Parameter(.name, .text, "The name of the policy.")], scope: .identityRead),
    Operation(
      .deletePolicy, "Deletes a policy. Refused while a binding attaches it.",
      parameters: [Parameter(.name, .text, "The name of the policy.")],
      effect: EffectClass(.policyKind, .ended), scope: .identityWrite, readBack: .getPolicy),
  ]

  private static let bindingOperations: [Operation] = [
    Operation(
      .createBinding, "Attaches a policy and a role to a customer's cluster or group, by the binding's unique name.",
      parameters: [
        Parameter(.name, .text, "The name, unique in the account."),
        Parameter(.role, .text, "The name of the role."),
        Parameter(.policy, .text, "The name of the policy."),
        Parameter(.target, .text, "The cluster or group that gets the role.", required: false),
        customer,
      ],
      effect: EffectClass(.bindingKind, .created), compensation: .deleteBinding, scope: .identityWrite,
      subject: .customer, readBack: .listBindings),
    Operation(
      .listBindings, "Lists bindings. May lag behind the last write.",
      parameters: [
        Parameter(.name, .text, "Only the binding of this name.", required: false),
        Parameter(.role, .text, "Only bindings of this role.", required: false),
        Parameter(.policy, .text, "Only bindings of this policy.", required: false),
        Parameter(.customer, .text, "Only bindings of this customer.", required: false),
      ],
      scope: .identityRead, subject: .customer),
    Operation(
      .deleteBinding, "Deletes a binding by name.",
      parameters: [Parameter(.name, .text, "The name of the binding.")],
      effect: EffectClass(.bindingKind, .ended), scope: .identityWrite, readBack: .listBindings),
  ]

  private static let keyOperations: [Operation] = [
    Operation(
      .createAccessKey, "Creates an access key of a role. The secret is shown in this answer and never again.",
      parameters: [Parameter(.role, .text, "The name of the role; it has two keys at most."), customer],
      effect: EffectClass(.accessKeyKind, .created), compensation: .deleteAccessKey, scope: .identityWrite,
      subject: .customer, readBack: .listAccessKeys),
    Operation(
      .listAccessKeys, "Lists the access keys of a role, without secrets. May lag behind the last write.",
      parameters: [Parameter(.role, .text, "The name of the role.")], scope: .identityRead),
    Operation(
      .updateAccessKey, "Makes an access key inactive, or active again. Setting what is set already changes nothing.",
      parameters: [
        Parameter(.accessKey, .text, "The id of the key."),
        Parameter(.status, .text, "What it shall be.", allowed: ["Active", "Inactive"]),
      ],
      effect: EffectClass(.accessKeyKind, .updated), compensation: .updateAccessKey, scope: .identityWrite,
      readBack: .listAccessKeys),
    Operation(
      .deleteAccessKey, "Deletes an access key by id.",
      parameters: [Parameter(.accessKey, .text, "The id of the key.")],
      effect: EffectClass(.accessKeyKind, .ended), scope: .identityWrite, readBack: .listAccessKeys),
    .renewal(of: .identity, by: "AssumeRole", scope: .identityRead),
  ]
}
