// The book of money: what was captured, what went back, what is still asked for.

import Operations
import Primitives

/// The money of one intent, in minor units of one currency.
struct Balance: Hashable, Sendable {
  var currency: Currency?
  var captured: Int64 = 0
  var takenBack: Int64 = 0
  /// What the intent may cost; nil where it names no sum and nothing was captured.
  var owed: Int64?
  /// Charges that were not wholly taken back.
  var standing = 0
  /// Captured in a currency that nobody owes.
  var hasForeign = false

  var net: Int64 { captured - takenBack }
  var isOver: Bool { hasForeign || net > (owed ?? 0) }
  var isShort: Bool { net < (owed ?? 1) }
}

extension Facts {
  /// The intent whose money a refund or a credit note gives back, through what it is linked to.
  func intentOfMoney(_ object: ObjectFact) -> Int? {
    guard let parent = object.parent else { return object.intent }
    if objects[parent].role == .charge { return objects[parent].intent }
    return objects.first { $0.role == .charge && $0.parent == parent }?.intent ?? objects[parent].intent
  }

  /// Whether giving this money back takes a surplus back: more was captured than is owed, or its invoice is not
  /// the only one of its period.
  func isSurplus(_ object: ObjectFact, terms: JudgingTerms) -> Bool {
    if let intent = intentOfMoney(object), terms.roles[intent] == .charge,
      balance(of: intent, terms: terms).isOver
    {
      return true
    }
    guard let parent = object.parent, objects[parent].role == .invoice else { return false }
    return standingInvoices(owner: objects[parent].owner, period: objects[parent].period).count > 1
  }

  /// Captured minus what went back, against what is owed, for an intent of charges.
  ///
  /// - Parameter isOwnOnly: leaves out what somebody else captured too late for the agent to see.
  func balance(of number: Int, terms: JudgingTerms, isOwnOnly: Bool = false) -> Balance {
    let intent = terms.intents[number]
    var balance = Balance(currency: intent.total?.currency, owed: intent.total?.minorUnits)
    var largest: Int64 = 0
    for index in objects.indices where objects[index].role == .charge && objects[index].claimedBy == number {
      guard let amount = objects[index].amount else { continue }
      if isOwnOnly, isLateForeign(objects[index]) { continue }
      if balance.currency == nil { balance.currency = amount.currency }
      guard amount.currency == balance.currency else {
        balance.hasForeign = true
        continue
      }
      balance.captured += amount.minorUnits
      balance.standing += 1
      largest = max(largest, amount.minorUnits)
      if !objects[index].isLive, refunded(charge: index) == 0 { balance.takenBack += amount.minorUnits }
    }
    if balance.owed == nil, largest > 0 { balance.owed = largest * Int64(intent.times.upperBound) }
    if returns > 0 { balance.takenBack += returned(to: number, intent: intent) }
    if largest > 0 { balance.standing -= min(balance.standing, Int(balance.takenBack / largest)) }
    return balance
  }

  /// What refunds and credits gave back of the money of one intent, each told once.
  private func returned(to number: Int, intent: Intent) -> Int64 {
    var back = unlinkedTakeBacks(owner: intent.owner, period: intent.period?.text)
    for (index, object) in objects.enumerated() {
      if object.role == .invoice { back += givenUp(invoice: index, for: number) }
      guard object.role.takesBack, object.isLive, let parent = object.parent else { continue }
      guard objects[parent].role == .charge, objects[parent].claimedBy == number else { continue }
      if !isPartOfCredit(index) { back += object.amount?.minorUnits ?? 0 }
    }
    return back
  }

