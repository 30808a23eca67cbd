// What every checkpoint store has to do, as one suite that is generic over the store.

import OpsAgent
import OpsAgentSQLite
import Operations
import Primitives
import Testing

/// The rules of the protocol, each a check on a fresh store.
struct StoreConformance<Store: CheckpointStore> {
  let make: () throws -> Store
  private let start = Instant(year: 2026, month: 11, day: 20)

  func run() throws {
    try anEmptyStoreHoldsNothing()
    try whatIsCommittedIsThereInOrder()
    try whatIsStagedIsNotThereBeforeItIsCommitted()
    try aCrashLosesWhatWasStagedAndNothingElse()
    try runsAreKeptApart()
    try aLeaseIsHeldByOneUntilItExpires()
    try theHolderGetsANewTokenWhenItAsksAgain()
    try anOldFenceIsRefusedAndWritesNothing()
    try aLeaseIsRenewedByItsHolderAlone()
    try aReleasedLeaseIsFreeAndItsTokenUsed()
    try theLastWordOfARunComesBackWhole()
  }

  private func anEmptyStoreHoldsNothing() throws {
    let store = try make()
    #expect(try store.load("a").isEmpty)
    #expect(try store.runs().isEmpty)
  }

  private func whatIsCommittedIsThereInOrder() throws {
    var store = try make()
    #expect(try store.append(Samples.all, to: "a", by: "one") == .stored)
    #expect(try store.append([.skipped(act: 9)], to: "a", by: "two") == .stored)
    #expect(try store.load("a") == Samples.all + [.skipped(act: 9)])
  }

  private func whatIsStagedIsNotThereBeforeItIsCommitted() throws {
    var store = try make()
    store.stage([.skipped(act: 1)], to: "a", fence: nil, by: "one")
    #expect(try store.load("a").isEmpty)
    #expect(try store.commit(by: "two") == .stored)
    #expect(try store.load("a").isEmpty)
    #expect(try store.commit(by: "one") == .stored)
    #expect(try store.load("a") == [.skipped(act: 1)])
  }

  private func aCrashLosesWhatWasStagedAndNothingElse() throws {
    var store = try make()
    _ = try store.append([.skipped(act: 1)], to: "a", by: "one")
    store.stage([.skipped(act: 2)], to: "a", fence: nil, by: "one")
    store.stage([.skipped(act: 3)], to: "a", fence: nil, by: "two")
    store.dropStaged(by: "one")
    _ = try store.commit(by: "one")
    _ = try store.commit(by: "two")
    #expect(try store.load("a") == [.skipped(act: 1), .skipped(act: 3)])
  }

  private func runsAreKeptApart() throws {
    var store = try make()
    _ = try store.append([.skipped(act: 1)], to: "b", by: "one")
    _ = try store.append([.skipped(act: 2)], to: "a", by: "one")
    #expect(try store.load("a") == [.skipped(act: 2)])
    #expect(try store.runs() == ["a", "b"])
  }

  private func aLeaseIsHeldByOneUntilItExpires() throws {
    var store = try make()
    let until = start + .minutes(5)
    let first = Lease(run: "a", holder: "one", token: 1, until: until)
    #expect(try store.acquire("a", for: "one", at: start, span: .minutes(5)) == .granted(first))
    let refused = try store.acquire("a", for: "two", at: start + .minutes(4), span: .minutes(5))
    #expect(refused == .held(until: until))
    let second = Lease(run: "a", holder: "two", token: 2, until: until + .minutes(5))
    #expect(try store.acquire("a", for: "two", at: until, span: .minutes(5)) == .granted(second))
  }

  private func theHolderGetsANewTokenWhenItAsksAgain() throws {
    var store = try make()
    _ = try store.acquire("a", for: "one", at: start, span: .minutes(5))
    let again = try store.acquire("a", for: "one", at: start + .seconds(1), span: .minutes(5))
    #expect(again == .granted(Lease(run: "a", holder: "one", token: 2, until: start + .seconds(301))))
  }

