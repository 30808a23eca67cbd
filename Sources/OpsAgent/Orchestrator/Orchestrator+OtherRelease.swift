// A journal of a workflow version that this release does not have: it can't be gone on with, but it can be read.

import Operations
import Primitives

extension Orchestrator {
  /// Ends a run that another release began: with the word that was given on it, where there is one, or else by
  /// handing over all that its journal shows.
  ///
  /// Acts are told by the operations that the journal names: their positions mean something in that version only.
  mutating func endWithoutVersion(
    of opening: Opening, _ records: [JournalRecord], _ now: Instant, _ commands: inout [Command]
  ) {
    facts = opening.input
    var acts: [ForeignAct] = []
    for record in records {
      switch record {
      case .finished(let word, _): claim = word
      case .takenUp: claim = nil
      default: restore(record, to: &acts)
      }
    }
    if claim != nil { return conclude(&commands) }
    handOver(
      "this agent no longer has \(opening.workflow) version \(opening.version)",
      present: acts.filter { $0.state == .present }.map(item),
      possibly: acts.filter { $0.state == .open }.map(item), now, &commands)
  }

  /// What the journal shows about one act of the other version.
  private struct ForeignAct {
    enum State { case open, present, gone }

    /// Its position in the other version.
    var position: Int
    var operation: Name
    var state = State.open
  }

  private mutating func restore(_ record: JournalRecord, to acts: inout [ForeignAct]) {
    func mark(_ position: Int, _ state: ForeignAct.State) {
      for index in acts.indices where acts[index].position == position { acts[index].state = state }
    }
    switch record {
    case .intent(let intent):
      acts.removeAll { $0.position == intent.act }
      acts.append(ForeignAct(position: intent.act, operation: intent.operation))
    case .result(let position, let learned, _, _):
      learn(learned)
      mark(position, .present)
    case .refused(let position, _, _): mark(position, .gone)
    case .restarted(let first, let last, _):
      for index in acts.indices where (first...max(first, last)).contains(acts[index].position) {
        acts[index].state = .gone
      }
    case .undoing(let position, let operation, _, _):
      // A removal that no intent was written for is that of a surplus.
      if !acts.contains(where: { $0.position == position }) {
        acts.append(ForeignAct(position: position, operation: operation))
      }
      mark(position, .open)
    case .undone(let position, let isFinal, _): mark(position, isFinal ? .gone : .open)
    case .opened, .skipped, .decided, .turned, .audit, .finished, .takenUp, .verified: break
    }
  }

  /// The act by the name and the id that this version has for such an operation.
  private func item(_ foreign: ForeignAct) -> Claim.Item {
    let own = plan.acts.first { $0.operation == foreign.operation }
    let id = own?.idFact.flatMap { facts.text($0) } ?? ""
    return Claim.Item(act: own?.name ?? foreign.operation, operation: foreign.operation, id: id)
  }
}
