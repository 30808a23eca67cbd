// Acting before looking.

import Operations
import Primitives

/// A step's mutation was sent although its guard had not been checked, or did not hold.
///
/// Fires when nobody has let be known, before the call, that the invariants of that step hold, or when the last
/// that the same incarnation let be known is that they don't. Silent about reads and compensations, about several
/// calls of a step behind one check, about an incarnation that goes on with what another one had checked, and
/// about the first call of a restarted process where it carries a key: it may repeat what was under way.
/// Source: looking before creating, https://github.com/crossplane/crossplane-runtime/pull/279
public struct GuardBypassed: Oracle {
  public static let name: Name = "guard-bypassed"
  public static let summary = "A step's mutation was sent although its guard was not checked or did not hold."
  public static let practice: Practice? = .guards
  public static let interests: EventKinds = [.sent, .observed]

  private struct Check: Hashable, Sendable, StableHashable {
    var process: ProcessID
    var step: Name
    var holds: Bool
    var index: Int

    func hash(into hasher: inout StableHasher) {
      hasher.combine(process)
      hasher.combine(step)
      hasher.combine(holds)
      hasher.combine(index)
    }
  }
  private var checks: [Check] = []
  /// Positions in ``Facts/calls``.
  private var offences: [Int] = []

  public init() {}

  public mutating func observe(
    _ event: WorldEvent, index: Int, at now: Instant, facts: Facts, terms: JudgingTerms
  ) {
    switch event {
    case .observed(let process, .guardChecked(let step, let holds)):
      let check = Check(process: process, step: step, holds: holds, index: index)
      let known = checks.firstIndex { $0.process == process && $0.step == step }
      if let known { checks[known] = check } else { checks.append(check) }
    case .sent:
      guard let number = facts.begun(at: index), facts.calls[number].isMutation else { return }
      if facts.calls[number].isCompensation { return }
      let call = facts.calls[number]
      if !isGuarded(call), !isResumption(call, facts) { offences.append(facts.calls.count - 1) }
    default: break
    }
  }

  /// Its own check decides; where it made none, one that another incarnation or replica made before it.
  private func isGuarded(_ call: CallFact) -> Bool {
    if let own = checks.first(where: { $0.process == call.process && $0.step == call.step }) { return own.holds }
    return checks.contains { $0.step == call.step && $0.holds }
  }

  /// Whether a later incarnation begins with what may have been under way when the one before it died. Its own
  /// guard can't hold where that arrived, so the key has to do.
  private func isResumption(_ call: CallFact, _ facts: Facts) -> Bool {
    guard call.key != nil, facts.processes.first?.id != call.process else { return false }
    let hasFailed = checks.contains { $0.process == call.process && $0.step == call.step && !$0.holds }
    return !hasFailed && facts.calls.first { $0.isMutation && $0.process == call.process }?.id == call.id
  }

  public func conclude(facts: Facts, terms: JudgingTerms) -> [Violation] {
    Phrase.byOperation(offences.map { facts.calls[$0] }) { calls in
      let check = checks.first { $0.process == calls[0].process && $0.step == calls[0].step }
      let failed = check.map { !$0.holds && $0.index < calls[0].sentIndex } ?? false
      return Violation(
        Self.name, intent: calls[0].intent.map { terms.intents[$0].name }, expected: 0, observed: calls.count,
        message: "\(calls[0].name) was sent although its guard \(failed ? "does not hold" : "was not checked").",
        evidence: (failed ? check.map { [$0.index] } ?? [] : []) + calls.map(\.sentIndex))
    }
  }

  public func hash(into hasher: inout StableHasher) {
    hasher.combine(checks)
    hasher.combine(offences.count)
    for offence in offences { hasher.combine(offence) }
  }

  /// Without the events that are only shown.
  func combineState(into hasher: inout StableHasher, _ facts: Facts) {
    hasher.combine(checks.count)
    for check in checks {
      hasher.combine(check.process)
      hasher.combine(check.step)
      hasher.combine(check.holds)
    }
    hasher.combine(offences.count)
    for offence in offences { hasher.combine(facts.calls[offence].id) }
  }
}
