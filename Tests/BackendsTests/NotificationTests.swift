// The notification system: mails that stay sent, keys that save from sending twice, pages that are one while open.

import Operations
import Primitives
import Testing

@testable import Backends

private typealias Bench = SystemBench<NotificationSystem>

private func email(takesKeys: Bool = true, pages: Bool = true) -> NotificationSystem {
  NotificationSystem(dialect: .email(takesKeys: takesKeys, pages: pages))
}

private func pager() -> NotificationSystem { NotificationSystem(dialect: .pager) }

extension SystemBench<NotificationSystem> {
  @discardableResult
  fileprivate mutating func mail(
    _ template: String = "welcome", to: String = "ops@acme.example", key: String? = nil,
    _ adjust: (inout Conditions) -> Void = { _ in }
  ) -> Response {
    call(
      "notify.send_mail", ["to": .text(to), "template": .text(template), "customer": "acme"], key: key, lag: .zero,
      adjust)
  }

  @discardableResult
  fileprivate mutating func page(_ key: String? = "acme", customer: String? = "acme") -> Response {
    var arguments: Fields = ["summary": "Down", "severity": "critical", "customer": .optional(customer)]
    if let key { arguments["dedup_key"] = .text(key) }
    return call("notify.page", arguments)
  }

  fileprivate mutating func pages(lag: TimeSpan = .zero) -> [String] {
    let listed = call("notify.list_pages", lag: lag).body["pages"]?.list ?? []
    return listed.compactMap { $0.record?.text("status") }
  }

  fileprivate mutating func mails(lag: TimeSpan = .zero) -> Int {
    call("notify.list_mails", lag: lag).body["mails"]?.list?.count ?? -1
  }
}

@Suite("Mail")
struct MailTests {
  @Test("a mail has happened, for good, about its customer")
  func effect() throws {
    var bench = Bench(email())
    let id = bench.mail().body.text("id")
    let effect = try #require(bench.effects.first)
    #expect(bench.effects.count == 1)
    #expect(effect.kind == "notify.mail")
    #expect(effect.change == .happened)
    #expect(effect.permanence == .permanent)
    #expect(effect.owner == "acme")
    #expect(effect.object == id)
    #expect(effect.attributes.text("template") == "welcome")
    #expect(effect.attributes.text("to") == "ops@acme.example")
    #expect(effect.cause == bench.lastCall)
  }

  @Test("a key sends once within its window and again after it")
  func keyWindow() throws {
    var bench = Bench(email())
    let window = try #require(bench.backend.description.bounds.keyWindow)
    let first = bench.mail(key: "k")
    bench.wait(window - .nanoseconds(1))
    #expect(bench.mail(key: "k").body == first.body)
    #expect(bench.effects.count == 1)
    bench.wait(.nanoseconds(1))
    #expect(bench.mail(key: "k").body != first.body)
    #expect(bench.effects.count == 2)
  }

  @Test("a key finds a mail whose answer was an error")
  func errorAfterCommit() {
    var bench = Bench(email())
    #expect(bench.mail(key: "k") { $0.errorAfterCommit = true }.status == 500)
    #expect(bench.effects.count == 1)
    bench.wait(.seconds(1))
    #expect(bench.mail(key: "k").body.text("id") == bench.effects[0].object)
    #expect(bench.effects.count == 1)
  }

  @Test("without keys the description says so, and every call sends")
  func strippedKeys() {
    var bench = Bench(email(takesKeys: false))
    #expect(bench.backend.description.bounds.keyWindow == nil)
    #expect(bench.backend.description.operations.allSatisfy { !$0.takesKey })
    bench.mail(key: "k")
    bench.wait(.seconds(1))
    bench.mail(key: "k")
    #expect(bench.effects.count == 2)
  }

  @Test("a key that a caller can't use", arguments: ["", String(repeating: "k", count: 257)])
  func badKeys(key: String) {
    var bench = Bench(email())
    #expect(bench.mail(key: key).error?.code == "invalid_idempotency_key")
    #expect(bench.effects.isEmpty)
    #expect(bench.mail(key: "k").isSuccess)
  }

  @Test(
    "an address has something on both sides of one @",
    arguments: [("a@b", true), ("a", false), ("@b", false), ("a@", false), ("a@b@c", false), ("", false)])
  func addresses(to: String, isValid: Bool) {
    var bench = Bench(email())
    #expect(bench.mail(to: to).isSuccess == isValid)
    #expect(bench.effects.count == (isValid ? 1 : 0))
  }

