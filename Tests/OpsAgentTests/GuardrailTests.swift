// Guardrails in code: each with a case in which it acts, and the same case without it.

import OpsAgent
import Operations
import Primitives
import Testing

@Suite struct GuardrailTests {
  // MARK: Decisions

  @Test func aDeciderThatIsNotSureIsNotFollowed() throws {
    func run(_ removed: Safeguard...) throws -> Claim {
      var harness = Harness()
      harness.parts = Safeguard.without(removed)
      harness.decider = ScriptedDecider([Decision(.proceed, confidence: 30, reason: "perhaps")])
      return try harness.claim()
    }
    let claim = try run()
    #expect(claim.ending == .escalated)
    #expect(claim.reason.contains("30 %"))
    #expect(claim.present.isEmpty)
    #expect(try run(.confidenceThreshold).ending == .completed)
  }

  @Test func aTransitionOffTheGraphIsNotFollowed() throws {
    func run(_ removed: Safeguard...) throws -> Harness {
      var harness = Harness()
      harness.parts = Safeguard.without(removed)
      harness.decider = ScriptedDecider([Decision("welcome", confidence: 99, reason: "why wait")])
      #expect(try harness.claim().ending == (removed.isEmpty ? .escalated : .completed))
      return harness
    }
    #expect(try run().world.calls("notify.send_mail") == 0)
    let hurried = try run(.closedTransitions)
    #expect(hurried.world.calls("notify.send_mail") == 1)
    #expect(hurried.world.calls("billing.pay_invoice") == 0)
    #expect(hurried.notes.contains(.transition(from: "triage", to: "welcome", isAllowed: false)))
  }

  @Test func fieldsThatContradictTheAccountStopTheRun() throws {
    func run(_ removed: Safeguard...) throws -> Harness {
      var harness = Harness { $0.things[0].fields["text"] = "Customer: acme\nPlan: enterprise\nPeriod: 2026-11" }
      harness.parts = Safeguard.without(removed)
      _ = harness.run()
      return harness
    }
    #expect(try run().world.things.allSatisfy { $0.kind == "ticket" })
    let hurried = try run(.preActionGuards)
    #expect(hurried.world.alive("cluster").first?.fields["plan"] == "enterprise")
  }

  @Test func aTicketOfAnotherCustomerStopsTheRun() throws {
    var harness = Harness { $0.things[0].fields["customer"] = "umbrella" }
    #expect(try harness.claim().ending == .escalated)
    #expect(harness.world.things.count == 1)
  }

  @Test func aRegionThatPolicyDoesNotAllowStopsTheRun() throws {
    var harness = Harness { world in
      world.things[0].fields["text"] = "Customer: acme\nPlan: pro\nPeriod: 2026-11\nRegion: us-east-1"
    }
    let claim = try harness.claim()
    #expect(claim.ending == .escalated)
    #expect(claim.reason.contains("us-east-1"))
  }

  // MARK: Limits and dry runs

  @Test func theBlastRadiusIsCapped() throws {
    func run(_ removed: Safeguard...) throws -> Harness {
      var harness = Harness()
      harness.parts = Safeguard.without(removed)
      harness.playbook.policy.mutationCap = 4
      #expect(try harness.claim().ending == (removed.isEmpty ? .escalated : .completed))
      return harness
    }
    #expect(try run().world.log.count { $0.call.purpose == .change } == 4)
    #expect(try run(.blastRadiusCap).world.log.count { $0.call.purpose == .change } > 4)
  }

