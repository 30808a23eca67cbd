// Credentials that expire: access tokens are good for an hour or so and are renewed by whoever holds the right to.

import Operations
import Primitives

extension Operation {
  /// The operation by which the callers of a system renew their credentials. It changes nothing that anybody owns.
  static func renewal(of backend: Name, by way: String, scope: Name) -> Operation {
    Operation(
      ServiceDescription.renewal(of: backend),
      "Renews the caller's own credential (\(way)). Any caller may, in time or not.", scope: scope)
  }
}
