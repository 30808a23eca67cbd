// Everything that a model could answer at one decision: what an exhaustive search tries instead of the rules' answer.

import Faultline
import OpsAgent
import Operations
import Primitives

/// The answers of any model, cut into those that the agent can tell apart.
///
/// Each transition, on the graph and off it; each way to give no decision; each way to be long about it; each way to be
/// unsure; and for each field that a text may name: another one that exists, one that does not, the bounds, and
/// nothing. Beside them fields that no step reads from a text, since nobody can keep a model from naming them.
struct AnyAnswer {
  let query: DecisionQuery
  /// What the rules say.
  let proposal: Decision
  let workflow: CompiledWorkflow

  typealias Answer = Result<Decision, DecisionFailure>

  /// No more than a choice can hold.
  static let most = 63

  /// The answers for which the world has to wait. A slow one counts, and leases, keys and reads have grown older
  /// meanwhile; a late one comes when nobody waits for it any more, and the shell drops it, whatever it says.
  static let delays: [DecisionPoint.Delay] = [
    .init("model:slow", .slow), .init("model:late", .late), .init("model:no-answer", .never),
  ]

  /// By name, in a fixed order; the rules' own answer is not among them.
  var answers: [(name: Name, answer: Answer)] {
    var answers: [(Name, Answer)] = []
    func add(_ name: String, _ answer: Answer) { answers.append((Name("model:\(name)"), answer)) }
    for transition in [Name.proceed, .resume, .compensate, .escalate] where transition != proposal.transition {
      add(transition.text, .success(going(transition)))
    }
    for step in workflow.workflow.steps where step.name != proposal.transition {
      add(step.name.text, .success(going(step.name)))
    }
    add("off-the-earth", .success(going("off-the-earth")))
    add("no-answer", .failure(.noAnswer))
    add("late", .failure(.noAnswer))
    add("slow", .success(proposal))
    add("unreadable", .failure(.unreadable))
    add("refusal", .failure(.refused("I can't help with that.")))
    for confidence in [0, 69, 70, 79, 100] where confidence != proposal.confidence {
      var decision = proposal
      decision.confidence = confidence
      add("confidence=\(confidence)", .success(decision))
    }
    for (field, value) in values { add("\(field)=\(text(of: value))", .success(with(field, value))) }
    for (field, value) in strangers { add("\(field)=\(text(of: value))", .success(with(field, value))) }
    var silent = sure
    silent.fields = [:]
    if silent.fields != proposal.fields { add("no-fields", .success(silent)) }
    // One that is left out would be left out of the claim as well.
    precondition(answers.count <= Self.most, "\(answers.count) answers are more than one choice can hold")
    return answers
  }

  /// The answer of that name; nil where it can't be given here.
  func answer(named name: Name) -> Answer? { answers.first { $0.name == name }?.answer }

  // MARK: Answers

  /// What it would say if it went on, and were sure of it.
  private var sure: Decision {
    var decision = proposal
    if !query.options.contains(proposal.transition) || proposal.transition == .escalate {
      decision.transition = query.options.first ?? .proceed
    }
    decision.confidence = 97
    decision.reason = "the ticket says so"
    return decision
  }

  private func going(_ transition: Name) -> Decision {
    var decision = proposal
    decision.transition = transition
    decision.confidence = 97
    decision.reason = "why wait"
    return decision
  }

  private func with(_ field: Name, _ value: Value?) -> Decision {
    var decision = sure
    decision.fields[field] = value
    return decision
  }

  private func known(_ field: Name) -> Value? { query.facts[field] ?? proposal.fields[field] }

  /// Fields that may be read from a text, each with what may be wrong with it; nil for one that is left out.
  private var values: [(Name, Value?)] {
    let plans = workflow.playbook.policy.plans
    var values: [(Name, Value?)] = []
    for other in ["globex", "initech", "nobody", ""] where known("customer") != .text(other) {
      values.append(("customer", .text(other)))
    }
    for plan in plans where known("plan") != .text(plan.name) { values.append(("plan", .text(plan.name))) }
    values.append(("plan", "platinum"))
    for period in ["2026-10", "2027-01", "soon"] where known("period") != .text(period) {
      values.append(("period", .text(period)))
    }
    for day in ["2026-11-01", "2026-11-30", "2026-02-31"] where known("effective") != .text(day) {
      values.append(("effective", .text(day)))
    }
    values += [("region", "us-east-1"), ("email", "somebody@else.example")]
    let own = known("plan")?.text.flatMap { workflow.playbook.policy.plan($0)?.price } ?? plans.first?.price
    if let own {
      for units in [0, 1, own.minorUnits - 1, own.minorUnits + 1, -own.minorUnits, .max] {
        values.append(("price", .money(Money(minorUnits: units, currency: own.currency))))
      }
    }
    for entry in proposal.fields.entries { values.append((entry.name, nil)) }
    return values
  }

  /// Facts of a run that no text is asked for.
  private var strangers: [(Name, Value?)] {
    let cent = Value.money(Money(minorUnits: 1, currency: .eur))
    let fortune = Value.money(Money(minorUnits: 1_000_000_00, currency: .eur))
    return [
      ("instances", 100), ("cluster_count", 0), ("ticket_id", "9999"), ("cluster", "i-0other"), ("invoice", "in_other"),
      ("final_amount", cent), ("refund", fortune), ("extra", fortune), ("old_plan", "enterprise"),
    ]
  }

  private func text(of value: Value?) -> String {
    switch value {
    case nil: "left-out"
    case .text(let text)?: text.isEmpty ? "empty" : text
    case .money(let money)?: "\(money.minorUnits)"
    case let value?: value.description
    }
  }
}
