// A snapshot: what is kept of a cluster's disks when the cluster is gone.

import Operations
import Primitives

/// A crash-consistent copy of all disks of one cluster, which outlives the cluster.
struct Snapshot: Record, Hashable {
  /// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Snapshot.html
  enum State: UInt8, Hashable, Sendable {
    case pending, completed, error

    var value: Value {
      switch self {
      case .pending: "pending"
      case .completed: "completed"
      case .error: "error"
      }
    }
  }

  let id: String
  /// The Name tag; the cloud keeps no uniqueness of it.
  let name: String
  /// The customer tag; nil where the caller set none.
  let customer: Name?
  /// The cluster that it was taken of.
  let cluster: String
  let region: String
  let startedAt: Instant
  var state = State.pending
  /// A deleted snapshot is shown to nobody; it is kept so that a late request that names it still has a subject.
  var isDeleted = false
  var kept = KeptBody()

  /// The snapshot as answers show it.
  var shown: Fields {
    [
      .id: .text(id), .name: .text(name), .customer: .name(customer), .cluster: .text(cluster),
      .region: .text(region), .state: state.value, .startedAt: .instant(startedAt),
    ]
  }

  /// What the ledger keeps of it.
  var attributes: Fields {
    [.name: .text(name), .cluster: .text(cluster), .region: .text(region), .state: state.value]
  }
}

extension Snapshot: StableHashable {
  func hash(into hasher: inout StableHasher) {
    hasher.combine(id)
    hasher.combine(name)
    hasher.combine(customer)
    hasher.combine(cluster)
    hasher.combine(region)
    hasher.combine(startedAt)
    hasher.combine(UInt64(state.rawValue))
    hasher.combine(isDeleted)
  }
}
