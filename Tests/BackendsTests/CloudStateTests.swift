// The cloud's replicas and digests: what a lagging read shows, and what tells two states apart.

import Operations
import Primitives
import Testing

@testable import Backends

private typealias Bench = SystemBench<CloudSystem>

@Suite("Cloud replicas and digests")
struct CloudStateTests {
  @Test("a lagging read is offered exactly while it answers otherwise", arguments: 0...12)
  func lagIsOffered(halfSeconds: Int64) {
    var bench = Bench()
    let network = bench.network()
    bench.wait(.minutes(1))
    let cluster = bench.launch(in: network)
    bench.wait(.milliseconds(halfSeconds * 500))
    for (operation, arguments) in [
      ("cloud.describe_cluster" as Name, ["cluster": .text(cluster)] as Fields),
      ("cloud.list_clusters", ["customer": "acme"]), ("cloud.describe_networks", [:]),
      ("cloud.tag_cluster", ["cluster": .text(cluster), "name": "two"]),
    ] {
      var fresh = bench
      var lagging = bench
      let differs = fresh.call(operation, arguments) != lagging.call(operation, arguments, lag: .seconds(5))
      #expect(bench.applicable(operation, arguments).contains(.readLag) == differs, "\(operation)")
    }
  }

  @Test("reads of one object catch up before lists do")
  func getAndListLagApart() {
    var bench = Bench()
    let cluster = bench.launch(in: bench.network())
    bench.wait(.seconds(3))
    #expect(bench.call("cloud.describe_cluster", ["cluster": .text(cluster)], lag: .seconds(5)).isSuccess)
    #expect(bench.call("cloud.list_clusters", lag: .seconds(5)).body["clusters"]?.list == [])
    #expect(bench.call("cloud.list_clusters").body["clusters"]?.list?.count == 1)
  }

  @Test("no read lags further than the profile declares", arguments: 0..<50 as Range<UInt64>)
  func stalenessIsBounded(seed: UInt64) {
    var bench = Bench()
    let bound = bench.backend.description.bounds.staleness
    let cluster = bench.launch(in: bench.network())
    bench.wait(bound)
    let lag = Draw(seed: seed, key: 1).span(in: .zero ... .minutes(10))
    #expect(bench.call("cloud.describe_cluster", ["cluster": .text(cluster)], lag: lag).isSuccess)
    #expect(bench.call("cloud.list_clusters", ["customer": "acme"], lag: lag).body["clusters"]?.list?.count == 1)
    #expect(bench.call("cloud.describe_networks", lag: lag).body["networks"]?.list?.count == 1)
  }

  @Test("a copy has a history of its own")
  func copyForks() {
    var bench = Bench()
    let network = bench.network()
    let before = bench.backend.stableDigest
    var fork = bench
    _ = fork.launch(in: network)
    #expect(bench.backend.stableDigest == before)
    #expect(bench.effects.count == 1)
    #expect(fork.effects.count == 2)
  }

  @Test("the same history has the same digest, another one has another")
  func digestsFollowHistory() {
    func digest(_ history: (inout Bench) -> Void) -> UInt64 {
      var bench = Bench()
      history(&bench)
      return bench.backend.stableDigest
    }
    let histories: [(inout Bench) -> Void] = [
      { _ in }, { _ = $0.network() }, { _ = $0.network("globex") }, { _ = $0.launch(in: $0.network()) },
      { _ = $0.launch(in: $0.network(), fails: true) }, { _ = $0.launch(in: $0.network(), key: "t") },
      { bench in
        _ = bench.launch(in: bench.network())
        bench.wait(.seconds(30))
      },
    ]
    #expect(Set(histories.map(digest)).count == histories.count)
    #expect(histories.map(digest) == histories.map(digest))
  }

