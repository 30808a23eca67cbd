// The cloud's state machine: transitions, refusals with controls, effects, lag, digests.

import Operations
import Primitives
import Testing

@testable import Backends

private typealias Bench = SystemBench<CloudSystem>

private let region = "eu-central-1"

private func cloud(_ account: CloudAccount = CloudAccount()) -> CloudSystem {
  CloudSystem(dialect: .ec2(deadTokens: .refused), account: account)
}

extension SystemBench<CloudSystem> {
  fileprivate mutating func network(_ customer: String? = "acme") -> String {
    make("cloud.create_network", ["name": "net", "region": .text(region), "customer": .optional(customer)])
  }

  fileprivate mutating func launch(
    in network: String, customer: String? = "acme", key: String? = nil, fails: Bool = false
  ) -> String {
    call("cloud.create_cluster", cluster(in: network, customer: customer), key: key) { $0.lifecycleFails = fails }
      .body.text("id") ?? ""
  }

  fileprivate func cluster(in network: String, customer: String? = "acme") -> Fields {
    [
      "name": "one", "network": .text(network), "plan": "pro", "region": .text(region), "count": 3,
      "customer": .optional(customer),
    ]
  }

  fileprivate mutating func state(of cluster: String) -> String? {
    call("cloud.describe_cluster", ["cluster": .text(cluster)]).body.text("state")
  }
}

@Suite("Cloud")
struct CloudTests {
  @Test("a launch runs after its time and not before")
  func launchRuns() {
    var bench = Bench(cloud())
    let cluster = bench.launch(in: bench.network())
    #expect(bench.state(of: cluster) == "pending")
    #expect(bench.wait(.milliseconds(29_999)).isEmpty)
    #expect(bench.state(of: cluster) == "pending")
    #expect(bench.wait(.milliseconds(1)).map(\.topic) == ["cloud.cluster.running"])
    #expect(bench.state(of: cluster) == "running")
    #expect(bench.backend.nextDue == nil)
  }

  @Test("an accepted launch that fails ends as terminated, with the reason and without metering")
  func launchFails() {
    var bench = Bench(cloud())
    let cluster = bench.launch(in: bench.network(), fails: true)
    #expect(bench.state(of: cluster) == "pending")
    #expect(bench.wait(.seconds(30)).isEmpty)
    let body = bench.call("cloud.describe_cluster", ["cluster": .text(cluster)]).body
    #expect(body.text("state") == "terminated")
    #expect(body.text("reason") == "Server.InsufficientInstanceCapacity")
    #expect(bench.effects.last?.change == .ended)
    #expect(bench.effects.last?.cause == nil, "the cloud ended it by itself")
  }

  @Test("a termination takes its time from any living state", arguments: [TimeSpan.seconds(1), .seconds(31)])
  func terminationTakesTime(after age: TimeSpan) {
    var bench = Bench(cloud())
    let cluster = bench.launch(in: bench.network())
    bench.wait(age)
    let wasRunning = bench.state(of: cluster) == "running"
    #expect(bench.call("cloud.terminate_cluster", ["cluster": .text(cluster)]).body.text("state") == "shutting-down")
    #expect(bench.wait(.milliseconds(44_999)).isEmpty)
    #expect(bench.state(of: cluster) == "shutting-down")
    let sent = bench.wait(.milliseconds(1))
    #expect(sent.map(\.topic) == (wasRunning ? ["cloud.cluster.terminated"] : []))
    #expect(bench.state(of: cluster) == "terminated")
    #expect(bench.wait(.hours(2)).isEmpty, "a launch that was cut short must not run after all")
  }

  @Test("steps that fall due together happen each at its own instant")
  func stepsKeepTheirInstant() {
    var bench = Bench(cloud())
    let cluster = bench.launch(in: bench.network())
    let began = bench.now + .seconds(30)
    let sent = bench.wait(.minutes(10))
    #expect(sent.first?.body["period_start"]?.instant == began)
    #expect(bench.backend.system.clusters[cluster]?.runningSince == began)
  }

