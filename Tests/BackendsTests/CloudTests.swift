// The cloud's state machine: transitions, effects, ownership.

import Operations
import Primitives
import Testing

@testable import Backends

private typealias Bench = SystemBench<CloudSystem>

@Suite("Cloud")
struct CloudTests {
  @Test("a launch runs after its time and not before")
  func launchRuns() {
    var bench = Bench()
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
    var bench = Bench()
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
    var bench = Bench()
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
    var bench = Bench()
    let cluster = bench.launch(in: bench.network())
    let began = bench.now + .seconds(30)
    let sent = bench.wait(.minutes(10))
    #expect(sent.first?.body["period_start"]?.instant == began)
    #expect((bench.backend.system as? CloudSystem)?.clusters[cluster]?.runningSince == began)
  }

  @Test("metering is told whose cluster runs, of what plan, and since when")
  func announcements() throws {
    var bench = Bench()
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
    #expect(body.text("region") == Bench.region)
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
    var bench = Bench()
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
    var bench = Bench()
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
    var bench = Bench()
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
    var bench = Bench()
    let network = bench.network()
    bench.call("cloud.delete_network", ["network": .text(network)])
    #expect(bench.subject("cloud.delete_network", ["network": .text(network)]) == "acme")
  }

  @Test(
    "an option that makes no sense gets an error that names it",
    arguments: [
      ("vcpu_limit", -1), ("instance_limit", -1), ("exhausted_zones", [7]), ("dead_token", "buried"),
      ("vcpu_limit", "many"), ("zones", ["a"]),
    ] as [(Name, Value)])
  func badOptions(option: Name, value: Value) throws {
    let error = #expect(throws: BackendConfigurationError.self) {
      try BackendFactory.make(system: "cloud", profile: "ec2", options: Fields([(option, value)]))
    }
    #expect(error?.description.contains("'\(option)'") == true)
    #expect(throws: Never.self) {
      try BackendFactory.make(
        system: "cloud", profile: "ec2",
        options: ["vcpu_limit": 0, "instance_limit": 0, "exhausted_zones": ["a"], "dead_token": "returned"])
    }
  }
}
