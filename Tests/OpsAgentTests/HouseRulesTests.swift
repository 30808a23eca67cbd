// What an operator tells the agent about the house: it waits, asks or gives up in good order; untold, it can't know.

import OpsAgent
import Operations
import Primitives
import Testing

@Suite struct HouseRulesTests {
  /// Nothing of the cloud for ten hours from the start of the harness on.
  private func frozen(_ hours: Int64, from: TimeSpan = .zero, kinds: Name...) -> HouseRules {
    let begins = CivilZone.utc.civil(at: Harness.start + from)
    let ends = CivilZone.utc.civil(at: Harness.start + from + .hours(hours))
    return HouseRules(freezes: [.init(of: kinds, in: CalendarWindow(.once(from: begins, until: ends), in: .utc))])
  }

  private func sends(_ harness: Harness) -> [(Name, Instant)] {
    harness.world.log.filter { $0.call.purpose == .change }.map { ($0.call.request.operation, $0.at) }
  }

  @Test func aFreezeIsSleptThrough() throws {
    var harness = Harness()
    harness.request.rules = frozen(10, kinds: "cloud.cluster")
    #expect(try harness.claim().ending == .completed)
    #expect(harness.waits.contains { $0.0 == .freeze && $0.1 > .hours(9) })
    let changes = sends(harness)
    #expect(changes.count > 8)
    #expect(changes.allSatisfy { $0.1 >= Harness.start + .hours(10) }, "the network is of the same system")
  }

  @Test func whatIsNotFrozenGoesOn() throws {
    var harness = Harness()
    harness.request.rules = frozen(10, kinds: "notify.mail")
    #expect(try harness.claim().ending == .completed)
    let early = sends(harness).filter { $0.1 < Harness.start + .hours(10) }
    #expect(early.contains { $0.0 == "cloud.create_cluster" })
    #expect(!early.contains { $0.0 == "notify.send_mail" })
  }

  @Test func aFreezeOfAWeekIsForAPerson() throws {
    var harness = Harness()
    harness.request.rules = frozen(24 * 7, kinds: "cloud.cluster")
    let claim = try harness.claim()
    #expect(claim.ending == .escalated)
    #expect(claim.reason.hasPrefix("changes are frozen until"))
    #expect(sends(harness).isEmpty)
  }

  @Test func closedBooksTakeBackWhatWasMade() throws {
    var harness = Harness()
    // The period of the tests is November, the run begins on the twentieth: books that close before the month is over.
    harness.request.rules = HouseRules(books: [.init(of: ["billing.invoice"], in: .utc, after: .days(-15))])
    let claim = try harness.claim()
    #expect(claim.ending == .rolledBack)
    #expect(claim.reason == "the books of 2026-11 are closed in UTC")
    #expect(!sends(harness).contains { $0.0 == "billing.create_invoice" })
    var open = Harness()
    open.request.rules = HouseRules(books: [.init(of: ["billing.invoice"], in: .utc)])
    #expect(try open.claim().ending == .completed)
  }

  @Test func whatIsInClosedBooksIsTakenOutByAPerson() throws {
    // Open when the invoice is written, closed when the payment is due: to void it then is a posting, too.
    var harness = Harness()
    harness.request.rules = HouseRules(
      books: [.init(of: ["billing.invoice"], in: .utc, after: Harness.start + .hours(1) - Instant(year: 2026, month: 12, day: 1))])
    harness.world.plagues["billing.pay_invoice"] = .refused("declined")
    harness.meddles = { world, call in
      if call.request.operation == "billing.pay_invoice" { world.advance(to: Harness.start + .hours(2)) }
    }
    let claim = try harness.claim()
    #expect(claim.ending == .escalated)
    #expect(claim.reason.contains("changes the books of 2026-11, which are closed in UTC"))
    #expect(harness.world.calls("billing.void_invoice") == 0)
    var open = Harness()
    open.request.rules = HouseRules(books: [.init(of: ["billing.invoice"], in: .utc)])
    open.world.plagues["billing.pay_invoice"] = .refused("declined")
    #expect(try open.claim().ending == .rolledBack)
    #expect(open.world.calls("billing.void_invoice") == 1)
  }

  @Test func whereNoConfiguredRegionIsAllowedAPersonIsAsked() throws {
    var harness = Harness()
    harness.request.rules = HouseRules(residency: [.init(of: ["cloud.cluster"], regions: ["eu-west-1"])])
    let claim = try harness.claim()
    #expect(claim.ending == .escalated)
    #expect(sends(harness).isEmpty)
  }

  @Test func everyRuleIsInTheDigest() {
    let window = CalendarWindow(.weekly(from: 0, until: 60), in: .utc)
    let all: [HouseRules] = [
      HouseRules(), HouseRules(residency: [.init(of: ["a.b"], regions: ["x"])]),
      HouseRules(residency: [.init(of: ["a.b"], regions: ["y"])]), HouseRules(freezes: [.init(of: ["a.b"], in: window)]),
      HouseRules(freezes: [.init(of: ["a.c"], in: window)]), HouseRules(books: [.init(of: ["a.b"], in: .utc)]),
      HouseRules(books: [.init(of: ["a.b"], in: .utc, after: .days(1))]), HouseRules(fourEyes: [.init(of: ["a.b"])]),
      HouseRules(fourEyes: [.init(of: ["a.b"], above: Money(minorUnits: 1, currency: .eur))]),
    ]
    #expect(Set(all.map(\.stableDigest)).count == all.count)
  }
}
