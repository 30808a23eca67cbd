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

  // MARK: Keys

  static let anyKeyFault = Offer<KeyFault>(of: .keyStoreSplit, .keyScopeChange)

  /// Asks which part of the key store a repeated key meets.
  mutating func chooseKey(_ applicable: ApplicableConditions, _ site: Site, _ conditions: inout Conditions) {
    var offer = Offer<KeyFault>()
    if applicable.contains(.keySplit) { offer.add(.keyStoreSplit) }
    if applicable.contains(.keyScope) { offer.add(.keyScopeChange) }
    let fault = simulation.choose(offer, at: site)
    guard fault != .known else { return }
    // It would have been a replay, and is none.
    tookEffect(note(fault.name, at: site))
    if fault == .keyStoreSplit { conditions.keyShard = 1 } else { conditions.movesKeyScope = true }
  }

  /// Whether the run may last until the system has forgotten the key of this call.
  func outlastsKey(_ terms: CallTerms) -> Bool {
    guard terms.route.operation.takesKey, terms.request.idempotencyKey != nil,
      let window = setup.catalogue.services[terms.route.system].bounds.keyWindow
    else { return false }
    return now + window + World.settlingTime < setup.scenario.start + setup.scenario.limits.virtualTime
  }

  /// The caller's process stands still until the key of its call is forgotten, and sees its timeout then.
  mutating func sleepOverKey(of index: Int) {
    let call = calls[index]
    let process = Int(call.process.index)
    guard isAlive(call.process), processes[process].pausedUntil == nil,
      let window = setup.catalogue.services[call.system].bounds.keyWindow
    else { return }
    tookEffect(call.answerFaultIndex)
    processes[process].pausedUntil = .afterKeyWindow
    record(.processPaused(call.process, until: .afterKeyWindow))
    simulation.schedule(.unpause(call.process.index), after: window)
  }
}
