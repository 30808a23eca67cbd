// Identity: who may act on what. Its natural keys are names, and it takes no others.

import Operations
import Primitives

/// An identity account, as a state machine: roles, policies, bindings and access keys.
///
/// A repeated create is refused with EntityAlreadyExists, which is success in disguise for a caller who lost
/// the first answer; except for access keys, where a repetition makes a second credential.
struct IdentitySystem: RecordSystem {
  private struct Fixed: Sendable {
    let dialect: IdentityDialect
    let description: ServiceDescription
  }

  private let fixed: Constant<Fixed>
  var roles: RecordTable<Role>
  var policies: RecordTable<Policy>
  var bindings: RecordTable<Binding>
  var accessKeys: RecordTable<AccessKey>

  init(dialect: IdentityDialect) {
    let description = ServiceDescription(
      backend: .identity, profile: dialect.profile, operations: Self.operations,
      errors: dialect.front.errors + dialect.refusals.map(\.documented), bounds: dialect.bounds)
    fixed = Constant(Fixed(dialect: dialect, description: description))
    roles = RecordTable(retention: dialect.propagation)
    policies = RecordTable(retention: dialect.propagation)
    bindings = RecordTable(retention: dialect.propagation)
    accessKeys = RecordTable(retention: dialect.propagation)
  }

  var description: ServiceDescription { fixed.value.description }
  var dialect: SystemDialect { fixed.value.dialect.front }
  var rules: IdentityDialect { fixed.value.dialect }
  /// Nothing here happens by itself: propagation is what lagging reads show.
  var nextDue: Instant? { nil }

  mutating func advance(to now: Instant, effects: inout EffectWriter) -> [Delivery] { [] }

  func read(_ call: Call) -> Response {
    switch call.operation.name {
    case .getRole: getRole(call)
    case .getPolicy: getPolicy(call)
    case .listBindings: listBindings(call)
    case .listAccessKeys: listAccessKeys(call)
    default: preconditionFailure("identity has no read \(call.operation.name)")
    }
  }

  mutating func write(_ call: Call, effects: inout EffectWriter) -> Handling {
    switch call.operation.name {
    case .createRole: createRole(call, effects: &effects)
    case .deleteRole: deleteRole(call, effects: &effects)
    case .createPolicy: createPolicy(call, effects: &effects)
    case .deletePolicy: deletePolicy(call, effects: &effects)
    case .createBinding: createBinding(call, effects: &effects)
    case .deleteBinding: deleteBinding(call, effects: &effects)
    case .createAccessKey: createAccessKey(call, effects: &effects)
    case .updateAccessKey: updateAccessKey(call, effects: &effects)
    case .deleteAccessKey: deleteAccessKey(call, effects: &effects)
    default: preconditionFailure("identity has no mutation \(call.operation.name)")
    }
  }

  func staleness(of operation: Operation) -> TimeSpan {
    switch operation.name {
    // Creating and deleting an object look at its own name on the fresh state, else names would not be unique.
    case .createRole, .deleteRole, .deletePolicy, .deleteBinding, .deleteAccessKey, .updateAccessKey: .zero
    default: rules.propagation
    }
  }

  func isFresh(for call: Call) -> Bool {
    switch call.operation.name {
    case .getRole, .createPolicy, .createAccessKey: roles.isFresh(asOf: call.readAt)
    case .getPolicy: policies.isFresh(asOf: call.readAt)
    case .listBindings: bindings.isFresh(asOf: call.readAt)
    case .listAccessKeys: accessKeys.isFresh(asOf: call.readAt)
    default: roles.isFresh(asOf: call.readAt) && policies.isFresh(asOf: call.readAt)
    }
  }

  func subject(of request: Request) -> Name? {
    if let customer = request.arguments.text(.customer) { return Name(customer) }
    if let id = request.arguments.text(.accessKey) {
      return accessKeys[id].map { $0.customer ?? Name($0.role) }
    }
    guard let name = request.arguments.text(.name) ?? request.arguments.text(.role) else { return nil }
    let owner: Name? =
      switch request.operation {
      case .getPolicy, .deletePolicy: policies.first { $0.name == name }?.customer
      case .deleteBinding: bindings.first { $0.name == name }?.customer
      default: roles.first { $0.name == name }?.customer
      }
    return owner ?? Name(name)
  }

  func applicable(to call: Call) -> ApplicableConditions {
    switch call.operation.name {
    case .deleteRole: roleDeletionRefusal(of: call) == nil ? .compensationRefusal : []
    case .deletePolicy: policyDeletionRefusal(of: call) == nil ? .compensationRefusal : []
    case .deleteBinding:
      bindings.first { $0.name == call.required(.name) } != nil ? .compensationRefusal : []
    default: []
    }
  }

  var bystander: Name { "security-desk" }

  /// Somebody deletes by hand what is being deleted.
  func outOfBandChanges(before call: Call) -> OutOfBandChanges {
    applicable(to: call).contains(.compensationRefusal) ? .settled : []
  }

  /// Whether a name has the documented characters and length
  /// (https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html).
  func isValid(name: String) -> Bool {
    let count = name.utf8.count
    guard count > 0, count <= rules.longestName else { return false }
    return name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "+")...UInt8(ascii: "."): true
      case UInt8(ascii: "="), UInt8(ascii: "@"): true
      default: false
      }
    }
  }
}

extension IdentitySystem: StableHashable {
  func hash(into hasher: inout StableHasher) {
    hasher.combine(roles)
    hasher.combine(policies)
    hasher.combine(bindings)
    hasher.combine(accessKeys)
  }
}
