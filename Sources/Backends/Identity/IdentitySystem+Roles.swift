// Roles: unique by name, deleted only when nothing hangs on them any more.

import Operations
import Primitives

extension IdentitySystem {
  mutating func createRole(_ call: Call, effects: inout EffectWriter) -> Handling {
    let name = call.required(.name)
    guard isValid(name: name) else { return .invalid(rules.invalidName, name) }
    guard roles.first(where: { $0.name == name }) == nil else {
      return .refused(rules.alreadyExists, "Role with name \(name)")
    }
    let role = roles.insert(
      Role(
        id: call.newID("AROA"), name: name, customer: call.text(.customer).map { Name($0) }, changedAt: call.now,
        changedBy: call.conditions.call), at: call.now)
    record(.created, role, effects: &effects)
    return .done(role.body)
  }

  func getRole(_ call: Call) -> Response {
    let name = call.required(.name)
    guard let role = roles.first(asOf: call.readAt, where: { $0.name == name }) else {
      return rules.notFound.response("The role with name \(name)")
    }
    return .ok(role.body)
  }

  mutating func deleteRole(_ call: Call, effects: inout EffectWriter) -> Handling {
    if let refused = roleDeletionRefusal(of: call) { return refused }
    if call.conditions.refusesCompensation { return .refused(rules.conflict, "must detach all policies first") }
    let name = call.required(.name)
    if let role = roles.first(where: { $0.name == name }) {
      roles.remove(role.id, at: call.now)
      record(.ended, role, effects: &effects)
    }
    return .done()
  }

  /// Why the role can't be deleted, in the documented order: what is attached, what is inline, what was issued.
  func roleDeletionRefusal(of call: Call) -> Handling? {
    let name = call.required(.name)
    guard let role = roles.first(where: { $0.name == name }) else {
      return .refused(rules.notFound, "The role with name \(name)")
    }
    if bindings.first(where: { $0.role == name }) != nil {
      return .refused(rules.conflict, "must detach all policies first")
    }
    if policies.first(where: { $0.role == name }) != nil {
      return .refused(rules.conflict, "must delete policies first")
    }
    if accessKeys.first(where: { $0.role == name && !$0.isDeleted }) != nil {
      return .refused(rules.conflict, "must delete access keys first")
    }
    if role.changedBy != call.conditions.call, call.now - role.changedAt < rules.simultaneity {
      return .refused(rules.concurrent, "the role \(name)")
    }
    return nil
  }

  /// Notes that a call changed what hangs on a role.
  mutating func touch(role name: String, by call: Call) {
    guard let role = roles.first(where: { $0.name == name }) else { return }
    roles.update(role.id, at: call.now) {
      $0.changedAt = call.now
      $0.changedBy = call.conditions.call
    }
  }

  /// Whose an object is that hangs on a role: its own tag's, else the role's.
  func owner(of call: Call, on role: String?) -> Name? {
    if let customer = call.text(.customer) { return Name(customer) }
    return role.flatMap { name in roles.first { $0.name == name }?.customer }
  }

  private func record(_ change: Effect.Change, _ role: Role, effects: inout EffectWriter) {
    effects.record(
      change, .roleKind, object: role.id, owner: role.customer, attributes: [.name: .text(role.name)])
  }
}
