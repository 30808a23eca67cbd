// Read-back: finding by natural key what may or may not exist, and comparing before adopting it.

import Operations
import Primitives

/// A read that finds an object by its natural key.
public struct Lookup: Hashable, Sendable {
  public enum Shape: Hashable, Sendable {
    /// The answer's body is the object.
    case object
    /// The answer's body holds a list of objects in this field.
    case list(Name)
  }

  public var operation: Name
  public var arguments: [Argument]
  public var shape: Shape
  /// What makes an object the one that is meant: its natural key and that it is alive.
  public var identity: [Match]
  /// What must agree before the object counts as ours.
  public var agreement: [Match]
  public var outputs: [Output]
  /// Whether any one of several will do.
  public var takesFirst: Bool
  /// Whether what is looked for is that nothing of the kind is there: what a removal leads to.
  public var seeksAbsence: Bool

  public init(
    _ operation: Name, _ arguments: [Argument], _ shape: Shape, identity: [Match] = [], agreement: [Match] = [],
    outputs: [Output] = [], takesFirst: Bool = false, seeksAbsence: Bool = false
  ) {
    self.takesFirst = takesFirst
    self.seeksAbsence = seeksAbsence
    self.operation = operation
    self.arguments = arguments
    self.shape = shape
    self.identity = identity
    self.agreement = agreement
    self.outputs = outputs
  }

  /// What one answer shows.
  public enum Finding: Hashable, Sendable {
    case none
    case one(Fields)
    /// There is one, but this field of it is not what this run would have made.
    case differing(Fields, field: Name)
    case several(first: Fields, count: Int)
  }

}

/// A lookup behind a reference, so that handing it around copies nothing of it.
final class CompiledLookup: Sendable {
  let operation: Name
  let arguments: [Argument]
  let shape: Lookup.Shape
  let identity: [Match]
  let agreement: [Match]
  let outputs: [Output]
  let takesFirst: Bool
  let seeksAbsence: Bool

  init(_ lookup: Lookup) {
    takesFirst = lookup.takesFirst
    seeksAbsence = lookup.seeksAbsence
    operation = lookup.operation
    arguments = lookup.arguments
    shape = lookup.shape
    identity = lookup.identity
    agreement = lookup.agreement
    outputs = lookup.outputs
  }

  func finding(in body: Fields, given facts: Fields) -> Lookup.Finding {
    let shown = shown(in: body, given: facts)
    guard seeksAbsence else { return shown }
    return shown == .none ? .one([:]) : .none
  }

  /// What it means that there is no such object.
  var findingOfNothing: Lookup.Finding { seeksAbsence ? .one([:]) : .none }

  private func shown(in body: Fields, given facts: Fields) -> Lookup.Finding {
    var found: Fields?
    var count = 0
    switch shape {
    case .object:
      guard isMeant(body, facts) else { return .none }
      found = body
      count = 1
    case .list(let field):
      guard case .list(let items)? = body[field] else { return .none }
      for case .record(let object) in items where isMeant(object, facts) {
        if count == 0 { found = object }
        count += 1
      }
    }
    guard let found else { return .none }
    if count > 1, !takesFirst { return .several(first: found, count: count) }
    for match in agreement where !match.holds(for: found, given: facts) {
      return .differing(found, field: match.field)
    }
    return .one(found)
  }

  /// Whether an answer shows every field by which an object is told: only then does it prove that there is none.
  func isReadable(_ body: Fields) -> Bool {
    func tells(_ object: Fields) -> Bool { identity.allSatisfy { !$0.test.needsField || object[$0.field] != nil } }
    switch shape {
    case .object: return tells(body)
    case .list(let field):
      guard case .list(let items)? = body[field] else { return false }
      return items.allSatisfy { $0.record.map(tells) ?? false }
    }
  }

  /// Whether the answer shows an object that has the natural key and is not alive any more.
  func showsRemains(in body: Fields, given facts: Fields) -> Bool {
    switch shape {
    case .object: return isRemains(body, facts)
    case .list(let field):
      guard case .list(let items)? = body[field] else { return false }
      for case .record(let object) in items where isRemains(object, facts) { return true }
      return false
    }
  }

  private func isRemains(_ object: Fields, _ facts: Fields) -> Bool {
    var isNamed = false
    var isDead = false
    for match in identity {
      let holds = match.holds(for: object, given: facts)
      if case .noneOf = match.test {
        if !holds { isDead = true }
      } else {
        guard holds else { return false }
        isNamed = true
      }
    }
    return isNamed && isDead
  }

  /// The objects that are meant, in the order of the answer.
  func objects(in body: Fields, given facts: Fields) -> [Fields] {
    switch shape {
    case .object: return isMeant(body, facts) ? [body] : []
    case .list(let field):
      guard case .list(let items)? = body[field] else { return [] }
      var objects: [Fields] = []
      for case .record(let object) in items where isMeant(object, facts) { objects.append(object) }
      return objects
    }
  }

  private func isMeant(_ object: Fields, _ facts: Fields) -> Bool {
    for match in identity where !match.holds(for: object, given: facts) { return false }
    return true
  }
}

extension [Output] {
  /// The facts that `object` establishes; nil where a required field is missing.
  func read(from object: Fields) -> Fields? {
    var entries: [Fields.Entry] = []
    entries.reserveCapacity(count)
    for index in indices {
      if let value = object[self[index].field], !value.isNull {
        entries.append(Fields.Entry(self[index].fact, value))
      } else if self[index].isRequired {
        return nil
      }
    }
    return Fields(entries: entries)
  }
}

extension [Argument] {
  /// The arguments of one call, filled from the facts of the run.
  func filled(from facts: Fields, conditional: Bool) -> Fields {
    var entries: [Fields.Entry] = []
    entries.reserveCapacity(count)
    for index in indices {
      if let value = self[index].source.value(given: facts, conditional: conditional) {
        entries.append(Fields.Entry(self[index].name, value))
      }
    }
    return Fields(entries: entries)
  }
}

extension Argument.Source {
  /// What is sent; nil where there is nothing to send.
  fileprivate func value(given facts: Fields, conditional: Bool) -> Value? {
    switch self {
    case .fact(let name): facts[name]
    case .literal(let value): value
    case .version(let name): conditional ? facts[name] : nil
    case .conditional(let value): conditional ? value : nil
    }
  }
}
