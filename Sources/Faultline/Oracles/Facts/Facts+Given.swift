// What was there before the run: what of it changed, what of it is lost, and what stands in its place.

import Operations
import Primitives

extension Facts {
  /// Takes in what was there before the run. It is no effect of the run, and nobody's of it.
  mutating func give(_ effect: Effect, terms: JudgingTerms) {
    let traits = terms.operations.traits(of: effect.kind)
    let number = objects.count
    var object = ObjectFact(
      latest: effect, digest: effect.object.stableDigest, owner: effect.owner, amount: effect.amount,
      role: traits.role, isAccess: traits.isAccess, isAnchor: traits.isAnchor,
      isPermanent: effect.permanence == .permanent, isLive: effect.change != .ended, isOwn: false, beganHere: false,
      firstIndex: 0)
    object.given = effect
    objects.append(object)
    relate(number)
    if traits.role.takesBack { returns += 1 }
    attribute(number, wasCounted: false, terms: terms)
  }

  /// Lets a new object stand in the place of one like it that was there before and is gone.
  mutating func succeed(_ number: Int) {
    let object = objects[number]
    for earlier in objects.indices where objects[earlier].given != nil && isLost(earlier) {
      guard objects[earlier].kind == object.kind, objects[earlier].owner == object.owner,
        objects[earlier].given?.attributes == object.attributes
      else { continue }
      objects[earlier].heir = number
      objects[number].isHeir = true
      return
    }
  }

  /// Whether something that was there before is gone, by a call of this run, and nothing like it is in its place.
  func isLost(_ number: Int) -> Bool {
    let object = objects[number]
    guard object.role == .resource, object.given != nil, !object.isLive, object.endedBy != nil else { return false }
    return !(object.heir.map { objects[$0].isLive } ?? false)
  }

  /// Whether something that was there before is not as it was, because of a call of this run.
  func isAltered(_ number: Int) -> Bool {
    let object = objects[number]
    guard object.role == .resource, let given = object.given, object.touchIndex != nil else { return false }
    if !object.isLive { return isLost(number) }
    return given.attributes.entries.contains { $0.name != Self.stateName && object.attributes[$0.name] != $0.value }
  }

  /// What an object goes through by itself, and no ledger tells of every change of.
  private static let stateName: Name = "state"

  /// Whether a refund or a credit gave back money that was paid before the run.
  func givesBackEarlierMoney(_ number: Int) -> Bool {
    guard objects[number].role.takesBack, objects[number].given == nil, objects[number].isLive else { return false }
    guard let parent = objects[number].parent else { return false }
    return objects[parent].given != nil
  }

  /// What was captured before the run for an intent and had not gone back by then, in minor units.
  func earlierNet(of number: Int, terms: JudgingTerms) -> Int64 {
    guard !terms.tables.given.isEmpty else { return 0 }
    var net: Int64 = 0
    for (index, object) in objects.enumerated() where object.given != nil {
      if object.role == .charge, object.claimedBy == number { net += object.amount?.minorUnits ?? 0 }
      guard object.role.takesBack, !isPartOfCredit(index), let parent = object.parent else { continue }
      let charge = objects[parent].role == .charge ? parent : objects.firstIndex { $0.parent == parent && $0.role == .charge }
      if let charge, objects[charge].claimedBy == number { net -= object.amount?.minorUnits ?? 0 }
    }
    return net
  }
}
