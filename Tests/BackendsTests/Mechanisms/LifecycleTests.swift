// What is planned happens in order, once, and not before its time.

import Operations
import Primitives
import Testing

@testable import Backends

@Suite("Lifecycle, versions, scopes, fences and effects")
struct LifecycleTests {
  let start = Instant(year: 2026, month: 11, day: 20)

  @Test("steps come by time, and among equals by the order in which they were planned")
  func order() {
    var lifecycle = Lifecycle<String>()
    lifecycle.plan("late", at: start + .seconds(2))
    lifecycle.plan("first", at: start + .seconds(1))
    lifecycle.plan("second", at: start + .seconds(1))
    #expect(lifecycle.nextDue == start + .seconds(1))
    let early = lifecycle.next(upTo: start)
    #expect(early == nil)
    var taken: [String] = []
    while let next = lifecycle.next(upTo: start + .seconds(5)) { taken.append(next.step) }
    #expect(taken == ["first", "second", "late"])
    #expect(lifecycle.nextDue == nil)
  }

  @Test("a cancelled step does not happen; others do")
  func cancel() {
    var lifecycle = Lifecycle<String>()
    lifecycle.plan("a", at: start)
    lifecycle.plan("b", at: start)
    lifecycle.cancel { $0 == "a" }
    #expect(!lifecycle.contains { $0 == "a" })
    let (next, none) = (lifecycle.next(upTo: start), lifecycle.next(upTo: start))
    #expect(next?.step == "b")
    #expect(none == nil)
  }

  @Test("a version is current until the object changes, by stamp and by number")
  func version() {
    var version = Version(at: start)
    #expect(version.isCurrent(.instant(start)) && version.isCurrent(1) && version.isCurrent(.text(start.description)))
    version.advance(at: start + .seconds(1))
    #expect(!version.isCurrent(.instant(start)) && !version.isCurrent(1))
    #expect(version.isCurrent(.instant(start + .seconds(1))) && version.isCurrent(2))
    #expect(!version.isCurrent(nil))
  }

  @Test("a principal has the scopes of its last admission and no others")
  func scopes() {
    var table = ScopeTable()
    table.admit("agent", scopes: ["a.read", "a.write"])
    #expect(table.verdict(on: "agent", for: "a.write") == .admitted)
    #expect(table.verdict(on: "agent", for: "a.pay") == .outOfScope)
    #expect(table.verdict(on: "other", for: "a.read") == .unknownPrincipal)
    table.admit("agent", scopes: ["a.read"])
    #expect(table.verdict(on: "agent", for: "a.write") == .outOfScope)
  }

  @Test("a smaller fence than the largest seen is refused, for that subject alone")
  func fences() {
    var table = FenceTable()
    let admitted = [(2, "acme"), (2, "acme"), (1, "acme"), (1, "globex"), (3, "acme")].map { fence, subject in
      table.admit(Int64(fence), for: Name(subject))
    }
    #expect(admitted == [true, true, false, true, true])
  }

  @Test("an effect carries who caused it, and no one where the system acts by itself")
  func effects() {
    let call = CallID(process: 0, incarnation: 1, number: 1)
    var writer = EffectWriter(backend: "test")
    writer.begin(cause: call, principal: "agent")
    writer.record(.created, "test.thing", object: "x", owner: "acme")
    writer.end()
    writer.record(.updated, "test.thing", object: "x", owner: "acme")
    #expect(writer.ledger.effects.map(\.cause) == [call, nil])
    #expect(writer.ledger.effects.map(\.principal) == ["agent", nil])
  }
}
