// A cloud under test: what the tests of it do again and again.

import Operations
import Primitives

@testable import Backends

extension SystemBench<CloudSystem> {
  static var region: String { "eu-central-1" }

  init(account: CloudAccount = CloudAccount()) {
    self.init(CloudSystem(dialect: .ec2(deadTokens: .refused), account: account))
  }

  mutating func network(_ customer: String? = "acme") -> String {
    make("cloud.create_network", ["name": "net", "region": .text(Self.region), "customer": .optional(customer)])
  }

  mutating func launch(
    in network: String, customer: String? = "acme", key: String? = nil, fails: Bool = false
  ) -> String {
    call("cloud.create_cluster", cluster(in: network, customer: customer), key: key) { $0.lifecycleFails = fails }
      .body.text("id") ?? ""
  }

  func cluster(in network: String, customer: String? = "acme") -> Fields {
    [
      "name": "one", "network": .text(network), "plan": "pro", "region": .text(Self.region), "count": 3,
      "customer": .optional(customer),
    ]
  }

  mutating func state(of cluster: String) -> String? {
    call("cloud.describe_cluster", ["cluster": .text(cluster)]).body.text("state")
  }

  var firstNetwork: String { (backend.system as? CloudSystem)?.networks.first { _ in true }?.id ?? "" }
  var firstCluster: String { (backend.system as? CloudSystem)?.clusters.first { _ in true }?.id ?? "" }
}
