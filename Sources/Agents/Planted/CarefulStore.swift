// How the careful agent uses its disk, which can fail, and come back older than it was.

import Faultline
import Operations
import Primitives

/// The agent's table, used again in bounds where a use fails.
///
/// A value is written whole, so that to write it again is sound, whatever became of the write that failed.
struct CarefulStore: Sendable {
  /// Four minutes: longer than a lock is held, and about as long as room takes to be made.
  private static let attempts = 8

  private let context: AgentContext

  init(_ context: AgentContext) { self.context = context }

  func get(_ key: Name) async throws -> Value? { try await again { try await context.store.get(key) } }
  func put(_ key: Name, _ value: Value?) async throws { try await again { try await context.store.put(key, value) } }

  private func again<T: Sendable>(_ use: () async throws -> T) async throws -> T {
    var pause = TimeSpan.seconds(1)
    for _ in 1..<CarefulStore.attempts {
      do { return try await use() } catch is StoreFailure { try await context.sleep(pause) }
      pause = pause * 2
    }
    return try await use()
  }
}

extension CarefulWork {
  /// Looks for what an earlier process may have made and this journal does not show: the volume may have come back
  /// older than it was.
  ///
  /// - Returns: the thing; nil where it is not there, or where nobody came before.
  mutating func lookForForgotten(_ deed: Deed) async throws -> Fields? {
    guard context.process.incarnation > 1, !habits.trustsJournal else { return nil }
    if !hasSettled {
      // What the process before had under way may still arrive, and what has arrived may still be hidden.
      let bounds = context.catalogue.service(of: deed.operation)?.bounds
      try await context.sleep((bounds?.lateness ?? .zero) + (bounds?.staleness ?? .zero))
      hasSettled = true
    }
    let found = try await find(deed.find)
    context.observe(.readBack(step: deed.step, found: !found.isEmpty))
    return found.first
  }

  /// What an earlier process may have done and this journal does not show.
  var forgotten: [Claim.Holding] {
    guard context.process.incarnation > 1, !habits.trustsJournal else { return [] }
    let shown = journal.entries.map(\.kind)
    return CarefulWork.kinds.filter { !shown.contains($0) }.map { Claim.Holding(kind: $0, object: nil) }
  }

  /// What an onboarding makes, in its order.
  private static let kinds: [Name] = [
    "cloud.network", "cloud.cluster", "identity.role", "identity.policy", "identity.binding", "billing.customer",
    "billing.subscription", "billing.invoice", "billing.charge", "notify.mail", "ticketing.status",
  ]
}
