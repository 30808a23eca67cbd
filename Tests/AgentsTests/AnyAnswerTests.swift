// Answers of any model that are long in coming: the world waits for them, and one that comes too late is no answer.

import Faultline
import OpsAgent
import Operations
import Primitives
import Simulation
import Synchronization
import Testing

@testable import Agents

@Suite struct AnyAnswerTests {
  private func play(_ answers: Name...) throws -> RunRecord {
    let scenario = Scenario(
      name: "onboarding", title: "An onboarding",
      systems: [
        .init(system: "billing", profile: "stripe-v1"), .init(system: "cloud", profile: "ec2"),
        .init(system: "identity", profile: "iam"), .init(system: "notify", profile: "email"),
      ], start: Instant(year: 2026, month: 11, day: 20), workflow: "customer-onboarding",
      input: ["customer": "acme", "period": "2026-11", "plan": "pro", "ticket_text": .text(ModelFaultTests.clear)],
      intents: [])
    let entries = answers.enumerated().map { index, answer in
      Plan.Entry(at: SitePattern(point: "triage", call: index + 1, aspect: .decision), choose: answer)
    }
    return try Runner.run(
      RunInput(
        scenario: scenario, agent: ReferenceAgent(takesAnyAnswer: true), seed: 1, chance: .plan(Plan(entries)),
        isRecording: true))
  }

  private func questions(_ run: RunRecord) -> Int {
    run.trace.entries.count {
      if case .decided(_, let decided) = $0.event { decided.point == "triage" } else { false }
    }
  }

  @Test func theWorldWaitsForASlowAnswerAndTheAnswerCounts() throws {
    let quick = try play("model:confidence=100")
    let slow = try play("model:slow")
    #expect(questions(slow) == 1)
    let waited = slow.verdict.virtualTime - quick.verdict.virtualTime
    #expect(waited > .seconds(50) && waited < .seconds(70), "it waited \(waited)")
    #expect(quick.verdict.outcome == .completed && slow.verdict.outcome == .completed)
    expectOneOfEach(slow)
  }

  /// It is asked again, answers at once, and half a minute later its first answer comes: into whatever is under way then.
  @Test func aLateAnswerIsAskedForAgainAndThenDropped() throws {
    let run = try play("model:late", "model:as-the-rules-say")
    #expect(questions(run) == 2)
    #expect(run.verdict.virtualTime > .seconds(90))
    #expect(run.verdict.outcome == .completed)
    expectOneOfEach(run)
  }

  /// Its second answer is late as well, so that the first one comes while the second question is open.
  @Test(arguments: ["model:late", "model:no-answer"] as [Name])
  func whoIsAlwaysLateIsAskedThreeTimesAndThenAPerson(answer: Name) throws {
    let run = try play(answer)
    #expect(questions(run) == 3)
    #expect(run.verdict.virtualTime > .seconds(180))
    #expect(run.verdict.outcome == .escalated)
    #expect(run.claims.last?.reason == "the decider does not answer")
    expectNothingLeft(run)
  }

