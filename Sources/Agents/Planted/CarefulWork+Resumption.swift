// After a person has had the run in hand: nothing in the journal is believed until it has been seen.

import Faultline
import Operations
import Primitives

extension CarefulWork {
  /// Goes on from where a person has left the run.
  mutating func takeUp() async throws {
    journal.isTakenUp = true
    try await save()
  }

  /// Looks at what the journal says is done.
  ///
  /// - Returns: what later calls name it by, which is another one where a person has put another in its place.
  mutating func seeAgain(_ deed: Deed, _ known: Journal.Entry) async throws -> String {
    let found = try await find(deed.find)
    if known.isChange || found.contains(where: { $0.text("id") == known.object || $0.text("name") == known.handle }) {
      return known.handle
    }
    guard let other = found.first, found.count == 1 else { throw Stop.unknown("\(deed.step) is not as it was left") }
    return try await settle(deed, other, wasThere: true)
  }

  /// Looks for what had no known outcome, once nothing of it can be under way any more: a key may be forgotten by now.
  func lookAgain(_ deed: Deed) async throws -> Fields? {
    let bounds = context.catalogue.service(of: deed.operation)?.bounds
    try await context.sleep((bounds?.lateness ?? .zero) + (bounds?.staleness ?? .zero))
    let found = try await find(deed.find)
    context.observe(.readBack(step: deed.step, found: !found.isEmpty))
    return found.first
  }
}
