// A system that no longer speaks as its documentation says: a release of the vendor's, in the middle of a run.

import Operations
import Primitives
import Simulation

extension World {
  /// How a system speaks otherwise from some call on.
  struct Revision: Sendable {
    let change: SchemaFault
    /// The operation that asks for more than it did.
    let operation: Name
    let fault: Int
  }

  /// Asks whether a system's new release meets this call first.
  mutating func chooseSchema(_ terms: CallTerms) {
    let system = terms.route.system
    guard terms.route.drifts != 0, revisions[system] == nil else { return }
    let site = terms.site.aspect(.schema)
    let change = simulation.choose(Offer<SchemaFault>(mask: terms.route.drifts | 1), at: site)
    guard change != .documented else { return }
    revisions[system] = Revision(
      change: change, operation: terms.request.operation, fault: note(change.name, at: site))
  }

  /// What the present release of a system asks for with this operation that nobody has documented.
  func undocumentedParameter(_ terms: CallTerms) -> Name? {
    guard let revision = revisions[terms.route.system], revision.change == .newParameter,
      revision.operation == terms.request.operation
    else { return nil }
    return World.newParameter
  }

  /// An answer in the words of the system's present release.
  mutating func revised(_ response: Response, of terms: CallTerms) -> Response {
    guard let revision = revisions[terms.route.system] else { return response }
    if revision.change == .newParameter {
      if revision.operation == terms.request.operation, !response.isSuccess { tookEffect(revision.fault) }
      return response
    }
    guard response.isSuccess else { return response }
    let closed = setup.catalogue.services[terms.route.system].values
    var revised = response
    revised.body = World.revise(response.body) { fields in
      if revision.change == .renamedField {
        guard let id = fields["id"] else { return }
        fields["id"] = nil
        fields[World.newName] = id
      } else {
        for field in closed {
          if let text = fields.text(field.field) { fields[field.field] = .text(text + World.newValue) }
        }
      }
    }
    if revised.body != response.body { tookEffect(revision.fault) }
    return revised
  }

  /// Changes the object that an answer shows, or each of those in its lists.
  private static func revise(_ body: Fields, _ change: (inout Fields) -> Void) -> Fields {
    var body = body
    change(&body)
    for entry in body.entries {
      guard case .list(let list) = entry.value else { continue }
      body[entry.name] = .list(
        list.map { value in
          guard case .record(var record) = value else { return value }
          change(&record)
          return .record(record)
        })
    }
    return body
  }

  private static let newParameter: Name = "cost_center"
  static let newName: Name = "resource_id"
  private static let newValue = "_provisional"
}

extension WorldSetup.Route {
  /// The ways in which a new release of the system could show at this operation, as bits of an offer.
  static func drifts(of operation: Operation, in service: ServiceDescription) -> UInt64 {
    let creates = operation.effect?.change == .created
    guard creates || !operation.isMutation, !(service.renewal.map { operation.isNamed($0) } ?? false) else { return 0 }
    var offer = Offer<SchemaFault>()
    offer.add(.renamedField)
    if !service.values.isEmpty { offer.add(.newValue) }
    if creates { offer.add(.newParameter) }
    return offer.mask
  }
}
