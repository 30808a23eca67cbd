// What a cluster does by itself, and what the cloud tells others about it.

import Operations
import Primitives

extension CloudSystem {
  mutating func advance(to now: Instant, effects: inout EffectWriter) -> [Delivery] {
    var deliveries: [Delivery] = []
    while let (step, due) = lifecycle.next(upTo: now) {
      switch step.kind {
      case .run:
        deliveries.append(announcement(.clusterRunning, move(step.cluster, to: .running, at: due) { _ in }, at: due))
      case .fail:
        let reason = rules.launchFailure
        let failed = move(step.cluster, to: .terminated, at: due) { $0.reason = reason }
        record(.ended, failed, effects: &effects)
      case .settle, .revert: settle(step, at: due, effects: &effects)
      case .complete, .spoil: finish(step, at: due, effects: &effects)
      case .expire: expire(step.cluster, at: due, effects: &effects)
      case .terminate:
        let ended = move(step.cluster, to: .terminated, at: due) { _ in }
        if let principal = step.principal { effects.begin(cause: step.cause, principal: principal) }
        record(.ended, ended, effects: &effects)
        effects.end()
        if ended.runningSince != nil { deliveries.append(announcement(.clusterTerminated, ended, at: due)) }
      }
    }
    return deliveries
  }

  /// The provider ends a cluster whose term is over.
  private mutating func expire(_ id: String, at due: Instant, effects: inout EffectWriter) {
    guard let cluster = clusters[id], cluster.state != .shuttingDown, cluster.state != .terminated else { return }
    lifecycle.cancel { $0.cluster == id }
    lifecycle.plan(Step(kind: .terminate, cluster: id, cause: nil, principal: nil), at: due + rules.shutdownTime)
    record(.updated, move(id, to: .shuttingDown, at: due) { _ in }, effects: &effects)
  }

  /// Moves a cluster into a state that it can reach from where it is.
  mutating func move(
    _ id: String, to state: Cluster.State, at instant: Instant, _ change: (inout Cluster) -> Void
  ) -> Cluster {
    clusters.update(id, at: instant) {
      $0.enter(state, at: instant)
      change(&$0)
    }
    guard let cluster = clusters[id] else { preconditionFailure("a step is planned for \(id), which does not exist") }
    return cluster
  }

  /// What metering and other listeners are told. The id of the event is a function of the cluster and the
  /// topic, so every delivery of one event carries the same.
  private func announcement(_ topic: Name, _ cluster: Cluster, at instant: Instant) -> Delivery {
    var body: Fields = [
      .cluster: .text(cluster.id), .name: .text(cluster.name), .owner: .name(cluster.customer),
      .plan: .text(cluster.plan), .count: .int(cluster.count), .region: .text(cluster.region),
      .periodStart: .instant(cluster.runningSince ?? instant),
    ]
    if topic == .clusterTerminated { body[.periodEnd] = .instant(instant) }
    let id = Draw(seed: topic.hash, key: cluster.id.stableDigest).identifier("evt-")
    return Delivery(topic: topic, id: id, body: body)
  }
}

extension Cluster {
  fileprivate mutating func enter(_ next: State, at instant: Instant) {
    switch (state, next) {
    case (.pending, .running): runningSince = instant
    case (.pending, .shuttingDown), (.running, .shuttingDown), (.modifying, .shuttingDown): break
    case (.running, .modifying), (.modifying, .running): break
    case (.pending, .terminated), (.shuttingDown, .terminated): terminatedAt = instant
    default: preconditionFailure("a cluster that is \(state) can't become \(next)")
    }
    state = next
  }
}
