// Faults of what stands in front of a system's handlers: its limiter, its key store, its check of credentials.

import Operations
import Primitives
import Simulation

extension World {
  /// How far a limiter lags; see `laggy-limiter`.
  static let limiterLag = TimeSpan.seconds(30)

  /// Marks a limiter that counts late as effective once it refuses what it would have let through.
  mutating func countedLate(_ response: Response, _ system: Int) {
    let now = now
    lateCounts.removeAll { $0.until <= now }
    guard let code = response.error?.code, setup.catalogue.nature(of: code) == .notNow else { return }
    for late in lateCounts where late.system == system { tookEffect(late.fault) }
  }
}
