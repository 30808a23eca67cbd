// What ticketing's tables can't show: event ids, subjects, lost updates.

import Operations
import Primitives
import Testing

@testable import Backends

@Suite("Ticketing")
struct TicketingTests {
  let start = Instant(year: 2026, month: 11, day: 20, hour: 9)

  func backend(_ options: Fields = [:], profile: Name = "zendesk") throws -> any Backend {
    var all = options
    all["tickets"] = [["id": "T-1", "customer": "acme", "external_id": "acme-1", "tags": ["b", "a"]]]
    var backend = try BackendFactory.make(system: "ticketing", profile: profile, options: all, start: start)
    backend.admit("agent", scopes: ["ticketing.read", "ticketing.write"])
    return backend
  }

  func send(_ operation: Name, _ arguments: Fields, to backend: inout any Backend, _ number: UInt64) -> Response {
    backend.handle(
      Request(operation, arguments, principal: "agent"), at: start + .seconds(Int64(number)),
      under: Conditions(call: nil, entropy: Draw(seed: 1, key: number)))
  }

  @Test("its own deliveries arrive as often as it is told, all with one id", arguments: [1, 2, 3] as [Int64])
  func deliveries(count: Int64) throws {
    var backend = try backend(["deliveries": .int(count), "delivery_gap_seconds": 5])
    var ids: [String] = []
    var times: [Instant] = []
    while let due = backend.nextDue {
      for delivery in backend.advance(to: due) {
        ids.append(delivery.id)
        times.append(due)
        #expect(delivery.topic == "ticketing.ticket.created")
        #expect(delivery.body.text("ticket") == "T-1" && delivery.body.text("customer") == "acme")
      }
    }
    #expect(ids.count == count)
    #expect(Set(ids).count == 1)
    #expect(times == (0..<count).map { start + .seconds(5 * $0) })
  }

  @Test("a ticket that an agent creates is announced under an id of its own")
  func announcements() throws {
    var backend = try backend()
    let seeded = backend.advance(to: start).first
    _ = send("ticketing.create_ticket", ["customer": "acme", "subject": "More"], to: &backend, 1)
    let created = backend.advance(to: start + .seconds(1)).first
    #expect(created != nil && created?.id != seeded?.id)
    #expect(created?.body.text("submitter") == "agent")
    #expect(seeded != nil && seeded?.body["submitter"] == nil, "a customer filed it")
  }

  @Test("a ticket of the beginning is no effect of anyone")
  func seeds() throws {
    var backend = try backend()
    _ = backend.advance(to: start)
    #expect(backend.ledger.count == 0)
    #expect(send("ticketing.get_ticket", ["ticket": "T-1"], to: &backend, 1).body["tags"] == ["a", "b"])
  }

  @Test("the subject is the ticket's customer, by id and by external id")
  func subjects() throws {
    let backend = try backend()
    for (operation, arguments) in [
      ("ticketing.get_ticket", ["ticket": "T-1"]), ("ticketing.search_tickets", ["external_id": "acme-1"]),
      ("ticketing.create_ticket", ["customer": "acme", "subject": "s"]),
    ] as [(Name, Fields)] {
      #expect(backend.subject(of: Request(operation, arguments, principal: "agent")) == "acme", "\(operation)")
    }
    #expect(backend.subject(of: Request("ticketing.get_ticket", ["ticket": "T-9"], principal: "agent")) == nil)
  }

  @Test("two writers who set tags from one read: the second takes the first one's away unless it is careful")
  func lostUpdate() throws {
    for isSafe in [false, true] {
      var backend = try backend()
      let stamp = send("ticketing.get_ticket", ["ticket": "T-1"], to: &backend, 1).body["updated_at"] ?? nil
      _ = send("ticketing.update_ticket", ["ticket": "T-1", "tags": ["a", "b", "c"]], to: &backend, 2)
      var update: Fields = ["ticket": "T-1", "tags": ["a", "b", "d"]]
      if isSafe {
        update["safe_update"] = true
        update["updated_stamp"] = stamp
      }
      #expect(send("ticketing.update_ticket", update, to: &backend, 3).status == (isSafe ? 409 : 200))
      let tags = send("ticketing.get_ticket", ["ticket": "T-1"], to: &backend, 4).body["tags"]
      #expect(tags == (isSafe ? ["a", "b", "c"] : ["a", "b", "d"]))
    }
  }

  @Test("every field of a ticket is in its digest")
  func ticketDigest() {
    func ticket(
      id: String = "T-1", customer: Name = "acme", by submitter: Name? = nil, subject: String = "s",
      text: String = "t", at created: Instant
    ) -> Ticket {
      Ticket(
        id: id, customer: customer, submitter: submitter, externalID: nil, subject: subject, text: text,
        createdAt: created, status: .new, tags: [], version: Version(at: start))
    }
    var digests = [
      ticket(at: start), ticket(id: "T-2", at: start), ticket(customer: "globex", at: start),
      ticket(by: "agent", at: start), ticket(by: "clerk", at: start),
      ticket(subject: "u", at: start), ticket(text: "u", at: start), ticket(at: start + .seconds(1)),
    ].map(\.stableDigest)
    let changes: [(inout Ticket) -> Void] = [
      { $0.externalID = "x" }, { $0.status = .open }, { $0.tags = ["a"] }, { $0.movedAt = start },
      { $0.version.advance(at: start) }, { $0.version = Version(at: start + .seconds(1)) },
    ]
    for change in changes {
      var changed = ticket(at: start)
      change(&changed)
      digests.append(changed.stableDigest)
    }
    #expect(Set(digests).count == digests.count)
  }

  @Test("the status machine allows exactly the documented transitions")
  func transitions() {
    let all = Ticket.Status.allCases
    for status in all {
      #expect(!Ticket.Status.closed.canBecome(status))
      #expect(status.canBecome(.closed) == (status == .solved))
      #expect(status.canBecome(.new) == (status == .new))
      for next in [Ticket.Status.open, .pending, .hold, .solved] {
        #expect(status.canBecome(next) == (status != .closed))
      }
    }
  }
}
