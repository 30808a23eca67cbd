// What the identity system keeps: roles, policies, bindings and access keys.

import Operations
import Primitives

/// A role, known by its name.
struct Role: Record, Hashable {
  let id: String
  let name: String
  /// The customer tag; nil where the caller set none.
  let customer: Name?
  /// When and by which call it, or what hangs on it, was changed last.
  var changedAt: Instant
  var changedBy: CallID?
  var kept = KeptBody()

  var shown: Fields { [.id: .text(id), .name: .text(name), .customer: .name(customer)] }
}

extension Role: StableHashable {
  func hash(into hasher: inout StableHasher) {
    hasher.combine(id)
    hasher.combine(name)
    hasher.combine(customer)
    hasher.combine(changedAt)
    hasher.combine(changedBy)
  }
}

/// A policy: managed, or inline in one role.
struct Policy: Record, Hashable {
  let id: String
  let name: String
  /// The customer tag; nil where the caller set none.
  let customer: Name?
  let document: String
  /// The role that an inline policy is part of; nil for a managed one.
  let role: String?
  var kept = KeptBody()

  var shown: Fields {
    [
      .id: .text(id), .name: .text(name), .customer: .name(customer), .document: .text(document),
      .role: .optional(role),
    ]
  }
}

extension Policy: StableHashable {
  func hash(into hasher: inout StableHasher) {
    hasher.combine(id)
    hasher.combine(name)
    hasher.combine(customer)
    hasher.combine(document)
    hasher.combine(role)
  }
}

/// A policy and a role attached to something of a customer's: the grant itself.
struct Binding: Record, Hashable {
  let id: String
  let name: String
  /// The customer tag; nil where the caller set none.
  let customer: Name?
  let role: String
  let policy: String
  /// The cluster or group that gets the role; nil where the caller named none.
  let target: String?
  var kept = KeptBody()

  var shown: Fields {
    [
      .id: .text(id), .name: .text(name), .customer: .name(customer), .role: .text(role), .policy: .text(policy),
      .target: .optional(target),
    ]
  }
}

extension Binding: StableHashable {
  func hash(into hasher: inout StableHasher) {
    hasher.combine(id)
    hasher.combine(name)
    hasher.combine(customer)
    hasher.combine(role)
    hasher.combine(policy)
    hasher.combine(target)
  }
}

/// An access key of a role. The secret is not kept: it is shown once, when the key is made.
struct AccessKey: Record, Hashable {
  let id: String
  let role: String
  /// The customer tag; nil where the caller set none.
  let customer: Name?
  /// An inactive key opens nothing, and can be made active again.
  var isActive = true
  /// A deleted key opens nothing; it is kept so that a late request that names it still has a subject.
  var isDeleted = false
  var kept = KeptBody()

  /// The key as listings show it, without its secret.
  var shown: Fields {
    [.id: .text(id), .role: .text(role), .customer: .name(customer), .status: status]
  }

  var status: Value { isActive ? "Active" : "Inactive" }
}

extension AccessKey: StableHashable {
  func hash(into hasher: inout StableHasher) {
    hasher.combine(id)
    hasher.combine(role)
    hasher.combine(customer)
    hasher.combine(isActive)
    hasher.combine(isDeleted)
  }
}
