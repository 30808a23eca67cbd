// What random runs add up to, in integers, so that the sum of two searches is the search of both.

import Faultline
import Primitives
import Simulation

/// The sums of a random search.
///
/// ``merge(_:)`` is commutative and associative: any number of jobs in any order give equal values.
public struct RandomCoverage: Hashable, Sendable, Codable {
  public private(set) var runs = 0
  public private(set) var passed = 0
  public private(set) var failed = 0
  public private(set) var inconclusive = 0
  /// Runs among the failed ones that came to no end.
  public private(set) var stuck = 0
  public private(set) var events = 0
  /// Runs that were played again from their plans, all with the same hash.
  public private(set) var rechecked = 0
  /// By name, as all lists here.
  public private(set) var faults: [FaultCount] = []
  /// Runs in which an oracle fired.
  public private(set) var violations: [Count] = []
  /// Runs by what the agent said; `no claim` where it said nothing.
  public private(set) var endings: [Count] = []
  private var tally = Tally()
  /// The runs of the lowest seeds that did not pass.
  public private(set) var failures: [Failure] = []
  /// Of the hashes of all runs.
  public private(set) var digest: UInt64 = 0
  private var recoveries = 0
  private var recoveryMilliseconds: Int64 = 0

  /// How many failures are kept.
  public static let failureLimit = 5

  public struct Count: Hashable, Sendable, Codable {
    public var name: String
    public var count: Int
  }

  /// How often one kind of fault was injected, and how often that changed an answer or the truth.
  public struct FaultCount: Hashable, Sendable, Codable {
    public var name: String
    public var injected: Int
    public var tookEffect: Int
  }

  /// A run that did not pass.
  public struct Failure: Hashable, Sendable, Codable {
    public var seed: UInt64
    /// Place and answer of each fault.
    public var plan: [String]
    /// `fail` or `inconclusive`.
    public var result: String
    public var oracles: [String]
    /// What is wrong, in one sentence.
    public var message: String
    public var traceHash: UInt64
  }

  public init() {}

  /// Whether there were runs and all passed.
  public var isGood: Bool { runs > 0 && passed == runs }

  /// Faults that changed something, over all runs.
  public var effectiveFaults: Int { faults.reduce(0) { $0 + $1.tookEffect } }

  /// The mean time from the first effective fault to a good end, over the runs that had both.
  public var meanRecoveryMilliseconds: Int64? { recoveries == 0 ? nil : recoveryMilliseconds / Int64(recoveries) }

  /// How many runs said that they ended so.
  public func count(of ending: Ending) -> Int { endings.first { $0.name == ending.rawValue }?.count ?? 0 }

  public mutating func add(_ verdict: Verdict, wasRechecked: Bool = false) {
    runs += 1
    events += verdict.events
    if wasRechecked { rechecked += 1 }
    switch verdict.result {
    case .pass: passed += 1
    case .fail: failed += 1
    case .inconclusive, .contaminated: inconclusive += 1
    }
    digest &+= Draw.mix(verdict.traceHash ^ Draw.mix(verdict.seed))
    if let recovery = verdict.metrics.recoveryMilliseconds {
      recoveries += 1
      recoveryMilliseconds += recovery
    }
    for fault in verdict.faults {
      let tookEffect = fault.tookEffect ? 1 : 0
      add(FaultCount(name: fault.record.answer.text, injected: 1, tookEffect: tookEffect))
    }
    Self.add(Count(name: verdict.outcome?.rawValue ?? "no claim", count: 1), to: &endings)
    for mark in Self.touched(by: verdict) { tally.add(1, to: mark) }
    guard verdict.result != .pass else { return }
    let oracles = Set(verdict.violations.map(\.oracle)).sorted()
    if oracles.contains(Stuck.name) { stuck += 1 }
    for oracle in oracles { Self.add(Count(name: oracle.text, count: 1), to: &violations) }
    keep(
      Failure(
        seed: verdict.seed, plan: verdict.plan.entries.map { "\($0.at) \($0.choose)" }, result: verdict.result.rawValue,
        oracles: oracles.map(\.text), message: verdict.violations.first?.message ?? verdict.reasons.first ?? "",
        traceHash: verdict.traceHash))
  }

  /// Makes marks known that a run could touch.
  public mutating func declare(_ names: [Name]) {
    for name in names { tally.add(0, to: name) }
  }

  /// Runs that touched what ``Marks`` names; zero for what was declared and never touched.
  public var marks: [Count] { tally.list }

  /// What was declared and never touched.
  public var untouched: [String] { marks.filter { $0.count == 0 }.map(\.name) }

  /// Those of the scenario's marks that were never touched. A mark of a part that the agent does not declare is not
  /// asked of it.
  public func missing(of scenario: Scenario) -> [String] {
    scenario.covers.filter { mark in tally[mark].map { $0 == 0 } ?? mark.text.hasPrefix("crash:") }.map(\.text)
  }

  /// Each once.
  private static func touched(by verdict: Verdict) -> [Name] {
    var touched = verdict.marks
    func touch(_ mark: Name) { if !touched.contains(mark) { touched.append(mark) } }
    for fault in verdict.faults where fault.tookEffect {
      if let mark = Marks.fault(fault.record.answer) { touch(mark) }
      if fault.record.site.aspect == .crash { touch(Marks.crash(at: fault.record.site.point)) }
    }
    return touched
  }

  public mutating func merge(_ other: RandomCoverage) {
    runs += other.runs
    passed += other.passed
    failed += other.failed
    inconclusive += other.inconclusive
    stuck += other.stuck
    events += other.events
    rechecked += other.rechecked
    digest &+= other.digest
    recoveries += other.recoveries
    recoveryMilliseconds += other.recoveryMilliseconds
    for fault in other.faults { add(fault) }
    for violation in other.violations { Self.add(violation, to: &violations) }
    tally.merge(other.tally)
    for ending in other.endings { Self.add(ending, to: &endings) }
    for failure in other.failures { keep(failure) }
  }

  private mutating func add(_ fault: FaultCount) {
    let place = faults.firstIndex { $0.name >= fault.name } ?? faults.count
    if place < faults.count, faults[place].name == fault.name {
      faults[place].injected += fault.injected
      faults[place].tookEffect += fault.tookEffect
    } else {
      faults.insert(fault, at: place)
    }
  }

  private mutating func keep(_ failure: Failure) {
    failures.insert(failure, at: failures.firstIndex { $0.seed > failure.seed } ?? failures.count)
    if failures.count > Self.failureLimit { failures.removeLast() }
  }

  private static func add(_ count: Count, to counts: inout [Count]) {
    let place = counts.firstIndex { $0.name >= count.name } ?? counts.count
    if place < counts.count, counts[place].name == count.name {
      counts[place].count += count.count
    } else {
      counts.insert(count, at: place)
    }
  }
}
