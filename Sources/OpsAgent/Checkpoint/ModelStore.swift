// The checkpoint store as a value: to copy it is to fork the agent's memory.

import Primitives

/// Journals and leases in memory, with what is durable and what is only pending kept apart.
public struct ModelStore: RestorableStore, Hashable, Sendable {
  private struct Journal: Hashable, Sendable {
    var run: Name
    /// The records as they were committed, so that a commit copies none of them.
    var batches: [[JournalRecord]]

    var records: [JournalRecord] { Array(batches.joined()) }
  }

  private struct Staged: Hashable, Sendable {
    var run: Name
    var records: [JournalRecord]
    var fence: Int64?
    var replica: Name
  }

  private var durable: [Journal] = []
  private var pending: [Staged] = []
  private var leases: [Lease] = []

  public init() {}

  public mutating func stage(_ records: [JournalRecord], to run: Name, fence: Int64?, by replica: Name) {
    pending.append(Staged(run: run, records: records, fence: fence, replica: replica))
  }

  public mutating func commit(by replica: Name) -> StoreOutcome {
    defer { dropStaged(by: replica) }
    for staged in pending where staged.replica == replica {
      if let fence = staged.fence, let lease = lease(of: staged.run), fence < lease.token { return .fenced }
    }
    for staged in pending where staged.replica == replica && !staged.records.isEmpty {
      if let index = durable.firstIndex(where: { $0.run == staged.run }) {
        durable[index].batches.append(staged.records)
      } else {
        durable.append(Journal(run: staged.run, batches: [staged.records]))
      }
    }
    return .stored
  }

  public mutating func dropStaged(by replica: Name) { pending.removeAll { $0.replica == replica } }

  public func load(_ run: Name) -> [JournalRecord] { durable.first { $0.run == run }?.records ?? [] }

  public mutating func acquire(
    _ run: Name, for holder: Name, at now: Instant, span: TimeSpan
  ) -> LeaseOutcome {
    guard let index = leases.firstIndex(where: { $0.run == run }) else {
      let lease = Lease(run: run, holder: holder, token: 1, until: now + span)
      leases.append(lease)
      return .granted(lease)
    }
    let current = leases[index]
    if current.holder != holder, now < current.until { return .held(until: current.until) }
    leases[index] = Lease(run: run, holder: holder, token: current.token + 1, until: now + span)
    return .granted(leases[index])
  }

  public mutating func renew(_ lease: Lease, at now: Instant, span: TimeSpan) -> Lease? {
    guard let index = leases.firstIndex(where: { $0.run == lease.run }), leases[index].token == lease.token,
      leases[index].holder == lease.holder
    else { return nil }
    leases[index].until = now + span
    return leases[index]
  }

  public mutating func release(_ lease: Lease) {
    guard let index = leases.firstIndex(where: { $0.run == lease.run }), leases[index].token == lease.token else {
      return
    }
    leases[index].until = Instant(nanoseconds: .min)
  }

  public func runs() -> [Name] { durable.map(\.run).sorted() }

  public mutating func restore(_ run: Name, to records: [JournalRecord], under lease: Lease?) {
    pending = []
    durable.removeAll { $0.run == run }
    if !records.isEmpty { durable.append(Journal(run: run, batches: [records])) }
    leases.removeAll { $0.run == run }
    if let lease { leases.append(lease) }
  }

  private func lease(of run: Name) -> Lease? { leases.first { $0.run == run } }
}

extension ModelStore: StableHashable {
  public func hash(into hasher: inout StableHasher) {
    hasher.combine(durable.count)
    for journal in durable {
      hasher.combine(journal.run)
      hasher.combine(journal.batches.reduce(0) { $0 + $1.count })
      for batch in journal.batches {
        for index in batch.indices { batch[index].hash(into: &hasher) }
      }
    }
    hasher.combine(pending.count)
    for staged in pending {
      hasher.combine(staged.run)
      hasher.combine(staged.records)
      hasher.combine(staged.fence ?? -1)
      hasher.combine(staged.replica)
    }
    hasher.combine(leases)
  }
}
