// Digests of journal entries, so that a search can compare two stores.

import Operations
import Primitives

extension JournalRecord: StableHashable {
  public func hash(into hasher: inout StableHasher) {
    switch self {
    case .opened(let opening):
      hasher.combine(1 as UInt64)
      hasher.combine(opening.workflow)
      hasher.combine(opening.version)
      hasher.combine(opening.input)
      hasher.combine(opening.replica)
      hasher.combine(opening.at)
      hasher.combine(opening.prompt)
    case .intent(let intent):
      hasher.combine(2 as UInt64)
      hasher.combine(intent.act)
      hasher.combine(intent.generation)
      hasher.combine(intent.operation)
      hasher.combine(intent.arguments)
      hasher.combine(intent.key)
      hasher.combine(intent.at)
    case .result(let act, let facts, let isAdopted, let at):
      hasher.combine(3 as UInt64)
      hasher.combine(act)
      hasher.combine(facts)
      hasher.combine(isAdopted)
      hasher.combine(at)
    case .skipped(let act):
      hasher.combine(4 as UInt64)
      hasher.combine(act)
    case .refused(let act, let reason, let at):
      hasher.combine(5 as UInt64)
      hasher.combine(act)
      hasher.combine(reason)
      hasher.combine(at)
    case .restarted(let act, let through, let at):
      hasher.combine(6 as UInt64)
      hasher.combine(act)
      hasher.combine(through)
      hasher.combine(at)
    case .decided(let query, let decision, let at):
      hasher.combine(7 as UInt64)
      hasher.combine(query)
      hasher.combine(decision)
      hasher.combine(at)
    case .turned(let reason, let at):
      hasher.combine(8 as UInt64)
      hasher.combine(reason)
      hasher.combine(at)
    case .undoing(let act, let operation, let arguments, let at):
      hasher.combine(9 as UInt64)
      hasher.combine(act)
      hasher.combine(operation)
      hasher.combine(arguments)
      hasher.combine(at)
    case .undone(let act, let isFinal, let at):
      hasher.combine(10 as UInt64)
      hasher.combine(act)
      hasher.combine(isFinal)
      hasher.combine(at)
    case .audit(let entry):
      hasher.combine(11 as UInt64)
      hasher.combine(entry.act)
      hasher.combine(entry.operation)
      hasher.combine(entry.principal)
      hasher.combine(UInt64(entry.outcome.rawValue))
      hasher.combine(entry.at)
    case .finished(let claim, let at):
      hasher.combine(12 as UInt64)
      hasher.combine(claim)
      hasher.combine(at)
    case .takenUp(let order, let at):
      hasher.combine(13 as UInt64)
      hasher.combine(order)
      hasher.combine(at)
    case .verified(let at):
      hasher.combine(14 as UInt64)
      hasher.combine(at)
    }
  }
}
