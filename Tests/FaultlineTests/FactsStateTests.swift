// The state that a search prunes by knows every fact that a verdict can depend on.

import Operations
import Primitives
import Simulation
import Testing

@testable import Faultline

@Suite struct FactsStateTests {
  /// The stored properties of a value, by name.
  private func properties(_ value: Any) -> Set<String> { Set(Mirror(reflecting: value).children.compactMap(\.label)) }

  /// Whoever adds a fact decides here whether a verdict depends on it, and then adds it to `combineState`.
  @Test func everyFactIsPartOfTheStateOrKnownNotToMatter() throws {
    let object = ObjectFact(
      latest: Effect(backend: "cloud", kind: "cloud.cluster", change: .created, object: "i-1", owner: "acme"),
      digest: 0, role: .resource, isAccess: false, isAnchor: false, isPermanent: false, isLive: true, isOwn: true, beganHere: true,
      firstIndex: 1)
    // Of the latest effect, kind, object and attributes are read. The digest is of the id; role, access and
    // anchor follow from the kind. What was given is the same in every run of a scenario.
    #expect(
      properties(object) == [
        "latest", "owner", "period", "amount", "isPermanent", "isLive", "isOwn", "beganHere", "cause",
        "endedBy", "firstIndex", "endIndex", "touchIndex", "outsideIndex", "leavingIndex", "parent", "intent",
        "claimedBy", "digest", "role", "isAccess", "isAnchor", "given", "heir", "isHeir",
      ])
    let call = CallFact(
      id: CallID(process: 0, incarnation: 1, number: 1), operation: nil,
      request: Request("cloud.create_cluster", [:], principal: "agent-cloud"), key: nil, step: "", isMutation: true,
      isCompensation: false, intent: nil, wasFull: false, attempts: 1, sentIndex: 1,
      sentAt: Instant(nanoseconds: 0), askedAt: Instant(nanoseconds: 0))
    // The operation follows from the request; when and how often it was sent and handled decides nothing.
    #expect(
      properties(call) == [
        "id", "request", "key", "step", "isMutation", "isCompensation", "intent", "wasFull", "sentIndex", "view",
        "nature", "viewIndex", "resolution", "effects", "effectIndex", "changeIndex", "operation", "attempts", "sentAt",
        "askedAt", "handled",
      ])
  }

  // MARK: What is left out

  private func digest(_ story: OracleStory, at now: Instant? = nil) -> UInt64 {
    var bench = OracleBench(terms: story.terms)
    for (number, told) in story.events.enumerated() { bench.observe(told.event, index: number + 1, at: told.at) }
    return bench.stateDigest(at: now ?? story.now)
  }

  /// A network was made, and what came after it is told by `rest`.
  private func digest(_ rest: (inout OracleStory) -> Void) -> UInt64 {
    var story = OracleStory(.onboarding(Intent.only("acme-network", "acme-cluster")))
    story.make("cloud.create_network", "cloud.network", "n-1")
    rest(&story)
    return digest(story)
  }

  @Test func aReadThatIsOverIsNoState() {
    let without = digest { _ in }
    #expect(digest { $0.ask("cloud.list_clusters") } == without)
    let twice = digest { story in
      story.ask("cloud.list_clusters")
      story.ask("cloud.list_clusters")
    }
    #expect(twice == without)
    #expect(digest { _ = $0.send("cloud.list_clusters") } != without, "its answer is still to come")
    #expect(digest { $0.ask("cloud.create_cluster", answer: .response(Response(status: 400))) } != without)
  }

  /// What failed and was not made good gives reason to take things back, unless there is one anyway.
  @Test func aReadThatFailedIsStateWhileNothingElseGivesReasonToTakeThingsBack() {
    let without = digest { _ in }
    let failed: (inout OracleStory) -> Void = { $0.ask("cloud.list_clusters", answer: .none(.timedOut)) }
    #expect(digest(failed) != without)
    let unread = digest { $0.ask("cloud.list_clusters", answer: .none(.unreadable)) }
    #expect(unread == digest(failed), "that it failed is all that counts")
    let healed = digest { story in
      failed(&story)
      story.ask("cloud.list_clusters")
    }
    #expect(healed == without, "it was made good")
    let died: (inout OracleStory) -> Void = { story in story.add(.processCrashed(story.process)) }
    let failedAndDied = digest { story in
      failed(&story)
      died(&story)
    }
    let diedInBetween = digest { story in
      story.send("cloud.list_clusters")
      died(&story)
    }
    #expect(failedAndDied == diedInBetween, "a death is reason enough")
  }

  @Test func aPromiseIsStateUntilItsTimeHasCome() {
    var story = OracleStory()
    let before = digest(story)
    var refused = Response(status: 429)
    refused.headers["retry-after"] = .int(30)
    story.ask("cloud.list_clusters", answer: .response(refused))
    let promised = story
    story.wait(.seconds(31))
    story.ask("cloud.list_clusters")
    #expect(digest(story) == before, "it was kept, and what was refused was made good")
    #expect(digest(promised, at: promised.now + .seconds(29)) != digest(promised, at: promised.now + .seconds(31)))
  }
}
