// The naive agent is no straw man, and has the war story's flaw.

import Faultline
import Operations
import Primitives
import Simulation
import Testing

@testable import Agents

@Suite("Naive agent")
struct NaiveAgentTests {
  private func play(_ faults: [Plan.Entry], billing: Fields = ["metering": "per-cluster"]) throws -> RunRecord {
    try Acme.play(NaiveAgent.underTest, in: Acme.scenario(faults, billing: billing))
  }

  /// What holds after an onboarding that went well.
  private func expectOneOfEach(_ record: RunRecord) {
    #expect(record.claims.map(\.text) == ["onboarded"])
    for intent in Acme.intents { #expect(record.live(intent.kind) == 1, "\(intent.kind)\n\(record.story)") }
  }

  @Test("It passes the happy path, with metering and without", arguments: ["per-cluster", "none"])
  func happyPath(metering: String) throws {
    expectOneOfEach(try play([], billing: ["metering": .text(metering)]))
  }

  @Test("It waits out a rate limit and repeats a lost request", arguments: ["rate-limited", "request-lost"] as [Name])
  func transient(fault: Name) throws {
    let operations: [Name] = [
      "cloud.create_network", "cloud.create_cluster", "identity.create_role", "identity.create_binding",
      "billing.create_customer", "billing.pay_invoice", "notify.send_mail",
    ]
    for operation in operations {
      expectOneOfEach(try play([Acme.fault(operation, fault, .request)]))
    }
  }

  @Test("It sits an outage out without a storm of retries")
  func outage() throws {
    let record = try play([Acme.fault("identity.create_role", "outage", .request)])
    expectOneOfEach(record)
    #expect(record.violated.isEmpty)
  }

  @Test("A time-out after the cluster was created leaves two clusters, and both are paid")
  func timeoutAfterCreate() throws {
    let record = try play([Acme.fault("cloud.create_cluster", "response-lost", .answer)])
    #expect(record.claims.map(\.text) == ["onboarded"])
    #expect(record.live("cloud.cluster") == 2)
    #expect(record.live("billing.invoice") == 2)
    #expect(record.live("billing.charge") == 2)
    #expect(record.live("cloud.network") == 1)
  }

  @Test("A time-out after the payment doubles the charge")
  func timeoutAfterPay() throws {
    let record = try play([Acme.fault("billing.pay_invoice", "response-lost", .answer)])
    #expect(record.claims.map(\.text) == ["onboarded"])
    #expect(record.live("cloud.cluster") == 1)
    #expect(record.live("billing.charge") == 2)
  }

  @Test("A restart begins from the top")
  func restart() throws {
    let record = try play([Acme.fault("cloud.describe_cluster", "crash:on-answer", .crash)])
    #expect(record.claims.map(\.text) == ["onboarded"])
    #expect(record.live("cloud.cluster") == 2)
    #expect(record.live("identity.role") == 1)
  }
}
