// A network: what clusters are launched into.

import Operations
import Primitives

/// A VPC-like network with its two tags. It exists or it does not; nothing about it is asynchronous.
struct Network: Record, Hashable {
  let id: String
  /// The Name tag; the cloud keeps no uniqueness of it.
  let name: String
  /// The customer tag; nil where the caller set none, which makes the network nobody's.
  let customer: Name?
  let region: String
  /// A deleted network is shown to nobody; it is kept so that a late request that names it still has a subject.
  var isDeleted = false
  var kept = KeptBody()

  /// The network as answers show it.
  var shown: Fields {
    [
      .id: .text(id), .name: .text(name), .customer: .name(customer), .region: .text(region),
      .state: "available",
    ]
  }

  /// What the ledger keeps of it.
  var attributes: Fields {
    [.name: .text(name), .region: .text(region), .state: isDeleted ? "deleted" : "available"]
  }
}

extension Network: StableHashable {
  func hash(into hasher: inout StableHasher) {
    hasher.combine(id)
    hasher.combine(name)
    hasher.combine(customer)
    hasher.combine(region)
    hasher.combine(isDeleted)
  }
}
