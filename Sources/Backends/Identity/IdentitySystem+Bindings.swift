// Bindings: the moment in which a customer's cluster gets its rights.

import Operations
import Primitives

extension IdentitySystem {
  mutating func createBinding(_ call: Call, effects: inout EffectWriter) -> Handling {
    let name = call.required(.name)
    let role = call.required(.role)
    let policy = call.required(.policy)
    guard isValid(name: name) else { return .invalid(rules.invalidName, name) }
    // Whichever replica serves the call may not have heard of a new role yet: it can't be used so soon.
    guard roles.first(asOf: call.readAt, where: { $0.name == role }) != nil else {
      return .refused(rules.notFound, "The role with name \(role)")
    }
    guard policies.first(asOf: call.readAt, where: { $0.name == policy }) != nil else {
      return .refused(rules.notFound, "Policy \(policy)")
    }
    // A role or policy that a lagging replica still shows may be gone: the grant itself is written to the truth.
    guard roles.first(where: { $0.name == role }) != nil else {
      return .refused(rules.notFound, "The role with name \(role)")
    }
    guard policies.first(where: { $0.name == policy }) != nil else {
      return .refused(rules.notFound, "Policy \(policy)")
    }
    guard bindings.first(where: { $0.name == name }) == nil else {
      return .refused(rules.alreadyExists, "A binding called \(name)")
    }
    let binding = bindings.insert(
      Binding(
        id: call.newID("AIPA"), name: name, customer: owner(of: call, on: role), role: role, policy: policy,
        target: call.text(.target)), at: call.now)
    touch(role: role, by: call)
    record(.created, binding, effects: &effects)
    return .done(binding.body)
  }

  func listBindings(_ call: Call) -> Response {
    let name = call.text(.name)
    let role = call.text(.role)
    let policy = call.text(.policy)
    let customer = call.text(.customer).map { Name($0) }
    let found = bindings.bodies(asOf: call.readAt) {
      (name == nil || $0.name == name) && (role == nil || $0.role == role) && (policy == nil || $0.policy == policy)
        && (customer == nil || $0.customer == customer)
    }
    return .ok([.bindings: .list(found)])
  }

  mutating func deleteBinding(_ call: Call, effects: inout EffectWriter) -> Handling {
    let name = call.required(.name)
    guard let binding = bindings.first(where: { $0.name == name }) else {
      return .refused(rules.notFound, "Binding \(name)")
    }
    if call.conditions.refusesCompensation {
      return .refused(rules.conflict, "must remove roles from instance profile first")
    }
    bindings.remove(binding.id, at: call.now)
    touch(role: binding.role, by: call)
    record(.ended, binding, effects: &effects)
    return .done()
  }

  private func record(_ change: Effect.Change, _ binding: Binding, effects: inout EffectWriter) {
    effects.record(
      change, .bindingKind, object: binding.id, owner: binding.customer,
      attributes: [
        .name: .text(binding.name), .role: .text(binding.role), .policy: .text(binding.policy),
        .target: .optional(binding.target),
      ])
  }
}
