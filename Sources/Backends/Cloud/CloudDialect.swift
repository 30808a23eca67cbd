// What one cloud vendor documents, as data: refusals, spans, quotas.

import Operations
import Primitives

/// A cloud vendor's wording and numbers. The handlers are the same for every vendor.
struct CloudDialect: Sendable {
  /// What a client token answers once the cluster it launched has ended.
  enum TokenOfTheDead: String, Sendable, CaseIterable {
    /// The old behaviour: the terminated cluster, as if it had just been launched.
    case returned
    /// Since 2025: a refusal that asks for another token.
    case refused
  }

  var profile: Name
  var front: SystemDialect
  var bounds: ServiceBounds

  var malformedNetwork: Refusal
  var networkNotFound: Refusal
  var networkInUse: Refusal
  var malformedCluster: Refusal
  var clusterNotFound: Refusal
  var clusterBusy: Refusal
  /// The same for good: it has ended, or is ending.
  var clusterGone: Refusal
  var malformedSnapshot: Refusal
  var snapshotNotFound: Refusal
  var snapshotInUse: Refusal
  var invalidValue: Refusal
  var vcpuQuota: Refusal
  var instanceQuota: Refusal
  var noCapacity: Refusal
  var tokenOfTheDead: Refusal
  var deadTokens: TokenOfTheDead

  /// The reason a cluster shows that was accepted and then failed.
  var launchFailure: String

  /// How old the state may be that a read of one object answers from, and a list.
  var getStaleness: TimeSpan
  var listStaleness: TimeSpan

  /// From acceptance to running, or to the failure instead.
  var launchTime: TimeSpan
  /// From the acceptance of a termination to its end.
  var shutdownTime: TimeSpan
  /// From the acceptance of a snapshot to its end.
  var snapshotTime: TimeSpan
  /// How long a terminated cluster is shown.
  var afterlife: TimeSpan
  /// How long a terminated cluster counts against the quota of instances.
  var quotaAfterlife: TimeSpan

  /// The refusals of the handlers, for the table of errors.
  var refusals: [Refusal] {
    [
      malformedNetwork, networkNotFound, networkInUse, malformedCluster, clusterNotFound, clusterBusy, invalidValue,
      vcpuQuota, instanceQuota, noCapacity, tokenOfTheDead, clusterGone, malformedSnapshot, snapshotNotFound,
      snapshotInUse,
    ]
  }

  /// Virtual processors of one instance.
  func vcpus(of plan: String) -> Int64 {
    switch plan {
    case "starter": 2
    case "enterprise": 8
    default: 4
    }
  }
}

/// The account that a world simulates: what it may have, and what the region has to give.
struct CloudAccount: Sendable, Hashable {
  /// Virtual processors that may be pending or running at once. EC2 grants a new account few; ours has grown,
  /// so that a quota does not hide a duplicate unless a scenario lowers it.
  var vcpuLimit: Int64 = 256
  /// Instances that may exist at once, recently terminated ones included.
  var instanceLimit: Int64 = 100
  /// Availability zones in which nothing can be launched by name.
  var exhaustedZones: [String] = []
  /// When the provider ends a cluster that was launched without a term; nil for never. Not EC2's: a customer's private
  /// cloud at Google was deleted after a year because one parameter had been left blank
  /// (https://materializedview.io/p/google-cloud-breaks-unisuper).
  var defaultTerm: TimeSpan?
}

extension CloudAccount: StableHashable {
  func hash(into hasher: inout StableHasher) {
    hasher.combine(vcpuLimit)
    hasher.combine(instanceLimit)
    hasher.combine(exhaustedZones)
    hasher.combine(defaultTerm)
  }
}