  @Test("a list lags, at most as far as declared", arguments: 0...8)
  func listLags(halfSeconds: Int64) {
    var bench = Bench(email(pages: false))
    bench.mail()
    bench.wait(.milliseconds(halfSeconds * 500))
    let isPast = halfSeconds * 500 >= bench.backend.description.bounds.staleness.inMilliseconds
    #expect(bench.applicable("notify.list_mails", [:]).contains(.readLag) == !isPast)
    var lagging = bench
    #expect(lagging.mails(lag: .minutes(1)) == (isPast ? 1 : 0))
    #expect(bench.mails() == 1)
  }

  @Test("nothing about a mail can fail later or be taken back")
  func nothingElseApplies() {
    var bench = Bench(email())
    let arguments: Fields = ["to": "a@b", "template": "welcome"]
    #expect(bench.applicable("notify.send_mail", arguments).isEmpty)
    #expect(bench.backend.description.operations.first { $0.name == "notify.send_mail" }?.compensation == nil)
    bench.mail()
    #expect(bench.backend.nextDue == nil)
  }

  @Test("paging is there where the world asks for it")
  func channels() {
    let names = { (system: NotificationSystem) in Set(system.description.operations.map(\.name.text)) }
    let mail: Set = ["notify.send_mail", "notify.list_mails"]
    let pages: Set = ["notify.page", "notify.resolve_page", "notify.list_pages"]
    #expect(names(email()) == mail.union(pages))
    #expect(names(email(pages: false)) == mail)
    #expect(names(pager()) == pages)
  }
}

@Suite("Pages")
struct PageTests {
  @Test("triggers with one key are one page while it is open, in either profile", arguments: [email(), pager()])
  func openPagesSwallow(system: NotificationSystem) {
    var bench = Bench(system)
    for _ in 0..<3 { #expect(bench.page().status == 202) }
    #expect(bench.effects.map(\.change) == [.created, .updated, .updated])
    #expect(Set(bench.effects.map(\.object)).count == 1)
    #expect(bench.effects.last?.attributes.int("triggers") == 3)
    #expect(bench.effects.allSatisfy { $0.owner == "acme" && $0.kind == "notify.page" })
  }

  @Test("after its resolution a key opens a new page")
  func resolvedPagesStayResolved() {
    var bench = Bench(pager())
    bench.page()
    bench.call("notify.resolve_page", ["dedup_key": "acme"])
    bench.page()
    #expect(bench.effects.map(\.change) == [.created, .ended, .created])
    #expect(bench.effects[0].object == bench.effects[1].object)
    #expect(bench.effects[0].object != bench.effects[2].object)
    bench.wait(.seconds(2))
    #expect(bench.pages() == ["resolved", "triggered"])
  }

  @Test("a resolution of nothing is accepted and does nothing")
  func silentResolution() {
    var bench = Bench(pager())
    bench.page()
    let digest = bench.backend.system.stableDigest
    #expect(bench.call("notify.resolve_page", ["dedup_key": "globex"]).status == 202)
    #expect(bench.backend.system.stableDigest == digest)
    #expect(bench.effects.count == 1)
    #expect(bench.call("notify.resolve_page", ["dedup_key": "acme"]).status == 202)
    #expect(bench.effects.count == 2)
  }

  @Test("a page without a key gets one of its own")
  func generatedKeys() {
    var bench = Bench(pager())
    let first = bench.page(nil).body.text("dedup_key") ?? ""
    let second = bench.page(nil).body.text("dedup_key") ?? ""
    #expect(first != second)
    #expect(bench.effects.map(\.change) == [.created, .created])
    bench.call("notify.resolve_page", ["dedup_key": .text(first)])
    bench.wait(.seconds(2))
    #expect(bench.pages() == ["resolved", "triggered"])
  }

  @Test("a page is visible after its ingestion, and everywhere after the declared bound")
  func visibility() {
    var bench = Bench(pager())
    bench.page()
    bench.wait(.milliseconds(1_999))
    #expect(bench.pages() == [])
    bench.wait(.milliseconds(1))
    #expect(bench.pages() == ["triggered"])
    #expect(bench.pages(lag: .minutes(1)) == [])
    #expect(bench.applicable("notify.list_pages", [:]).contains(.readLag))
    bench.wait(.seconds(3))
    #expect(bench.pages(lag: .minutes(1)) == ["triggered"])
    #expect(!bench.applicable("notify.list_pages", [:]).contains(.readLag))
  }

  @Test("keys resolve to the customer of the page, or stand for themselves")
  func subjects() {
    var bench = Bench(pager())
    bench.page("one", customer: "acme")
    bench.page("two", customer: nil)
    #expect(bench.subject("notify.resolve_page", ["dedup_key": "one"]) == "acme")
    #expect(bench.subject("notify.resolve_page", ["dedup_key": "two"]) == "two")
    #expect(bench.subject("notify.resolve_page", ["dedup_key": "three"]) == "three")
    #expect(bench.subject("notify.page", ["summary": "x", "severity": "info", "customer": "acme"]) == "acme")
    #expect(bench.subject("notify.list_pages", [:]) == nil)
  }
}

@Suite("Notification refusals, each with its control")
struct NotificationRefusalTests {
  private static let cases: [RefusalCase<NotificationSystem>] = [
    RefusalCase(
      "a key with another payload", "invalid_idempotent_request", .keyMismatch,
      arrange: { bench in
        bench.mail("invoice", key: "k")
        bench.wait(.seconds(1))
      }, act: { $0.mail("welcome", key: "k") }, remove: { $0.wait(.hours(24)) }),
    RefusalCase(
      "a key in flight", "concurrent_idempotent_requests", .inFlight,
      arrange: { $0.mail(key: "k") }, act: { $0.mail(key: "k") }, remove: { $0.wait(.milliseconds(500)) }),
    RefusalCase(
      "a third request within a second", "rate_limit_exceeded", .notNow,
      arrange: { bench in
        bench.mail()
        bench.mail()
      }, act: { $0.mail() }, remove: { $0.wait(.seconds(1)) }),
  ]

