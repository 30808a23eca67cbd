// Changes that the audit log does not know.

import Operations
import Primitives

/// An incarnation of a process had more mutating calls done than it wrote audit entries.
///
/// Entries are counted for each incarnation, each of the agent's call tickets once, against its mutating calls
/// that were answered with success. Silent about reads, about calls that were refused or whose answer never came,
/// about further entries, and about one call of an incarnation that died, perhaps between answer and entry.
/// Source: audit trails, https://csrc.nist.gov/pubs/sp/800/92/final
public struct UnauditedMutation: Oracle {
  public static let name: Name = "unaudited-mutation"
  public static let summary = "A process made more mutating calls than it wrote audit entries."
  public static let practice: Practice? = .auditLog
  public static let interests: EventKinds = .observed

  private struct Entry: Hashable, Sendable, StableHashable {
    var process: ProcessID
    var ticket: UInt32

    func hash(into hasher: inout StableHasher) {
      hasher.combine(process)
      hasher.combine(UInt64(ticket))
    }
  }
  private var entries: [Entry] = []

  public init() {}

  public mutating func observe(
    _ event: WorldEvent, index: Int, at now: Instant, facts: Facts, terms: JudgingTerms
  ) {
    guard case .observed(let process, .audited(let ticket)) = event else { return }
    let entry = Entry(process: process, ticket: ticket)
    if entries.last != entry, !entries.contains(entry) { entries.append(entry) }
  }

  public func conclude(facts: Facts, terms: JudgingTerms) -> [Violation] {
    var missing: [CallFact] = []
    for process in facts.processes {
      let calls = facts.calls.indices.filter {
        facts.calls[$0].isMutation && facts.calls[$0].view == .succeeded && facts.calls[$0].process == process.id
      }
      let excused = process.crashIndex == nil ? 0 : 1
      let audited = entries.count { $0.process == process.id } + excused
      if audited < calls.count { missing += calls.suffix(calls.count - audited).map { facts.calls[$0] } }
    }
    guard !missing.isEmpty else { return [] }
    return [
      Violation(
        Self.name, expected: 0, observed: missing.count,
        message: "\(missing.count) mutating call\(missing.count == 1 ? " has" : "s have") no audit entry.",
        evidence: missing.map(\.sentIndex))
    ]
  }

  public func hash(into hasher: inout StableHasher) { hasher.combine(entries) }
}
