// What the house forbids, as an operator configures it: an agent that was told can keep to it, one that wasn't can't.

import Operations
import Primitives

/// Rules that no tool description states.
public struct HouseRules: Hashable, Sendable {
  /// Things of these kinds may stand in these regions alone.
  public struct Residency: Hashable, Sendable {
    public var kinds: [Name]
    public var regions: [String]

    public init(of kinds: [Name], regions: [String]) {
      self.kinds = kinds
      self.regions = regions
    }
  }

  /// Things of these kinds are not touched in the window; taking back what the run itself made is allowed.
  public struct Freeze: Hashable, Sendable {
    public var kinds: [Name]
    public var window: CalendarWindow

    public init(of kinds: [Name], in window: CalendarWindow) {
      self.kinds = kinds
      self.window = window
    }
  }

  /// So long after a month's end in a zone, nothing of these kinds is posted into it.
  public struct Books: Hashable, Sendable {
    public var kinds: [Name]
    public var zone: CivilZone
    public var after: TimeSpan

    public init(of kinds: [Name], in zone: CivilZone, after: TimeSpan = .zero) {
      self.kinds = kinds
      self.zone = zone
      self.after = after
    }
  }

  /// Effects of these kinds need a second person above an amount.
  public struct FourEyes: Hashable, Sendable {
    public var kinds: [Name]
    public var above: Money?

    public init(of kinds: [Name], above: Money? = nil) {
      self.kinds = kinds
      self.above = above
    }
  }

  public var residency: [Residency]
  public var freezes: [Freeze]
  public var books: [Books]
  public var fourEyes: [FourEyes]

  /// How long an agent waits for a freeze to be over before it asks a person instead.
  static let patience = TimeSpan.days(4)

  public init(
    residency: [Residency] = [], freezes: [Freeze] = [], books: [Books] = [], fourEyes: [FourEyes] = []
  ) {
    self.residency = residency
    self.freezes = freezes
    self.books = books
    self.fourEyes = fourEyes
  }

  /// What a deployment was told.
  public init(_ rules: [Deployment.Rule]) {
    self.init()
    for rule in rules {
      switch rule {
      case .regionIn(let regions, let kinds): residency.append(Residency(of: kinds, regions: regions))
      case .changeFreeze(let window, let kinds): freezes.append(Freeze(of: kinds, in: window))
      case .booksClosed(let zone, let after, let kinds): books.append(Books(of: kinds, in: zone, after: after))
      case .fourEyes(let above, let kinds): fourEyes.append(FourEyes(of: kinds, above: above))
      }
    }
  }

  public var isEmpty: Bool { residency.isEmpty && freezes.isEmpty && books.isEmpty && fourEyes.isEmpty }

  func allows(region: String) -> Bool { residency.allSatisfy { $0.regions.contains(region) } }

  /// When the freezes end that hold a change back; nil where none does. A change of one thing often touches others
  /// of its system, so a freeze holds back whatever changes a system that it is about.
  func frozen(_ effect: EffectClass, at now: Instant) -> Instant? {
    var end: Instant?
    for freeze in freezes where freeze.kinds.contains(where: { $0.system == effect.kind.system }) {
      if let until = freeze.window.end(at: now) { end = max(end ?? until, until) }
    }
    return end
  }

  /// The books that a posting into this month would be too late for.
  func closedBooks(_ effect: EffectClass, of period: String?, at now: Instant) -> Books? {
    guard let month = period.flatMap({ CivilMonth($0) }) else { return nil }
    return books.first { $0.kinds.contains(effect.kind) && now >= $0.zone.end(of: month) + $0.after }
  }

  /// Whether giving so much back needs a second person. Where the amount isn't known, it does.
  func needsApproval(_ effect: EffectClass, of amount: Money?) -> Bool {
    fourEyes.contains { rule in
      guard rule.kinds.contains(where: { $0.system == effect.kind.system }), effect.kind.givesMoneyBack else {
        return false
      }
      guard let limit = rule.above, let amount, amount.currency == limit.currency else { return true }
      return amount.minorUnits > limit.minorUnits
    }
  }
}

extension Name {
  /// `cloud` of `cloud.cluster`.
  fileprivate var system: Substring { text.prefix { $0 != "." } }

  fileprivate var givesMoneyBack: Bool {
    ["refund", "credit_note", "credit"].contains(text.split(separator: ".").last.map(String.init) ?? "")
  }
}

extension HouseRules: StableHashable {
  public func hash(into hasher: inout StableHasher) {
    hasher.combine(residency.count)
    for rule in residency {
      hasher.combine(rule.kinds.count)
      for kind in rule.kinds { hasher.combine(kind) }
      hasher.combine(rule.regions.count)
      for region in rule.regions { hasher.combine(region) }
    }
    hasher.combine(freezes.count)
    for rule in freezes {
      hasher.combine(rule.kinds.count)
      for kind in rule.kinds { hasher.combine(kind) }
      hasher.combine(rule.window)
    }
    hasher.combine(books.count)
    for rule in books {
      hasher.combine(rule.kinds.count)
      for kind in rule.kinds { hasher.combine(kind) }
      hasher.combine(rule.zone)
      hasher.combine(rule.after)
    }
    hasher.combine(fourEyes.count)
    for rule in fourEyes {
      hasher.combine(rule.kinds.count)
      for kind in rule.kinds { hasher.combine(kind) }
      hasher.combine(rule.above)
    }
  }
}
