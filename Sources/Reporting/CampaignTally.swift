// What many random runs add up to, in integers.

import Faultline
import Primitives
import Simulation

/// The sums of a campaign; merging two gives the sums of both.
public struct CampaignTally: Sendable {
  public private(set) var runs = 0
  public private(set) var passed = 0
  public private(set) var failed = 0
  public private(set) var inconclusive = 0
  public private(set) var stuck = 0
  public private(set) var events = 0
  public private(set) var replayed = 0
  public private(set) var faults: [FaultCount] = []
  public private(set) var violations: [Named] = []
  public private(set) var endings: [Named] = []
  /// The first runs that did not pass, by seed.
  public private(set) var firstFailures: [Verdict] = []
  private var recoveries = 0
  private var recoveryMilliseconds: Int64 = 0

  /// How often one kind of fault was injected, and how often that changed an answer or the truth.
  public struct FaultCount: Hashable, Sendable {
    public var name: Name
    public var injected: Int
    public var tookEffect: Int
  }

  public struct Named: Hashable, Sendable {
    public var name: Name
    public var count: Int
  }

  public init() {}

  /// Faults that changed something, over all runs.
  public var effectiveFaults: Int { faults.reduce(0) { $0 + $1.tookEffect } }

  /// The mean time from the first effective fault to a good end, over the runs that had both.
  public var meanRecoveryMilliseconds: Int64? { recoveries == 0 ? nil : recoveryMilliseconds / Int64(recoveries) }

  /// How many runs said that they ended so.
  func count(of ending: Ending) -> Int { endings.first { $0.name.text == ending.rawValue }?.count ?? 0 }

  /// - Parameter wasReplayed: whether the run was played again from its plan with the same hash.
  public mutating func add(_ verdict: Verdict, wasReplayed: Bool) {
    runs += 1
    events += verdict.events
    if wasReplayed { replayed += 1 }
    switch verdict.result {
    case .pass: passed += 1
    case .fail: failed += 1
    case .inconclusive: inconclusive += 1
    }
    if verdict.violations.contains(where: { $0.oracle == Name("stuck") }) { stuck += 1 }
    if verdict.result != .pass, firstFailures.count < 5 { firstFailures.append(verdict) }
    if let recovery = verdict.metrics.recoveryMilliseconds {
      recoveries += 1
      recoveryMilliseconds += recovery
    }
    for fault in verdict.faults { add(fault) }
    for oracle in Set(verdict.violations.map(\.oracle)).sorted() { Self.increase(oracle, in: &violations) }
    Self.increase(Name(verdict.outcome?.rawValue ?? "no claim"), in: &endings)
  }

  private mutating func add(_ fault: Verdict.FaultOutcome) {
    let effect = fault.tookEffect ? 1 : 0
    if let index = faults.firstIndex(where: { $0.name == fault.record.answer }) {
      faults[index].injected += 1
      faults[index].tookEffect += effect
    } else {
      faults.append(FaultCount(name: fault.record.answer, injected: 1, tookEffect: effect))
    }
  }

  private static func increase(_ name: Name, in counts: inout [Named]) {
    if let index = counts.firstIndex(where: { $0.name == name }) {
      counts[index].count += 1
    } else {
      counts.append(Named(name: name, count: 1))
    }
  }
}
