// Snapshots: accepted at once, complete some time later, and kept until somebody deletes them.

import Operations
import Primitives

extension CloudSystem {
  /// As `CreateSnapshots` of an instance, which takes no client token
  /// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSnapshots.html): after an unknown outcome it is
  /// looked for by tag.
  static let snapshotOperations: [Operation] = [
    Operation(
      .createSnapshot,
      "Takes a snapshot of all disks of a cluster. Answers at once with state pending. Takes no client token: after "
        + "an unknown outcome look for it by tag.",
      parameters: [
        Parameter(.cluster, .text, "The id of the cluster."),
        Parameter(.name, .text, "The Name tag. Not unique."),
        Parameter(.customer, .text, "The customer tag: whose data it holds.", required: false),
      ],
      effect: EffectClass(.snapshotKind, .created), compensation: .deleteSnapshot, scope: .cloudWrite,
      subject: .customer, readBack: .listSnapshots),
    Operation(
      .describeSnapshot, "Reads one snapshot by id. NotFound does not mean that it does not exist.",
      parameters: [Parameter(.snapshot, .text, "The id of the snapshot.")], scope: .cloudRead),
    Operation(
      .listSnapshots, "Lists snapshots by tag. May lag behind the last write.",
      parameters: [
        Parameter(.name, .text, "Only snapshots with this Name tag.", required: false),
        Parameter(.customer, .text, "Only snapshots with this customer tag.", required: false),
        Parameter(.cluster, .text, "Only snapshots of this cluster.", required: false),
      ],
      scope: .cloudRead, subject: .customer),
    Operation(
      .deleteSnapshot, "Deletes a snapshot.", parameters: [Parameter(.snapshot, .text, "The id of the snapshot.")],
      effect: EffectClass(.snapshotKind, .ended), scope: .cloudWrite, readBack: .listSnapshots),
  ]

  mutating func createSnapshot(_ call: Call, effects: inout EffectWriter) -> Handling {
    if let refused = snapshotRefusal(of: call) { return refused }
    let id = call.required(.cluster)
    guard let cluster = clusters[id] else { preconditionFailure("\(id) is there, and is not") }
    let snapshot = snapshots.insert(
      Snapshot(
        id: call.newID("snap-"), name: call.required(.name), customer: call.text(.customer).map { Name($0) },
        cluster: id, region: cluster.region, startedAt: call.now), at: call.now)
    record(.created, snapshot, effects: &effects)
    lifecycle.plan(
      Step(
        kind: call.conditions.lifecycleFails ? .spoil : .complete, cluster: snapshot.id, cause: nil, principal: nil),
      at: call.now + rules.snapshotTime)
    return .done(snapshot.body)
  }

  /// Why no snapshot can be taken; nil where it can.
  func snapshotRefusal(of call: Call) -> Handling? {
    let id = call.required(.cluster)
    guard id.hasPrefix("i-") else { return .invalid(rules.malformedCluster, id) }
    guard let cluster = clusters[id], cluster.isShown(at: call.now, for: rules.afterlife) else {
      return .refused(rules.clusterNotFound, id)
    }
    // The disks go with the instance.
    guard cluster.state != .terminated, cluster.state != .shuttingDown else {
      return .refused(rules.clusterGone, id)
    }
    return nil
  }

  func describeSnapshot(_ call: Call) -> Response {
    let id = call.required(.snapshot)
    guard id.hasPrefix("snap-") else { return rules.malformedSnapshot.response(id) }
    guard let snapshot = snapshots.record(id, asOf: call.readAt), !snapshot.isDeleted else {
      return rules.snapshotNotFound.response(id)
    }
    return .ok(snapshot.body)
  }

  func listSnapshots(_ call: Call) -> Response {
    let name = call.text(.name)
    let customer = call.text(.customer).map { Name($0) }
    let cluster = call.text(.cluster)
    let found = snapshots.bodies(asOf: call.readAt) {
      !$0.isDeleted && (name == nil || $0.name == name) && (customer == nil || $0.customer == customer)
        && (cluster == nil || $0.cluster == cluster)
    }
    return .ok([.snapshots: .list(found)])
  }

  mutating func deleteSnapshot(_ call: Call, effects: inout EffectWriter) -> Handling {
    if let refused = snapshotDeletionRefusal(of: call) { return refused }
    let id = call.required(.snapshot)
    if call.conditions.refusesCompensation { return .refused(rules.snapshotInUse, id) }
    lifecycle.cancel { $0.cluster == id }
    snapshots.update(id, at: call.now) { $0.isDeleted = true }
    if let snapshot = snapshots[id] { record(.ended, snapshot, effects: &effects) }
    return .done([.id: .text(id)])
  }

  /// Why the snapshot that a call names can't be deleted; nil where it can.
  func snapshotDeletionRefusal(of call: Call) -> Handling? {
    let id = call.required(.snapshot)
    guard id.hasPrefix("snap-") else { return .invalid(rules.malformedSnapshot, id) }
    guard let snapshot = snapshots[id], !snapshot.isDeleted else { return .refused(rules.snapshotNotFound, id) }
    return nil
  }

  /// A snapshot comes to its end, good or bad. A failed one holds nothing that could be kept.
  mutating func finish(_ step: Step, at due: Instant, effects: inout EffectWriter) {
    let isGood = step.kind == .complete
    snapshots.update(step.cluster, at: due) { $0.state = isGood ? .completed : .error }
    if !isGood, let snapshot = snapshots[step.cluster] { record(.ended, snapshot, effects: &effects) }
  }

  private func record(_ change: Effect.Change, _ snapshot: Snapshot, effects: inout EffectWriter) {
    effects.record(
      change, .snapshotKind, object: snapshot.id, owner: snapshot.customer, attributes: snapshot.attributes)
  }
}
