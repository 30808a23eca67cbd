// When the answer does not come: the same key, a look, a person, and nothing else.

import OpsAgent
import Operations
import Primitives
import Testing

@Suite struct UnknownOutcomeTests {
  static let changes: [Name] = [
    "cloud.create_network", "cloud.create_cluster", "identity.create_role", "identity.create_policy",
    "identity.create_binding", "billing.create_customer", "billing.create_subscription", "billing.create_invoice",
    "billing.finalize_invoice", "billing.pay_invoice", "notify.send_mail", "ticketing.update_ticket",
  ]
  static let troubles: [Trouble] = [
    .requestLost, .answerLost, .brokenAfterCommit, .late(.seconds(10)), .late(.seconds(45)), .twice(.milliseconds(50)),
    .twice(.seconds(50)), .throttled(retryAfter: 7), .throttled(retryAfter: nil),
  ]

  @Test(arguments: changes, troubles)
  func completesAfterAnySingleTroubleWithASideEffect(operation: Name, trouble: Trouble) throws {
    var harness = Harness { $0.troubles[operation] = [1: trouble] }
    let claim = try harness.claim()
    #expect(claim.ending == .completed)
    harness.world.advance(to: harness.world.now + .minutes(5))
    expectOnboarded(harness)
  }

  static let reads: [Name] = [
    "ticketing.get_ticket", "cloud.describe_networks", "cloud.list_clusters", "cloud.describe_cluster",
    "identity.get_role", "identity.list_bindings", "billing.get_customer", "billing.list_invoices",
    "notify.list_mails",
  ]

  @Test(arguments: reads, [Trouble.requestLost, .stale, .throttled(retryAfter: 3), .brokenAfterCommit])
  func completesAfterAnySingleTroubleWithARead(operation: Name, trouble: Trouble) throws {
    var harness = Harness { $0.troubles[operation] = [1: trouble] }
    #expect(try harness.claim().ending == .completed)
    expectOnboarded(harness)
  }

  @Test func sendsTheSameKeyAgainAfterALostAnswer() throws {
    var harness = Harness { $0.troubles["cloud.create_cluster"] = [1: .answerLost] }
    _ = try harness.claim()
    let keys = harness.keys(of: "cloud.create_cluster")
    #expect(keys.count == 2)
    #expect(keys[0] != nil)
    #expect(keys[0] == keys[1])
  }

  @Test func withoutStableKeysAndReadBackALostAnswerMeansTwoClusters() {
    var harness = Harness(without: .idempotencyKeys, .readBack) {
      $0.troubles["cloud.create_cluster"] = [1: .answerLost]
    }
    _ = harness.run()
    #expect(harness.world.things.filter { $0.kind == "cluster" }.count == 2)
  }

  @Test func withoutStableKeysReadBackAloneFindsTheCluster() throws {
    var harness = Harness(without: .idempotencyKeys) { $0.troubles["cloud.create_cluster"] = [1: .answerLost] }
    #expect(try harness.claim().ending == .completed)
    #expect(harness.world.calls("cloud.create_cluster") == 1)
    expectOnboarded(harness)
  }

  @Test func takingUnknownForFailedMakesTwoClusters() {
    var harness = Harness(without: .unknownIsNotFailed) { $0.troubles["cloud.create_cluster"] = [1: .answerLost] }
    _ = harness.run()
    #expect(harness.world.things.filter { $0.kind == "cluster" }.count == 2)
  }

  @Test func waitsOutTheBoundsBeforeItBelievesThatNothingIsThere() throws {
    var harness = Harness { $0.troubles["cloud.create_network"] = [1: .late(.seconds(59))] }
    #expect(try harness.claim().ending == .completed)
    #expect(harness.world.calls("cloud.create_network") == 1)
    expectOnboarded(harness)
  }

  @Test func aNetworkThatADeliveryMadeTwiceIsRemoved() throws {
    var harness = Harness { $0.troubles["cloud.create_network"] = [1: .twice(.seconds(20))] }
    #expect(try harness.claim().ending == .completed)
    #expect(harness.world.things.filter { $0.kind == "network" }.count == 2)
    expectOnboarded(harness)
  }

