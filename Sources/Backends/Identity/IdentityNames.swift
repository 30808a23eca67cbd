// The identity system's words, interned once: the hot path compares numbers and hashes no text.

import Primitives

extension Name {
  static let identity: Name = "identity"

  static let createRole: Name = "identity.create_role"
  static let getRole: Name = "identity.get_role"
  static let deleteRole: Name = "identity.delete_role"
  static let createPolicy: Name = "identity.create_policy"
  static let getPolicy: Name = "identity.get_policy"
  static let deletePolicy: Name = "identity.delete_policy"
  static let createBinding: Name = "identity.create_binding"
  static let listBindings: Name = "identity.list_bindings"
  static let deleteBinding: Name = "identity.delete_binding"
  static let createAccessKey: Name = "identity.create_access_key"
  static let listAccessKeys: Name = "identity.list_access_keys"
  static let deleteAccessKey: Name = "identity.delete_access_key"
  static let updateAccessKey: Name = "identity.update_access_key"

  static let identityRead: Name = "identity.read"
  static let identityWrite: Name = "identity.write"

  static let roleKind: Name = "identity.role"
  static let policyKind: Name = "identity.policy"
  static let bindingKind: Name = "identity.binding"
  static let accessKeyKind: Name = "identity.access_key"

  static let role: Name = "role"
  static let policy: Name = "policy"
  static let document: Name = "document"
  static let target: Name = "target"
  static let bindings: Name = "bindings"
  static let accessKey: Name = "access_key"
  static let accessKeys: Name = "access_keys"
  static let secret: Name = "secret"
}
