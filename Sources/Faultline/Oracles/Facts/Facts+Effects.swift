// How effects become facts: objects, whose they are, and the intents that they belong to.

import Operations
import Primitives

extension Facts {
  func objectIndex(kind: Name, id: String) -> Int? { objectIndex(kind: kind, digest: id.stableDigest) }

  private func objectIndex(kind: Name, digest: UInt64) -> Int? {
    for number in objects.indices.reversed() where objects[number].digest == digest && objects[number].kind == kind {
      return number
    }
    return nil
  }

  func objectIndex(id: String) -> Int? {
    let digest = id.stableDigest
    for number in objects.indices where objects[number].digest == digest { return number }
    return nil
  }

  mutating func take(_ effect: Effect, index: Int, terms: JudgingTerms) {
    let number: Int
    let digest = effect.object.stableDigest
    if let known = objectIndex(kind: effect.kind, digest: digest) {
      number = known
      change(number, effect, index: index, terms: terms)
    } else {
      number = objects.count
      add(effect, digest, index: index, terms: terms)
    }
    guard let cause = effect.cause, let call = callIndex(cause) else { return }
    if calls[call].effects == 0 { calls[call].effectIndex = index }
    calls[call].effects += 1
    if calls[call].changeIndex == nil, !takesBack(number, effect, by: call, terms: terms) {
      mutations += 1
      calls[call].changeIndex = index
    }
    guard let operation = calls[call].operation, terms.operations[operation].kind == effect.kind else { return }
    if effect.change == .updated, terms.operations[operation].change == .ended, objects[number].leavingIndex == nil {
      objects[number].leavingIndex = index
    }
    calls[call].intent = objects[number].intent ?? objects[number].claimedBy
  }

  private mutating func add(_ effect: Effect, _ digest: UInt64, index: Int, terms: JudgingTerms) {
    let begins = effect.change == .created || effect.change == .happened
    let traits = terms.operations.traits(of: effect.kind)
    let role = traits.role
    let number = objects.count
    objects.append(
      ObjectFact(
        latest: effect, digest: digest, owner: effect.owner, amount: effect.amount, role: role,
        isAccess: traits.isAccess,
        isAnchor: traits.isAnchor, isPermanent: effect.permanence == .permanent,
        isLive: effect.change != .ended, isOwn: begins && effect.cause != nil, beganHere: begins,
        cause: effect.cause, endedBy: effect.change == .ended ? effect.cause : nil, firstIndex: index,
        endIndex: effect.change == .ended ? index : nil, touchIndex: begins || effect.cause == nil ? nil : index,
        outsideIndex: effect.cause == nil && effect.principal != nil ? index : nil))
    relate(number)
    if role.takesBack { giveBack(number, effect, index: index, terms: terms) }
    if begins, role == .resource, !terms.tables.given.isEmpty { succeed(number) }
    attribute(number, wasCounted: false, terms: terms)
  }

  /// Whether an effect only takes back what came about in this run, by its calls or because of them.
  private func takesBack(_ number: Int, _ effect: Effect, by call: Int, terms: JudgingTerms) -> Bool {
    let object = objects[number]
    if object.role.takesBack { return object.parent.map { objects[$0].beganHere } ?? false }
    guard object.beganHere, !object.isForeign else { return false }
    if effect.change == .ended { return true }
    guard effect.change == .updated, let operation = calls[call].operation.map({ terms.operations[$0] }) else {
      return false
    }
    // It is on its way out, or its money is.
    return operation.change == .ended || operation.kind.map { terms.operations.traits(of: $0).role.takesBack } ?? false
  }

  /// Notes a refund or a credit, and whether there was a surplus before it.
  private mutating func giveBack(_ number: Int, _ effect: Effect, index: Int, terms: JudgingTerms) {
    returns += 1
    guard let cause = effect.cause else { return }
    objects[number].isLive = false
    // A credit note and the refund that comes with it are one deed, told twice.
    let isSameDeed = takeBacks.last.map { $0.call == cause && $0.wasInExcess } ?? false
    let wasInExcess = isSameDeed || isSurplus(objects[number], terms: terms)
    objects[number].isLive = true
    takeBacks.append(
      TakeBack(
        object: number, call: cause, index: index, intent: intentOfMoney(objects[number]), wasInExcess: wasInExcess))
  }