  /// No two names are one, none is missing, and one choice can hold them all, at every fork of every workflow.
  @Test func eachWayToBeLongAboutItIsAnAnswer() throws {
    let scenario = Scenario(
      name: "all", title: "All systems",
      systems: [
        .init(system: "billing", profile: "stripe-v1"), .init(system: "cloud", profile: "ec2"),
        .init(system: "identity", profile: "iam"), .init(system: "notify", profile: "email"),
        .init(system: "ticketing", profile: "zendesk"),
      ], start: Instant(year: 2026, month: 11, day: 20), workflow: "customer-onboarding", input: [:], intents: [])
    let catalogue = try WorldSetup(scenario: scenario).catalogue
    for version in WorkflowShelf.all.flatMap({ $0 }) {
      let plan = try CompiledWorkflow(version.workflow, version.playbook, catalogue)
      for (fork, options) in [
        (DecisionQuery.Fork.triage, [Name.proceed, .escalate]), (.afterFailure, [.compensate, .escalate]),
        (.afterRestart, [.resume, .compensate, .escalate]),
      ] {
        let query = DecisionQuery(
          fork: fork, step: "triage", options: options, facts: ["workflow": .text(version.workflow.name.text)],
          text: ModelFaultTests.clear)
        var rules = RuleBasedDecider()
        let answers = AnyAnswer(query: query, proposal: rules.decide(query), workflow: plan).answers
        #expect(Set(answers.map { $0.name }).count == answers.count)
        #expect(answers.count <= AnyAnswer.most, "\(version.workflow.name) \(fork)")
        for delay in AnyAnswer.delays { #expect(answers.contains { $0.name == delay.answer }) }
      }
    }
  }

  // MARK: The world

  @Test func aLateAnswerComesTwiceUnderOneTicket() throws {
    func heard(_ kind: DecisionPoint.Delay.Kind?) throws -> [Waiter.Heard] {
      let waiter = Waiter(kind: kind)
      let scenario = Scenario(
        name: "wait", title: "Somebody waits", systems: [.init(system: "notify", profile: "email")],
        start: Instant(year: 2026, month: 11, day: 20), workflow: "wait", input: [:], intents: [])
      _ = try Runner.run(RunInput(scenario: scenario, agent: waiter, seed: 0))
      return waiter.heard.list.withLock { $0 }
    }
    #expect(try heard(nil).map(\.seconds) == [0])
    #expect(try heard(.slow).map(\.seconds) == [59])
    #expect(try heard(.never).map(\.seconds) == [60])
    let late = try heard(.late)
    #expect(late.map(\.seconds) == [60, 90] && late.map(\.ticket) == [1, 1])
  }
}

/// Asks once, notes when it hears something, and goes home after two minutes.
private struct Waiter: AgentUnderTest {
  struct Heard {
    var ticket: UInt32
    /// Since it asked.
    var seconds: Int64
  }

  final class Ears: Sendable {
    let list = Mutex<[Heard]>([])
  }

  var name: Name { "waiter" }
  var summary: String { "Waits." }
  var without: [Name] { [] }
  var practices: Set<Practice> { [] }
  var client: ClientPolicy { ClientPolicy(attempts: 1, timeout: .seconds(30), backoff: .seconds(1)) }
  let kind: DecisionPoint.Delay.Kind?
  let heard = Ears()

  func deploy(_ task: AgentTask) -> any AgentDeployment { Deployment(waiter: self) }

  struct Deployment: AgentDeployment {
    let waiter: Waiter
    var began = Instant(year: 2026, month: 11, day: 20)
    var isForkable: Bool { false }

    mutating func start(
      _ process: ProcessID, trigger: Trigger, at now: Instant, into commands: inout [AgentCommand]
    ) {
      began = now
      let delays = waiter.kind.map { [DecisionPoint.Delay(nil, $0)] } ?? []
      commands.append(.decide(DecisionPoint(ticket: 1, point: "go", alternatives: [], delays: delays)))
      commands.append(.wait(ticket: 2, until: now + .minutes(2)))
    }

    mutating func resume(
      _ process: ProcessID, _ input: AgentInput, at now: Instant, into commands: inout [AgentCommand]
    ) {
      switch input {
      case .decided(let ticket, _):
        let span = now - began
        waiter.heard.list.withLock { $0.append(Heard(ticket: ticket, seconds: span.nanoseconds / 1_000_000_000)) }
      case .woke: commands.append(.finish(Claim(.completed, text: "home")))
      default: break
      }
    }

    mutating func perform(_ store: StoreCall, of process: ProcessID, at now: Instant) {}
    mutating func crash(_ process: ProcessID) {}
    func explanation() -> [String] { [] }
    func hash(into hasher: inout StableHasher) {}
  }
}
