// Forks: the decider chooses from a closed set, and the code holds it to that.

import Operations
import Primitives

extension Orchestrator {
  mutating func ask(_ query: DecisionQuery, _ commands: inout [Command]) {
    self.query = query
    asks = 0
    said = nil
    askAgain(&commands)
  }

  /// Asks what is to be decided, once more where it was asked before.
  mutating func askAgain(_ commands: inout [Command]) {
    guard let query else { preconditionFailure("there is no question to ask") }
    asks += 1
    commands.append(.decide(query))
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
    ask(DecisionQuery(fork: .afterFailure, step: step.name, options: options, facts: facts, text: why, prompt: prompt), &commands)
  }

  mutating func decided(
    _ decision: Decision, _ query: DecisionQuery, _ now: Instant, _ commands: inout [Command]
  ) {
    if said == nil, parts.confidence.wantsConfirmation(decision.confidence) {
      said = decision
      return askAgain(&commands)
    }
    buffer.append(.decided(query, decision, at: now))
    self.query = nil
    if let first = said.take(), first.transition != decision.transition || first.fields != decision.fields {
      commands.append(.note(.held(.confidenceThreshold)))
      let why =
        first.transition == decision.transition
        ? "the decider read the text twice, and not the same in it"
        : "the decider said \(first.transition.text) and, asked again, \(decision.transition.text)"
      return escalate(why, now, &commands)
    }
    guard parts.confidence.accepts(decision.confidence) else {
      commands.append(.note(.held(.confidenceThreshold)))
      return escalate("the decider is not sure (\(decision.confidence) %): \(decision.reason)", now, &commands)
    }
    if parts.transitions == .closed, !query.options.contains(decision.transition) {
      commands.append(.note(.held(.closedTransitions)))
      return escalate("the decider chose \(decision.transition.text), which is not on the graph", now, &commands)
    }
    if query.fork == .triage, decision.transition != .escalate {
      // Whoever decided, and however sure: what plainly stays with people is not begun.
      if parts.guards == .checked, let why = RequestKind.objection(to: plan.workflow.name, in: query.text) {
        commands.append(.note(.held(.preActionGuards)))
        return escalate(why, now, &commands)
      }
      if parts.guards == .checked, let objection = objection(to: decision.fields, readFrom: query.text) {
        commands.append(.note(.held(.preActionGuards)))
        return escalate(objection, now, &commands)
      }
      learn(decision.fields)
      if let missing = derive() { return escalate(missing, now, &commands) }
    }
    // Whoever goes by the newest version goes by what that one reads.
    if query.fork != .triage, mayLearn(at: query.fork), !decision.fields.isEmpty {
      learn(decision.fields)
      _ = derive()
    }
    follow(decision.transition, decision, query, now, &commands)
  }

  /// The decider gave no decision: asks again a few times where that may help, and then a person.
  mutating func undecided(
    _ failure: DecisionFailure, _ query: DecisionQuery, _ now: Instant, _ commands: inout [Command]
  ) {
    if parts.confidence.accepts(0) {
      // Whoever follows any answer takes none for a yes.
      let transition = query.options.first ?? .escalate
      return decided(Decision(transition, confidence: 0, reason: "the decider \(failure)"), query, now, &commands)
    }
    guard failure.isPassing, parts.retries.allows(asks: asks) else {
      self.query = nil
      commands.append(.note(.held(.confidenceThreshold)))
      return escalate("the decider \(failure)", now, &commands)
    }
    let draw = Draw(seed: request.run.hash, key: query.step.hash).derived(UInt64(asks))
    wait(until: now + parts.retries.delay(afterAttempt: asks, draw: draw), .backoff, .ask, now, &commands)
  }

  /// Whether the run takes over what the decider read from the text at such a fork: once, when it begins. A run that
  /// isn't pinned reads it anew with every version.
  func mayLearn(at fork: DecisionQuery.Fork) -> Bool { fork == .triage || parts.versions == .newest }

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

  /// Why what the decider took from a text can't be acted on; nil where account, catalogue and text agree with it.
  private func objection(to fields: Fields, readFrom text: String) -> String? {
    if let field = contradiction(fields) { return "the ticket contradicts the account in \(field.text)" }
    var lines: Fields?
    for entry in fields.entries where facts[entry.name] == nil {
      guard let value = entry.value.text else { continue }
      guard text.containsWords(of: value) else { return "the ticket says nothing of \(entry.name.text) \(value)" }
      let written = lines ?? TicketReader(text, plans: []).fields
      lines = written
      // Where a line says it, nothing that is said beside it says otherwise.
      if let line = written[entry.name], line != entry.value {
        return "the ticket has a line with another \(entry.name.text) than \(value)"
      }
    }
    guard let price = fields[.price], let name = fields.text(.plan) ?? facts.text(.plan),
      let plan = plan.playbook.policy.plan(name), price != .money(plan.price)
    else { return nil }
    return "the catalogue has another price for \(name)"
  }

  /// Adds what policy says about the facts. Returns why it can't, for people.
  mutating func derive() -> String? {
    for name in plan.workflow.inputs where facts[name] == nil { return "the ticket does not say the \(name.text)" }
    let policy = plan.playbook.policy
    if let name = facts.text(.plan) {
      guard let plan = policy.plan(name) else { return "there is no plan \(name)" }
      // Where nobody compares it, what the decider took for the price stands.
      if parts.guards == .checked || facts[.price] == nil { facts[.price] = .money(plan.price) }
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
    nameWhatIsKnown()
    guard !plan.playbook.amounts.isEmpty else { return nil }
    if facts[.effective] == nil, let period = facts.text(.period) { facts[.effective] = .text(period + "-01") }
    guard Playbook.Amount.day(of: facts) != nil else {
      return "\(facts.text(.effective) ?? "") is no day of \(facts.text(.period) ?? "the period")"
    }
    workOut()
    return nil
  }

  /// Makes up the names for which the facts are there.
  mutating func nameWhatIsKnown() {
    for made in plan.playbook.madeUp where facts[made.fact] == nil {
      facts[made.fact] = made.value(given: facts)
    }
  }

  /// Works out the amounts for which the facts are there.
  mutating func workOut() {
    for amount in plan.playbook.amounts {
      facts[amount.fact] = amount.value(given: facts, plan.playbook.policy).map { .money($0) }
    }
  }
}

extension String {
  /// Whether a value stands in the text, as a whole and whatever its case.
  fileprivate func containsWords(of value: String) -> Bool {
    let text = Array(utf8.lazy.map { $0.lowercased })
    let value = Array(value.utf8.lazy.map { $0.lowercased })
    guard !value.isEmpty, value.count <= text.count else { return false }
    for start in 0...(text.count - value.count) where text[start] == value[0] {
      let end = start + value.count
      guard start == 0 || !text[start - 1].isPartOfWord, end == text.count || !text[end].isPartOfWord else { continue }
      if text[start..<end].elementsEqual(value) { return true }
    }
    return false
  }
}

extension UInt8 {
  /// An ASCII letter in lower case, and any other byte as it is.
  fileprivate var lowercased: UInt8 { (65...90).contains(self) ? self | 0x20 : self }
  fileprivate var isPartOfWord: Bool { (97...122).contains(self) || (48...57).contains(self) || self >= 128 }
}
