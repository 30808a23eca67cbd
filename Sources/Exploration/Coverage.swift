// What a search covered: figures that add up in any order, and the plans that matter.

import Faultline
import Primitives
import Simulation

/// What an exhaustive search covered, or a part of one.
///
/// A value that adds up: merging the coverages of all units, in any order, gives the same totals as
/// playing them one after the other.
public struct Coverage: Hashable, Sendable, Codable {
  /// Sites met with budget left, over all schedules.
  public internal(set) var sites = 0
  /// Schedules enumerated, the empty one included: the denominator.
  public internal(set) var schedules = 0
  /// Schedules that were played to their end and judged.
  public internal(set) var explored = 0
  /// Schedules that were not played since a state equal to theirs had been finished before.
  public internal(set) var pruned = 0
  /// Schedules in which harm was found, or a contract broken that the agent or the scenario set.
  public internal(set) var violations = 0
  /// Schedules that were given up at a limit before anything was wrong.
  public internal(set) var undecided = 0
  /// Schedules that ended badly, but so that nobody could have ended them well.
  public internal(set) var unfair = 0
  /// How often a world was copied in order to go on otherwise.
  public internal(set) var forks = 0
  /// Events that happened in this search.
  public internal(set) var eventsPlayed = 0
  /// Events of common beginnings that forking did not let happen again.
  public internal(set) var eventsSaved = 0
  /// How often a state was met that had been finished before.
  public internal(set) var pruneHits = 0
  /// The first plans that fail while no part of them does, the shortest first.
  public internal(set) var minimalPlans: [Finding] = []
  /// The first plans that were undecided.
  public internal(set) var undecidedPlans: [Finding] = []
  /// The first plans that were unfair.
  public internal(set) var unfairPlans: [Finding] = []
  private var verdicts = Residue.zero
  /// The sum of the trace hashes of the schedules that were played. Equal for a search that forks and one
  /// that runs everything from the start, as long as neither prunes: nobody knows the trace of a run that
  /// was not played.
  public internal(set) var traceDigest: UInt64 = 0

  /// How many plans of each kind are kept.
  public static let kept = 100

  public init() {}

  /// Covers, for each schedule, its answers and their sites, how the agent says it ended, whether it was
  /// given up, and each violation by oracle and intent. It does not cover messages, evidence, times and
  /// other numbers. Equal for equal searches: with one job or two, forked or run from the start, pruned or
  /// not, in debug and release.
  public var digest: UInt64 { verdicts.value }

  /// Adds what another part of the same search covered.
  public mutating func merge(_ other: Coverage) {
    sites += other.sites
    schedules += other.schedules
    explored += other.explored
    pruned += other.pruned
    violations += other.violations
    undecided += other.undecided
    unfair += other.unfair
    forks += other.forks
    eventsPlayed += other.eventsPlayed
    eventsSaved += other.eventsSaved
    pruneHits += other.pruneHits
    verdicts += other.verdicts
    traceDigest &+= other.traceDigest
    for finding in other.minimalPlans { Self.keep(finding, in: &minimalPlans) }
    for finding in other.undecidedPlans { Self.keep(finding, in: &undecidedPlans) }
    for finding in other.unfairPlans { Self.keep(finding, in: &unfairPlans) }
  }

  /// Adds one run. Returns whether it failed.
  ///
  /// - Parameter isFair: asked for a run that failed, whether it counts (law 6).
  mutating func add(
    _ verdict: Verdict, end: EndReason?, path: ExhaustiveSearch.Path, in subtree: inout Subtree,
    isFair: () throws -> Bool
  ) rethrows -> Bool {
    var isUndecided = false
    if case .limit? = end { isUndecided = verdict.violations.allSatisfy { $0.oracle == Stuck.name } }
    let isUnfair = try !isUndecided && verdict.result == .fail && !isFair()
    schedules += 1
    explored += 1
    let said = Residue(verdict, isUndecided: isUndecided, isUnfair: isUnfair)
    verdicts += path.factor * said
    subtree.add(said, events: verdict.events, isClean: verdict.result != .fail && !isUndecided)
    traceDigest &+= Draw.mix(verdict.traceHash)
    if isUndecided {
      undecided += 1
      Self.keep(Finding(verdict, order: path.order), in: &undecidedPlans)
      return false
    }
    if isUnfair {
      unfair += 1
      Self.keep(Finding(verdict, order: path.order), in: &unfairPlans)
      return false
    }
    guard verdict.result == .fail else { return false }
    violations += 1
    return true
  }

