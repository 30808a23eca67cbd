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
  /// What the swarm's weights of the offers met so far add up to: a run meets a dozen offers, a hundred times each.
  private var totals: ContiguousArray<Total> = []

  private struct Total: Sendable {
    let mask: UInt64
    let vocabulary: UInt64
    let weight: UInt64
  }

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

  /// Ends the random answers: from here on every choice is answered by default. Plans go on.
  public mutating func calmDown() { if case .seeded = mode { mode = .planned } }

  /// Hands over the alternatives noted since the last time.
  public mutating func takeForks() -> [Fork] {
    defer { forks.removeAll(keepingCapacity: true) }
    return forks
  }

  /// The raw value of the answer to an offer, given as bits by raw value.
  ///
  /// - Parameter vocabulary: tells the offer from one of the same bits with other names.
  @usableFromInline mutating func answer(
    _ mask: UInt64, benign: UInt8, of vocabulary: UInt64, at site: Site, seed: UInt64, name: (UInt8) -> Name
  ) -> UInt8 {
    switch mode {
    case .seeded(let swarm):
      guard spent < swarm.budget else { return benign }
      let draw = Draw(seed: seed, key: site.key)
      guard isHit(draw, mask, benign, vocabulary, swarm, name) else { return benign }
      let answer = swarm.answer(mask, benign: benign, by: draw.derived(1), name: name)
      spent += 1
      return answer
    case .planned:
      return planned(mask, benign: benign, at: site, name: name) ?? benign
    case .enumerating:
      let wasPending = !pending.isEmpty
      if let answer = planned(mask, benign: benign, at: site, name: name) { return answer }
      if !wasPending {
        forks.append(Fork(site: site, alternatives: Bits(mask).filter { $0 != benign }.map(name)))
      }
      return benign
    }
  }

  /// Whether some offer of no more than these answers could be answered otherwise than by default.
  @usableFromInline mutating func mayDeviate(
    _ mask: UInt64, benign: UInt8, of vocabulary: UInt64, at site: Site, seed: UInt64, name: (UInt8) -> Name
  ) -> Bool {
    switch mode {
    case .seeded(let swarm):
      // With fewer answers the chance is smaller, and the lot is the same.
      spent < swarm.budget && isHit(Draw(seed: seed, key: site.key), mask, benign, vocabulary, swarm, name)
    case .planned: isAwaited(site)
    case .enumerating: pending.isEmpty || isAwaited(site)
    }
  }

  /// Whether a random run answers this offer otherwise than by default.
  private mutating func isHit(
    _ draw: Draw, _ mask: UInt64, _ benign: UInt8, _ vocabulary: UInt64, _ swarm: Swarm, _ name: (UInt8) -> Name
  ) -> Bool {
    // Most sites answer by default under any weights; weights are looked up for the others alone.
    let lot = draw.below(1_000_000)
    guard lot < swarm.rate * Swarm.highest else { return false }
    for index in totals.indices where totals[index].mask == mask && totals[index].vocabulary == vocabulary {
      return lot < swarm.rate * totals[index].weight
    }
    let weight = swarm.weight(of: mask, benign: benign, name: name)
    totals.append(Total(mask: mask, vocabulary: vocabulary, weight: weight))
    return lot < swarm.rate * weight
  }

  private func isAwaited(_ site: Site) -> Bool {
    for index in pending.indices where pending[index].at.matches(site) { return true }
    return false
  }

  private mutating func planned(
    _ mask: UInt64, benign: UInt8, at site: Site, name: (UInt8) -> Name
  ) -> UInt8? {
    guard !pending.isEmpty else { return nil }
    for index in pending.indices where pending[index].at.matches(site) {
      for answer in Bits(mask) where answer != benign && name(answer) == pending[index].choose {
        pending.remove(at: index)
        return answer
      }
    }
    return nil
  }
}

/// The positions of the bits that are set, lowest first.
struct Bits: Sequence, IteratorProtocol {
  private var rest: UInt64

  init(_ mask: UInt64) { rest = mask }

  mutating func next() -> UInt8? {
    guard rest != 0 else { return nil }
    defer { rest &= rest &- 1 }
    return UInt8(rest.trailingZeroBitCount)
  }
}

/// The shape of one random run: which answers are on, how likely each is, how many may be given.
///
/// A fair coin at every site finds little. Each seed switches whole kinds of fault off and gives the
/// others wildly different weights (Groce et al., "Swarm Testing", ISSTA 2012); now and then one kind is
/// the run's favourite, so that a kind that is possible at few sites gets its turn as well.
public struct Swarm: Hashable, Sendable {
  /// How many non-default answers a run may give.
  public var budget: Int
  /// How often an answer of weight 1 is given where it is possible, in millionths.
  public var rate: UInt64
  /// Whether the seed weights the kinds; without a shape every weight is 1.
  public var isShaped: Bool
  let shapeSeed: UInt64

  public init(seed: UInt64, budget: Int, rate: UInt64 = Swarm.usualRate, isShaped: Bool = true) {
    self.budget = budget
    self.rate = rate
    self.isShaped = isShaped
    shapeSeed = Draw(seed: seed, key: Name("swarm").hash).word
  }

  /// One in a thousand.
  public static let usualRate: UInt64 = 1_000
  /// The weight of a run's favourite.
  private static let favourite: UInt64 = 160
  /// What no offer's weights are taken to exceed.
  static let highest = favourite * 4

  /// The weight of one kind of answer in this run: 0 (off), 1 to 8, or that of a favourite.
  func weight(_ name: Name) -> UInt64 {
    guard isShaped else { return 1 }
    let draw = Draw(seed: shapeSeed, key: name.hash)
    switch draw.below(16) {
    case 0: return Swarm.favourite
    case 1...4: return 0
    default: return 1 << draw.derived(1).below(4)
    }
  }

  /// The weights of an offer's answers, the default aside.
  func weight(of mask: UInt64, benign: UInt8, name: (UInt8) -> Name) -> UInt64 {
    var total: UInt64 = 0
    for answer in Bits(mask) where answer != benign { total += weight(name(answer)) }
    return total
  }

  /// One of the answers, by their weights.
  ///
  /// - Precondition: at least one has a weight.
  func answer(_ mask: UInt64, benign: UInt8, by draw: Draw, name: (UInt8) -> Name) -> UInt8 {
    var ticket = draw.below(weight(of: mask, benign: benign, name: name))
    for answer in Bits(mask) where answer != benign {
      let weight = weight(name(answer))
      if ticket < weight { return answer }
      ticket -= weight
    }
    preconditionFailure("a ticket within the sum of all weights is nobody's")
  }
}
