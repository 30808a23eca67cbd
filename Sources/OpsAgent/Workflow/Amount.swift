// Amounts of money that follow from prices and days: worked out once the facts are there, and never guessed.

import Operations
import Primitives

extension Playbook {
  /// A fact that is an amount of money.
  ///
  /// A month is shared by its days in UTC, the first and the last day that are named included; each share is
  /// rounded half up to a minor unit by itself. A difference that is not above zero is no fact.
  public struct Amount: Hashable, Sendable {
    public enum Rule: Hashable, Sendable {
      /// What the plan in this fact costs from the first of the month to the day that the run names.
      case untilDay(plan: Name)
      /// What it costs from that day to the end of the month.
      case fromDay(plan: Name)
      /// What the first amount exceeds the second by.
      case excess(Name, over: Name)
    }

    public var fact: Name
    public var rule: Rule

    public init(_ fact: Name, _ rule: Rule) {
      self.fact = fact
      self.rule = rule
    }

    func value(given facts: Fields, _ policy: Policy) -> Money? {
      switch rule {
      case .untilDay(let plan):
        guard let (day, days) = Self.day(of: facts), let price = Self.price(plan, facts, policy) else { return nil }
        return price.share(day, of: days)
      case .fromDay(let plan):
        guard let (day, days) = Self.day(of: facts), let price = Self.price(plan, facts, policy) else { return nil }
        return price.share(days - day + 1, of: days)
      case .excess(let first, let second):
        guard let first = facts[first]?.money, let second = facts[second]?.money, first.currency == second.currency,
          first.minorUnits > second.minorUnits
        else { return nil }
        return first - second
      }
    }

    private static func price(_ plan: Name, _ facts: Fields, _ policy: Policy) -> Money? {
      facts.text(plan).flatMap { policy.plan($0)?.price }
    }

    /// The day that the run names, and how many its month has; nil where that is no day of the run's period.
    static func day(of facts: Fields) -> (day: Int64, days: Int64)? {
      guard let text = facts.text(.effective), let period = facts.text(.period), text.hasPrefix(period + "-") else {
        return nil
      }
      let parts = text.split(separator: "-").compactMap { Int64($0) }
      guard parts.count == 3, text.utf8.count == 10, (1...12).contains(parts[1]) else { return nil }
      let days = CivilDate.days(inMonth: parts[1], of: parts[0])
      return (1...days).contains(parts[2]) ? (parts[2], days) : nil
    }
  }
}
