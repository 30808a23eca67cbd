// People beside the agents: what they do is theirs, and what they hand back is looked at anew.

import Agents
import Faultline
import Operations
import Primitives
import Simulation
import Testing

@Suite struct PeopleTests {
  private func scenario(_ people: [Scenario.ScriptedAct], desk: Scenario.Desk? = nil, optional: Bool = false) -> Scenario {
    var scenario = Acme.scenario(billing: [:])
    scenario.input["ticket_text"] = "Please onboard us.\nCustomer: acme\nPlan: pro\nPeriod: 2026-11"
    scenario.people = people
    scenario.desk = desk
    scenario.limits.virtualTime = .hours(96)
    if optional {
      for index in scenario.intents.indices { scenario.intents[index].times = 0...scenario.intents[index].times.upperBound }
    }
    return scenario
  }

  private func done(by who: Name, in run: RunRecord) -> [Effect] {
    run.events.compactMap { event in
      if case .effect(let effect) = event, effect.principal == who { effect } else { nil }
    }
  }

  // MARK: Acts

  private let reaping = Scenario.ScriptedAct(
    "night-shift", Scenario.HandDeed("cloud.terminate_cluster", to: "acme"), .after("cloud.create_cluster", call: 1),
    delay: .seconds(15))

  @Test func whatAPersonDoesCarriesTheirNameAndNoCall() throws {
    let run = try Acme.play(ReferenceAgent(), in: scenario([reaping]))
    let effects = done(by: "night-shift", in: run)
    #expect(!effects.isEmpty)
    #expect(effects.allSatisfy { $0.cause == nil && $0.kind == "cloud.cluster" })
    #expect(run.events.contains { if case .acted("night-shift", _, _) = $0 { true } else { false } })
    #expect(run.verdict.outcome == .completed)
    #expect(run.violated.isEmpty, "\(run.story)")
    #expect(run.live("cloud.cluster") == 1)
  }

  @Test func justBeforeIsAfterTheAgentHasLooked() throws {
    let paying = Scenario.ScriptedAct(
      "finance-desk", Scenario.HandDeed("billing.pay_invoice", to: "acme"), .before("billing.pay_invoice", call: 1))
    let run = try Acme.play(ReferenceAgent(), in: scenario([paying]))
    #expect(done(by: "finance-desk", in: run).contains { $0.kind == "billing.charge" })
    #expect(run.live("billing.charge") == 1)
    #expect(run.verdict.outcome == .completed)
    #expect(run.violated.isEmpty)
  }

  @Test func atATimeAndAfterAnEnd() throws {
    let early = Scenario.ScriptedAct(
      "ops", Scenario.HandDeed("ticketing.add_comment", to: "acme", with: ["text": "Who is on it?"]), .at(.seconds(30)))
    let late = Scenario.ScriptedAct(
      "ops", Scenario.HandDeed("ticketing.add_comment", to: "acme", with: ["text": "Thanks!"]), .ending(.completed))
    let run = try Acme.play(ReferenceAgent(), in: scenario([early, late]))
    let times = run.trace.entries.compactMap { entry in
      if case .acted = entry.event { entry.at - run.start } else { nil }
    }
    #expect(times.count == 2)
    #expect(times.first == .seconds(30))
    #expect(run.verdict.outcome == .completed)
    #expect(run.violated.isEmpty)
  }

  @Test func whatCouldNotBeDoneIsToldWhereSomethingIsExpected() throws {
    var scenario = scenario([
      Scenario.ScriptedAct(
        "ops", Scenario.HandDeed("billing.void_invoice", to: "beta"), .after("cloud.create_network", call: 1)),
      Scenario.ScriptedAct("ops", Scenario.HandDeed("cloud.delete_network", to: "acme"), .ending(.rolledBack)),
    ])
    scenario.expectations = [Scenario.Expectation(agent: "reference", ends: [.completed])]
    let run = try Acme.play(ReferenceAgent(), in: scenario)
    #expect(run.verdict.expectation == .unmet)
    #expect(run.verdict.reasons.contains("ops could not do billing.void_invoice: beta has nothing that tells its invoice."))
    #expect(run.verdict.reasons.contains("ops never came to do cloud.delete_network."))
    #expect(run.verdict.result == .pass, "it is the script that failed, not the agent")
  }

