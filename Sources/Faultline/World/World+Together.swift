// Several workflows in one world: what each of those who judge them gets to see, and what all of them together say.

import Operations
import Primitives
import Simulation

extension World {
  /// Who judges one of the workflows.
  func bench(of flow: Int) -> OracleBench { flow == 0 ? bench : otherBenches[flow - 1] }

  /// Who judges each of them, in their order.
  var allBenches: [OracleBench] { [bench] + otherBenches }

  private mutating func tell(_ flow: Int, _ event: WorldEvent, _ index: Int) {
    if flow == 0 {
      bench.observe(event, index: index, at: now)
    } else {
      otherBenches[flow - 1].observe(event, index: index, at: now)
    }
  }

  /// Tells those whom it concerns of an event: what a process does is judged with its own workflow, what a system holds
  /// with the workflow whose it is.
  mutating func tell(_ event: WorldEvent, _ index: Int) {
    switch event {
    case .effect(let effect): tell(effect, index)
    case .delivered, .ended:
      for flow in setup.flows.indices { tell(flow, event, index) }
    case .fault(let record): tell(setup.runs.firstIndex(of: record.site.run) ?? 0, event, index)
    // What people do by hand concerns the first.
    default: tell(event.process?.workflow ?? 0, event, index)
    }
  }

  /// What a call did is a matter of its workflow. Where it did it to somebody else's things, that other workflow sees it
  /// as anybody's deed.
  private mutating func tell(_ effect: Effect, _ index: Int) {
    let owner = flow(of: effect)
    if let cause = effect.cause {
      tell(cause.workflow, .effect(effect), index)
      guard let owner, owner != cause.workflow else { return }
      var foreign = effect
      foreign.cause = nil
      tell(owner, .effect(foreign), index)
    } else {
      tell(owner ?? 0, .effect(effect), index)
    }
  }

  /// Whose an effect is: its owner's, or that of what it is part of; nil where neither is known.
  private func flow(of effect: Effect) -> Int? {
    if let owner = effect.owner, let flow = setup.flows.firstIndex(where: { $0.customer == owner }) { return flow }
    return allBenches.firstIndex { bench in
      bench.facts.objects.contains { object in
        guard object.owner != nil, !object.isForeign else { return false }
        return object.id == effect.object || effect.attributes.entries.contains { $0.value.text == object.id }
      }
    }
  }

  /// Everything that was wrong with any of the workflows, by its first evidence.
  var findings: [Violation] {
    guard !otherBenches.isEmpty else { return bench.conclude() }
    var all: [Violation] = []
    for (number, bench) in allBenches.enumerated() {
      for var violation in bench.conclude() {
        violation.workflow = number
        all.append(violation)
      }
    }
    return all.enumerated().sorted { first, second in
      (first.element.evidence.first ?? .max, first.offset) < (second.element.evidence.first ?? .max, second.offset)
    }.map(\.element)
  }

  /// What the agent said last: of several workflows, of the one that came out worst. Nil where it said nothing of one.
  var outcome: Ending? {
    guard !otherBenches.isEmpty else { return claims.last?.ending }
    let endings = allBenches.map { $0.facts.claim?.ending }
    if endings.contains(nil) { return nil }
    return [.escalated, .rolledBack].first { endings.contains($0) } ?? .completed
  }
}