  @Test("digests cover every field")
  func digestsCoverFields() {
    let at = Instant(nanoseconds: 1)
    func cluster(
      _ id: String = "i-1", name: String = "n", customer: Name? = nil, network: String = "vpc-1", plan: String = "p",
      region: String = "r", zone: String? = nil, count: Int64 = 1, launchedAt: Instant = Instant(nanoseconds: 0)
    ) -> Cluster {
      Cluster(
        id: id, name: name, customer: customer, network: network, plan: plan, region: region, zone: zone,
        count: count, launchedAt: launchedAt)
    }
    var running = cluster()
    running.runningSince = at
    var failed = cluster()
    failed.reason = "x"
    var ended = cluster()
    ended.terminatedAt = at
    var growing = cluster()
    growing.before = Cluster.Size(plan: "p", count: 1)
    let smaller = Cluster.Size(plan: "p", count: 1)
    expectHashCovers(
      smaller, variants: [Cluster.Size(plan: "q", count: 1), Cluster.Size(plan: "p", count: 2)], "Cluster.Size")
    let inOtherStates = [Cluster.State.running, .modifying, .shuttingDown, .terminated].map { state in
      var other = cluster()
      other.state = state
      return other
    }
    expectHashCovers(
      cluster(),
      variants: [
        cluster("i-2"), cluster(name: "m"), cluster(customer: "acme"), cluster(network: "vpc-2"), cluster(plan: "q"),
        cluster(region: "s"), cluster(zone: "z"), cluster(count: 2), cluster(launchedAt: at), running, failed, ended,
        growing,
      ] + inOtherStates, "Cluster")

    var deleted = Network(id: "vpc-1", name: "n", customer: nil, region: "r")
    deleted.isDeleted = true
    expectHashCovers(
      Network(id: "vpc-1", name: "n", customer: nil, region: "r"),
      variants: [
        Network(id: "vpc-2", name: "n", customer: nil, region: "r"),
        Network(id: "vpc-1", name: "m", customer: nil, region: "r"),
        Network(id: "vpc-1", name: "n", customer: "acme", region: "r"),
        Network(id: "vpc-1", name: "n", customer: nil, region: "s"), deleted,
      ], "Network")

    func snapshot(
      _ id: String = "snap-1", name: String = "n", customer: Name? = nil, cluster: String = "i-1", region: String = "r",
      startedAt: Instant = Instant(nanoseconds: 0)
    ) -> Snapshot {
      Snapshot(id: id, name: name, customer: customer, cluster: cluster, region: region, startedAt: startedAt)
    }
    var complete = snapshot()
    complete.state = .completed
    var dropped = snapshot()
    dropped.isDeleted = true
    expectHashCovers(
      snapshot(),
      variants: [
        snapshot("snap-2"), snapshot(name: "m"), snapshot(customer: "acme"), snapshot(cluster: "i-2"),
        snapshot(region: "s"), snapshot(startedAt: at), complete, dropped,
      ], "Snapshot")

    let call = CallID(process: 0, incarnation: 1, number: 1)
    expectHashCovers(
      CloudSystem.Step(kind: .run, cluster: "i-1", cause: nil, principal: nil),
      variants: [
        CloudSystem.Step(kind: .fail, cluster: "i-1", cause: nil, principal: nil),
        CloudSystem.Step(kind: .terminate, cluster: "i-1", cause: nil, principal: nil),
        CloudSystem.Step(kind: .run, cluster: "i-2", cause: nil, principal: nil),
        CloudSystem.Step(kind: .run, cluster: "i-1", cause: call, principal: nil),
        CloudSystem.Step(kind: .run, cluster: "i-1", cause: nil, principal: "agent"),
      ], "CloudSystem.Step")

    expectHashCovers(
      CloudAccount(),
      variants: [
        CloudAccount(vcpuLimit: 1), CloudAccount(instanceLimit: 1), CloudAccount(exhaustedZones: ["z"]),
        CloudAccount(defaultTerm: .minutes(8)),
      ], "CloudAccount")
    #expect(
      CloudSystem(dialect: .ec2(deadTokens: .returned)).stableDigest
        != CloudSystem(dialect: .ec2(deadTokens: .refused)).stableDigest)
  }
}
