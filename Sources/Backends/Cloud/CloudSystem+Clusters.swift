// Clusters: launched with a client token, told apart by tags, ended by a call that may be repeated.

import Operations
import Primitives

extension CloudSystem {
  mutating func createCluster(_ call: Call, effects: inout EffectWriter) -> Handling {
    if let refused = launchRefusal(of: call) { return refused }
    let wanted = call.int(.count) ?? 1
    var count = wanted
    if call.conditions.fallsShort, wanted > 1 {
      count = wanted / 2
      guard count >= call.int(.minCount) ?? 1 else {
        return .refused(rules.noCapacity, call.text(.zone) ?? call.required(.region))
      }
    }
    let cluster = clusters.insert(
      Cluster(
        id: call.newID("i-"), name: call.required(.name), customer: call.text(.customer).map { Name($0) },
        network: call.required(.network), plan: call.required(.plan), region: call.required(.region),
        zone: call.text(.zone), count: count, launchedAt: call.now), at: call.now)
    record(.created, cluster, effects: &effects)
    lifecycle.plan(
      Step(kind: call.conditions.lifecycleFails ? .fail : .run, cluster: cluster.id, cause: nil, principal: nil),
      at: call.now + rules.launchTime)
    if let term = account.defaultTerm, call.text(.term) == nil {
      lifecycle.plan(Step(kind: .expire, cluster: cluster.id, cause: nil, principal: nil), at: call.now + term)
    }
    guard count < wanted else { return .done(cluster.body) }
    var body = cluster.body
    let missing = rules.noCapacity.response(call.text(.zone) ?? cluster.region).error
    body[.errors] = .list([
      .record([
        "code": .text(missing?.code.text ?? ""), "message": .text(missing?.message ?? ""),
        .count: .int(wanted - count),
      ])
    ])
    return .done(body)
  }

  /// Why a launch is not accepted; nil where it is.
  func launchRefusal(of call: Call) -> Handling? {
    let region = call.required(.region)
    let count = call.int(.count) ?? 1
    guard count > 0 else { return .invalid(rules.invalidValue, "count must be at least 1") }
    if let least = call.int(.minCount), least < 1 || least > count {
      return .invalid(rules.invalidValue, "min_count must be between 1 and count")
    }
    if let zone = call.text(.zone), !zone.hasPrefix(region) {
      return .invalid(rules.invalidValue, "\(zone) is not a zone of \(region)")
    }
    let id = call.required(.network)
    guard id.hasPrefix("vpc-") else { return .invalid(rules.malformedNetwork, id) }
    // Looked up on whichever replica serves the call: a network just created may not be visible there.
    guard let network = networks.record(id, asOf: call.readAt), !network.isDeleted, network.region == region else {
      return .refused(rules.networkNotFound, id)
    }
    return quotaRefusal(of: call, count: count)
  }

  /// - Parameter changed: the cluster that is to become so large, which is not counted as it is.
  func quotaRefusal(of call: Call, count: Int64, changing changed: String? = nil) -> Handling? {
    var instances = count
    var vcpus = count * rules.vcpus(of: call.required(.plan))
    let counted = clusters.all {
      $0.id != changed && ($0.state != .terminated || $0.isShown(at: call.now, for: rules.quotaAfterlife))
    }
    for cluster in counted {
      instances += cluster.count
      guard cluster.state != .shuttingDown, cluster.state != .terminated else { continue }
      vcpus += cluster.count * rules.vcpus(of: cluster.plan)
    }
    if vcpus > account.vcpuLimit { return .refused(rules.vcpuQuota, String(account.vcpuLimit)) }
    if instances > account.instanceLimit { return .refused(rules.instanceQuota, String(account.instanceLimit)) }
    if let zone = call.text(.zone), account.exhaustedZones.contains(zone) { return .refused(rules.noCapacity, zone) }
    return nil
  }

