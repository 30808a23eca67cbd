// Whose change survives when two change the same thing.

import Operations
import Primitives
import Testing

@testable import Faultline

@Suite("Lost updates")
struct OracleLostUpdateTests {
  private let ticket: Fields = ["ticket": "t-1"]
  private let shown = Answer.response(.ok(["id": "t-1"]))

  /// An agent that has read the ticket.
  private func begun() -> OracleStory {
    var story = OracleStory(.onboarding([]))
    story.ask("ticketing.get_ticket", ticket, answer: shown)
    return story
  }

  private func update(_ story: inout OracleStory, by operation: Name = "ticketing.update_ticket") -> Int {
    story.make(operation, "ticketing.status", "t-1", ticket, change: .updated)
  }

  @Test("lost-update fires on a change that overwrites what somebody changed after the last look")
  func overwrites() throws {
    var story = begun()
    let change = story.somebody(.updated, "ticketing.status", "t-1")
    let loss = update(&story)
    story.end()
    let violation = try #require(story.violations(of: "lost-update").first)
    #expect(violation.evidence == [change, loss - 1, loss])
    #expect(violation.objects == ["t-1"])
    #expect(
      violation.message == "ticketing.update_ticket overwrote what desk had changed about t-1, which its caller "
        + "had not seen.")
  }

  @Test("lost-update is silent once the caller has looked again")
  func looksAgain() {
    var story = begun()
    story.somebody(.updated, "ticketing.status", "t-1")
    story.ask("ticketing.get_ticket", ticket, answer: shown)
    _ = update(&story)
    story.end()
    #expect(story.violations(of: "lost-update").isEmpty)
  }

  @Test("lost-update fires where the look was answered only after the sending")
  func answeredTooLate() {
    var story = begun()
    story.somebody(.updated, "ticketing.status", "t-1")
    let read = story.send("ticketing.get_ticket", ticket)
    story.handle(read, .ok(["id": "t-1"]))
    let call = story.send("ticketing.update_ticket", ticket)
    story.answer(read, "ticketing.get_ticket", shown)
    story.effect(.updated, "ticketing.status", "t-1", by: call)
    story.end()
    #expect(story.violations(of: "lost-update").count == 1)
  }

  @Test("lost-update is silent where the system has no conditional write, which would close the gap")
  func nobodyCouldHelp() {
    var story = begun()
    story.somebody(.updated, "ticketing.status", "t-1")
    _ = update(&story, by: "ticketing.move_ticket")
    story.end()
    #expect(story.violations(of: "lost-update").isEmpty)
  }

  @Test("lost-update is silent about other objects and other kinds of change")
  func somethingElse() {
    var story = begun()
    story.somebody(.updated, "ticketing.status", "t-2")
    story.somebody(.updated, "ticketing.tags", "t-1")
    _ = update(&story)
    story.end()
    #expect(story.violations(of: "lost-update").isEmpty)
  }

  @Test("lost-update is silent about what a system does by itself")
  func ownDoing() {
    var story = begun()
    story.effect(.updated, "ticketing.status", "t-1", by: nil)
    _ = update(&story)
    story.end()
    #expect(story.violations(of: "lost-update").isEmpty)
  }

  @Test("retry-without-compensation is silent while somebody else ends the first one, and fires where nobody does")
  func givenUp() {
    for isEndedByOthers in [true, false] {
      var story = OracleStory(.onboarding(Intent.only("acme-cluster"), judged: [.compensateBeforeRetry]))
      story.make("cloud.create_cluster", "cloud.cluster", "i-1")
      if isEndedByOthers { story.somebody(.updated, "cloud.cluster", "i-1") }
      story.make("cloud.create_cluster", "cloud.cluster", "i-2")
      story.somebody(.ended, "cloud.cluster", "i-1")
      story.claim(.completed)
      story.end()
      #expect(story.violations(of: "retry-without-compensation").isEmpty == isEndedByOthers)
    }
  }
}
