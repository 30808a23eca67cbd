// Forks: the decider chooses from a closed set, and the code holds it to that.

import Operations
import Primitives

extension Orchestrator {
  mutating func ask(_ query: DecisionQuery, _ commands: inout [Command]) {
    commands.append(.decide(query))
    self.query = query
    expectation = .decision
  }

  /// The act at the cursor can't be brought about. What now?
  mutating func fail(_ why: String, _ now: Instant, _ commands: inout [Command]) {
    reason = why
    if mode == .backward { return escalate(why, now, &commands) }
    let step = step
    let canTurn = mayCompensate
    var options = step.transitions.filter { $0 == .escalate || ($0 == .compensate && canTurn) }
    if options.isEmpty { options = [.escalate] }
    ask(DecisionQuery(fork: .afterFailure, step: step.name, options: options, facts: facts, text: why), &commands)
  }

  mutating func decided(
    _ decision: Decision, _ query: DecisionQuery, _ now: Instant, _ commands: inout [Command]
  ) {
    buffer.append(.decided(query, decision, at: now))
    guard parts.confidence.accepts(decision.confidence) else {
      commands.append(.note(.held(.confidenceThreshold)))
      return escalate("the decider is not sure (\(decision.confidence) %): \(decision.reason)", now, &commands)
    }
    if parts.transitions == .closed, !query.options.contains(decision.transition) {
      commands.append(.note(.held(.closedTransitions)))
      return escalate("the decider chose \(decision.transition.text), which is not on the graph", now, &commands)
    }
    if query.fork == .triage, decision.transition != .escalate {
      if parts.guards == .checked, let field = contradiction(decision.fields) {
        commands.append(.note(.held(.preActionGuards)))
        return escalate("the ticket contradicts the account in \(field.text)", now, &commands)
      }
      learn(decision.fields)
      if let missing = derive() { return escalate(missing, now, &commands) }
    }
    follow(decision.transition, decision, query, now, &commands)
  }

  private mutating func follow(
    _ transition: Name, _ decision: Decision, _ query: DecisionQuery, _ now: Instant, _ commands: inout [Command]
  ) {
    let isAllowed = query.options.contains(transition)
    if !isAllowed || transition == .compensate || transition == .escalate {
      commands.append(.note(.transition(from: query.step, to: transition, isAllowed: isAllowed)))
    }
    switch transition {
    case .escalate:
      escalate(query.fork == .afterFailure ? query.text : decision.reason, now, &commands)
    case .compensate:
      turn(query.text.isEmpty ? decision.reason : query.text, now, &commands)
    case .resume:
      resumeAct(now, &commands)
    case .proceed:
      if query.fork == .afterFailure { cursor += 1 }
      enter(now, &commands)
    default:
      // Only reached where nothing holds the decider to the graph.
      if let target = order.firstIndex(where: { plan.acts[$0].stepName == transition }) {
        cursor = target
        lastStep = act.step
      }
      enter(now, &commands)
    }
  }

  /// The first field that says otherwise than what the run was handed or has read.
  private func contradiction(_ fields: Fields) -> Name? {
    for entry in fields.entries {
      if let known = facts[entry.name], known != entry.value { return entry.name }
    }
    return nil
  }

  /// Adds what policy says about the facts. Returns why it can't, for people.
  mutating func derive() -> String? {
    for name in plan.workflow.inputs where facts[name] == nil { return "the ticket does not say the \(name.text)" }
    let policy = plan.playbook.policy
    if let name = facts.text(.plan) {
      guard let plan = policy.plan(name) else { return "there is no plan \(name)" }
      facts[.price] = .money(plan.price)
      facts[.instances] = .int(plan.instances)
    }
    if let region = facts.text(.region) {
      guard policy.regions.contains(region), request.rules.allows(region: region) else {
        return "clusters may not stand in \(region)"
      }
    } else if let region = policy.regions.first(where: request.rules.allows) {
      facts[.region] = .text(region)
    } else if !policy.regions.isEmpty {
      return "clusters may stand in none of the regions that are configured"
    }
    for made in plan.playbook.madeUp where facts[made.fact] == nil {
      facts[made.fact] = made.value(given: facts)
    }
    return nil
  }
}