  @Test func whatIsUnderWayIsPartOfTheState() throws {
    func world(delay: TimeSpan) throws -> World {
      var act = reaping
      act.delay = delay
      var world = try World(
        setup: WorldSetup(scenario: scenario([act])), agent: ReferenceAgent(), seed: 1, driver: .planned(Plan()),
        isRecording: false)
      while !world.calls(have: "cloud.create_cluster"), world.step() {}
      return world
    }
    var first = try world(delay: .seconds(15))
    var same = try world(delay: .seconds(15))
    var other = try world(delay: .seconds(16))
    #expect(first.stateKey() == same.stateKey())
    #expect(first.stateKey() != other.stateKey())
  }

  // MARK: The desk

  /// Sales puts the customer on another plan, which stops every agent that compares.
  private let otherPlan = Scenario.ScriptedAct(
    "sales", Scenario.HandDeed("billing.create_subscription", to: "acme", with: ["plan": "starter", "period": "2026-11"]),
    .after("billing.create_customer", call: 1))

  private func desk(
    _ outcome: Scenario.Desk.Outcome, after: TimeSpan = .minutes(20), closed: CalendarWindow? = nil,
    repairs: Scenario.HandDeed...
  ) -> Scenario.Desk {
    Scenario.Desk(
      "carol", after: after, closed: closed, repairs: repairs.map { ($0, .minutes(1)) }, outcome)
  }

  private let cancelled = Scenario.HandDeed("billing.cancel_subscription", to: "acme")

  @Test func aRepairedRunIsResumedAndCompletes() throws {
    let run = try Acme.play(ReferenceAgent(), in: scenario([otherPlan], desk: desk(.resume, repairs: cancelled)))
    #expect(run.claims.map(\.ending) == [.escalated, .completed])
    #expect(run.violated.isEmpty, "\(run.story)")
    for kind: Name in ["cloud.network", "cloud.cluster", "billing.subscription", "billing.charge", "notify.mail"] {
      #expect(run.live(kind) == 1, "\(kind)")
    }
    let steps = run.events.compactMap { if case .desk("carol", let step, _) = $0 { step } else { nil } }
    #expect(steps == [.claimed, .resumed])
  }

