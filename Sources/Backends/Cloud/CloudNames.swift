// The cloud's words, interned once: the hot path compares numbers and hashes no text.

import Primitives

extension Name {
  static let cloud: Name = "cloud"

  static let createNetwork: Name = "cloud.create_network"
  static let describeNetworks: Name = "cloud.describe_networks"
  static let deleteNetwork: Name = "cloud.delete_network"
  static let createCluster: Name = "cloud.create_cluster"
  static let describeCluster: Name = "cloud.describe_cluster"
  static let listClusters: Name = "cloud.list_clusters"
  static let tagCluster: Name = "cloud.tag_cluster"
  static let terminateCluster: Name = "cloud.terminate_cluster"
  static let modifyCluster: Name = "cloud.modify_cluster"
  static let createSnapshot: Name = "cloud.create_snapshot"
  static let describeSnapshot: Name = "cloud.describe_snapshot"
  static let listSnapshots: Name = "cloud.list_snapshots"
  static let deleteSnapshot: Name = "cloud.delete_snapshot"

  static let cloudRead: Name = "cloud.read"
  static let cloudWrite: Name = "cloud.write"

  static let networkKind: Name = "cloud.network"
  static let clusterKind: Name = "cloud.cluster"
  static let snapshotKind: Name = "cloud.snapshot"

  static let clusterRunning: Name = "cloud.cluster.running"
  static let clusterTerminated: Name = "cloud.cluster.terminated"

  static let network: Name = "network"
  static let networks: Name = "networks"
  static let cluster: Name = "cluster"
  static let clusters: Name = "clusters"
  static let snapshot: Name = "snapshot"
  static let snapshots: Name = "snapshots"
  static let startedAt: Name = "started_at"
  static let region: Name = "region"
  static let zone: Name = "zone"
  static let term: Name = "term"
  static let state: Name = "state"
  static let launchedAt: Name = "launched_at"
  static let minCount: Name = "min_count"
  static let errors: Name = "errors"
  static let reason: Name = "reason"
}