  @Test("metering is told whose cluster runs, of what plan, and since when")
  func announcements() throws {
    var bench = Bench(cloud())
    let network = bench.network()
    let owned = bench.launch(in: network)
    let orphan = bench.launch(in: network, customer: nil)
    let sent = bench.wait(.seconds(30))
    try #require(sent.count == 2)
    let body = sent[0].body
    #expect(body.text("cluster") == owned)
    #expect(body.text("owner") == "acme")
    #expect(body.text("plan") == "pro")
    #expect(body.int("count") == 3)
    #expect(body.text("region") == region)
    #expect(sent[1].body.text("cluster") == orphan)
    #expect(sent[1].body["owner"] == .null)
    #expect(sent[0].id != sent[1].id)
    bench.call("cloud.terminate_cluster", ["cluster": .text(owned)])
    let ended = try #require(bench.wait(.seconds(45)).first)
    #expect(ended.id != sent[0].id)
    #expect(ended.body["period_end"]?.instant == bench.now)
  }

  @Test("effects name owner, cause and principal of what a caller did")
  func effects() {
    var bench = Bench(cloud())
    let network = bench.network()
    #expect(bench.effects.map(\.kind) == ["cloud.network"])
    #expect(bench.effects[0].owner == "acme")
    #expect(bench.effects[0].cause == bench.lastCall)
    let cluster = bench.launch(in: network)
    #expect(bench.effects[1].attributes.text("state") == "pending")
    #expect(bench.effects[1].attributes.text("network") == network)
    bench.wait(.seconds(30))
    bench.call("cloud.terminate_cluster", ["cluster": .text(cluster)])
    let call = bench.lastCall
    bench.wait(.seconds(45))
    bench.call("cloud.delete_network", ["network": .text(network)])
    let changes = bench.effects.map { "\($0.kind) \($0.change.rawValue)" }
    #expect(
      changes == [
        "cloud.network created", "cloud.cluster created", "cloud.cluster updated", "cloud.cluster ended",
        "cloud.network ended",
      ])
    #expect(bench.effects[3].cause == call, "a termination belongs to the call that asked for it")
    #expect(bench.effects.allSatisfy { $0.owner == "acme" && $0.principal == "agent" && $0.backend == "cloud" })
  }

  @Test("a cluster that nobody tagged is nobody's until somebody tags it")
  func ownership() {
    var bench = Bench(cloud())
    let cluster = bench.launch(in: bench.network(), customer: nil)
    #expect(bench.effects.last?.owner == nil)
    bench.call("cloud.tag_cluster", ["cluster": .text(cluster), "customer": "acme"])
    #expect(bench.effects.last?.owner == "acme")
    #expect(bench.effects.last?.object == cluster)
    let count = bench.effects.count
    bench.call("cloud.tag_cluster", ["cluster": .text(cluster), "customer": "acme"])
    #expect(bench.effects.count == count)
  }

  @Test("ids resolve to the customer, or to the name where there is none")
  func subjects() {
    var bench = Bench(cloud())
    let network = bench.network()
    let owned = bench.launch(in: network)
    let orphan = bench.launch(in: network, customer: nil)
    #expect(bench.subject("cloud.describe_cluster", ["cluster": .text(owned)]) == "acme")
    #expect(bench.subject("cloud.terminate_cluster", ["cluster": .text(orphan)]) == "one")
    #expect(bench.subject("cloud.tag_cluster", ["cluster": .text(orphan), "customer": "globex"]) == "globex")
    #expect(bench.subject("cloud.delete_network", ["network": .text(network)]) == "acme")
    #expect(bench.subject("cloud.create_cluster", bench.cluster(in: network)) == "acme")
    #expect(bench.subject("cloud.create_cluster", bench.cluster(in: network, customer: nil)) == "one")
    #expect(bench.subject("cloud.describe_cluster", ["cluster": "i-unknown"]) == nil)
    #expect(bench.subject("cloud.list_clusters", [:]) == nil)
  }

  @Test("a deleted network and a vanished cluster keep their subject")
  func lateSubjects() {
    var bench = Bench(cloud())
    let network = bench.network()
    bench.call("cloud.delete_network", ["network": .text(network)])
    #expect(bench.subject("cloud.delete_network", ["network": .text(network)]) == "acme")
  }
}

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
    refusal.play(on: cloud(account))
  }

  @Test("a capacity error is a definite refusal in spite of its status")
  func capacityIsDefinite() {
    var account = CloudAccount()
    account.exhaustedZones = ["eu-central-1a"]
    var bench = Bench(cloud(account))
    var arguments = bench.cluster(in: bench.network())
    arguments["zone"] = "eu-central-1a"
    let response = bench.call("cloud.create_cluster", arguments)
    #expect(response.status == 500)
    guard case .failed = Catalogue([bench.backend.description]).outcome(of: .response(response)) else {
      Issue.record("\(response) should be a failure, not an unknown")
      return
    }
    arguments["zone"] = "eu-central-1b"
    #expect(bench.call("cloud.create_cluster", arguments).isSuccess)
  }

  @Test("a compensation is refused only while there is something to compensate")
  func compensationRefusal() {
    var bench = Bench(cloud())
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
    var bench = Bench(cloud())
    let network = bench.network()
    #expect(bench.applicable("cloud.create_cluster", bench.cluster(in: network), key: "t").contains(.lifecycleFailure))
    _ = bench.launch(in: network, key: "t")
    #expect(bench.applicable("cloud.create_cluster", bench.cluster(in: network), key: "t").isEmpty, "a replay")
    #expect(bench.applicable("cloud.create_cluster", bench.cluster(in: "vpc-none")).isEmpty)
    #expect(bench.applicable("cloud.create_cluster", ["name": "one"]).isEmpty, "parameters are missing")
    #expect(bench.applicable("cloud.create_network", ["name": "two", "region": .text(region)]).isEmpty)
  }
}

