// A running cluster gets another size: accepted at once, done or taken back some time later.

import Operations
import Primitives

extension CloudSystem {
  /// As `ModifyFleet`: it sets what is aimed at, takes no client token, and the fleet is `modifying` until it is
  /// there (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyFleet.html). Setting what is set
  /// already changes nothing, so that repeating it is harmless.
  mutating func modifyCluster(_ call: Call, effects: inout EffectWriter) -> Handling {
    if let refused = modificationRefusal(of: call) { return refused }
    let id = call.required(.cluster)
    guard changesSize(call), let before = clusters[id]?.size else { return .done(clusters[id]?.body ?? [:]) }
    let changed = move(id, to: .modifying, at: call.now) {
      $0.before = before
      $0.plan = call.required(.plan)
      $0.count = call.int(.count) ?? before.count
      $0.reason = nil
    }
    record(.updated, changed, effects: &effects)
    lifecycle.plan(
      Step(kind: call.conditions.lifecycleFails ? .revert : .settle, cluster: id, cause: nil, principal: nil),
      at: call.now + rules.launchTime)
    return .done(changed.body)
  }

  /// Whether a modification would change anything.
  func changesSize(_ call: Call) -> Bool {
    guard let cluster = clusters[call.required(.cluster)] else { return false }
    return cluster.plan != call.required(.plan) || cluster.count != call.int(.count) ?? cluster.count
  }

  /// Why a change of size is not accepted; nil where it is.
  func modificationRefusal(of call: Call) -> Handling? {
    let id = call.required(.cluster)
    guard id.hasPrefix("i-") else { return .invalid(rules.malformedCluster, id) }
    guard call.int(.count) ?? 1 > 0 else { return .invalid(rules.invalidValue, "count must be at least 1") }
    guard let cluster = clusters[id], cluster.isShown(at: call.now, for: rules.afterlife) else {
      return .refused(rules.clusterNotFound, id)
    }
    switch cluster.state {
    case .running: return quotaRefusal(of: call, count: call.int(.count) ?? cluster.count, changing: id)
    case .modifying where !changesSize(call): return nil
    case .pending, .modifying: return .refused(rules.clusterBusy, id)
    case .shuttingDown, .terminated: return .refused(rules.clusterGone, id)
    }
  }

  /// A change of size is there, or failed for want of capacity, which leaves the cluster as it was.
  mutating func settle(_ step: Step, at due: Instant, effects: inout EffectWriter) {
    let reason = rules.launchFailure
    let settled = move(step.cluster, to: .running, at: due) {
      if step.kind == .revert, let before = $0.before {
        $0.plan = before.plan
        $0.count = before.count
        $0.reason = reason
      }
      $0.before = nil
    }
    record(.updated, settled, effects: &effects)
  }
}