  @Test func aDryRunReadsAndReportsAndChangesNothing() throws {
    func run(_ removed: Safeguard...) throws -> Harness {
      var harness = Harness()
      harness.parts = Safeguard.without(removed)
      harness.request.isDryRun = true
      let claim = try harness.claim()
      #expect(claim.ending == .planned)
      if removed.isEmpty { #expect(claim.present.map(\.act).contains("collect-payment")) }
      return harness
    }
    let careful = try run()
    #expect(careful.world.things.count == 1)
    #expect(careful.world.alive("ticket").first?.status == "open")
    #expect(careful.world.log.allSatisfy { !$0.call.purpose.isMutation })
    let hurried = try run(.dryRunIsolation)
    #expect(hurried.world.alive("cluster").count == 1)
    #expect(hurried.world.alive("charge").isEmpty)
  }

  @Test func eachStepCallsUnderItsOwnNarrowPrincipal() throws {
    var harness = Harness()
    _ = try harness.claim()
    func principals(_ system: String) -> Set<Name> {
      let calls = harness.world.log.filter { $0.call.request.operation.text.hasPrefix(system) }
      return Set(calls.map(\.call.request.principal))
    }
    #expect(principals("cloud.") == ["onboarding-cloud"])
    #expect(principals("notify.") == ["onboarding-notify"])
  }

  @Test func theNarrowestCredentialThatCoversTheStepIsTaken() throws {
    let all: [Name] = FakeCatalogue.catalogue.allOperations.map(\.scope)
    func principals(_ removed: Safeguard...) throws -> Set<Name> {
      var harness = Harness()
      harness.parts = Safeguard.without(removed)
      harness.credentials = [
        Credential("ops-admin", scopes: Array(Set(all)).sorted()),
        Credential("cloud-only", scopes: ["cloud.read", "cloud.write"]),
      ]
      _ = try harness.claim()
      return Set(harness.world.log.filter { $0.call.step == "lay-network" }.map(\.call.request.principal))
    }
    #expect(try principals() == ["cloud-only"])
    #expect(try principals(.scopedCredentials) == ["ops-admin"])
  }

  // MARK: Invariants before a side effect

  @Test func anInvoiceOfTheWrongAmountIsNotPaid() throws {
    func run(_ removed: Safeguard...) -> Harness {
      var harness = Harness { world in
        world.add(
          "invoice",
          [
            "customer": "acme", "period": "2026-11", "status": "open",
            "total": .money(Money(minorUnits: 990_000, currency: .eur)),
          ])
      }
      harness.parts = Safeguard.without(removed)
      _ = harness.run()
      return harness
    }
    #expect(run().world.alive("charge").isEmpty)
    #expect(run(.preActionGuards).world.alive("charge").count == 1)
  }

  @Test func nobodysChangeToTheTicketIsLost() throws {
    func run(_ removed: Safeguard...) throws -> Harness {
      var harness = Harness()
      harness.parts = Safeguard.without(removed)
      // Between the agent's fresh read and its update somebody else writes.
      harness.meddles = { world, call in
        guard call.request.operation == "ticketing.update_ticket", world.calls("ticketing.update_ticket") == 0 else {
          return
        }
        world.things[0].fields["updated_at"] = 77
      }
      #expect(try harness.claim().ending == .completed)
      return harness
    }
    #expect(try run().world.calls("ticketing.update_ticket") == 2)
    #expect(try run(.optimisticConcurrency).world.calls("ticketing.update_ticket") == 1)
  }

  @Test func everySideEffectIsAudited() throws {
    func audits(_ removed: Safeguard...) throws -> [AuditEntry] {
      var harness = Harness()
      harness.parts = Safeguard.without(removed)
      _ = try harness.claim()
      return harness.store.load(harness.request.run).compactMap {
        if case .audit(let entry) = $0 { entry } else { nil }
      }
    }
    let entries = try audits()
    #expect(Set(entries.map(\.operation)) == Set(UnknownOutcomeTests.changes))
    for operation in UnknownOutcomeTests.changes {
      let outcomes = entries.filter { $0.operation == operation }.map(\.outcome)
      #expect(outcomes == [.sent, .done], "\(operation)")
    }
    #expect(try audits(.auditLog).isEmpty)
  }

  // MARK: One replica, one version

  @Test func aSecondReplicaWaitsForTheLeaseAndThenHasNothingToDo() throws {
    func run(_ removed: Safeguard...) throws -> (calls: Int, waits: Int) {
      var first = Harness()
      first.parts = Safeguard.without(removed)
      first.stopsAfterCalls = "billing.create_customer"
      _ = first.run()
      var second = first
      second.stopsAfterCalls = nil
      second.replica = "agent-1"
      second.waits = []
      #expect(try second.claim().ending == .completed)
      return (second.world.calls("cloud.create_cluster"), second.waits.count { $0.0 == .lease })
    }
    #expect(try run() == (1, 1))
    #expect(try run(.singleFlightLease).waits == 0)
  }

  @Test func aReplicaThatLostItsLeaseWritesNothingMore() throws {
    func run(_ removed: Safeguard...) -> (leaving: Leaving?, calls: Int, fences: Set<Int64?>) {
      var harness = Harness()
      harness.parts = Safeguard.without(removed)
      harness.usurpsBefore = "cloud.create_cluster"
      _ = harness.run()
      let changes = harness.world.log.filter { $0.call.purpose == .change }
      return (harness.leaving, changes.count, Set(changes.map(\.call.request.fence)))
    }
    let careful = run()
    #expect(careful.leaving == .leaseLost)
    #expect(careful.calls == 2)
    #expect(careful.fences == [1])
    let hurried = run(.fencing)
    #expect(hurried.leaving == nil)
    #expect(hurried.calls > 2)
    #expect(hurried.fences == [nil])
  }

  @Test func aRunFinishesUnderTheVersionItBeganWith() throws {
    func run(_ removed: Safeguard...) throws -> Harness {
      var harness = Harness()
      harness.parts = Safeguard.without(removed)
      harness.stopsAfterCalls = "cloud.create_network"
      _ = harness.run()
      harness.stopsAfterCalls = nil
      harness.older = harness.workflow
      harness.workflow.version = 2
      harness.workflow.steps.removeAll { $0.name == "welcome" }
      harness.workflow.steps[harness.workflow.steps.count - 1].requires = []
      #expect(try harness.claim().ending == .completed)
      return harness
    }
    #expect(try run().world.calls("notify.send_mail") == 1)
    #expect(try run(.versionPinning).world.calls("notify.send_mail") == 0)
  }

  @Test func aVersionThatIsGoneIsHandedOver() throws {
    var harness = Harness()
    harness.stopsAfterCalls = "cloud.create_network"
    _ = harness.run()
    harness.stopsAfterCalls = nil
    harness.workflow.version = 2
    let claim = try harness.claim()
    #expect(claim.ending == .escalated)
    #expect(claim.reason.contains("version 1"))
    #expect(claim.possibly.map(\.operation) == ["cloud.create_network"])
    #expect(!claim.nextAction.isEmpty)
  }

  @Test func whatAVersionThatIsGoneLeftIsHandedOverByName() throws {
    var harness = Harness()
    harness.stopsAfterCalls = "cloud.create_cluster"
    _ = harness.run()
    harness.stopsAfterCalls = nil
    harness.workflow.version = 2
    let claim = try harness.claim()
    let network = try #require(claim.present.first { $0.operation == "cloud.create_network" })
    #expect(network.act == "lay-network")
    #expect(!network.id.isEmpty)
    #expect(claim.possibly.map(\.operation) == ["cloud.create_cluster"])
  }

  @Test func theEndOfAVersionThatIsGoneIsReadFromTheJournal() throws {
    var harness = Harness()
    let said = try harness.claim()
    harness.workflow.version = 2
    #expect(try harness.claim() == said)
    #expect(said.ending == .completed)
  }

  @Test(arguments: 1...60)
  func theCapHoldsOverARestart(at command: Int) throws {
    var harness = Harness()
    harness.request.mutationCap = 3
    harness.crashAfter = command
    #expect(try harness.claim().ending == .escalated)
    let sent = harness.world.log.filter { $0.call.purpose == .change }.map(\.call.act)
    #expect(sent.count <= 3, "\(sent)")
    #expect(sent.count >= 2, "one of the three may have been written down and never sent: \(sent)")
  }
}