  @Test("is refused without effect, and passes once the cause is gone", arguments: cases)
  func refusal(_ refusal: RefusalCase<NotificationSystem>) { refusal.play(on: email()) }

  @Test("an event that is too large", arguments: ["summary": 1_024, "dedup_key": 255] as [Name: Int])
  func tooLarge(field: Name, most: Int) {
    var bench = Bench(pager())
    var arguments: Fields = ["summary": "Down", "severity": "info"]
    arguments[field] = .text(String(repeating: "x", count: most + 1))
    #expect(bench.call("notify.page", arguments).error?.code == "invalid_event")
    #expect(bench.effects.isEmpty)
    arguments[field] = .text(String(repeating: "x", count: most))
    #expect(bench.call("notify.page", arguments).status == 202)
  }
}

@Suite("Notification digests")
struct NotificationStateTests {
  @Test("the same history has the same digest, another one has another")
  func digestsFollowHistory() {
    func digest(_ history: (inout Bench) -> Void) -> UInt64 {
      var bench = Bench(email())
      history(&bench)
      return bench.backend.stableDigest
    }
    let histories: [(inout Bench) -> Void] = [
      { _ in }, { $0.mail() }, { $0.mail(key: "k") }, { $0.mail("invoice") }, { $0.page() }, { $0.page("other") },
      { bench in
        bench.page()
        bench.call("notify.resolve_page", ["dedup_key": "acme"])
      },
    ]
    #expect(Set(histories.map(digest)).count == histories.count)
    #expect(histories.map(digest) == histories.map(digest))
  }

  @Test("digests cover every field")
  func digestsCoverFields() {
    func mail(
      _ id: String = "1", to: String = "a@b", template: String = "t", customer: Name? = nil, at: Int64 = 0
    ) -> Mail { Mail(id: id, to: to, template: template, customer: customer, sentAt: Instant(nanoseconds: at)) }
    expectHashCovers(
      mail(),
      variants: [mail("2"), mail(to: "c@d"), mail(template: "u"), mail(customer: "acme"), mail(at: 1)], "Mail")

    func page(
      _ id: String = "1", key: String = "k", summary: String = "s", severity: String = "info", customer: Name? = nil,
      triggers: Int64 = 1, isOpen: Bool = true
    ) -> Page {
      Page(
        id: id, dedupKey: key, summary: summary, severity: severity, customer: customer, triggers: triggers,
        isOpen: isOpen)
    }
    expectHashCovers(
      page(),
      variants: [
        page("2"), page(key: "l"), page(summary: "t"), page(severity: "error"), page(customer: "acme"),
        page(triggers: 2), page(isOpen: false),
      ], "Page")

    let systems = [
      email(), email(takesKeys: false), email(pages: false), email(takesKeys: false, pages: false), pager(),
    ]
    #expect(Set(systems.map(\.stableDigest)).count == systems.count)
  }
}
