// A cluster: instances that start and end together.

import Operations
import Primitives

/// Instances launched by one call, which share one life.
struct Cluster: Record, Hashable {
  /// The states of an instance that we model, with EC2's codes
  /// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceState.html).
  enum State: UInt8, Hashable, Sendable, CaseIterable {
    case pending = 0
    case running = 16
    /// A word of fleets, for which instances have no code: its size is being changed.
    case modifying = 17
    case shuttingDown = 32
    case terminated = 48

    var value: Value {
      switch self {
      case .pending: "pending"
      case .running: "running"
      case .modifying: "modifying"
      case .shuttingDown: "shutting-down"
      case .terminated: "terminated"
      }
    }
  }

  let id: String
  /// The Name tag; the cloud keeps no uniqueness of it.
  var name: String
  /// The customer tag; nil where the caller set none, which makes the cluster nobody's.
  var customer: Name?
  /// The id of the network it was launched into.
  let network: String
  /// The size of each instance; the one that is aimed at while it is being modified.
  var plan: String
  let region: String
  /// The availability zone; nil where the caller left the choice to the cloud.
  let zone: String?
  /// The number of instances.
  var count: Int64
  /// When it was accepted.
  let launchedAt: Instant
  var state = State.pending
  /// What it was before a change of size that is under way.
  var before: Size?
  /// Why it left its last state, where the cloud says so: `Server.InsufficientInstanceCapacity`.
  var reason: String?
  /// When it began to run, which is when it begins to cost; nil where it never did.
  var runningSince: Instant?
  /// When it came to its end; from then on it is shown for an hour.
  var terminatedAt: Instant?
  var kept = KeptBody()

  /// How large it is.
  struct Size: Hashable, Sendable, StableHashable {
    var plan: String
    var count: Int64

    func hash(into hasher: inout StableHasher) {
      hasher.combine(plan)
      hasher.combine(count)
    }
  }

  var size: Size { Size(plan: plan, count: count) }

  /// The cluster as answers show it.
  var shown: Fields {
    var body: Fields = [
      .id: .text(id), .name: .text(name), .customer: .name(customer), .network: .text(network),
      .plan: .text(plan), .region: .text(region), .zone: .optional(zone), .count: .int(count),
      .state: state.value, .launchedAt: .instant(launchedAt),
    ]
    if let reason { body[.reason] = .text(reason) }
    return body
  }

  /// What the ledger keeps of it.
  var attributes: Fields {
    [
      .name: .text(name), .region: .text(region), .plan: .text(plan), .count: .int(count), .state: state.value,
      .network: .text(network),
    ]
  }
}

extension Cluster: StableHashable {
  func hash(into hasher: inout StableHasher) {
    hasher.combine(id)
    hasher.combine(name)
    hasher.combine(customer)
    hasher.combine(network)
    hasher.combine(plan)
    hasher.combine(region)
    hasher.combine(zone)
    hasher.combine(count)
    hasher.combine(launchedAt)
    hasher.combine(UInt64(state.rawValue))
    hasher.combine(before)
    hasher.combine(reason)
    hasher.combine(runningSince)
    hasher.combine(terminatedAt)
  }
}
