// The operations of the cloud, described for agents, oracles and schemas.

import Operations
import Primitives

extension CloudSystem {
  /// Every operation of a cloud. The dialect decides statuses and codes, not what can be called.
  static let operations: [Operation] = networkOperations + clusterOperations + snapshotOperations

  private static let networkOperations: [Operation] = [
    Operation(
      .createNetwork,
      "Creates a network. Takes no client token: after an unknown outcome look for it by tag.",
      parameters: [
        Parameter(.name, .text, "The Name tag. Not unique: the cloud makes two networks of one name."),
        Parameter(.region, .text, "The region, such as eu-central-1."),
        Parameter(.customer, .text, "The customer tag: whose network it is.", required: false),
      ],
      effect: EffectClass(.networkKind, .created), compensation: .deleteNetwork, scope: .cloudWrite,
      subject: .customer, readBack: .describeNetworks),
    Operation(
      .describeNetworks, "Lists networks by tag. May lag behind the last write.",
      parameters: [
        Parameter(.name, .text, "Only networks with this Name tag.", required: false),
        Parameter(.customer, .text, "Only networks with this customer tag.", required: false),
        Parameter(.region, .text, "Only networks in this region.", required: false),
      ],
      scope: .cloudRead, subject: .customer),
    Operation(
      .deleteNetwork, "Deletes a network. Refused while a cluster in it is not yet terminated.",
      parameters: [Parameter(.network, .text, "The id of the network.")],
      effect: EffectClass(.networkKind, .ended), scope: .cloudWrite, readBack: .describeNetworks),
  ]

  private static let clusterOperations: [Operation] = [
    Operation(
      .createCluster,
      "Launches a cluster of instances. Answers at once with state pending; it runs, or fails, later.",
      parameters: [
        Parameter(.name, .text, "The Name tag. Not unique."),
        Parameter(.network, .text, "The id of the network to launch into."),
        Parameter(.plan, .text, "The size of each instance: starter, pro or enterprise; others count as pro."),
        Parameter(.region, .text, "The region, such as eu-central-1."),
        Parameter(.zone, .text, "The availability zone. Naming one makes the client token zonal.", required: false),
        Parameter(.count, .int, "The number of instances; 1 unless given.", required: false),
        // An instant fleet is answered with the instances that were launched and the errors of those that were not,
        // above a minimum: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFleet.html
        Parameter(
          .minCount, .int,
          "The fewest to launch; 1 unless given. Where there is room for fewer than count, so many are launched.",
          required: false),
        Parameter(
          .term, .text, "How long it shall stay; the account's own default where it is left out.", required: false,
          allowed: ["unlimited"]),
        Parameter(.customer, .text, "The customer tag: whose cluster it is.", required: false),
      ],
      effect: EffectClass(.clusterKind, .created), compensation: .terminateCluster, scope: .cloudWrite,
      subject: .customer, takesKey: true, readBack: .listClusters),
    Operation(
      .describeCluster, "Reads one cluster by id. NotFound does not mean that it does not exist.",
      parameters: [Parameter(.cluster, .text, "The id of the cluster.")], scope: .cloudRead),
    Operation(
      .listClusters, "Lists clusters by tag, terminated ones for an hour included. May lag behind the last write.",
      parameters: [
        Parameter(.name, .text, "Only clusters with this Name tag.", required: false),
        Parameter(.customer, .text, "Only clusters with this customer tag.", required: false),
        Parameter(.region, .text, "Only clusters in this region.", required: false),
      ],
      scope: .cloudRead, subject: .customer),
    Operation(
      .tagCluster, "Sets tags of a cluster; setting what is set already changes nothing.",
      parameters: [
        Parameter(.cluster, .text, "The id of the cluster."),
        Parameter(.name, .text, "The new Name tag.", required: false),
        Parameter(.customer, .text, "The new customer tag.", required: false),
      ],
      effect: EffectClass(.clusterKind, .updated), scope: .cloudWrite, subject: .customer,
      readBack: .describeCluster),
    Operation(
      .terminateCluster, "Terminates a cluster. Repeating it is harmless; it ends as terminated some time later.",
      parameters: [Parameter(.cluster, .text, "The id of the cluster.")],
      effect: EffectClass(.clusterKind, .ended), scope: .cloudWrite, readBack: .describeCluster),
    // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    .renewal(of: .cloud, by: "AssumeRole", scope: .cloudRead),
    Operation(
      .modifyCluster,
      "Changes the size of a running cluster: it is modifying, and runs on in the new size some time later. "
        + "Setting what is set already changes nothing.",
      parameters: [
        Parameter(.cluster, .text, "The id of the cluster."),
        Parameter(.plan, .text, "The size of each instance: starter, pro or enterprise; others count as pro."),
        Parameter(.count, .int, "The number of instances; as before unless given.", required: false),
      ],
      effect: EffectClass(.clusterKind, .updated), compensation: .modifyCluster, scope: .cloudWrite,
      readBack: .describeCluster),
  ]
}
