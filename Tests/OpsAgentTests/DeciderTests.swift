// The rules that read tickets, and what they do not claim to have read.

import OpsAgent
import Operations
import Primitives
import Testing

@Suite struct DeciderTests {
  private func triage(_ text: String, knowing facts: Fields = [:]) -> Decision {
    var decider = RuleBasedDecider()
    return decider.decide(
      DecisionQuery(fork: .triage, step: "triage", options: [.proceed, .escalate], facts: facts, text: text))
  }

  @Test func readsLinesWhateverTheirCaseAndMarks() {
    let decision = triage(
      "Hello,\n- CUSTOMER: Acme\n* Plan:  pro.\n> period: 2026-11\nRegion: eu-central-1\nEmail: a@b.c")
    #expect(decision.transition == .proceed)
    #expect(decision.confidence == 95)
    #expect(
      decision.fields.matches([
        "customer": "acme", "plan": "pro", "period": "2026-11", "region": "eu-central-1", "email": "a@b.c",
      ]))
  }

  @Test func readsSentencesAndIsLessSure() {
    let decision = triage("Could you set us up on the Pro plan from 2026-11 on?", knowing: ["customer": "acme"])
    #expect(decision.transition == .proceed)
    #expect(decision.confidence == 80)
    #expect(decision.fields.matches(["plan": "pro", "period": "2026-11"]))
  }

  @Test func twoPlansInOneSentenceAreNone() {
    let decision = triage("Pro or enterprise, we can't decide; from 2026-11.", knowing: ["customer": "acme"])
    #expect(decision.fields[Name("plan")] == nil)
    #expect(decision.confidence < 70)
  }

  @Test(arguments: ["Please cancel it.", "Do not onboard them yet.", "This is on hold.", "Offboard acme."])
  func aTicketThatAsksToStopIsNotWorkForTheWorkflow(text: String) {
    let known: Fields = ["customer": "acme", "plan": "pro", "period": "2026-11"]
    #expect(triage(text, knowing: known).transition == .escalate)
  }

  private let leaving: Fields = ["workflow": "customer-offboarding", "customer": "acme"]

  @Test func readsTheDayOfAnOffboarding() {
    let decision = triage("Please offboard acme, their last day is 2026-12-15.", knowing: leaving)
    #expect(decision.transition == .proceed)
    #expect(decision.confidence == 80)
    #expect(decision.fields.matches(["effective": "2026-12-15", "period": "2026-12"]))
    let form = triage("Offboarding\nLast day: 2026-12-15\nPeriod: 2026-12", knowing: leaving)
    #expect(form.confidence == 95)
    #expect(triage("Please offboard acme some time.", knowing: leaving).confidence < 70)
  }

  @Test(arguments: [
    "Please upgrade them.", "Please onboard acme.", "Hello.", "Offboard them or upgrade them, whatever is cheaper.",
  ])
  func onlyTheWorkThatTheRunIsForIsBegun(text: String) {
    var known = leaving
    known["period"] = "2026-12"
    #expect(triage(text, knowing: known).transition == .escalate)
  }

  @Test(
    arguments: [
      "Can you take the incident?", "Open the war room.", "How do we interpret this clause?", "Does our policy allow it?",
      "Give them a goodwill credit.", "Please waive the fee.", "They get a one-off refund.",
    ], ["customer-onboarding", "customer-offboarding", "plan-change"])
  func whatStaysWithPeopleIsNoWork(text: String, workflow: String) {
    let known: Fields = [
      "workflow": .text(workflow), "customer": "acme", "plan": "pro", "period": "2026-11",
    ]
    let decision = triage(text, knowing: known)
    #expect(decision.transition == .escalate)
    #expect(decision.reason.contains("stays with people"))
  }

  @Test(arguments: ["", ":", ":::\n:\n\n", "Customer:", "\u{FEFF}Plan: \u{1F600}\n", "a:b\r\nplan : pro\r\n"])
  func strangeTextsAreReadWithoutFail(text: String) {
    #expect(triage(text).confidence < 70)
  }

  @Test func aScriptThatHasEndedAsksAPerson() {
    var decider = ScriptedDecider([])
    let query = DecisionQuery(fork: .afterRestart, step: "s", options: [.resume], facts: [:], text: "")
    #expect(decider.decide(query).transition == .escalate)
  }

  @Test func takesBackWhereThereIsAWayAndElseHandsOver() {
    var decider = RuleBasedDecider()
    func choice(_ options: [Name]) -> Name {
      decider.decide(DecisionQuery(fork: .afterFailure, step: "s", options: options, facts: [:], text: "")).transition
    }
    #expect(choice([.compensate, .escalate]) == .compensate)
    #expect(choice([.escalate]) == .escalate)
  }
}
