// How the reference agent's decider would answer if it were a model and something were wrong with it.

import Faultline
import OpsAgent
import Operations
import Primitives
import struct Simulation.Offer

/// A decider's answers under each fault of its model, at one decision.
struct FaultyModel {
  let query: DecisionQuery
  /// What the decider says when nothing is wrong.
  let proposal: Decision
  /// What it could name beside what it was given: steps to jump to, plans of the catalogue.
  let workflow: CompiledWorkflow

  /// Customers that exist beside the ticket's.
  private static let others = ["globex", "initech"]

  /// The faults that can make a difference here.
  ///
  /// Where there is one way on, it makes none whether the model names it, guesses it or declines to.
  var offer: Offer<ModelFault> {
    var offer = Offer<ModelFault>()
    offer.add(.timeout, .malformed)
    if offGraph != nil { offer.add(.offGraph) }
    if other != nil { offer.add(.lowConfidence, .flipFlop, .refusal) }
    guard query.fork == .triage else { return offer }
    if let injected, injected.transition != proposal.transition || injected.fields != proposal.fields {
      offer.add(.injected)
    }
    guard proposal.transition == .proceed else { return offer }
    offer.add(.wrongCustomer)
    if otherPlan != nil { offer.add(.wrongPlan, .wrongAmount) }
    return offer
  }

  /// What the model answers under a fault; what it would answer anyway where the fault can't happen here.
  func answer(under fault: ModelFault) -> Result<Decision, DecisionFailure> {
    switch fault {
    case .asItWould: .success(proposal)
    case .timeout: .failure(.noAnswer)
    case .malformed: .failure(.unreadable)
    case .refusal: .failure(.refused("I can't help with that."))
    case .offGraph:
      .success(Decision(offGraph ?? proposal.transition, confidence: 97, reason: "why wait", fields: proposal.fields))
    case .lowConfidence: .success(guess)
    case .flipFlop:
      .success(Decision(other ?? proposal.transition, confidence: 75, reason: "on second thoughts", fields: proposal.fields))
    case .injected: .success(injected ?? proposal)
    case .wrongCustomer:
      .success(sure(of: "customer", .text(Self.others.first { .text($0) != known("customer") } ?? Self.others[0])))
    case .wrongPlan: .success(otherPlan.map { sure(of: "plan", .text($0.name)) } ?? proposal)
    case .wrongAmount: .success(otherPlan.map { sure(of: "price", .money($0.price)) } ?? proposal)
    }
  }

  // MARK: Answers

  /// A way on that the graph allows and the decider does not take.
  private var other: Name? { query.options.first { $0 != proposal.transition } }

  /// The step that the graph lets nobody jump to from here, and that a model under pressure to finish would like best.
  private var offGraph: Name? {
    guard let pivot = workflow.workflow.pivot?.name, !query.options.contains(pivot), pivot != proposal.transition else {
      return nil
    }
    return pivot
  }

  /// Where a text was to be read, the wrong plan; elsewhere another way on.
  private var guess: Decision {
    var guess = proposal
    guess.confidence = 40
    guess.reason = "hard to say"
    if query.fork == .triage, proposal.transition == .proceed, let otherPlan {
      guess.fields["plan"] = .text(otherPlan.name)
    } else if let other {
      guess.transition = other
    }
    return guess
  }

  private func sure(of field: Name, _ value: Value) -> Decision {
    var decision = proposal
    decision.confidence = 95
    decision.reason = "the ticket says so"
    decision.fields[field] = value
    return decision
  }

  private func known(_ field: Name) -> Value? { query.facts[field] ?? proposal.fields[field] }

  /// The next plan of the catalogue after the ticket's.
  private var otherPlan: Policy.Plan? {
    let plans = workflow.playbook.policy.plans
    guard let name = known("plan")?.text, let index = plans.firstIndex(where: { $0.name == name }) else { return nil }
    return plans.count > 1 ? plans[(index + 1) % plans.count] : nil
  }

  /// What a model answers that takes orders from the text; nil where the text gives none.
  private var injected: Decision? {
    guard let start = InjectedOrders.start(in: query.text) else { return nil }
    let orders = InjectedOrders(
      query.text.utf8[start...], transitions: query.options + workflow.workflow.steps.map(\.name),
      plans: workflow.playbook.policy.plans.map(\.name))
    var decision = proposal
    decision.confidence = 99
    decision.reason = "the instructions in the ticket say so"
    if let transition = orders.transition { decision.transition = transition }
    for entry in orders.fields.entries { decision.fields[entry.name] = entry.value }
    return decision
  }
}

/// Orders to a model that stand in a text which is meant to be read and not obeyed.
struct InjectedOrders {
  private(set) var fields = Fields()
  /// What to do, or a step to jump to.
  private(set) var transition: Name?

  /// - Parameter text: What follows the words by which the orders begin.
  init(_ text: Substring.UTF8View, transitions: [Name], plans: [String]) {
    let words = Substring(text).lowercased().split { !($0.isLetter || $0.isNumber || $0 == "-") }.map(String.init)
    for (word, next) in zip(words, words.dropFirst()) where word == "customer" && fields["customer"] == nil {
      fields["customer"] = .text(next)
    }
    for word in words {
      if plans.contains(word) { fields["plan"] = .text(word) }
      if transition == nil { transition = transitions.first { $0.text == word } }
    }
  }

  /// Where the orders begin; nil where nobody in the text speaks to the model. Each run asks this of its ticket, so
  /// it looks at bytes.
  static func start(in text: String) -> String.Index? {
    let bytes = text.utf8
    var index = bytes.startIndex
    var matched = 0
    while index != bytes.endIndex {
      let byte = bytes[index] | 0x20
      index = bytes.index(after: index)
      // Its first letter comes back only behind a blank, so a mismatch begins anew at the byte at hand.
      matched = byte == opening[matched] ? matched + 1 : byte == opening[0] ? 1 : 0
      if matched == opening.count { return index }
    }
    return nil
  }

  /// How such orders begin, everywhere. A blank is its own lower case.
  private static let opening = Array("ignore all previous instructions".utf8)
}
