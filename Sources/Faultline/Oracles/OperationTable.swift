// The catalogue as oracles read it: by a number that is found once for each call.

import Operations
import Primitives

/// What oracles need to know about each operation, found by binary search over the names' hashes.
final class OperationTable: Sendable {
  final class Entry: Sendable {
    let name: Name
    /// The number of its service in the catalogue.
    let service: Int
    /// What kind of effect it has; nil for a read.
    let kind: Name?
    let change: Effect.Change?
    let takesKey: Bool
    /// Whether a caller can make it depend on the version that it read.
    let isConditional: Bool
    /// The argument that names the business object.
    let subject: Name?
    /// The scope that its caller must hold.
    let scope: Name
    /// The kinds that this read can see, because an operation with that effect names it for read-back.
    let sees: [Name]
    /// Whether the service refuses what exists already by its natural key, so that the same arguments once
    /// more are as good as the same key.
    let refusesRepeats: Bool

    init(_ operation: Operation, service: Int, sees: [Name], refusesRepeats: Bool) {
      name = operation.name
      self.service = service
      kind = operation.effect?.kind
      change = operation.effect?.change
      takesKey = operation.takesKey
      isConditional = operation.condition != nil
      subject = operation.subject
      scope = operation.scope
      self.sees = sees
      self.refusesRepeats = refusesRepeats
    }

    /// Whether it brings something new about, rather than changing or ending what is there.
    var brings: Bool { change == .created || change == .happened }
    var isMutation: Bool { change != nil }
  }

  private let hashes: [UInt64]
  private let entries: [Entry]
  /// The kinds of the catalogue's effects.
  private let kinds: [KindTraits]

  /// - Parameter kinds: further kinds of objects that will be asked about.
  init(_ catalogue: Catalogue, kinds further: [Name]) {
    var entries: [Entry] = []
    for (number, service) in catalogue.services.enumerated() {
      let refusesRepeats = service.errors.contains { $0.nature == .alreadyExists }
      for operation in service.operations {
        var sees = service.operations.compactMap { $0.readBack == operation.name ? $0.effect?.kind : nil }
        if sees.contains(where: { ObjectRole(kind: $0).takesBack }) {
          // Where it shows that a payment was given back, it shows the payment.
          sees += service.operations.compactMap(\.effect?.kind).filter { ObjectRole(kind: $0) == .charge }
        }
        entries.append(Entry(operation, service: number, sees: sees, refusesRepeats: refusesRepeats))
      }
    }
    entries.sort { $0.name.hash < $1.name.hash }
    self.entries = entries
    hashes = entries.map(\.name.hash)
    var kinds: [KindTraits] = []
    for kind in entries.compactMap(\.kind) + further where !kinds.contains(where: { $0.kind == kind }) {
      kinds.append(KindTraits(kind))
    }
    self.kinds = kinds
  }

  subscript(number: Int) -> Entry { entries[number] }

  func traits(of kind: Name) -> KindTraits.Traits {
    for number in kinds.indices where kinds[number].kind == kind { return kinds[number].traits }
    return KindTraits(kind).traits
  }

  /// Whether any operation ends things of a kind.
  func canEnd(_ kind: Name) -> Bool { entries.contains { $0.change == .ended && $0.kind == kind } }

  /// Whether any operation with this effect names a read that finds it.
  func hasReadBack(_ kind: Name) -> Bool { entries.contains { $0.sees.contains(kind) } }

  /// The operation's number; nil where no service has it.
  func number(of name: Name) -> Int? {
    var low = 0
    var high = hashes.count
    while low < high {
      let middle = (low + high) / 2
      if hashes[middle] < name.hash { low = middle + 1 } else { high = middle }
    }
    return low < hashes.count && hashes[low] == name.hash ? low : nil
  }
}
