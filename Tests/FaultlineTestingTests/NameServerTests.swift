// A backend of the user's own in a world, by name: agents call it, faults bend its answers, oracles judge by its ledger.

import Agents
import Backends
import Faultline
import Operations
import Primitives
import Testing

@testable import FaultlineTesting

/// Gives the customer a name, and asks again under the same key where no answer comes.
struct CarefulNamer: AsyncAgent {
  func run(_ context: AgentContext) async throws -> Claim? {
    let customer = context.input.text("customer") ?? ""
    for pause in [5, 30, 120, 600] as [Int64] {
      let answer = try await context.send("dns.create_record", record(of: customer), key: "name-\(customer)").answer
      switch context.catalogue.outcome(of: answer) {
      case .succeeded: return Claim(.completed, text: "\(customer) has its name.")
      case .notNow(let response): try await context.sleep(max(.seconds(pause), response.retryAfter ?? .zero))
      case .unknown: try await context.sleep(.seconds(pause))
      case .failed(let response):
        return Claim(.escalated, text: "Refused with \(response.status).", reason: "refused", nextAction: "Look.")
      }
    }
    return Claim(
      .escalated, text: "Nobody answers.", possibly: [.init(kind: "dns.record", object: nil)], reason: "no answer",
      nextAction: "Look whether \(customer) has a name.")
  }
}

/// The same with a new key each time.
struct CarelessNamer: AsyncAgent {
  func run(_ context: AgentContext) async throws -> Claim? {
    let customer = context.input.text("customer") ?? ""
    for attempt in 1...10 {
      let key = "name-\(customer)-\(attempt)"
      let answer = try await context.send("dns.create_record", record(of: customer), key: key).answer
      if case .succeeded = context.catalogue.outcome(of: answer) {
        return Claim(.completed, text: "\(customer) has its name.")
      }
      try await context.sleep(.seconds(5))
    }
    return nil
  }
}

private func record(of customer: String) -> Fields {
  ["name": .text("\(customer).example"), "customer": .text(customer)]
}
private let scenario = "fixtures/scenarios/one-record.yaml"

@Suite struct NameServerTests {
  @Test(
    .faultline(
      "fixtures/scenarios/one-record.yaml", agent: .async(CarefulNamer()), seeds: 1...200,
      backends: [NameServer.profile]))
  func aBackendOfTheUsersIsPartOfTheWorld() {}

  @Test func whatItHoldsIsWhatCounts() {
    withKnownIssue {
      expectSurvives(
        scenario: scenario, agent: .async(CarelessNamer()), seeds: 1...1, backends: [NameServer.profile])
    } matching: { issue in
      guard let failure = issue.error as? FaultlineFailure, let verdict = failure.verdict else { return false }
      return verdict.violations.contains { $0.oracle == "duplicate-resource" && $0.intent == "acme-name" }
        && failure.text.contains("dns.delete_record for the") && failure.text.contains("create_record acme")
    }
  }

  @Test func withoutItTheScenarioIsRefusedByName() {
    withKnownIssue {
      expectSurvives(scenario: scenario, agent: .async(CarefulNamer()), seeds: 1...1)
    } matching: { issue in
      (issue.error as? FaultlineFailure)?.text.contains("dns") == true
    }
  }

  @Test func itsStateIsInItsHash() {
    var server = NameServer()
    let empty = server.stableDigest
    server.admit("agent-dns", scopes: ["dns.write"])
    let open = server.stableDigest
    let conditions = Conditions(call: nil, entropy: Draw(word: 7))
    let request = Request("dns.create_record", record(of: "acme"), principal: "agent-dns", idempotencyKey: "k")
    let first = server.handle(request, at: Instant(nanoseconds: 0), under: conditions)
    let full = server.stableDigest
    #expect(Set([empty, open, full]).count == 3)
    #expect(server.handle(request, at: Instant(nanoseconds: 1), under: conditions) == first, "the same key, the same answer")
    #expect(server.ledger.count == 1)
    #expect(server.stableDigest == full)
  }
}