  func describeCluster(_ call: Call) -> Response {
    let id = call.required(.cluster)
    guard id.hasPrefix("i-") else { return rules.malformedCluster.response(id) }
    guard let cluster = clusters.record(id, asOf: call.readAt), cluster.isShown(at: call.now, for: rules.afterlife)
    else { return rules.clusterNotFound.response(id) }
    return .ok(cluster.body)
  }

  func listClusters(_ call: Call) -> Response {
    let name = call.text(.name)
    let customer = call.text(.customer).map { Name($0) }
    let region = call.text(.region)
    let found = clusters.bodies(asOf: call.readAt) {
      (name == nil || $0.name == name) && (customer == nil || $0.customer == customer)
        && (region == nil || $0.region == region) && $0.isShown(at: call.now, for: rules.afterlife)
    }
    return .ok([.clusters: .list(found)])
  }

  mutating func tagCluster(_ call: Call, effects: inout EffectWriter) -> Handling {
    let id = call.required(.cluster)
    guard id.hasPrefix("i-") else { return .invalid(rules.malformedCluster, id) }
    let name = call.text(.name)
    let customer = call.text(.customer).map { Name($0) }
    guard name != nil || customer != nil else { return .invalid(rules.invalidValue, "there is no tag to set") }
    guard let seen = clusters.record(id, asOf: call.readAt), seen.isShown(at: call.now, for: rules.afterlife) else {
      return .refused(rules.clusterNotFound, id)
    }
    let before = clusters[id]
    clusters.update(id, at: call.now) {
      if let name { $0.name = name }
      if let customer { $0.customer = customer }
    }
    if let after = clusters[id], after != before { record(.updated, after, effects: &effects) }
    return .done([.id: .text(id)])
  }

  mutating func terminateCluster(_ call: Call, effects: inout EffectWriter) -> Handling {
    let id = call.required(.cluster)
    guard id.hasPrefix("i-") else { return .invalid(rules.malformedCluster, id) }
    guard let cluster = clusters[id], cluster.isShown(at: call.now, for: rules.afterlife) else {
      return .refused(rules.clusterNotFound, id)
    }
    guard endable(call) else { return .done(cluster.body) }
    if call.conditions.refusesCompensation { return .refused(rules.clusterBusy, id) }
    let ending = terminate(
      id, for: call.conditions.call, by: call.request.principal, at: call.now, effects: &effects)
    return .done(ending.body)
  }

  /// Begins to shut a cluster down.
  @discardableResult
  mutating func terminate(
    _ id: String, for cause: CallID?, by principal: Name, at now: Instant, effects: inout EffectWriter
  ) -> Cluster {
    lifecycle.cancel { $0.cluster == id }
    lifecycle.plan(
      Step(kind: .terminate, cluster: id, cause: cause, principal: principal), at: now + rules.shutdownTime)
    let ending = move(id, to: .shuttingDown, at: now) { _ in }
    record(.updated, ending, effects: &effects)
    return ending
  }

  /// Whether a termination would do anything: it is idempotent by nature.
  func endable(_ call: Call) -> Bool {
    guard let cluster = clusters[call.required(.cluster)] else { return false }
    return cluster.state != .shuttingDown && cluster.state != .terminated
  }

  /// A replayed token answers with the cluster as it is now, unless it has ended.
  func replay(_ kept: Response, to call: Call) -> Response {
    guard let id = kept.body.text(.id), let cluster = clusters[id] else { return kept }
    if cluster.state == .terminated, rules.deadTokens == .refused { return rules.tokenOfTheDead.response(id) }
    return .ok(cluster.body)
  }

  func record(_ change: Effect.Change, _ cluster: Cluster, effects: inout EffectWriter) {
    effects.record(
      change, .clusterKind, object: cluster.id, owner: cluster.customer, attributes: cluster.attributes)
  }
}

extension Cluster {
  /// Whether reads still show it: a terminated one disappears after a while.
  func isShown(at now: Instant, for afterlife: TimeSpan) -> Bool {
    terminatedAt.map { now < $0 + afterlife } ?? true
  }
}