  /// The first delivery was refused, and the network made another one, which was not.
  @Test(arguments: [TimeSpan.milliseconds(500), .seconds(50)])
  func aCopyOfARefusedRequestIsFoundBeforeTheRequestIsRepeated(after span: TimeSpan) throws {
    var harness = Harness { $0.troubles["cloud.create_network"] = [1: .throttledAndLate(span)] }
    #expect(try harness.claim().ending == .completed)
    #expect(harness.world.calls("cloud.create_network") == 1)
    #expect(harness.world.things.filter { $0.kind == "network" }.count == 1)
    expectOnboarded(harness)
    var hurried = Harness(without: .unknownIsNotFailed) {
      $0.troubles["cloud.create_network"] = [1: .throttledAndLate(span)]
    }
    _ = hurried.run()
    #expect(hurried.world.things.filter { $0.kind == "network" }.count == 2)
  }

  /// What a key, a name or the nature of the call protects is sent again at once.
  @Test func whatIsProtectedIsRepeatedWithoutALook() throws {
    for operation: Name in ["cloud.create_cluster", "identity.create_role", "billing.pay_invoice"] {
      var harness = Harness { $0.troubles[operation] = [1: .throttled(retryAfter: nil)] }
      _ = try harness.claim()
      #expect(try #require(harness.gap(of: operation)) < .seconds(5))
    }
    var bare = Harness { $0.troubles["cloud.create_network"] = [1: .throttled(retryAfter: nil)] }
    _ = try bare.claim()
    #expect(try #require(bare.gap(of: "cloud.create_network")) > .seconds(60))
  }

  @Test func honoursTheAskedForPauseUnlessThatPartIsGone() throws {
    var careful = Harness { $0.troubles["cloud.create_cluster"] = [1: .throttled(retryAfter: 90)] }
    _ = try careful.claim()
    #expect(try #require(careful.gap(of: "cloud.create_cluster")) >= .seconds(90))
    var hurried = Harness(without: .honouredRetryAfter) {
      $0.troubles["cloud.create_cluster"] = [1: .throttled(retryAfter: 90)]
    }
    _ = try hurried.claim()
    #expect(try #require(hurried.gap(of: "cloud.create_cluster")) < .seconds(90))
  }

  @Test func retriesAreFewAndBackOffUnlessThatPartIsGone() {
    var careful = Harness { $0.plagues["cloud.create_cluster"] = .throttled(retryAfter: nil) }
    #expect(careful.run()?.ending == .rolledBack)
    #expect(careful.world.calls("cloud.create_cluster") <= 12)
    var hurried = Harness(without: .boundedRetries) { $0.plagues["cloud.create_cluster"] = .throttled(retryAfter: nil) }
    #expect(hurried.run() == nil)
    #expect(hurried.world.calls("cloud.create_cluster") > 100)
  }

  @Test func aThrottledRetryDoesNotSettleAnUnknown() throws {
    var harness = Harness { $0.troubles["billing.pay_invoice"] = [1: .answerLost, 2: .throttled(retryAfter: 2)] }
    #expect(try harness.claim().ending == .completed)
    #expect(harness.world.alive("charge").count == 1)
  }

  @Test func adoptsWhatIsThereAlreadyOnlyIfItAgrees() throws {
    var agreeing = Harness { $0.add("role", ["name": "role-acme", "customer": "acme"]) }
    #expect(try agreeing.claim().ending == .completed)
    #expect(agreeing.world.calls("identity.create_role") == 0)
    var foreign = Harness { $0.add("role", ["name": "role-acme", "customer": "umbrella"]) }
    let claim = try foreign.claim()
    #expect(claim.ending == .escalated)
    #expect(claim.reason.contains("customer"))
    #expect(foreign.world.alive("role").count == 1)
  }

  @Test func aClusterThatFailsLaterIsBegunAnewWithANewKey() throws {
    var harness = Harness { $0.troubles["cloud.create_cluster"] = [1: .failsLater] }
    #expect(try harness.claim().ending == .completed)
    let keys = harness.keys(of: "cloud.create_cluster")
    #expect(keys.count == 2)
    #expect(keys[0] != keys[1])
    expectOnboarded(harness)
  }
}

extension Harness {
  func keys(of operation: Name) -> [String?] {
    world.log.filter { $0.call.request.operation == operation }.map(\.call.request.idempotencyKey)
  }

  /// Between the first and the second call of the operation.
  func gap(of operation: Name) -> TimeSpan? {
    let times = world.log.filter { $0.call.request.operation == operation }.map(\.at)
    return times.count > 1 ? times[1] - times[0] : nil
  }
}
