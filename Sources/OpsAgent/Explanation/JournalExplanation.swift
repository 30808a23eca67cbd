// What did the agent think it was doing? Answered from its store alone.

import Operations
import Primitives

/// A run's journal in plain lines.
public struct JournalExplanation: Hashable, Sendable {
  public let lines: [String]

  /// - Throws: what the store reports when it can't be read.
  public init(of run: Name, in store: some CheckpointStore, library: WorkflowLibrary) throws {
    self.init(of: run, records: try store.load(run), library: library)
  }

  public init(of run: Name, records: [JournalRecord], library: WorkflowLibrary) {
    guard case .opened(let opening)? = records.first else {
      lines = ["The store holds nothing about \(run)."]
      return
    }
    let plan = library.find(opening.workflow, version: opening.version) ?? library.current
    var account = Account(plan: plan, lines: [])
    account.lines.append("\(run): \(opening.workflow) version \(opening.version), begun by \(opening.replica)"
      + (opening.prompt == 1 ? "" : ", under prompt \(opening.prompt)"))
    account.lines.append("  input \(opening.input)")
    for record in records { account.tell(record) }
    account.close()
    lines = account.lines
  }
}

/// Collects the lines while the records go by.
private struct Account {
  let plan: CompiledWorkflow
  var lines: [String]
  var open: [Intent] = []
  var previous: Int?
  var current: Int?
  var isBackward = false
  var isOver = false

  func act(_ index: Int) -> String {
    plan.acts.indices.contains(index) ? plan.acts[index].act.name.text : "act \(index)"
  }

  func step(_ index: Int) -> String {
    plan.acts.indices.contains(index) ? plan.acts[index].stepName.text : "act \(index)"
  }

  mutating func tell(_ record: JournalRecord) {
    switch record {
    case .opened: break
    case .intent(let intent):
      open.removeAll { $0.act == intent.act }
      open.append(intent)
      current = intent.act
      lines.append(
        "\(intent.at)  \(act(intent.act)): about to call \(intent.operation) \(intent.arguments)"
          + " key \(intent.key) attempt \(intent.generation + 1)")
    case .result(let index, let facts, let isAdopted, let at):
      settle(index)
      lines.append("\(at)  \(act(index)): \(isAdopted ? "found and adopted" : "done") \(facts)")
    case .skipped(let index): lines.append("  \(act(index)): not needed")
    case .refused(let index, let reason, let at):
      settle(index)
      lines.append("\(at)  \(act(index)): \(reason)")
    case .restarted(let index, let through, let at):
      lines.append("\(at)  \(act(index)) to \(act(through)): begun anew with new keys")
      current = index
    case .decided(let query, let decision, let at): tell(query, decision, at)
    case .turned(let reason, let at):
      isBackward = true
      lines.append("\(at)  turned round: \(reason)")
    case .undoing(let index, let operation, let arguments, let at):
      current = index
      lines.append("\(at)  \(act(index)): about to take back by \(operation) \(arguments)")
    case .undone(let index, let isFinal, let at):
      settle(index)
      lines.append("\(at)  \(act(index)): taken back\(isFinal ? "" : ", will look once more")")
    case .audit(let entry):
      lines.append("\(entry.at)  audit: \(entry.principal) \(entry.operation) \(entry.outcome)")
    case .finished(let claim, let at):
      isOver = true
      lines.append("\(at)  said: \(claim.ending)\(claim.reason.isEmpty ? "" : ", because \(claim.reason)")")
      for item in claim.possibly { lines.append("  possibly there: \(item.act) by \(item.operation)") }
    case .takenUp(let order, let at):
      isOver = false
      lines.append("\(at)  taken up again on the order of a person (order \(order))")
    case .verified(let at): lines.append("\(at)  looked at the world: it is as written here")
    }
  }

  private mutating func tell(_ query: DecisionQuery, _ decision: Decision, _ at: Instant) {
    let options = query.options.map(\.text).joined(separator: ", ")
    lines.append(
      "\(at)  decided at \(query.step): \(decision.transition) of \(options) (\(decision.confidence) %): "
        + decision.reason)
    lines.append("  given \(query.facts)")
    if !decision.fields.isEmpty { lines.append("  took from the text \(decision.fields)") }
  }

  private mutating func settle(_ index: Int) {
    open.removeAll { $0.act == index }
    previous = index
    if current == index { current = nil }
  }

  mutating func close() {
    if let previous { lines.append("previous step  \(step(previous))") }
    if isOver {
      lines.append("current step   none: the run is over")
    } else if let current {
      lines.append("current step   \(step(current))\(isBackward ? ", backward" : "")")
    } else {
      lines.append("current step   after \(previous.map(step) ?? "the start")\(isBackward ? ", backward" : "")")
    }
    for intent in open {
      lines.append(
        "unknown        \(act(intent.act)): \(intent.operation) may have happened; key \(intent.key), sent at "
          + "\(intent.at) or later")
    }
  }
}
