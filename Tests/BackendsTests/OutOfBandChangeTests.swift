// What others do to objects behind an agent's back: offered where it changes something, and on nobody's account
// but their own.

import Operations
import Primitives
import Testing

@testable import Backends

@Suite("Out-of-band changes")
struct OutOfBandChangeTests {
  private let price = Value.money(Money(minorUnits: 120_000, currency: .eur))
  private let start = Instant(year: 2026, month: 11, day: 20, hour: 9)

  /// A system in which acme is being onboarded, by hand.
  private struct Desk {
    var backend: any Backend
    var now: Instant
    private var calls: UInt64 = 0

    init(_ system: Name, _ profile: Name, _ options: Fields = [:], at now: Instant) throws {
      backend = try BackendFactory.make(system: system, profile: profile, options: options, start: now)
      backend.admit("agent", scopes: Set(backend.description.operations.map(\.scope)))
      self.now = now
    }

    @discardableResult
    mutating func call(_ operation: Name, _ arguments: Fields) -> Response {
      calls += 1
      now += .seconds(10)
      _ = backend.advance(to: now)
      return backend.handle(
        Request(operation, arguments, principal: "agent"), at: now,
        under: Conditions(
          call: CallID(process: 0, incarnation: 1, number: UInt16(calls)), entropy: Draw(seed: 1, key: calls)))
    }

    mutating func make(_ operation: Name, _ arguments: Fields) -> Value { call(operation, arguments).body["id"] ?? .null }

    func changes(before operation: Name, _ arguments: Fields) -> OutOfBandChanges {
      backend.outOfBandChanges(before: Request(operation, arguments, principal: "agent"), at: now)
    }

    /// Lets it happen; the effects that it had.
    mutating func apply(_ change: OutOfBandChange, before operation: Name, _ arguments: Fields) -> [Effect] {
      let before = backend.ledger.count
      backend.apply(
        change, before: Request(operation, arguments, principal: "agent"), at: now, entropy: Draw(seed: 2, key: 2))
      return Array(backend.ledger.effects[before...])
    }
  }

  private func expectTheirs(_ effects: [Effect], _ principal: Name) {
    #expect(!effects.isEmpty)
    #expect(effects.allSatisfy { $0.cause == nil && $0.principal == principal && $0.owner == "acme" })
  }

  private func ticketDesk(_ profile: Name) throws -> Desk {
    try Desk("ticketing", profile, ["tickets": [["id": "T-1", "customer": "acme"]]], at: start)
  }

  @Test("the desk puts a ticket on hold: a conditional update is refused, an unconditional one overwrites")
  func ticketOnHold() throws {
    var desk = try ticketDesk("zendesk")
    let read = desk.call("ticketing.get_ticket", ["ticket": "T-1"]).body
    let solve: Fields = ["ticket": "T-1", "status": "solved"]
    var safe = solve
    safe["safe_update"] = true
    safe["updated_stamp"] = read["updated_at"]
    #expect(desk.changes(before: "ticketing.update_ticket", safe) == [.settled, .altered])
    let effects = desk.apply(.altered, before: "ticketing.update_ticket", safe)
    expectTheirs(effects, "support-desk")
    #expect(effects.map(\.kind) == ["ticketing.status"])
    #expect(effects.first?.attributes.text("status") == "hold")
    #expect(desk.call("ticketing.update_ticket", safe).status == 409)
    #expect(desk.call("ticketing.update_ticket", solve).status == 200)
    #expect(desk.changes(before: "ticketing.update_ticket", solve) == [], "it is solved")
  }

  @Test("the desk solves a ticket: nothing is left for an update to change", arguments: ["zendesk", "jira"] as [Name])
  func ticketSolved(profile: Name) throws {
    var desk = try ticketDesk(profile)
    let solve: Fields = ["ticket": "T-1", "status": "solved"]
    expectTheirs(desk.apply(.settled, before: "ticketing.update_ticket", solve), "support-desk")
    let before = desk.backend.ledger.count
    #expect(desk.call("ticketing.update_ticket", solve).status == 200)
    #expect(desk.backend.ledger.count == before)
  }

  @Test("the finance desk pays an invoice: the next payment is refused as made already")
  func invoicePaid() throws {
    var desk = try Desk("billing", "stripe-v1", at: start)
    let customer = desk.make("billing.create_customer", ["reference": "acme"])
    let invoice: Fields = [
      "invoice": desk.make("billing.create_invoice", ["customer": customer, "amount": price])
    ]
    #expect(desk.changes(before: "billing.pay_invoice", invoice) == [], "a draft can't be paid")
    desk.call("billing.finalize_invoice", invoice)
    #expect(desk.changes(before: "billing.pay_invoice", invoice) == .settled)
    let effects = desk.apply(.settled, before: "billing.pay_invoice", invoice)
    expectTheirs(effects, "finance-desk")
    #expect(effects.map(\.kind) == ["billing.charge", "billing.invoice"])
    let again = desk.call("billing.pay_invoice", invoice)
    #expect(again.error?.code == "invoice_already_paid")
    #expect(desk.changes(before: "billing.pay_invoice", invoice) == [])
  }

  @Test("nobody pays by hand with a card that is declined")
  func declined() throws {
    var desk = try Desk("billing", "stripe-v1", ["declines": ["acme"]], at: start)
    let customer = desk.make("billing.create_customer", ["reference": "acme"])
    let invoice: Fields = [
      "invoice": desk.make("billing.create_invoice", ["customer": customer, "amount": price])
    ]
    desk.call("billing.finalize_invoice", invoice)
    #expect(desk.changes(before: "billing.pay_invoice", invoice) == [])
  }

  @Test("an operator deletes a cluster that is still starting; a running one is left alone")
  func clusterDeleted() throws {
    var desk = try Desk("cloud", "ec2", at: start)
    let network = desk.make("cloud.create_network", ["name": "net", "region": "eu-central-1", "customer": "acme"])
    let launch: Fields = [
      "name": "one", "network": network, "plan": "pro", "region": "eu-central-1", "count": 1, "customer": "acme",
    ]
    let cluster: Fields = ["cluster": desk.make("cloud.create_cluster", launch)]
    #expect(desk.changes(before: "cloud.describe_cluster", cluster) == .removed)
    expectTheirs(desk.apply(.removed, before: "cloud.describe_cluster", cluster), "cloud-operator")
    #expect(desk.call("cloud.describe_cluster", cluster).body.text("state") == "shutting-down")
    let before = desk.backend.ledger.count
    desk.now += .minutes(10)
    _ = desk.backend.advance(to: desk.now)
    expectTheirs(Array(desk.backend.ledger.effects[before...]), "cloud-operator")
    let second: Fields = ["cluster": desk.make("cloud.create_cluster", launch)]
    desk.now += .minutes(10)
    _ = desk.backend.advance(to: desk.now)
    #expect(desk.changes(before: "cloud.describe_cluster", second) == [])
    #expect(desk.changes(before: "cloud.terminate_cluster", second) == .settled)
  }

  @Test("what is being deleted may be gone already, by another hand")
  func deletedByHand() throws {
    var desk = try Desk("identity", "iam", at: start)
    let role: Fields = ["name": "role-acme"]
    #expect(desk.changes(before: "identity.delete_role", role) == [])
    desk.call("identity.create_role", ["name": "role-acme", "customer": "acme"])
    desk.now += .minutes(1)
    #expect(desk.changes(before: "identity.delete_role", role) == .settled)
    expectTheirs(desk.apply(.settled, before: "identity.delete_role", role), "security-desk")
    #expect(desk.call("identity.delete_role", role).status == 404)
  }
}