  private mutating func change(_ number: Int, _ effect: Effect, index: Int, terms: JudgingTerms) {
    let wasLive = objects[number].isLive
    let intent = objects[number].intent
    objects[number].latest = effect
    if objects[number].given != nil, objects[number].touchIndex == nil, objects[number].outsideIndex == nil {
      objects[number].firstIndex = index
    }
    if let owner = effect.owner { objects[number].owner = owner }
    if let amount = effect.amount, objects[number].role != .charge || objects[number].amount == nil {
      objects[number].amount = amount
    }
    if !objects[number].beganHere, objects[number].touchIndex == nil, effect.cause != nil {
      objects[number].touchIndex = index
    }
    if effect.cause == nil, effect.principal != nil, objects[number].outsideIndex == nil {
      objects[number].outsideIndex = index
    }
    objects[number].isLive = effect.change != .ended
    if effect.change == .ended, wasLive {
      objects[number].endIndex = index
      objects[number].endedBy = effect.cause
      if objects[number].isOwn, objects[number].role != .charge, let cause = effect.cause {
        let isExcess = intent.map { intents[$0].live > terms.intents[$0].times.upperBound } ?? true
        takeBacks.append(TakeBack(object: number, call: cause, index: index, intent: intent, wasInExcess: isExcess))
      }
    }
    relate(number)
    attribute(number, wasCounted: wasLive && intent != nil, terms: terms)
  }

  /// Finds owner, period and parent through the objects that this one's fields name.
  mutating func relate(_ number: Int) {
    if let period = objects[number].attributes.text(Self.periodName) { objects[number].period = period }
    let own = objects[number].role
    guard objects[number].owner == nil || own.isMoney else { return }
    for entry in objects[number].attributes.entries {
      guard let id = entry.value.text, let other = objectIndex(id: id), other != number else { continue }
      if objects[number].owner == nil { objects[number].owner = objects[other].owner }
      let role = objects[other].role
      let isParent = role == .invoice ? own != .invoice : role == .charge && own.takesBack
      guard isParent, objects[number].parent == nil || role == .charge else { continue }
      objects[number].parent = other
      if objects[number].period == nil { objects[number].period = objects[other].period }
    }
  }

  /// Gives an object to the first intent that wants its like, and counts it there.
  mutating func attribute(_ number: Int, wasCounted: Bool, terms: JudgingTerms) {
    if wasCounted, let old = objects[number].intent { intents[old].live -= 1 }
    var intent: Int?
    for wish in terms.intents.indices where terms.intents[wish].kind == objects[number].kind {
      guard Self.belongs(objects[number], to: terms.intents[wish]) else { continue }
      intent = wish
      break
    }
    objects[number].intent = intent
    guard let intent else { return }
    if objects[number].isLive { intents[intent].live += 1 }
    if objects[number].claimedBy != intent {
      objects[number].claimedBy = intent
      intents[intent].ever += 1
    }
  }

  /// Kind and owner decide, then what the intent selects; never a name, a key or an argument.
  static func belongs(_ effect: Effect, to intent: Intent) -> Bool {
    guard effect.kind == intent.kind, effect.owner == intent.owner else { return false }
    if let period = intent.period, let own = effect.attributes.text(periodName), own != period.text { return false }
    return intent.selector.entries.allSatisfy { effect.attributes[$0.name] == $0.value }
  }

  /// The same of an object, which may have its owner and its period from what it is linked to.
  static func belongs(_ object: ObjectFact, to intent: Intent) -> Bool {
    guard object.kind == intent.kind, object.owner == intent.owner else { return false }
    if let period = intent.period, let own = object.period, own != period.text { return false }
    return intent.selector.entries.allSatisfy { object.attributes[$0.name] == $0.value }
  }

  /// The intent that a mutation is made for, found as effects are: by kind and owner.
  func intent(of arguments: Fields, for operation: Int, terms: JudgingTerms) -> Int? {
    guard let kind = terms.operations[operation].kind else { return nil }
    let brings = terms.operations[operation].brings
    var owner: Name?
    for entry in arguments.entries {
      guard let id = entry.value.text, let object = objectIndex(id: id) else { continue }
      if !brings, objects[object].kind == kind { return objects[object].intent ?? objects[object].claimedBy }
      owner = owner ?? objects[object].owner
    }
    let subject = terms.operations[operation].subject.flatMap { arguments.text($0) }
    let period = arguments.text(Self.periodName)
    var found: Int?
    for number in terms.intents.indices where terms.intents[number].kind == kind {
      if let period, let own = terms.intents[number].period, own.text != period { continue }
      if owner == terms.intents[number].owner || subject == terms.intents[number].owner.text { return number }
      if found == nil { found = number }
    }
    return subject == nil || owner == nil ? found : nil
  }

  static let periodName: Name = "period"
}
