// A person has had the run in hand: the journal is not believed until the world has been looked at.

import OpsAgent
import Operations
import Primitives
import Testing

@Suite struct ResumptionTests {
  /// A run that was handed over after its payment was made, had no answer and could not be looked for.
  private func handedOver() throws -> Harness {
    var harness = Harness()
    harness.meddles = { world, call in
      guard call.request.operation == "billing.pay_invoice" else { return }
      world.plagues["billing.pay_invoice"] = .answerLost
      world.plagues["billing.list_charges"] = .requestLost
    }
    let claim = try harness.claim()
    #expect(claim.ending == .escalated)
    #expect(claim.possibly.map(\.operation) == ["billing.pay_invoice"])
    harness.meddles = nil
    harness.world.plagues = [:]
    return harness
  }

  /// From Friday to Monday: whoever keeps keys for a day has forgotten them.
  private func weekend(_ harness: inout Harness) {
    harness.world.advance(to: harness.world.now + .hours(63))
    harness.world.keys = []
    harness.request.resumptions += 1
  }

  @Test func withoutAnOrderTheLastWordStands() throws {
    var harness = try handedOver()
    let calls = harness.world.log.count
    #expect(try harness.claim().ending == .escalated)
    #expect(harness.world.log.count == calls)
  }

  @Test func anOrderIsCarriedOutOnce() throws {
    var harness = try handedOver()
    weekend(&harness)
    #expect(try harness.claim().ending == .completed)
    let calls = harness.world.log.count
    #expect(try harness.claim().ending == .completed, "it is over")
    #expect(harness.world.log.count == calls)
  }

  @Test func whatMayHaveHappenedIsLookedForBeforeItIsAskedForAgain() throws {
    var harness = try handedOver()
    let paid = harness.world.calls("billing.pay_invoice")
    weekend(&harness)
    #expect(try harness.claim().ending == .completed)
    #expect(harness.world.calls("billing.pay_invoice") == paid, "its key is forgotten: to send it again could pay twice")
    #expect(harness.world.alive("charge").count == 1)
  }

  @Test func allThatTheJournalBelievesIsLookedAtFirst() throws {
    var harness = try handedOver()
    let before = harness.world.log.count
    weekend(&harness)
    _ = try harness.claim()
    let purposes = harness.world.log[before...].map(\.call.purpose)
    let firstChange = purposes.firstIndex { $0.isMutation } ?? purposes.endIndex
    #expect(purposes[..<firstChange].count { $0 == .verify } >= 8)
    #expect(!purposes[firstChange...].contains(.verify))
  }

  @Test func whatIsGoneIsNotBelieved() throws {
    var harness = try handedOver()
    for index in harness.world.things.indices where harness.world.things[index].kind == "cluster" {
      harness.world.things[index].isAlive = false
      harness.world.things[index].fields["state"] = "terminated"
    }
    weekend(&harness)
    let claim = try harness.claim()
    #expect(claim.ending == .escalated)
    #expect(claim.reason == "provision-cluster was taken back by someone else")
    #expect(!claim.present.contains { $0.act == "provision-cluster" }, "it does not say that it is there")
    #expect(claim.possibly.map(\.operation) == ["billing.pay_invoice"], "what is unknown stays so")
  }

  @Test(arguments: 1...40) func aCrashOnTheWayChangesNothing(number: Int) throws {
    for isBefore in [true, false] {
      var harness = try handedOver()
      weekend(&harness)
      let first = harness.commandCount
      if isBefore { harness.crashBefore = first + number } else { harness.crashAfter = first + number }
      #expect(try harness.claim().ending == .completed)
      #expect(harness.world.alive("charge").count == 1)
      #expect(harness.world.alive("mail").count == 1)
      #expect(harness.world.alive("cluster").count == 1)
    }
  }

  @Test func aTicketThatSaidTooLittleIsReadAnew() throws {
    var harness = Harness()
    harness.request.input = ["ticket_id": "tic_1"]
    harness.world.things[0].fields["text"] = "Please do something about acme."
    #expect(try harness.claim().ending == .escalated)
    harness.world.things[0].fields["text"] = .text(FakeWorld.ticket)
    harness.request.resumptions = 1
    #expect(try harness.claim().ending == .completed)
  }

  @Test func recordsOfItAreKeptAsBytesAndToldToPeople() throws {
    let records: [JournalRecord] = [
      .takenUp(order: 2, at: Instant(nanoseconds: 5)), .verified(at: Instant(nanoseconds: 6)),
    ]
    #expect(try [JournalRecord](decoding: records.encoded) == records)
    var harness = try handedOver()
    weekend(&harness)
    _ = try harness.claim()
    let lines = JournalExplanation(of: harness.request.run, records: harness.store.load(harness.request.run), library: harness.library)
      .lines
    #expect(lines.contains { $0.contains("taken up again on the order of a person") })
    #expect(lines.contains { $0.contains("looked at the world") })
  }
}
