// One thing, taken back twice.

import Operations
import Primitives

/// More money went back than there was to give back.
///
/// Fires when refunds of a charge exceed it, when refunds and credits of an invoice exceed both what it asks
/// and what was paid on it, when refunds that name nothing exceed all that the customer paid, and when so much of what
/// was paid before the run went back that less is left of it than is owed. Silent about
/// several partial refunds that stay below the sum, about a refund that is how a credit note gave its money
/// back, and about deleting what is deleted already, which systems refuse or ignore.
/// Source: https://github.com/langchain4j/langchain4j/pull/5171 (double compensation across rounds)
public struct DoubledCompensation: Oracle {
  public static let name: Name = "doubled-compensation"
  public static let summary = "One thing was taken back twice: more was refunded or credited than there was."

  public init() {}

  public func conclude(facts: Facts, terms: JudgingTerms) -> [Violation] {
    guard facts.returns > 0 else { return [] }
    var found: [Violation] = []
    var told: [Int] = []
    for (number, object) in facts.objects.enumerated() where object.role == .invoice {
      let base = max(object.amount?.minorUnits ?? 0, facts.captured(invoice: number))
      let back = facts.takenBack(invoice: number)
      guard back > base else { continue }
      let parts = facts.objects.indices.filter { part in
        guard facts.objects[part].role.takesBack, let parent = facts.objects[part].parent else { return false }
        return parent == number || facts.objects[parent].parent == number
      }
      told += parts
      found.append(violation(of: number, back: back, base: base, parts: parts, facts: facts, terms: terms))
    }
    for (number, object) in facts.objects.enumerated() where object.role == .charge {
      let base = object.amount?.minorUnits ?? 0
      let back = facts.refunded(charge: number)
      let parts = facts.objects.indices.filter {
        facts.objects[$0].role.takesBack && facts.objects[$0].parent == number
      }
      guard back > base, !parts.contains(where: told.contains) else { continue }
      found.append(violation(of: number, back: back, base: base, parts: parts, facts: facts, terms: terms))
    }
    return found + unlinked(facts: facts, terms: terms) + overdone(facts: facts, terms: terms)
  }

  /// Money that was there before the run, that is owed, and that went back all the same.
  private func overdone(facts: Facts, terms: JudgingTerms) -> [Violation] {
    guard !terms.tables.given.isEmpty else { return [] }
    var found: [Violation] = []
    for number in terms.intents.indices where terms.roles[number] == .charge {
      let balance = facts.balance(of: number, terms: terms)
      let floor = min(balance.owed ?? 0, facts.earlierNet(of: number, terms: terms))
      guard balance.net < floor else { continue }
      let parts = facts.objects.indices.filter {
        facts.objects[$0].role.takesBack && facts.objects[$0].given == nil
          && facts.intentOfMoney(facts.objects[$0]) == number && !facts.isPartOfCredit($0)
      }
      guard let first = parts.first else { continue }
      let currency = facts.objects[first].amount?.currency
      found.append(
        Violation(
          Self.name, intent: terms.intents[number].name, expected: 1, observed: parts.count,
          message: "\(Phrase.wish(terms.intents[number])) owes \(Phrase.money(floor, currency)), and so much went back "
            + "that \(Phrase.money(balance.net, currency)) is left: \(Phrase.list(parts.map { facts.objects[$0].id })).",
          objects: parts.map { facts.objects[$0].id }, evidence: parts.map { facts.objects[$0].firstIndex }))
    }
    return found
  }

  private func unlinked(facts: Facts, terms: JudgingTerms) -> [Violation] {
    let loose = facts.objects.indices.filter { facts.objects[$0].role.takesBack && facts.objects[$0].parent == nil }
    guard let first = loose.first, let owner = facts.objects[first].owner else { return [] }
    var base: Int64 = 0
    for object in facts.objects where object.role == .charge && object.owner == owner {
      base += object.amount?.minorUnits ?? 0
    }
    let back = facts.unlinkedTakeBacks(owner: owner, period: nil)
    guard base > 0, back > base else { return [] }
    return [violation(of: first, back: back, base: base, parts: loose, facts: facts, terms: terms)]
  }

  private func violation(
    of number: Int, back: Int64, base: Int64, parts: [Int], facts: Facts, terms: JudgingTerms
  ) -> Violation {
    let object = facts.objects[number]
    let currency = object.amount?.currency
    let intent = parts.compactMap { facts.intentOfMoney(facts.objects[$0]) }.first
    return Violation(
      Self.name, intent: intent.map { terms.intents[$0].name }, expected: 1, observed: parts.count,
      message: "Of \(Phrase.money(base, currency)), \(Phrase.money(back, currency)) went back: "
        + "\(Phrase.list(parts.map { facts.objects[$0].id })).",
      objects: parts.map { facts.objects[$0].id }, evidence: parts.map { facts.objects[$0].firstIndex })
  }
}
