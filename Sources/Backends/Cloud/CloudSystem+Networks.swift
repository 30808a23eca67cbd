// Networks: created without a token, found again by tag, deleted last.

import Operations
import Primitives

extension CloudSystem {
  mutating func createNetwork(_ call: Call, effects: inout EffectWriter) -> Handling {
    let network = networks.insert(
      Network(
        id: call.newID("vpc-"), name: call.required(.name), customer: call.text(.customer).map { Name($0) },
        region: call.required(.region)), at: call.now)
    record(.created, network, effects: &effects)
    return .done(network.body)
  }

  func describeNetworks(_ call: Call) -> Response {
    let name = call.text(.name)
    let customer = call.text(.customer).map { Name($0) }
    let region = call.text(.region)
    let found = networks.bodies(asOf: call.readAt) {
      !$0.isDeleted && (name == nil || $0.name == name) && (customer == nil || $0.customer == customer)
        && (region == nil || $0.region == region)
    }
    return .ok([.networks: .list(found)])
  }

  mutating func deleteNetwork(_ call: Call, effects: inout EffectWriter) -> Handling {
    if let refused = deletionRefusal(of: call) { return refused }
    let id = call.required(.network)
    if call.conditions.refusesCompensation { return .refused(rules.networkInUse, id) }
    networks.update(id, at: call.now) { $0.isDeleted = true }
    if let network = networks[id] { record(.ended, network, effects: &effects) }
    return .done([.id: .text(id)])
  }

  /// Why the network that a call names can't be deleted; nil where it can.
  func deletionRefusal(of call: Call) -> Handling? {
    let id = call.required(.network)
    guard id.hasPrefix("vpc-") else { return .invalid(rules.malformedNetwork, id) }
    guard let network = networks[id], !network.isDeleted else { return .refused(rules.networkNotFound, id) }
    // A cluster that is shutting down still holds its network interfaces.
    let tenant = clusters.first { $0.network == id && $0.state != .terminated }
    return tenant == nil ? nil : .refused(rules.networkInUse, id)
  }

  private func record(_ change: Effect.Change, _ network: Network, effects: inout EffectWriter) {
    effects.record(
      change, .networkKind, object: network.id, owner: network.customer, attributes: network.attributes)
  }
}
