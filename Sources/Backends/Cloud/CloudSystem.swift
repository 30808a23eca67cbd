// The cloud: networks, and clusters of instances that take their time to start and to end.

import Operations
import Primitives

/// A cloud account in one region or several, as a state machine.
///
/// The one system here whose objects live asynchronously: an accepted launch may still fail, and what is
/// being terminated still holds its network.
struct CloudSystem: RecordSystem {
  /// What happens to a cluster later, and on whose account it then goes into the ledger.
  struct Step: Sendable, Hashable {
    enum Kind: UInt8, Sendable {
      case run, fail, terminate
      /// A change of size comes to its end, or is taken back because it failed.
      case settle, revert
      /// A snapshot is complete, or failed.
      case complete, spoil
      /// The term of a cluster is over that was launched without one.
      case expire
    }

    let kind: Kind
    /// The cluster, or the snapshot.
    let cluster: String
    /// The call that asked for it; nil for what the cloud does by itself.
    let cause: CallID?
    let principal: Name?
  }

  private struct Fixed: Sendable {
    let dialect: CloudDialect
    let account: CloudAccount
    let description: ServiceDescription
  }

  private let fixed: Constant<Fixed>
  var networks: RecordTable<Network>
  var clusters: RecordTable<Cluster>
  var snapshots: RecordTable<Snapshot>
  var lifecycle = Lifecycle<Step>()

  init(dialect: CloudDialect, account: CloudAccount = CloudAccount()) {
    let description = ServiceDescription(
      backend: .cloud, profile: dialect.profile, operations: Self.operations,
      errors: dialect.front.errors + dialect.refusals.map(\.documented), bounds: dialect.bounds,
      topics: [.clusterRunning, .clusterTerminated],
      values: [
        ClosedField(
          .state,
          ["available", "pending", "running", "modifying", "shutting-down", "terminated", "completed", "error"])
      ])
    fixed = Constant(Fixed(dialect: dialect, account: account, description: description))
    networks = RecordTable(retention: dialect.bounds.staleness)
    clusters = RecordTable(retention: dialect.bounds.staleness)
    snapshots = RecordTable(retention: dialect.bounds.staleness)
  }

  var description: ServiceDescription { fixed.value.description }
  var dialect: SystemDialect { fixed.value.dialect.front }
  var rules: CloudDialect { fixed.value.dialect }
  var account: CloudAccount { fixed.value.account }
  var nextDue: Instant? { lifecycle.nextDue }

  func read(_ call: Call) -> Response {
    switch call.operation.name {
    case .describeNetworks: describeNetworks(call)
    case .describeCluster: describeCluster(call)
    case .listClusters: listClusters(call)
    case .describeSnapshot: describeSnapshot(call)
    case .listSnapshots: listSnapshots(call)
    default: preconditionFailure("the cloud has no read \(call.operation.name)")
    }
  }

  mutating func write(_ call: Call, effects: inout EffectWriter) -> Handling {
    switch call.operation.name {
    case .createNetwork: createNetwork(call, effects: &effects)
    case .deleteNetwork: deleteNetwork(call, effects: &effects)
    case .createCluster: createCluster(call, effects: &effects)
    case .tagCluster: tagCluster(call, effects: &effects)
    case .terminateCluster: terminateCluster(call, effects: &effects)
    case .modifyCluster: modifyCluster(call, effects: &effects)
    case .createSnapshot: createSnapshot(call, effects: &effects)
    case .deleteSnapshot: deleteSnapshot(call, effects: &effects)
    default: preconditionFailure("the cloud has no mutation \(call.operation.name)")
    }
  }

  func staleness(of operation: Operation) -> TimeSpan {
    switch operation.name {
    case .describeNetworks, .listClusters, .listSnapshots: rules.listStaleness
    // EC2 documents NotFound after a launch for describing and for tagging, and the like for what a launch names.
    case .describeCluster, .tagCluster, .createCluster, .describeSnapshot: rules.getStaleness
    default: .zero
    }
  }

  func isFresh(for call: Call) -> Bool {
    switch call.operation.name {
    case .describeNetworks, .createCluster: networks.isFresh(asOf: call.readAt)
    case .describeSnapshot, .listSnapshots: snapshots.isFresh(asOf: call.readAt)
    default: clusters.isFresh(asOf: call.readAt)
    }
  }

  func subject(of request: Request) -> Name? {
    if let customer = request.arguments.text(.customer) { return Name(customer) }
    if let id = request.arguments.text(.cluster) {
      return clusters[id].map { $0.customer ?? Name($0.name) }
    }
    if request.operation == .deleteNetwork, let id = request.arguments.text(.network) {
      return networks[id].map { $0.customer ?? Name($0.name) }
    }
    if let id = request.arguments.text(.snapshot) { return snapshots[id].map { $0.customer ?? Name($0.cluster) } }
    return request.arguments.text(.name).map { Name($0) }
  }

  func applicable(to call: Call) -> ApplicableConditions {
    switch call.operation.name {
    case .createCluster:
      if launchRefusal(of: call) != nil { [] } else if (call.int(.count) ?? 1) > 1 {
        [.lifecycleFailure, .shortfall]
      } else {
        .lifecycleFailure
      }
    case .deleteNetwork: deletionRefusal(of: call) == nil ? .compensationRefusal : []
    case .terminateCluster: endable(call) ? .compensationRefusal : []
    case .modifyCluster: modificationRefusal(of: call) == nil && changesSize(call) ? .lifecycleFailure : []
    case .createSnapshot: snapshotRefusal(of: call) == nil ? .lifecycleFailure : []
    case .deleteSnapshot: snapshotDeletionRefusal(of: call) == nil ? .compensationRefusal : []
    default: []
    }
  }
}

extension CloudSystem {
  var bystander: Name { "cloud-operator" }

  /// Somebody deletes a cluster that is still starting, or deletes by hand what is being deleted.
  ///
  /// A running one is left alone: what it costs until then would be owed, and no agent could do anything about it.
  func outOfBandChanges(before call: Call) -> OutOfBandChanges {
    switch call.operation.name {
    case .describeCluster: clusters[call.text(.cluster) ?? ""]?.state == .pending ? .removed : []
    case .terminateCluster: endable(call) ? .settled : []
    case .deleteNetwork: deletionRefusal(of: call) == nil ? .settled : []
    case .modifyCluster: modificationRefusal(of: call) == nil && changesSize(call) ? .settled : []
    case .deleteSnapshot: snapshotDeletionRefusal(of: call) == nil ? .settled : []
    default: []
    }
  }

  mutating func apply(_ change: OutOfBandChange, before call: Call, effects: inout EffectWriter) {
    if change == .removed {
      terminate(call.required(.cluster), for: nil, by: bystander, at: call.now, effects: &effects)
    } else {
      _ = write(call, effects: &effects)
    }
  }
}

extension CloudSystem.Step: StableHashable {
  func hash(into hasher: inout StableHasher) {
    hasher.combine(UInt64(kind.rawValue))
    hasher.combine(cluster)
    hasher.combine(cause)
    hasher.combine(principal)
  }
}

extension CloudSystem: StableHashable {
  func hash(into hasher: inout StableHasher) {
    hasher.combine(account)
    hasher.combine(rules.deadTokens.rawValue)
    hasher.combine(networks)
    hasher.combine(clusters)
    hasher.combine(snapshots)
    hasher.combine(lifecycle)
  }
}
