// The trait as its users meet it: silent where the agent survives, an issue at the right line where not.

import Agents
import Faultline
import Primitives
import Simulation
import Testing

@testable import FaultlineTesting

private let mail = "fixtures/scenarios/one-mail.yaml"
private let warStory = "scenarios/timeout-after-create.yaml"

@Suite struct TraitTests {
  @Test(.faultline("fixtures/scenarios/one-mail.yaml", agent: .async(CarefulMailer()), seeds: 1...200))
  func anAgentOfTheUsersSurvives() {}

  @Test func theTraitRecordsAnIssueAtTheLineOfItsTestAndThenRunsTheBody() async throws {
    let test = try #require(Test.current)
    let trait = FaultlineTrait.faultline(warStory, agent: .naive, seeds: 1...5)
    try await confirmation("the body runs") { bodyRan in
      try await withKnownIssue {
        try await trait.provideScope(for: test, testCase: nil) { bodyRan() }
      } matching: { issue in
        issue.sourceLocation == test.sourceLocation && (issue.error as? FaultlineFailure)?.verdict?.agent == "naive"
      }
    }
  }
}

@Suite struct ExpectSurvivesTests {
  /// Without its lease, two processes of it do the work twice; alone it does it once.
  @Test func replicasRunTogetherWhereATestAsksForThem() {
    let alone: AgentChoice = "reference without single-flight-lease"
    expectSurvives(scenario: "scenarios/happy-path.yaml", agent: alone, seeds: 0...0, maxFaults: 0)
    expectSurvives(scenario: "scenarios/happy-path.yaml", agent: .reference, seeds: 0...20, replicas: 2)
    withKnownIssue {
      expectSurvives(scenario: "scenarios/happy-path.yaml", agent: alone, seeds: 0...20, maxFaults: 0, replicas: 2)
    } matching: { issue in
      (issue.error as? FaultlineFailure)?.verdict?.chosenReplicas == 2
    }
  }

  @Test func moreReplicasThanARunMayHaveAreRefused() {
    withKnownIssue {
      expectSurvives(scenario: "scenarios/happy-path.yaml", agent: .reference, seeds: 0...0, replicas: 9)
    } matching: { issue in
      (issue.error as? FaultlineFailure)?.text.contains("1 to 4 replicas; 9") == true
    }
  }

  @Test func naiveMakesAnIssueAtTheCallersLineWithReceiptAndCommand() {
    let line = #line + 2
    withKnownIssue {
      expectSurvives(scenario: warStory, agent: .naive, seeds: 7...7)
    } matching: { issue in
      guard let failure = issue.error as? FaultlineFailure else { return false }
      let oracles = Set(failure.verdict?.violations.map(\.oracle) ?? [])
      let command = "FAULTLINE_SEED=7 swift test --filter naiveMakesAnIssueAtTheCallersLineWithReceiptAndCommand"
      return issue.sourceLocation?.line == line && issue.sourceLocation?.fileID == #fileID
        && oracles.isSuperset(of: ["duplicate-resource", "double-billing"]) && failure.text.contains("double-billing")
        && failure.text.contains(command) && failure.text.contains("faultline show .faultline/failures/")
        && failure.text.hasPrefix("naive does not survive \(warStory): ") && failure.failed >= 1
    }
  }

  @Test func anAgentOfTheUsersThatDoesNotSurviveIsToldApart() {
    withKnownIssue {
      expectSurvives(scenario: mail, agent: .async(CarelessMailer()), seeds: 1...20)
    } matching: { issue in
      guard let failure = issue.error as? FaultlineFailure, let verdict = failure.verdict else { return false }
      return verdict.agent == "CarelessMailer" && verdict.plan.entries.count == 1 && failure.played == 21
        && failure.text.contains("response-lost")
    }
  }

