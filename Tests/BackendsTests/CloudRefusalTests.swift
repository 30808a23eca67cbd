// Each refusal of the cloud, with the control that shows what it is about.

import Operations
import Primitives
import Testing

@testable import Backends

private typealias Bench = SystemBench<CloudSystem>

@Suite("Cloud refusals, each with its control")
struct CloudRefusalTests {
  private static let cases: [RefusalCase<CloudSystem>] = [
    RefusalCase(
      "a network with a cluster in it", "DependencyViolation", .dependency,
      arrange: { _ = $0.launch(in: $0.network()) },
      act: { bench in bench.call("cloud.delete_network", ["network": .text(bench.firstNetwork)]) },
      remove: { bench in
        bench.call("cloud.terminate_cluster", ["cluster": .text(bench.firstCluster)])
        bench.wait(.seconds(45))
      }),
    RefusalCase(
      "a network with a cluster that is shutting down", "DependencyViolation", .dependency,
      arrange: { bench in
        let cluster = bench.launch(in: bench.network())
        bench.call("cloud.terminate_cluster", ["cluster": .text(cluster)])
      },
      act: { bench in bench.call("cloud.delete_network", ["network": .text(bench.firstNetwork)]) },
      remove: { $0.wait(.seconds(45)) }),
    RefusalCase(
      "a launch above the quota of processors", "VcpuLimitExceeded", .refused,
      arrange: { bench in for _ in 0..<2 { _ = bench.launch(in: bench.network()) } },
      act: { bench in bench.call("cloud.create_cluster", bench.cluster(in: bench.firstNetwork)) },
      remove: { bench in
        bench.call("cloud.terminate_cluster", ["cluster": .text(bench.firstCluster)])
        bench.wait(.minutes(10))
      }),
    RefusalCase(
      "a token with other parameters", "IdempotentParameterMismatch", .keyMismatch,
      arrange: { _ = $0.launch(in: $0.network(), customer: "globex", key: "t") },
      act: { bench in bench.call("cloud.create_cluster", bench.cluster(in: bench.firstNetwork), key: "t") },
      remove: { $0.wait(.hours(24)) }),
    RefusalCase(
      "a token whose cluster failed", "IdempotentInstanceTerminated", .refused,
      arrange: { bench in
        _ = bench.launch(in: bench.network(), key: "t", fails: true)
        bench.wait(.seconds(30))
      },
      act: { bench in bench.call("cloud.create_cluster", bench.cluster(in: bench.firstNetwork), key: "t") },
      remove: { $0.wait(.hours(24)) }),
    RefusalCase(
      "a replica that has not heard of the cluster", "InvalidInstanceID.NotFound", .notFound,
      arrange: { _ = $0.launch(in: $0.network()) },
      act: { bench in
        bench.call("cloud.tag_cluster", ["cluster": .text(bench.firstCluster), "name": "two"], lag: .seconds(5))
      },
      remove: { $0.wait(.seconds(3)) }),
    RefusalCase(
      "a replica that has not heard of the network", "InvalidVpcID.NotFound", .notFound,
      arrange: { _ = $0.network() },
      act: { bench in bench.call("cloud.create_cluster", bench.cluster(in: bench.firstNetwork), lag: .seconds(5)) },
      remove: { $0.wait(.seconds(3)) }),
    RefusalCase(
      "too many launches at once", "RequestLimitExceeded", .notNow,
      arrange: { bench in
        let network = bench.network()
        for _ in 0..<5 { bench.call("cloud.create_cluster", bench.cluster(in: network), key: "t") }
      },
      act: { bench in bench.call("cloud.create_cluster", bench.cluster(in: bench.firstNetwork), key: "t") },
      remove: { $0.wait(.milliseconds(500)) }),
  ]

  @Test("is refused without effect, and passes once the cause is gone", arguments: cases)
  func refusal(_ refusal: RefusalCase<CloudSystem>) {
    var account = CloudAccount()
    // Two clusters of three instances with four processors each.
    account.vcpuLimit = 24
    refusal.play(on: CloudSystem(dialect: .ec2(deadTokens: .refused), account: account))
  }

  @Test("a capacity error says that nothing was done this time, in spite of its status")
  func capacityIsNotNow() {
    var account = CloudAccount()
    account.exhaustedZones = ["eu-central-1a"]
    var bench = Bench(account: account)
    var arguments = bench.cluster(in: bench.network())
    arguments["zone"] = "eu-central-1a"
    let response = bench.call("cloud.create_cluster", arguments)
    #expect(response.status == 500)
    guard case .notNow = Catalogue([bench.backend.description]).outcome(of: .response(response)) else {
      Issue.record("\(response) should say that it was not done now, and not leave that open")
      return
    }
    arguments["zone"] = "eu-central-1b"
    #expect(bench.call("cloud.create_cluster", arguments).isSuccess)
  }

  @Test("a compensation is refused only while there is something to compensate")
  func compensationRefusal() {
    var bench = Bench()
    let network = bench.network()
    let cluster = bench.launch(in: network)
    #expect(!bench.applicable("cloud.delete_network", ["network": .text(network)]).contains(.compensationRefusal))
    #expect(bench.applicable("cloud.terminate_cluster", ["cluster": .text(cluster)]).contains(.compensationRefusal))
    let refused = bench.call("cloud.terminate_cluster", ["cluster": .text(cluster)]) { $0.refusesCompensation = true }
    #expect(refused.error?.code == "IncorrectInstanceState")
    #expect(bench.state(of: cluster) == "pending")
    bench.call("cloud.terminate_cluster", ["cluster": .text(cluster)])
    #expect(!bench.applicable("cloud.terminate_cluster", ["cluster": .text(cluster)]).contains(.compensationRefusal))
  }

  @Test("a failure after acceptance is offered only where something is accepted")
  func lifecycleFailure() {
    var bench = Bench()
    let network = bench.network()
    #expect(bench.applicable("cloud.create_cluster", bench.cluster(in: network), key: "t").contains(.lifecycleFailure))
    _ = bench.launch(in: network, key: "t")
    #expect(bench.applicable("cloud.create_cluster", bench.cluster(in: network), key: "t").isEmpty, "a replay")
    #expect(bench.applicable("cloud.create_cluster", bench.cluster(in: "vpc-none")).isEmpty)
    #expect(bench.applicable("cloud.create_cluster", ["name": "one"]).isEmpty, "parameters are missing")
    #expect(bench.applicable("cloud.create_network", ["name": "two", "region": .text(Bench.region)]).isEmpty)
  }
}