  private func anOldFenceIsRefusedAndWritesNothing() throws {
    var store = try make()
    _ = try store.acquire("a", for: "one", at: start, span: .minutes(5))
    _ = try store.acquire("a", for: "two", at: start + .minutes(5), span: .minutes(5))
    #expect(try store.append([.skipped(act: 1)], to: "a", fence: 1, by: "one") == .fenced)
    #expect(try store.load("a").isEmpty)
    #expect(try store.append([.skipped(act: 2)], to: "a", fence: 2, by: "two") == .stored)
    #expect(try store.append([.skipped(act: 3)], to: "a", by: "one") == .stored)
    #expect(try store.load("a") == [.skipped(act: 2), .skipped(act: 3)])
  }

  private func aLeaseIsRenewedByItsHolderAlone() throws {
    var store = try make()
    guard case .granted(let lease) = try store.acquire("a", for: "one", at: start, span: .minutes(5)) else {
      Issue.record("a free lease was not granted")
      return
    }
    let renewed = try store.renew(lease, at: start + .minutes(4), span: .minutes(5))
    #expect(renewed?.until == start + .minutes(9))
    #expect(renewed?.token == 1)
    _ = try store.acquire("a", for: "two", at: start + .minutes(9), span: .minutes(5))
    #expect(try store.renew(lease, at: start + .minutes(9), span: .minutes(5)) == nil)
  }

  private func aReleasedLeaseIsFreeAndItsTokenUsed() throws {
    var store = try make()
    guard case .granted(let lease) = try store.acquire("a", for: "one", at: start, span: .minutes(5)) else {
      Issue.record("a free lease was not granted")
      return
    }
    try store.release(lease)
    let next = try store.acquire("a", for: "two", at: start + .seconds(1), span: .minutes(5))
    #expect(next == .granted(Lease(run: "a", holder: "two", token: 2, until: start + .seconds(301))))
  }

  private func theLastWordOfARunComesBackWhole() throws {
    var store = try make()
    let claim = Claim(
      .escalated, present: [Claim.Item(act: "x", operation: "y.z", id: "1")],
      possibly: [Claim.Item(act: "u", operation: "v.w", id: "")], reason: "because", nextAction: "look")
    _ = try store.append([.finished(claim, at: start)], to: "a", by: "one")
    #expect(try store.load("a") == [.finished(claim, at: start)])
  }
}

/// One of each kind of record, with every kind of value.
enum Samples {
  private static let at = Instant(nanoseconds: 1_234_567_890_123_456_789)
  private static let fields: Fields = [
    "null": nil, "yes": true, "number": -70_000, "text": "äöü",
    "money": .money(Money(minorUnits: -5, currency: .usd)),
    "instant": .instant(Instant(nanoseconds: -1)), "list": [1, "two", [3]], "record": ["inner": 1],
  ]
  private static let query = DecisionQuery(
    fork: .afterFailure, step: "s", options: [.compensate, .escalate], facts: fields, text: "why")

  static let all: [JournalRecord] = [
    .opened(Opening(workflow: "w", version: 300, input: fields, replica: "agent-0", at: at)),
    .opened(Opening(workflow: "w", version: 2, input: fields, replica: "agent-0", at: at, prompt: 7)),
    .intent(Intent(act: 3, generation: 2, operation: "o.p", arguments: fields, key: "k-1", at: at)),
    .result(act: 3, facts: fields, isAdopted: true, at: at),
    .skipped(act: 4),
    .refused(act: 5, reason: "no", at: at),
    .restarted(act: 1, through: 3, at: at),
    .decided(query, Decision(.compensate, confidence: 88, reason: "r", fields: fields), at: at),
    .decided(
      DecisionQuery(fork: .triage, step: "s", options: [.proceed], facts: fields, text: "why", prompt: 2),
      Decision(.proceed, confidence: 1, reason: "r"), at: at),
    .turned(reason: "back", at: at),
    .undoing(act: 3, operation: "o.q", arguments: fields, at: at),
    .undone(act: 3, isFinal: false, at: at),
    .audit(AuditEntry(act: 3, operation: "o.p", principal: "p", outcome: .takenBack, at: at)),
    .finished(Claim(.completed), at: at),
  ]
}
