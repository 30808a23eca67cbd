// Access keys: the one create without a natural key. A lost answer leaves a credential that nobody knows.

import Operations
import Primitives

extension IdentitySystem {
  mutating func createAccessKey(_ call: Call, effects: inout EffectWriter) -> Handling {
    let role = call.required(.role)
    guard roles.first(asOf: call.readAt, where: { $0.name == role }) != nil,
      roles.first(where: { $0.name == role }) != nil
    else { return .refused(rules.notFound, "The role with name \(role)") }
    guard accessKeys.all(where: { $0.role == role && !$0.isDeleted }).count < rules.keysPerRole else {
      return .refused(rules.tooMany, String(rules.keysPerRole))
    }
    let key = accessKeys.insert(
      AccessKey(id: call.newID("AKIA"), role: role, customer: owner(of: call, on: role)), at: call.now)
    touch(role: role, by: call)
    record(.created, key, effects: &effects)
    var body = key.body
    body[.secret] = .text(call.newID("secret-", 1))
    return .done(body)
  }

  func listAccessKeys(_ call: Call) -> Response {
    let role = call.required(.role)
    return .ok([.accessKeys: .list(accessKeys.bodies(asOf: call.readAt) { $0.role == role && !$0.isDeleted })])
  }

  /// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html
  mutating func updateAccessKey(_ call: Call, effects: inout EffectWriter) -> Handling {
    let id = call.required(.accessKey)
    guard let key = accessKeys[id], !key.isDeleted else {
      return .refused(rules.notFound, "The access key with id \(id)")
    }
    let isActive = call.required(.status) == "Active"
    guard key.isActive != isActive else { return .done() }
    accessKeys.update(id, at: call.now) { $0.isActive = isActive }
    touch(role: key.role, by: call)
    if let changed = accessKeys[id] { record(.updated, changed, effects: &effects) }
    return .done()
  }

  mutating func deleteAccessKey(_ call: Call, effects: inout EffectWriter) -> Handling {
    let id = call.required(.accessKey)
    guard let key = accessKeys[id], !key.isDeleted else {
      return .refused(rules.notFound, "The access key with id \(id)")
    }
    accessKeys.update(id, at: call.now) { $0.isDeleted = true }
    touch(role: key.role, by: call)
    record(.ended, key, effects: &effects)
    return .done()
  }

  private func record(_ change: Effect.Change, _ key: AccessKey, effects: inout EffectWriter) {
    effects.record(
      change, .accessKeyKind, object: key.id, owner: key.customer,
      attributes: [.role: .text(key.role), .status: key.status])
  }
}