  /// Whether a plan that turns out to be minimal would be kept.
  func hasRoom(forMinimalAt order: [Int]) -> Bool {
    guard minimalPlans.count == Self.kept, let last = minimalPlans.last else { return true }
    return Finding.precedes(order, last.order)
  }

  /// Adds a plan that fails while no part of it does.
  mutating func addMinimal(_ verdict: Verdict, path: ExhaustiveSearch.Path) {
    Self.keep(Finding(verdict, order: path.order), in: &minimalPlans)
  }

  /// Adds what lies behind a state that was finished before, for a path that has met it again.
  mutating func prune(_ twin: Subtree, budget: Int, path: ExhaustiveSearch.Path) {
    let total = twin.total(of: budget)
    pruneHits += 1
    schedules += total.schedules
    pruned += total.schedules
    sites += total.sites
    verdicts += path.factor * total.verdicts
  }

  /// Keeps the list in order and short.
  static func keep(_ finding: Finding, in list: inout [Finding]) {
    if list.count == kept, let last = list.last, last < finding { return }
    let index = list.firstIndex { finding < $0 } ?? list.count
    list.insert(finding, at: index)
    if list.count > kept { list.removeLast() }
  }
}

extension Coverage {
  /// A plan that matters, with what its verdict says.
  public struct Finding: Hashable, Sendable {
    public let seed: UInt64
    public let plan: Plan
    /// How the agent says it ended; nil where it said nothing.
    public let outcome: Ending?
    /// The oracles that found something, each once, in the order of the evidence.
    public let oracles: [Name]
    /// Its place in the tree: the number of the alternative taken at each level.
    let order: [Int]

    init(_ verdict: Verdict, order: [Int]) {
      seed = verdict.seed
      plan = verdict.plan
      outcome = verdict.outcome
      var oracles: [Name] = []
      for violation in verdict.violations where !oracles.contains(violation.oracle) { oracles.append(violation.oracle) }
      self.oracles = oracles
      self.order = order
    }
  }
}

extension Coverage.Finding: Comparable {
  /// The shorter plan first; among equally long ones the one that a search meets first.
  public static func < (a: Self, b: Self) -> Bool { precedes(a.order, b.order) }

  static func precedes(_ a: [Int], _ b: [Int]) -> Bool {
    a.count == b.count ? a.lexicographicallyPrecedes(b) : a.count < b.count
  }
}

extension Coverage.Finding: Codable {
  private struct Answer: Codable {
    var at: String
    var choose: String
  }

  private enum Key: String, CodingKey { case seed, plan, outcome, oracles, order }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    seed = try container.decode(UInt64.self, forKey: .seed)
    plan = Plan(
      try container.decode([Answer].self, forKey: .plan).map { answer in
        guard let site = SitePattern(path: answer.at) else {
          throw DecodingError.dataCorruptedError(
            forKey: .plan, in: container, debugDescription: "\(answer.at) is not the path of a site.")
        }
        return Plan.Entry(at: site, choose: Name(answer.choose))
      })
    outcome = try container.decodeIfPresent(String.self, forKey: .outcome).flatMap(Ending.init(rawValue:))
    oracles = try container.decode([String].self, forKey: .oracles).map { Name($0) }
    order = try container.decode([Int].self, forKey: .order)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(seed, forKey: .seed)
    try container.encode(
      plan.entries.map { Answer(at: $0.at.description, choose: $0.choose.text) }, forKey: .plan)
    try container.encodeIfPresent(outcome?.rawValue, forKey: .outcome)
    try container.encode(oracles.map(\.text), forKey: .oracles)
    try container.encode(order, forKey: .order)
  }
}
