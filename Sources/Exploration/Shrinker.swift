// Shrinking: from a run that fails to a locally minimal one that fails for the same reason.

import Faultline
import Operations
import Primitives
import Simulation

/// Makes a failing run smaller: the nominal seed and shape, fewer choices, then simpler ones.
///
/// Everything is keyed by site, so taking one choice out leaves every other decision as it was; a handful of runs
/// is enough. The result is locally minimal: without any one of its choices, or with a simpler one in its place,
/// the run no longer shows the same violation. Simpler is an answer of the same aspect that is easier to picture,
/// an earlier incarnation or call, and fewer attempts of it.
public struct Shrinker: Sendable {
  /// The violation that a smaller run must still show.
  public struct Target: Hashable, Sendable {
    public var oracle: Name
    /// Nil where the violation is about none.
    public var intent: Name?

    public init(oracle: Name, intent: Name?) {
      self.oracle = oracle
      self.intent = intent
    }

    /// The violation that matters most: the first about what the systems hold, else the first. Nil where there
    /// is none.
    public init?(of verdict: Verdict) {
      let found = verdict.violations
      guard let first = found.first(where: { !Closer.judgesConduct($0.oracle) }) ?? found.first else { return nil }
      self.init(oracle: first.oracle, intent: first.intent)
    }

    /// Whether a run shows it.
    public func isShown(by verdict: Verdict) -> Bool {
      verdict.violations.contains { $0.oracle == oracle && $0.intent == intent }
    }
  }

  public let setup: WorldSetup
  public let agent: any AgentUnderTest
  public let target: Target
  /// Runs played so far.
  public private(set) var runs = 0
  /// What was played already, with what came of it.
  private var known: [Input: Verdict?] = [:]

  private struct Input: Hashable {
    var seed: UInt64
    var shape: RunShape
    var plan: Plan
  }

  public init(setup: WorldSetup, agent: any AgentUnderTest, target: Target) {
    self.setup = setup
    self.agent = agent
    self.target = target
  }

  /// The smallest failing run that was found, which may be the one given.
  ///
  /// - Throws: what setting up the agent throws.
  public mutating func shrink(_ given: Verdict) throws -> Verdict {
    guard var smallest = try failure(given.plan, like: given) else { return given }
    while true {
      if smallest.seed != 0, let nominal = try failure(smallest.plan, seed: 0, shape: smallest.shape) {
        smallest = nominal
      } else if let plainer = try plainer(smallest) {
        smallest = plainer
      } else if let fewer = try fewer(smallest) {
        smallest = fewer
      } else if let simpler = try simpler(smallest) {
        smallest = simpler
      } else {
        return smallest
      }
    }
  }

  /// The verdict of the run with this plan, where it shows the violation and meets every one of its choices.
  public mutating func failure(
    _ plan: Plan, seed: UInt64, shape: RunShape = .nominal
  ) throws -> Verdict? {
    let input = Input(seed: seed, shape: shape, plan: plan)
    if let verdict = known[input] { return verdict }
    runs += 1
    let verdict = try Runner.run(
      RunInput(scenario: setup.scenario, agent: agent, seed: seed, chance: .plan(plan), shape: shape), in: setup
    ).verdict
    let isFailure = verdict.plan.entries.count == plan.entries.count && target.isShown(by: verdict)
    known[input] = .some(isFailure ? verdict : nil)
    return isFailure ? verdict : nil
  }

  private mutating func failure(_ plan: Plan, like verdict: Verdict) throws -> Verdict? {
    try failure(plan, seed: verdict.seed, shape: verdict.shape)
  }

  /// The same on a more usual day: with fewer workflows at once, at the usual pace.
  private mutating func plainer(_ verdict: Verdict) throws -> Verdict? {
    let shape = verdict.shape
    let fewest = min(setup.scenario.rollout.workflows ?? 1, shape.workflows)
    var candidates = (fewest...shape.workflows).map { RunShape(workflows: $0) }
    for count in fewest..<shape.workflows {
      candidates.append(shape)
      candidates[candidates.count - 1].workflows = count
    }
    for candidate in candidates where candidate != shape {
      if let failure = try failure(verdict.plan, seed: verdict.seed, shape: candidate) { return failure }
    }
    return nil
  }

  /// Leaves out as many choices at once as possible: all, halves, quarters, single ones.
  private mutating func fewer(_ verdict: Verdict) throws -> Verdict? {
    let entries = verdict.plan.entries
    var size = entries.count
    while size > 0 {
      for start in stride(from: 0, to: entries.count, by: size) {
        let rest = entries[..<start] + entries[min(start + size, entries.count)...]
        if let failure = try failure(Plan(Array(rest)), like: verdict) { return failure }
      }
      size /= 2
    }
    return nil
  }

  private mutating func simpler(_ verdict: Verdict) throws -> Verdict? {
    for index in verdict.plan.entries.indices {
      for entry in simpler(verdict.plan.entries[index]) {
        var plan = verdict.plan
        plan.entries[index] = entry
        if let failure = try failure(plan, like: verdict) { return failure }
      }
    }
    return nil
  }

  /// What is one move simpler than a choice, the simplest first.
  private func simpler(_ entry: Plan.Entry) -> [Plan.Entry] {
    var candidates: [Plan.Entry] = []
    let family = Self.families.first { $0.contains(entry.choose) } ?? []
    for answer in family.prefix(while: { $0 != entry.choose }) {
      candidates.append(Plan.Entry(at: entry.at, choose: answer))
    }
    for incarnation in 1..<max(1, entry.at.incarnation ?? 1) {
      candidates.append(entry)
      candidates[candidates.count - 1].at.incarnation = incarnation
    }
    for call in 1..<max(1, entry.at.call ?? 1) {
      candidates.append(entry)
      candidates[candidates.count - 1].at.call = call
    }
    // The logical call as a whole loses every attempt; a client that sends more than one can lose fewer.
    if client > 1, Self.perAttempt.contains(entry.choose) {
      for attempt in 1..<(entry.at.attempt ?? client + 1) {
        candidates.append(entry)
        candidates[candidates.count - 1].at.attempt = attempt
      }
    }
    return candidates
  }

  private var client: Int { agent.client.attempts }

  /// What can happen to single attempts of a call.
  private static let perAttempt = [
    RequestFault.requestLost.name, RequestFault.rateLimited.name, AnswerFault.responseLost.name,
  ]

  /// Answers of one aspect, the ones that are easiest to picture first.
  private static let families: [[Name]] = [
    [
      RequestFault.requestLost, .rateLimited, .outage, .compensationRefused, .duplicateDelivery, .laggyLimiter,
      .credentialExpired, .lateAfterTimeout, .lateAfterRetry, .lateAfterCompensation, .lateAfterRestart, .lateAtEnd,
    ].map(\.name),
    [AnswerFault.responseLost, .slowResponse, .errorAfterCommit, .truncatedResponse, .keyExpired].map(\.name),
    [
      CrashFault.crashBefore, .crashAfter, .crashOnAnswer, .deployBefore, .deployAfter, .pauseAfterTimeout,
      .pauseAfterTakeover, .pauseUnsent, .clockAhead, .clockBack,
    ].map(\.name),
    [StoreFault.busy, .full, .fullForGood, .failsBefore, .failsAfter].map(\.name),
    [VolumeFault.lostWrite, .staleRestore, .wiped].map(\.name),
    [OrderAnswer.yield, .yieldToTwo, .yieldToThree].map(\.name),
  ]
}
