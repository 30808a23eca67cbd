// What billing's tables can't show: the story of two clusters, the subjects of calls, the digest of state.

import Operations
import Primitives
import Testing

@testable import Backends

@Suite("Billing")
struct BillingTests {
  let start = Instant(year: 2026, month: 11, day: 20, hour: 9)

  func backend(_ options: Fields = [:], profile: Name = "stripe-v1") throws -> any Backend {
    var backend = try BackendFactory.make(system: "billing", profile: profile, options: options, start: start)
    backend.admit("agent", scopes: ["billing.read", "billing.write", "billing.pay", "billing.refund"])
    return backend
  }

  func send(
    _ operation: Name, _ arguments: Fields, to backend: inout any Backend, _ number: UInt64, key: String? = nil
  ) -> Response {
    backend.handle(
      Request(operation, arguments, principal: "agent", idempotencyKey: key), at: start + .seconds(Int64(number)),
      under: Conditions(call: nil, entropy: Draw(seed: 1, key: number)))
  }

  func running(_ cluster: String, of owner: String, event: String) -> Delivery {
    Delivery(
      topic: "cloud.cluster.running", id: event,
      body: ["cluster": .text(cluster), "owner": .text(owner), "period_start": .instant(start)])
  }

  @Test("two running clusters make two invoices, and who pays what is open is charged twice", arguments: [1, 2])
  func twoClusters(clusters: Int) throws {
    var backend = try backend(["metering": "per-cluster"])
    for cluster in 1...clusters {
      backend.receive(running("i-\(cluster)", of: "acme", event: "evt-\(cluster)"), at: start)
    }
    let listed = send("billing.list_invoices", ["customer": "acme", "status": "open"], to: &backend, 1)
    for (index, invoice) in (listed.body["invoices"]?.list ?? []).enumerated() {
      let id = try #require(invoice.record?.text("id"))
      #expect(send("billing.pay_invoice", ["invoice": .text(id)], to: &backend, UInt64(10 + index)).status == 200)
    }
    let charges = backend.ledger.effects.filter { $0.kind == "billing.charge" }
    #expect(charges.count == clusters)
    #expect(charges.allSatisfy { $0.owner == "acme" && $0.amount == Money("1200.00 EUR") })
    #expect(charges.allSatisfy { $0.attributes.text("period") == "2026-11" })
  }

  @Test("without metering a running cluster costs nothing, and a cluster of nobody is billed to nobody")
  func noMetering() throws {
    var silent = try backend()
    silent.receive(running("i-1", of: "acme", event: "evt-1"), at: start)
    #expect(silent.ledger.count == 0)
    var metered = try backend(["metering": "per-cluster"])
    metered.receive(
      Delivery(topic: "cloud.cluster.running", id: "evt-1", body: ["cluster": "i-1", "owner": nil]), at: start)
    #expect(metered.ledger.count == 0)
  }

  @Test("the subject of a call is the customer's natural key, also where the call names an id")
  func subjects() throws {
    var backend = try backend()
    let customer = send("billing.create_customer", ["reference": "acme"], to: &backend, 1).body.text("id") ?? ""
    let draft = send(
      "billing.create_invoice", ["customer": .text(customer), "amount": .money(Money("9.00 EUR")!)], to: &backend, 2)
    let invoice = draft.body["id"] ?? nil
    let requests: [(Name, Fields)] = [
      ("billing.create_customer", ["reference": "acme"]),
      ("billing.list_invoices", ["customer": "acme"]),
      ("billing.list_invoices", ["customer": .text(customer)]),
      ("billing.pay_invoice", ["invoice": invoice]),
    ]
    for (operation, arguments) in requests {
      #expect(backend.subject(of: Request(operation, arguments, principal: "agent")) == "acme", "\(operation)")
    }
    #expect(backend.subject(of: Request("billing.pay_invoice", ["invoice": "in_x"], principal: "agent")) == nil)
    _ = send("billing.delete_customer", ["customer": .text(customer)], to: &backend, 3)
    let late = Request("billing.list_invoices", ["customer": .text(customer)], principal: "agent")
    #expect(backend.subject(of: late) == "acme", "who is deleted keeps the name")
  }

  @Test("an amount in another currency is refused, not trapped on")
  func currencies() throws {
    var backend = try backend()
    let eur = Value.money(Money(minorUnits: 900, currency: .eur))
    let usd = Value.money(Money(minorUnits: 900, currency: .usd))
    _ = send("billing.create_customer", ["reference": "acme"], to: &backend, 1)
    let draft = send("billing.create_invoice", ["customer": "acme", "amount": eur], to: &backend, 2)
    let invoice = draft.body["id"] ?? nil
    #expect(send("billing.add_invoice_item", ["invoice": invoice, "amount": usd], to: &backend, 3).status == 400)
    _ = send("billing.finalize_invoice", ["invoice": invoice], to: &backend, 4)
    let paid = send("billing.pay_invoice", ["invoice": invoice], to: &backend, 5)
    let charge = paid.body["charge"] ?? nil
    #expect(send("billing.refund_charge", ["charge": charge, "amount": usd], to: &backend, 6).status == 400)
    let note: Fields = ["invoice": invoice, "amount": eur, "refund_amount": usd]
    #expect(send("billing.create_credit_note", note, to: &backend, 7).status == 400)
  }