  /// What credits of an invoice give back of the money that an intent's charges captured for it. A credit first
  /// reduces what is not paid yet, which gives nothing back.
  private func givenUp(invoice number: Int, for intent: Int) -> Int64 {
    var credited: Int64 = 0
    for credit in objects where credit.role == .credit && credit.isLive && credit.parent == number {
      credited += credit.amount?.minorUnits ?? 0
    }
    guard credited > 0, objects.contains(where: { $0.parent == number && $0.claimedBy == intent }) else { return 0 }
    let unpaid = max(0, (objects[number].amount?.minorUnits ?? 0) - captured(invoice: number))
    return max(0, credited - unpaid)
  }

  /// What refunds and credits of one charge sum up to.
  func refunded(charge number: Int) -> Int64 {
    guard returns > 0 else { return 0 }
    var back: Int64 = 0
    for object in objects where object.role.takesBack && object.isLive && object.parent == number {
      back += object.amount?.minorUnits ?? 0
    }
    return back
  }

  /// What refunds and credits of one invoice and of its charges sum up to, each told once.
  func takenBack(invoice number: Int) -> Int64 {
    guard returns > 0 else { return 0 }
    var back: Int64 = 0
    for (index, object) in objects.enumerated() where object.role.takesBack && object.isLive {
      guard let parent = object.parent, !isPartOfCredit(index) else { continue }
      let isOfCharge = objects[parent].role == .charge && objects[parent].parent == number
      if parent == number || isOfCharge { back += object.amount?.minorUnits ?? 0 }
    }
    return back
  }

  /// What the charges of one invoice captured.
  func captured(invoice number: Int) -> Int64 {
    var sum: Int64 = 0
    for object in objects where object.role == .charge && object.parent == number {
      sum += object.amount?.minorUnits ?? 0
    }
    return sum
  }

  /// Whether the money of a charge went back: by refund, by credit of its invoice, or because the system says so.
  func isTakenBack(charge number: Int) -> Bool {
    let charge = objects[number]
    let amount = charge.amount?.minorUnits ?? 0
    if !charge.isLive || (amount > 0 && refunded(charge: number) >= amount) { return true }
    if let invoice = charge.parent, takenBack(invoice: invoice) >= captured(invoice: invoice) { return true }
    guard let owner = charge.owner else { return false }
    let captured = objects.reduce(into: Int64(0)) { sum, object in
      if object.role == .charge, object.owner == owner { sum += object.amount?.minorUnits ?? 0 }
    }
    return captured > 0 && unlinkedTakeBacks(owner: owner, period: charge.period) >= captured
  }

  /// Whether a refund is how a credit note gave its money back: one thing taken back, told twice.
  func isPartOfCredit(_ number: Int) -> Bool {
    let refund = objects[number]
    guard refund.role == .refund else { return false }
    return objects.contains { credit in
      credit.role == .credit && credit.isLive
        && (credit.attributes.entries.contains { $0.value.text == refund.id }
          || refund.attributes.entries.contains { $0.value.text == credit.id })
    }
  }

  /// Refunds and credits of an owner that name neither a charge nor an invoice that this run has seen.
  func unlinkedTakeBacks(owner: Name, period: String?) -> Int64 {
    var sum: Int64 = 0
    for (index, object) in objects.enumerated() where object.role.takesBack && object.isLive && object.parent == nil {
      guard object.owner == owner, !isPartOfCredit(index) else { continue }
      if let period, let own = object.period, own != period { continue }
      sum += object.amount?.minorUnits ?? 0
    }
    return sum
  }

  /// Whether an invoice asks for nothing any more: void, or credited or refunded in full.
  func isSettledBack(invoice number: Int) -> Bool {
    guard objects[number].isLive, let amount = objects[number].amount else { return !objects[number].isLive }
    if amount.minorUnits <= 0 { return true }
    return takenBack(invoice: number) >= amount.minorUnits
  }

  /// The invoices of an owner and a period that still stand.
  func standingInvoices(owner: Name?, period: String?) -> [Int] {
    objects.indices.filter {
      objects[$0].role == .invoice && objects[$0].owner == owner && objects[$0].period == period
        && !isSettledBack(invoice: $0)
    }
  }
}
