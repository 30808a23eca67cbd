// What one case of a trial does, and what came of it.

import Faultline
import OpsAgent
import Operations
import Primitives
import Simulation
import Synchronization

/// What can't be tried, in a sentence.
public struct TrialError: Error, CustomStringConvertible {
  public var description: String
  init(_ description: String) { self.description = description }
}

extension DiskTrial {
  /// One thing that happens to the disk of one run.
  public struct Case: Sendable {
    var trouble: Trouble
    /// The store operation in which the process dies, of the undisturbed run; nil where it does not die.
    var operation: Int?
    /// Whether the power fails when the process dies.
    var dropsPower: Bool
    /// Whether the disk may have lost what it had promised.
    var mayLose: Bool
    /// What happens, for people.
    public var title: String
    var whileDown: @Sendable (Disk) -> Void

    init(
      trouble: Trouble = .none, operation: Int? = nil, dropsPower: Bool = false, mayLose: Bool = false, title: String,
      whileDown: @escaping @Sendable (Disk) -> Void = { _ in }
    ) {
      self.trouble = trouble
      self.operation = operation
      self.dropsPower = dropsPower
      self.mayLose = mayLose
      self.title = title
      self.whileDown = whileDown
    }

    /// Whether an honest disk and a lost moment are all that happens: then the run has to end as if nothing had.
    var isHealed: Bool {
      if case .powerFailure = trouble { !mayLose } else { false }
    }
  }

  /// What came of a case.
  public struct Outcome: Sendable {
    public enum Ending: Sendable, Hashable {
      /// It went on to the end that the undisturbed run has.
      case resumed
      /// It stopped, and handed over to a person.
      case handedOver
    }

    /// Nil where it ended otherwise.
    public var ending: Ending?
    /// What is wrong, in sentences; empty where all is well.
    public var problems: [String] = []
    public var restarts: Int
    /// Why it handed over.
    public var reason: String?

    init(_ trial: Case, _ run: RunRecord, _ machine: Machine, expected: Faultline.Ending?) {
      let state = machine.state.withLock { $0 }
      let claims = run.trace.entries.compactMap { entry in
        if case .claimed(_, let claim) = entry.event { claim } else { nil }
      }
      restarts = state.restarts
      reason = claims.last?.reason
      if claims.count != 1 { problems.append("\(claims.count) last words were given") }
      if claims.last?.ending == expected { ending = .resumed }
      if claims.last?.ending == .escalated { ending = .handedOver }
      problems += run.verdict.violations.map { "\($0.oracle): \($0.message)" }
      if !trial.mayLose { problems += state.losses }
      if trial.operation != nil, restarts != 1 { problems.append("the machine started again \(restarts) times") }
      if trial.isHealed, trial.operation != nil, ending != .resumed {
        problems.append("it ended as \(claims.last?.ending.rawValue ?? "nothing") and lost nothing")
      }
      if ending == nil { problems.append("it ended as \(claims.last?.ending.rawValue ?? "nothing")") }
      if ending == .handedOver, expected != .escalated, reason?.isEmpty ?? true { problems.append("it gave no reason") }
      let isUnreadable = state.refusals.contains { !$0.isPassing }
      if isUnreadable, ending == .handedOver, !(reason?.contains(Machine.file) ?? false) {
        problems.append("it does not name the file: \(reason ?? "")")
      }
      if machine.disk.counts.opens == 0 { problems.append("the disk was not used") }
    }
  }
}

/// What came of many cases.
public struct TrialTally: Sendable {
  public var cases = 0
  public var resumed = 0
  public var handedOver = 0
  /// The first cases in which something is wrong, with what.
  public var problems: [(title: String, problems: [String])] = []
  public var failures = 0

  public init() {}

  public mutating func add(_ trial: DiskTrial.Case, _ outcome: DiskTrial.Outcome) {
    cases += 1
    switch outcome.ending {
    case .resumed: resumed += 1
    case .handedOver: handedOver += 1
    case nil: break
    }
    guard !outcome.problems.isEmpty else { return }
    failures += 1
    if problems.count < 10 { problems.append((trial.title, outcome.problems)) }
  }
}

extension DiskTrial {
  /// Plays all these cases, with the reference agent or with one that lacks some safeguards.
  public func play(_ cases: [Case], without removed: [Safeguard] = []) throws -> TrialTally {
    var tally = TrialTally()
    for trial in cases { tally.add(trial, try outcome(of: trial, without: removed)) }
    return tally
  }
}