  @Test(
    "captured minus refunded minus credited is zero after full credit, whatever its parts", arguments: [0, 300, 900])
  func creditsSum(refund: Int64) throws {
    var backend = try backend()
    let due = Money(minorUnits: 900, currency: .eur)
    _ = send("billing.create_customer", ["reference": "acme"], to: &backend, 1)
    let draft = send("billing.create_invoice", ["customer": "acme", "amount": .money(due)], to: &backend, 2)
    let invoice = draft.body["id"] ?? nil
    _ = send("billing.finalize_invoice", ["invoice": invoice], to: &backend, 3)
    _ = send("billing.pay_invoice", ["invoice": invoice], to: &backend, 4)
    let note: Fields = [
      "invoice": invoice, "amount": .money(due), "refund_amount": .money(Money(minorUnits: refund, currency: .eur)),
      "credit_amount": .money(Money(minorUnits: 900 - refund, currency: .eur)),
    ]
    #expect(send("billing.create_credit_note", note, to: &backend, 5).status == 200)
    var balance: Int64 = 0
    for effect in backend.ledger.effects {
      switch effect.kind {
      case "billing.charge" where effect.change == .happened: balance += effect.amount?.minorUnits ?? 0
      case "billing.refund", "billing.credit_note": balance -= effect.amount?.minorUnits ?? 0
      default: break
      }
    }
    #expect(balance == 0)
    #expect(send("billing.create_credit_note", note, to: &backend, 6).status == 400, "no cent twice")
  }

  @Test("a compensation can be refused only where something is compensated")
  func applicability() throws {
    let backend = try backend()
    let void = Request("billing.void_invoice", ["invoice": "in_x"], principal: "agent")
    #expect(backend.applicable(to: void, at: start).contains(.compensationRefusal))
    let pay = Request("billing.pay_invoice", ["invoice": "in_x"], principal: "agent")
    #expect(backend.applicable(to: pay, at: start) == [])
  }

  @Test("every field of a charge and of a subscription is in its digest")
  func smallerDigests() {
    func charge(
      _ id: String, _ invoice: String, _ owner: Name, _ period: String?, _ reference: String?, _ cents: Int64,
      _ second: Int64, _ refunded: Int64
    ) -> UInt64 {
      Charge(
        id: id, invoice: invoice, owner: owner, period: period, reference: reference,
        amount: Money(minorUnits: cents, currency: .eur), createdAt: start + .seconds(second),
        refunded: Money(minorUnits: refunded, currency: .eur)
      ).stableDigest
    }
    func subscription(
      _ id: String, _ owner: Name, _ plan: String, _ period: String?, _ reference: String?, _ second: Int64,
      _ status: Subscription.Status
    ) -> UInt64 {
      Subscription(
        id: id, owner: owner, plan: plan, period: period, reference: reference,
        createdAt: start + .seconds(second), status: status
      ).stableDigest
    }
    let digests = [
      charge("a", "b", "c", "d", "e", 1, 1, 0), charge("x", "b", "c", "d", "e", 1, 1, 0),
      charge("a", "x", "c", "d", "e", 1, 1, 0), charge("a", "b", "x", "d", "e", 1, 1, 0),
      charge("a", "b", "c", nil, "e", 1, 1, 0), charge("a", "b", "c", "d", nil, 1, 1, 0),
      charge("a", "b", "c", "d", "e", 2, 1, 0), charge("a", "b", "c", "d", "e", 1, 2, 0),
      charge("a", "b", "c", "d", "e", 1, 1, 1), subscription("a", "b", "c", "d", "e", 1, .active),
      subscription("x", "b", "c", "d", "e", 1, .active), subscription("a", "x", "c", "d", "e", 1, .active),
      subscription("a", "b", "x", "d", "e", 1, .active), subscription("a", "b", "c", nil, "e", 1, .active),
      subscription("a", "b", "c", "d", nil, 1, .active), subscription("a", "b", "c", "d", "e", 2, .active),
      subscription("a", "b", "c", "d", "e", 1, .canceled),
    ]
    #expect(Set(digests).count == digests.count)
  }

  @Test("every field of an invoice is in its digest")
  func invoiceDigest() {
    let plain = Invoice(
      id: "in_1", owner: "acme", period: "2026-11", reference: "r", source: "i-1", currency: .eur, createdAt: start)
    let changes: [(inout Invoice) -> Void] = [
      { $0.status = .open }, { $0.items.append(Invoice.Item(id: "ii_1", amount: Money("1.00 EUR")!)) },
      { $0.paid.minorUnits = 1 }, { $0.reduced.minorUnits = 1 }, { $0.credited.minorUnits = 1 },
    ]
    var digests = [plain.stableDigest]
    for change in changes {
      var changed = plain
      change(&changed)
      digests.append(changed.stableDigest)
    }
    for (id, owner, period, reference, source, currency) in [
      ("in_2", "acme", "2026-11", "r", "i-1", Currency.eur), ("in_1", "globex", "2026-11", "r", "i-1", .eur),
      ("in_1", "acme", "2026-12", "r", "i-1", .eur), ("in_1", "acme", "2026-11", "s", "i-1", .eur),
      ("in_1", "acme", "2026-11", "r", "i-2", .eur), ("in_1", "acme", "2026-11", "r", "i-1", .usd),
    ] {
      let other = Invoice(
        id: id, owner: Name(owner), period: period, reference: reference, source: source, currency: currency,
        createdAt: start)
      digests.append(other.stableDigest)
    }
    #expect(Set(digests).count == digests.count)
  }
}