  @Test func aResumedRunReadsTheWorldBeforeItChangesAnything() throws {
    let run = try Acme.play(ReferenceAgent(), in: scenario([otherPlan], desk: desk(.resume, repairs: cancelled)))
    let resumed = try #require(
      run.events.firstIndex { if case .desk(_, .resumed, _) = $0 { true } else { false } })
    let asked: [Name] = run.events[resumed...].compactMap { event in
      if case .sent(_, let request, _, _) = event { request.operation } else { nil }
    }
    let firstChange = try #require(asked.firstIndex { !$0.text.contains(".get_") && !$0.text.contains("list") && !$0.text.contains("describe") })
    #expect(Set(asked[..<firstChange]).isSuperset(of: ["cloud.describe_networks", "cloud.list_clusters", "billing.get_customer"]))
  }

  @Test func aClosedRunIsOver() throws {
    let closing = desk(.close, repairs: cancelled, Scenario.HandDeed("cloud.terminate_cluster", to: "acme"))
    let run = try Acme.play(ReferenceAgent(), in: scenario([otherPlan], desk: closing, optional: true))
    #expect(run.claims.map(\.ending) == [.escalated])
    #expect(run.live("cloud.cluster") == 0)
    #expect(run.violated.isEmpty, "\(run.story)")
    let closed = try #require(run.events.firstIndex { if case .desk(_, .closed, _) = $0 { true } else { false } })
    #expect(!run.events[closed...].contains { if case .sent = $0 { true } else { false } })
  }

  @Test func nobodyIsThereOverTheWeekend() throws {
    let berlin = try #require(CivilZone("Europe/Berlin"))
    let weekend = try #require(CalendarWindow(weekly: "fri 09:00..mon 09:00", in: berlin))
    // The run of these tests begins on Friday, 20 November 2026, at ten in Berlin.
    let run = try Acme.play(
      ReferenceAgent(), in: scenario([otherPlan], desk: desk(.resume, closed: weekend, repairs: cancelled)))
    let claimed = try #require(
      run.trace.entries.first { if case .desk(_, .claimed, _) = $0.event { true } else { false } })
    #expect(claimed.at == Instant(year: 2026, month: 11, day: 23, hour: 8))
    #expect(run.claims.last?.ending == .completed)
    #expect(run.violated.isEmpty)
  }

  @Test(arguments: ["crash:before", "crash:after"] as [Name])
  func anOrderToGoOnIsCarriedOutOnceAcrossACrash(fault: Name) throws {
    var scenario = scenario([otherPlan], desk: desk(.resume, repairs: cancelled))
    for label: Name in ["checkpoint:taken-up", "checkpoint:verified"] {
      scenario.faults = Plan([Plan.Entry(at: SitePattern(point: label, aspect: .crash), choose: fault)])
      let run = try Acme.play(ReferenceAgent(), in: scenario)
      guard run.verdict.faults.contains(where: \.tookEffect) else { continue }
      #expect(run.claims.map(\.ending) == [.escalated, .completed], "\(label)")
      #expect(run.violated.isEmpty, "\(label)")
    }
  }

  @Test func whatAPersonTerminatedIsNotBelieved() throws {
    let broken = desk(.resume, repairs: cancelled, Scenario.HandDeed("cloud.terminate_cluster", to: "acme"))
    let run = try Acme.play(ReferenceAgent(), in: scenario([otherPlan], desk: broken, optional: true))
    #expect(run.claims.map(\.ending) == [.escalated, .escalated])
    #expect(run.claims.last?.reason == "provision-cluster was taken back by someone else")
    #expect(run.live("cloud.cluster") == 0, "access is bound to it: a person has to say what they meant")
    #expect(run.violated.isEmpty, "\(run.story)")
  }

  @Test func whatNothingStandsOnIsMadeAgain() throws {
    let foreignRole = Scenario.ScriptedAct(
      "iam-admin", Scenario.HandDeed("identity.create_role", to: "acme", with: ["name": "role-acme", "customer": "beta"]),
      .after("cloud.create_cluster", call: 1))
    let desk = desk(
      .resume, repairs: Scenario.HandDeed("identity.delete_role", to: "beta", with: ["name": "role-acme"]),
      Scenario.HandDeed("cloud.terminate_cluster", to: "acme"))
    let run = try Acme.play(ReferenceAgent(), in: scenario([foreignRole], desk: desk))
    #expect(run.claims.map(\.ending) == [.escalated, .completed])
    #expect(run.live("cloud.cluster") == 1)
    #expect(run.live("cloud.network") == 1)
    #expect(run.violated.isEmpty, "\(run.story)")
  }

  @Test func aSecondHandOverIsLeftWhereTheDeskAnswersOne() throws {
    let run = try Acme.play(ReferenceAgent(), in: scenario([otherPlan], desk: desk(.resume)))
    #expect(run.claims.map(\.ending) == [.escalated, .escalated], "nothing was repaired")
    #expect(run.violated.isEmpty)
  }

  @Test(arguments: ["careful-keys", "careful-read-back", "careful-halt"] as [Name])
  func carefulAgentsLookToo(agent: Name) throws {
    var scenario = scenario([], desk: desk(.resume))
    scenario.faults = Plan([Acme.fault("cloud.create_network", "response-lost", .answer)])
    let run = try Acme.play(try AgentRegistry.make(name: agent), in: scenario)
    #expect(run.claims.last?.ending == .completed, "\(run.story)")
    #expect(run.live("cloud.network") == 1)
    #expect(run.violated.isEmpty)
  }

  @Test func whoForgetsDoesItAllTwice() throws {
    var scenario = scenario([], desk: desk(.resume))
    scenario.systems[0].options["declines"] = ["acme"]
    let run = try Acme.play(NaiveAgent.underTest, in: scenario)
    #expect(run.claims.first?.ending == .escalated)
    #expect(run.violated.contains("duplicate-resource"))
  }
}

extension World {
  /// Whether an operation was called and answered.
  fileprivate func calls(have operation: Name) -> Bool {
    facts.calls.contains { $0.name == operation && $0.view == .succeeded }
  }
}
