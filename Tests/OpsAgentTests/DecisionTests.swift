// Decisions that fail, that waver and that are remembered.

import OpsAgent
import Operations
import Primitives
import Testing

/// Answers from a list, failures among them; the last one again and again.
private struct MoodyDecider: Decider, Hashable {
  enum Mood: Hashable { case says(Decision), fails(DecisionFailure) }
  var moods: [Mood]

  mutating func decide(_ query: DecisionQuery) throws(DecisionFailure) -> Decision {
    let mood = moods.count > 1 ? moods.removeFirst() : moods[0]
    switch mood {
    case .says(let decision): return decision
    case .fails(let failure): throw failure
    }
  }

  func hash(into hasher: inout StableHasher) { hasher.combine(moods.count) }
}

@Suite struct DecisionTests {
  private static let go = Decision(
    .proceed, confidence: 95, reason: "it says so", fields: ["plan": "pro", "region": "eu-central-1"])

  private func harness(_ moods: MoodyDecider.Mood..., without removed: Safeguard...) -> Harness {
    var harness = Harness()
    harness.parts = Safeguard.without(removed)
    harness.decider = MoodyDecider(moods: moods)
    return harness
  }

  @Test func aDeciderThatDoesNotAnswerIsAskedAgainAfterAPause() throws {
    var harness = harness(.fails(.noAnswer), .fails(.unreadable), .says(Self.go))
    #expect(try harness.claim().ending == .completed)
    #expect(harness.queries.count == 3)
    #expect(Set(harness.queries).count == 1, "it is asked the same")
    let waits = harness.waits.prefix(2)
    #expect(waits.allSatisfy { $0.0 == .backoff && $0.1 > .milliseconds(500) })
  }

  @Test func afterThreeFailuresAPersonIsAsked() throws {
    var harness = harness(.fails(.noAnswer))
    let claim = try harness.claim()
    #expect(claim.ending == .escalated)
    #expect(claim.reason == "the decider does not answer")
    #expect(!claim.nextAction.isEmpty)
    #expect(harness.queries.count == 3)
    #expect(harness.world.things.count == 1, "nothing was done")
    #expect(harness.notes.contains(.held(.confidenceThreshold)))
  }

  @Test func withoutBoundsItIsAskedForEver() {
    var harness = harness(.fails(.noAnswer), without: .boundedRetries)
    #expect(harness.run() == nil)
    #expect(harness.queries.count > 100)
  }

  @Test func aRefusalIsNotAskedAgain() throws {
    var harness = harness(.fails(.refused("no")))
    #expect(try harness.claim().reason == "the decider declines to decide: no")
    #expect(harness.queries.count == 1)
  }

  @Test func whoTakesAnyAnswerTakesNoneForAYes() throws {
    var harness = harness(.fails(.refused("no")), .says(Self.go), without: .confidenceThreshold)
    #expect(try harness.claim().ending == .completed)
    #expect(harness.queries.count == 1)
  }

  @Test(arguments: [(79, 2), (80, 1), (95, 1), (70, 2), (69, 1)])
  func whoIsHalfSureIsAskedTwice(percent: Int, count: Int) throws {
    var decision = Self.go
    decision.confidence = percent
    var harness = harness(.says(decision))
    let claim = try harness.claim()
    #expect(claim.ending == (percent < 70 ? .escalated : .completed))
    #expect(harness.queries.count == count)
  }

  @Test func twoAnswersThatDifferInAFieldAreNone() throws {
    var first = Self.go
    first.confidence = 75
    var second = first
    second.fields["region"] = "eu-west-1"
    var harness = harness(.says(first), .says(second))
    #expect(try harness.claim().reason == "the decider read the text twice, and not the same in it")
    #expect(harness.world.things.count == 1)
  }

  @Test func aFieldHasToStandInTheText() throws {
    for (region, ending) in [("eu-central-1", Claim.Ending.completed), ("eu-central-2", .escalated)] {
      var decision = Self.go
      decision.fields["region"] = .text(region)
      var harness = harness(.says(decision))
      #expect(try harness.claim().ending == ending)
    }
    var mail = Self.go
    mail.fields["email"] = "boss@elsewhere.example"
    var harness = harness(.says(mail))
    #expect(try harness.claim().reason == "the ticket says nothing of email boss@elsewhere.example")
  }

  @Test func aPriceHasToBeTheCataloguesOwn() throws {
    for (units, ending) in [(1_200, Claim.Ending.completed), (12, .escalated)] as [(Int64, Claim.Ending)] {
      var decision = Self.go
      decision.fields["price"] = .money(Money(minorUnits: units * 100, currency: .eur))
      var harness = harness(.says(decision))
      #expect(try harness.claim().ending == ending)
    }
  }

  @Test func theRecordedDecisionWinsOverAnotherOneAfterARestart() throws {
    var harness = harness(
      .says(Self.go), .says(Decision(.resume, confidence: 100, reason: "go on", fields: ["plan": "enterprise"])))
    harness.crashAfter = 12
    #expect(try harness.claim().ending == .completed)
    #expect(harness.incarnations == 2)
    #expect(harness.queries.map(\.fork) == [.triage, .afterRestart], "the ticket is not read twice")
    #expect(harness.world.alive("cluster").first?.fields["plan"] == "pro")
  }

  // MARK: Versions of the instructions

  @Test func aRunGoesOnUnderTheInstructionsThatItBeganWith() throws {
    for (removed, prompt) in [([], 1), ([Safeguard.versionPinning], 2)] {
      var harness = Harness()
      harness.parts = Safeguard.without(removed)
      harness.crashAfter = 12
      harness.laterPrompt = 2
      #expect(try harness.claim().ending == .completed)
      #expect(harness.queries.map(\.prompt) == [1, prompt])
    }
  }

  @Test func aRunUnderInstructionsThatNobodyHasAnyMoreIsHandedOver() throws {
    var harness = Harness()
    harness.prompt = 3
    harness.laterPrompt = 2
    harness.crashAfter = 12
    let claim = try harness.claim()
    #expect(claim.ending == .escalated)
    #expect(claim.reason == "this agent does not have version 3 of the decider's instructions")
    #expect(!claim.present.isEmpty || !claim.possibly.isEmpty)
    #expect(harness.queries.map(\.prompt) == [3])
  }

  @Test func theSecondInstructionsReadTheLastPlan() throws {
    let text = "Customer: acme\nPlan: pro\nPeriod: 2026-11\nRemarks: enterprise from summer on"
    var decider = RuleBasedDecider()
    for (prompt, plan) in [(1, "pro"), (2, "enterprise")] as [(Int, Value)] {
      let query = DecisionQuery(
        fork: .triage, step: "triage", options: [.proceed], facts: [:], text: text, prompt: prompt)
      #expect(decider.decide(query).fields["plan"] == plan)
    }
  }
}
