// Drivers answer the choices of a run. One mechanism, three of them.

import Primitives

/// Answers choices: at random, by a plan, or by a plan while noting every alternative.
public struct Driver: Sendable {
  enum Mode: Sendable {
    case seeded(Swarm)
    case planned
    case enumerating
  }

  private var mode: Mode
  /// Plan entries not met yet; a planned fault that is never met makes a run inconclusive.
  public private(set) var pending: [Plan.Entry]
  /// The sites after the last planned one, with their alternatives; filled by the enumerating driver.
  public private(set) var forks: [Fork] = []
  private var spent = 0

  private init(_ mode: Mode, pending: [Plan.Entry]) {
    self.mode = mode
    self.pending = pending
  }

  /// Answers by a pseudo-random function of (seed, site) under the run's swarm shape.
  public static func seeded(_ swarm: Swarm) -> Driver { Driver(.seeded(swarm), pending: []) }

  /// Answers by the plan at the sites it names, by default elsewhere.
  public static func planned(_ plan: Plan) -> Driver { Driver(.planned, pending: plan.entries) }

  /// Plays `prefix`, then answers by default and notes what else could have been answered.
  public static func enumerating(after prefix: Plan) -> Driver {
    Driver(.enumerating, pending: prefix.entries)
  }

  /// Goes on with one more planned answer; what is noted afterwards comes after it.
  ///
  /// - Parameter isEnumerating: whether to note alternatives after that answer; a search that has spent
  ///   its budget need not.
  public mutating func branch(to entry: Plan.Entry, isEnumerating: Bool) {
    mode = isEnumerating ? .enumerating : .planned
    pending.append(entry)
    forks.removeAll(keepingCapacity: true)
  }

  /// Hands over the alternatives noted since the last time.
  public mutating func takeForks() -> [Fork] {
    defer { forks.removeAll(keepingCapacity: true) }
    return forks
  }

  mutating func answer<A: ChoiceAnswer>(_ offer: Offer<A>, at site: Site, seed: UInt64) -> A {
    switch mode {
    case .seeded(let swarm):
      guard spent < swarm.budget else { return .benign }
      guard let answer = swarm.answer(offer, at: site, seed: seed) else { return .benign }
      spent += 1
      return answer
    case .planned:
      return planned(offer, at: site) ?? .benign
    case .enumerating:
      let wasPending = !pending.isEmpty
      if let answer = planned(offer, at: site) { return answer }
      if !wasPending { forks.append(Fork(site: site, alternatives: offer.alternatives.map(\.name))) }
      return .benign
    }
  }

  private mutating func planned<A: ChoiceAnswer>(_ offer: Offer<A>, at site: Site) -> A? {
    guard !pending.isEmpty else { return nil }
    for index in pending.indices where pending[index].at.matches(site) {
      for answer in A.allCases where offer.contains(answer) && answer.name == pending[index].choose {
        pending.remove(at: index)
        return answer
      }
    }
    return nil
  }
}

/// The shape of one random run: which answers are on, how likely each is, how many may be given.
///
/// A fair coin at every site finds little. Each seed switches whole kinds of fault off and gives the
/// others wildly different weights (Groce et al., "Swarm Testing", ISSTA 2012).
public struct Swarm: Hashable, Sendable {
  /// How many non-default answers a run may give.
  public var budget: Int
  /// How often a site deviates, in 65,536ths.
  public var rate: UInt64
  /// Whether kinds of answers are switched off and weighted by the seed.
  public var isShaped: Bool
  let shapeSeed: UInt64

  public init(seed: UInt64, budget: Int, rate: UInt64 = 2_200, isShaped: Bool = true) {
    self.budget = budget
    self.rate = rate
    self.isShaped = isShaped
    shapeSeed = Draw(seed: seed, key: Name("swarm").hash).word
  }

  /// The weight of one kind of answer in this run, 0 (off) to 8.
  func weight(_ name: Name) -> UInt64 {
    guard isShaped else { return 1 }
    let draw = Draw(seed: shapeSeed, key: name.hash)
    return draw.below(4) == 0 ? 0 : 1 << draw.derived(1).below(4)
  }

  func answer<A: ChoiceAnswer>(_ offer: Offer<A>, at site: Site, seed: UInt64) -> A? {
    let draw = Draw(seed: seed, key: site.key)
    guard draw.word & 0xFFFF < rate else { return nil }
    let alternatives = offer.alternatives
    var total: UInt64 = 0
    for answer in alternatives { total += weight(answer.name) }
    guard total > 0 else { return nil }
    var ticket = draw.derived(1).below(total)
    for answer in alternatives {
      let weight = weight(answer.name)
      if ticket < weight { return answer }
      ticket -= weight
    }
    return nil
  }
}
