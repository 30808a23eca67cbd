// The digest of a SQLite store, for comparing it with other stores and with itself after a replay.

import OpsAgent
import Primitives

extension SQLiteStore: StableHashable {
  /// Covers the committed journals. A database that can't be read has the digest of its error.
  public func hash(into hasher: inout StableHasher) {
    do {
      let runs = try runs()
      hasher.combine(runs)
      for run in runs { hasher.combine(try load(run)) }
    } catch {
      hasher.combine("\(error)")
    }
  }
}
