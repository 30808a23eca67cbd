// Going backward: in reverse, once, and safe for what never ran, may have run, or arrives late.

import OpsAgent
import Operations
import Primitives
import Testing

@Suite struct SagaTests {
  /// The card is declined: everything before the payment is taken back.
  static func declined(_ edit: (inout FakeWorld) -> Void = { _ in }) -> Harness {
    Harness { world in
      world.plagues["billing.pay_invoice"] = .refused("declined")
      edit(&world)
    }
  }

  @Test(arguments: [true, false])
  func leavesNothingBehindWhenThePivotIsRefused(metered: Bool) throws {
    var harness = SagaTests.declined { $0.metersClusters = metered }
    let claim = try harness.claim()
    #expect(claim.ending == .rolledBack)
    #expect(claim.reason.contains("declined"))
    expectNothingLeft(harness)
  }

  @Test func takesBackInReverse() throws {
    var harness = SagaTests.declined()
    _ = try harness.claim()
    let undone = harness.world.log.filter { $0.call.purpose == .undo }.map(\.call.act)
    #expect(
      undone == [
        "write-invoice", "subscribe", "register-customer", "bind-access", "grant-policy", "create-role",
        "provision-cluster", "lay-network",
      ])
  }

  @Test func inTheOrderOfDoingItRunsIntoDependencies() throws {
    var harness = SagaTests.declined()
    harness.parts = Safeguard.without([.reverseOrderCompensation])
    _ = harness.run()
    let undone = harness.world.log.filter { $0.call.purpose == .undo }.map(\.call.act)
    #expect(undone.first == "lay-network")
  }

  static let undos: [Name] = [
    "cloud.delete_network", "cloud.terminate_cluster", "identity.delete_role", "identity.delete_policy",
    "identity.delete_binding", "billing.delete_customer", "billing.cancel_subscription", "billing.void_invoice",
  ]

  @Test(
    arguments: undos,
    [Trouble.requestLost, .answerLost, .brokenAfterCommit, .refused("busy"), .throttled(retryAfter: 9)])
  func aTroubledCompensationIsTriedAgain(operation: Name, trouble: Trouble) throws {
    var harness = SagaTests.declined { $0.troubles[operation] = [1: trouble] }
    #expect(try harness.claim().ending == .rolledBack)
    expectNothingLeft(harness)
  }

  @Test(arguments: UnknownOutcomeTests.changes.prefix(9), [TimeSpan.seconds(20), .seconds(58)])
  func whatArrivesLateIsFoundAndRemoved(operation: Name, after span: TimeSpan) throws {
    var harness = Harness { world in
      world.plagues[operation] = .late(span)
      world.plagues["billing.pay_invoice"] = .refused("declined")
    }
    let claim = try harness.claim()
    harness.world.advance(to: harness.world.now + .minutes(5))
    #expect(claim.ending == .rolledBack)
    expectNothingLeft(harness)
  }

  @Test(arguments: 1...80, [true, false])
  func aCrashAnywhereLeavesNothingBehindEither(at command: Int, before: Bool) throws {
    var harness = SagaTests.declined()
    if before { harness.crashBefore = command } else { harness.crashAfter = command }
    #expect(try harness.claim().ending == .rolledBack)
    harness.world.advance(to: harness.world.now + .minutes(5))
    expectNothingLeft(harness)
  }

  @Test func handsOverWhatItCanNotTakeBack() throws {
    var harness = SagaTests.declined { $0.plagues["cloud.terminate_cluster"] = .refused("forbidden") }
    let claim = try harness.claim()
    #expect(claim.ending == .escalated)
    #expect(claim.present.contains { $0.act == "provision-cluster" && $0.id.hasPrefix("cluster_") })
    #expect(claim.reason.contains("provision-cluster"))
    #expect(!claim.nextAction.isEmpty)
  }

  @Test func withoutContextAHandOverSaysNothing() throws {
    var harness = SagaTests.declined { $0.plagues["cloud.terminate_cluster"] = .refused("forbidden") }
    harness.parts = Safeguard.without([.escalationContext])
    let claim = try harness.claim()
    #expect(claim.ending == .escalated)
    #expect(claim.present.isEmpty && claim.possibly.isEmpty && claim.nextAction.isEmpty)
  }

  @Test func withoutCompensationItClaimsWhatIsNotSo() throws {
    var harness = SagaTests.declined()
    harness.parts = Safeguard.without([.compensation])
    #expect(try harness.claim().ending == .rolledBack)
    #expect(!harness.world.alive("cluster").isEmpty)
  }

  @Test func withoutIdempotentCompensationALostAnswerStrandsTheRollback() throws {
    func ending(_ removed: Safeguard...) throws -> Claim.Ending {
      var harness = SagaTests.declined { $0.troubles["identity.delete_binding"] = [1: .answerLost] }
      harness.parts = Safeguard.without(removed)
      return try harness.claim().ending
    }
    #expect(try ending() == .rolledBack)
    #expect(try ending(.idempotentCompensation) == .escalated)
  }

  @Test func anUnknownPaymentIsNeverTakenForFailed() throws {
    var harness = Harness { world in
      world.plagues["billing.pay_invoice"] = .answerLost
      // The look before paying is answered; those after it are not.
      world.troubles["billing.list_charges"] = Dictionary(uniqueKeysWithValues: (2...30).map { ($0, .requestLost) })
    }
    let claim = try harness.claim()
    #expect(claim.ending == .escalated)
    #expect(claim.possibly.map(\.act) == ["collect-payment"])
    #expect(harness.world.alive("charge").count == 1)
    #expect(harness.world.log.allSatisfy { $0.call.purpose != .undo })
  }

  @Test func afterThePivotItOnlyGoesForward() throws {
    var harness = Harness { $0.plagues["notify.send_mail"] = .refused("forbidden") }
    let claim = try harness.claim()
    #expect(claim.ending == .escalated)
    #expect(claim.present.contains { $0.act == "collect-payment" })
    #expect(harness.world.alive("cluster").count == 1)
    #expect(harness.world.log.allSatisfy { $0.call.purpose != .undo })
  }

  @Test func payingFirstMeansGivingMoneyBack() throws {
    func run(_ removed: Safeguard...) throws -> Harness {
      var harness = Harness { $0.plagues["identity.create_binding"] = .refused("forbidden") }
      harness.parts = Safeguard.without(removed)
      #expect(try harness.claim().ending == .rolledBack)
      return harness
    }
    #expect(try run().world.calls("billing.pay_invoice") == 0)
    let hurried = try run(.pivotLast)
    #expect(hurried.world.calls("billing.pay_invoice") == 1)
    #expect(hurried.world.calls("billing.create_credit_note") == 1)
  }
}

func expectNothingLeft(_ harness: Harness, sourceLocation: SourceLocation = #_sourceLocation) {
  for kind in ["network", "cluster", "role", "policy", "binding", "account", "invoice", "charge", "mail"] {
    let count = harness.world.alive(kind).count
    #expect(count == 0, "\(count) of \(kind)", sourceLocation: sourceLocation)
  }
  let living = harness.world.alive("subscription").filter { $0.status == "active" }
  #expect(living.isEmpty, sourceLocation: sourceLocation)
}
