// The oracles that can be named, from the oracles themselves.

import Faultline
import Primitives

/// Every oracle of this build.
enum OracleList {
  struct Entry {
    let name: Name
    let summary: String
    /// The practice that makes it judge; nil for harm, which is judged in every agent.
    let practice: Practice?
  }

  private static let all: [any Oracle.Type] = [
    DuplicateResource.self, DoubleBilling.self, UnintendedEffect.self, MissingEffect.self, SilentFailure.self,
    UntruthfulClaim.self,
  ]

  /// Harm first, then contract oracles, as they are asked.
  static let entries = all.map { oracle in
    Entry(name: oracle.name, summary: oracle.summary, practice: oracle.practice)
  }
}
