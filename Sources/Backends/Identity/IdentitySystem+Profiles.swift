// The identity systems that can be built.

import Operations
import Primitives

extension BackendProfile {
  static let iam = BackendProfile(
    .identity, "iam",
    "AWS IAM: natural keys, DeleteConflict with its order, access keys shown once, delayed propagation.",
    options: [], build: { _ in SimulatedBackend(IdentitySystem(dialect: .iam)) })
}