extension SystemBench<CloudSystem> {
  fileprivate var firstNetwork: String { backend.system.networks.first { _ in true }?.id ?? "" }
  fileprivate var firstCluster: String { backend.system.clusters.first { _ in true }?.id ?? "" }
}

@Suite("Cloud replicas and digests")
struct CloudStateTests {
  @Test("a lagging read is offered exactly while it answers otherwise", arguments: 0...12)
  func lagIsOffered(halfSeconds: Int64) {
    var bench = Bench(cloud())
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
    var bench = Bench(cloud())
    let cluster = bench.launch(in: bench.network())
    bench.wait(.seconds(3))
    #expect(bench.call("cloud.describe_cluster", ["cluster": .text(cluster)], lag: .seconds(5)).isSuccess)
    #expect(bench.call("cloud.list_clusters", lag: .seconds(5)).body["clusters"]?.list == [])
    #expect(bench.call("cloud.list_clusters").body["clusters"]?.list?.count == 1)
  }

  @Test("no read lags further than the profile declares", arguments: 0..<50 as Range<UInt64>)
  func stalenessIsBounded(seed: UInt64) {
    var bench = Bench(cloud())
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
    var bench = Bench(cloud())
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
      var bench = Bench(cloud())
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
    let inOtherStates = [Cluster.State.running, .shuttingDown, .terminated].map { state in
      var other = cluster()
      other.state = state
      return other
    }
    expectHashCovers(
      cluster(),
      variants: [
        cluster("i-2"), cluster(name: "m"), cluster(customer: "acme"), cluster(network: "vpc-2"), cluster(plan: "q"),
        cluster(region: "s"), cluster(zone: "z"), cluster(count: 2), cluster(launchedAt: at), running, failed, ended,
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
      ], "CloudAccount")
    #expect(
      CloudSystem(dialect: .ec2(deadTokens: .returned)).stableDigest
        != CloudSystem(dialect: .ec2(deadTokens: .refused)).stableDigest)
  }
}