  @Test func aPlanOfATestIsPlayedAlone() throws {
    let answer = "agent-0~1/customer-onboarding:acme/cloud.create_cluster[acme]#1/answer"
    let root = PackageRoot.above(filePath: #filePath)
    func search(_ agent: AgentChoice, _ plan: FaultPlan) -> SurvivalSearch {
      SurvivalSearch(scenario: warStory, agent: agent, seeds: 0...0, maxFaults: 0, plan: plan, root: root)
    }
    let failure = try #require(try search(.naive, [answer: "response-lost"]).failure(test: nil))
    #expect(failure.played == 1)
    #expect(failure.text.contains("Point of no return: #"))
    #expect(failure.text.contains("Compare   reference passes this plan"))
    #expect(try search(.naive, [:]).failure(test: nil) == nil, "the scenario's own faults are left out")
    let missed = try #require(try search(.naive, ["*/*/cloud.no_such_call/answer": "response-lost"]).failure(test: nil))
    #expect(missed.verdict?.result == .inconclusive)
    #expect { try search(.naive, ["nowhere": "response-lost"]).failure(test: nil) } throws: {
      "\($0)".contains("'nowhere' is no site")
    }
  }

  /// On a wire on which a minute goes by for every message, whoever gives up after half of one gets nothing done.
  @Test func aPlanOfATestIsPlayedOnTheDayThatTheTestSays() throws {
    let root = PackageRoot.above(filePath: #filePath)
    func search(_ shape: RunShape) -> SurvivalSearch {
      SurvivalSearch(
        scenario: "scenarios/happy-path.yaml", agent: .naive, seeds: 0...0, maxFaults: 0, plan: [:], shape: shape,
        root: root)
    }
    #expect(try search(.nominal).failure(test: nil) == nil)
    let failure = try #require(try search(.day(network: 400_000)).failure(test: nil))
    #expect(failure.verdict?.shape == RunShape(network: 400_000))
    #expect(
      RunShape.day(store: 50, calmAfter: .seconds(90), workflows: 2)
        == RunShape(store: 50, calmAfter: .seconds(90), workflows: 2))
  }

  @Test func removingASafeguardFromTheReferenceShows() {
    withKnownIssue {
      expectSurvives(
        scenario: warStory, agent: "reference without idempotency-keys, read-back", seeds: 1...1)
    } matching: { issue in
      (issue.error as? FaultlineFailure)?.verdict?.without == ["idempotency-keys", "read-back"]
    }
  }

  @Test(arguments: [
    ("scenarios/no-such.yaml", "reference", "there is no such file"),
    (warStory, "refrence", "refrence"),
  ])
  func whatCannotBePlayedIsAnIssueThatSaysWhy(scenario: String, agent: String, reason: String) {
    withKnownIssue {
      expectSurvives(scenario: scenario, agent: .named(agent))
    } matching: { issue in
      guard let failure = issue.error as? FaultlineFailure else { return false }
      return failure.text.contains(reason) && failure.text.contains(scenario) && failure.verdict == nil
    }
  }

  @Test func aPlannedFaultThatIsNeverMetIsNotSurvival() {
    withKnownIssue {
      expectSurvives(scenario: "fixtures/scenarios/fault-never-met.yaml", agent: .async(CarefulMailer()), seeds: 1...1)
    } matching: { issue in
      (issue.error as? FaultlineFailure)?.verdict?.result == .inconclusive
    }
  }
}

@Suite struct SurvivalSearchTests {
  @Test func theEnvironmentLimitsTheSearchToOneSeed() throws {
    #expect(try SurvivalSearch.onlySeed(nil) == nil)
    #expect(try SurvivalSearch.onlySeed("") == nil)
    #expect(try SurvivalSearch.onlySeed("42") == 42)
    #expect { try SurvivalSearch.onlySeed("seven") } throws: { "\($0)".contains("FAULTLINE_SEED is 'seven'") }
  }

  @Test func theCommandNamesTheTestWithoutItsParentheses() {
    #expect(SurvivalSearch.command(seed: 3, test: "survives(seed:)") == "FAULTLINE_SEED=3 swift test --filter survives")
    #expect(SurvivalSearch.command(seed: 3, test: nil) == "FAULTLINE_SEED=3 swift test")
  }

  @Test func scenariosAreFoundFromThePackageOfTheTest() {
    let root = PackageRoot.above(filePath: #filePath)
    #expect(root + "/" == Repository.path(""))
    #expect(PackageRoot.resolve("scenarios/x.yaml", from: "/a") == "/a/scenarios/x.yaml")
    #expect(PackageRoot.resolve("/b/x.yaml", from: "/a") == "/b/x.yaml")
  }
}
