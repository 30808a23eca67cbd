// What an exhaustive search says about one agent in one scenario, for people and for programs.

import Exploration
import Faultline
import Primitives
import Simulation

/// The result of `faultline explore` for one scenario: a number with its denominator, and every plan that fails.
public struct CoverageCertificate: Sendable {
  public var scenario: Scenario
  public var agent: Name
  public var without: [Name]
  public var maxFaults: Int
  public var seed: UInt64
  /// The answers that every plan begins with.
  public var origin = Plan()
  public var coverage: Coverage
  /// A finding for each of the coverage's minimal plans, in their order.
  public var failures: [Finding] = []
  public var earlier = EarlierFailures()
  /// How many earlier failures still fail and are among ``failures``.
  public var refound = 0
  /// Known failures that did not happen any more, or whose time is over; one sentence each.
  public var stale: [String] = []
  /// Runs that were played again from their plans, all with the same hash.
  public var rechecked = 0
  /// How many units of the search were recorded, and how many there are.
  public var units = (recorded: 0, all: 0)
  /// How many of them an earlier process had recorded.
  public var resumedUnits = 0
  /// Runs that this process played, and for how long, in nanoseconds of the machine's time.
  public var played = (runs: 0, nanoseconds: Int64(0))
  /// The command that goes on with a search that was stopped.
  public var resumeCommand = ""

  /// Plans that failed in earlier campaigns and were played first.
  public struct EarlierFailures: Sendable {
    /// Those that still fail.
    public var failing: [Finding] = []
    public var passing = 0
    /// Those that a planned fault was never met in: the scenario or the agent has changed.
    public var unmet = 0

    public init() {}

    var count: Int { failing.count + passing + unmet }
  }

  public init(
    scenario: Scenario, agent: Name, without: [Name], maxFaults: Int, seed: UInt64, coverage: Coverage
  ) {
    self.scenario = scenario
    self.agent = agent
    self.without = without
    self.maxFaults = maxFaults
    self.seed = seed
    self.coverage = coverage
  }

  public var isWhole: Bool { units.recorded == units.all }

  /// Failures that nobody expects. Where there are more than are listed, the rest counts as such.
  var unknownFailures: [Finding] { failures.filter { $0.knownReason == nil } }

  var areAllKnown: Bool {
    coverage.violations > 0 && failures.allSatisfy { $0.knownReason != nil } && failures.count < Coverage.kept
  }

  /// Whether nothing speaks against the agent: the search is whole, nothing is undecided, and nothing fails but what
  /// is known.
  public var isGood: Bool {
    isWhole && coverage.undecided == 0 && (coverage.violations == 0 || areAllKnown)
      && earlier.failing.allSatisfy { $0.knownReason != nil }
  }

  // MARK: Words

  /// `754 of 754 plans, 0 violations, 0 undecided`
  public var sentence: String {
    let counted = coverage.explored + coverage.pruned
    var parts =
      isWhole
      ? ["\(Words.grouped(counted)) of \(Words.count(coverage.schedules, "plan"))"]
      : [
        "PARTIAL: \(Words.count(counted, "plan")) so far, "
          + "\(Words.grouped(units.recorded)) of \(Words.count(units.all, "unit"))"
      ]
    parts.append(Words.count(coverage.violations, "violation") + (areAllKnown ? " (all known)" : ""))
    parts.append("\(Words.grouped(coverage.undecided)) undecided")
    if coverage.unfair > 0 { parts.append("\(Words.grouped(coverage.unfair)) unfair") }
    return parts.joined(separator: ", ")
  }

  /// Thousandths of a second that this process played.
  var milliseconds: Int64 { played.nanoseconds / 1_000_000 }

  var runsPerSecond: Int {
    played.nanoseconds > 0 ? Int(Int64(played.runs) * 1_000_000_000 / played.nanoseconds) : 0
  }
}

// MARK: - For programs

extension CoverageCertificate {
  public static let schema = "faultline.coverage/1"

  /// One object on one line, without a newline at its end.
  public var json: String {
    JSON.object([
      "schema": .text(Self.schema),
      "scenario": .text(scenario.name.text),
      "agent": .text(agent.text),
      "without": .texts(without.map(\.text)),
      "max_faults": .int(maxFaults),
      "sites": .int(coverage.sites),
      "schedules": .int(coverage.schedules),
      "explored": .int(coverage.explored),
      "pruned": .int(coverage.pruned),
      "undecided": .int(coverage.undecided),
      "unfair": .int(coverage.unfair),
      "violations": .int(coverage.violations),
      "minimal_plans": .array(failures.map(plan)),
      "runs": .int(coverage.explored),
      "seconds": .thousandths(milliseconds),
      "runs_per_second": .int(runsPerSecond),
      "digest": .text(coverage.digest.hexadecimal),
      "seed": .unsigned(seed),
      "from_plan": .array(origin.entries.map(VerdictJSON.entry)),
      "partial": .bool(!isWhole),
      "units": .int(units.all),
      "units_recorded": .int(units.recorded),
      "units_resumed": .int(resumedUnits),
      "forks": .int(coverage.forks),
      "events_played": .int(coverage.eventsPlayed),
      "events_saved": .int(coverage.eventsSaved),
      "prune_hits": .int(coverage.pruneHits),
      "rechecked": .int(rechecked),
      "undecided_plans": .array(coverage.undecidedPlans.map(listed)),
      "unfair_plans": .array(coverage.unfairPlans.map(listed)),
      "earlier_failures": .object([
        "played": .int(earlier.count + refound), "found_again": .int(refound),
        "failing": .array(earlier.failing.map(plan)), "passing": .int(earlier.passing),
        "unmet": .int(earlier.unmet),
      ]),
      "stale_known_failures": .texts(stale),
      "faultline": .text(FaultlineVersion.current),
    ]).line
  }

  private func plan(_ finding: Finding) -> JSON {
    .object([
      "plan": .array(finding.verdict.plan.entries.map(VerdictJSON.entry)),
      "seed": .unsigned(finding.verdict.seed),
      "outcome": .text(finding.verdict.outcome?.rawValue),
      "oracles": .texts(Set(finding.verdict.violations.map(\.oracle)).sorted().map(\.text)),
      "message": .text(finding.message),
      "command": .text(finding.command),
      "known": .text(finding.knownReason),
    ])
  }

  private func listed(_ finding: Coverage.Finding) -> JSON {
    .object([
      "plan": .array(finding.plan.entries.map(VerdictJSON.entry)), "seed": .unsigned(finding.seed),
      "outcome": .text(finding.outcome?.rawValue), "oracles": .texts(finding.oracles.map(\.text)),
    ])
  }
}

// MARK: - For CI servers

extension CoverageCertificate {
  /// All that fails: what did before, then what was found.
  public var findings: [Finding] { earlier.failing + failures }

  /// A case for the search as a whole, and one for each plan that fails.
  ///
  /// - Parameter story: what to show of a failure, besides its plan and command.
  public func cases(story: (Finding) -> String) -> [JUnitReport.Case] {
    let subject = Words.agent(agent, without: without)
    var whole = JUnitReport.Case(
      scenario: scenario.name, name: "\(subject): every plan of at most \(Words.count(maxFaults, "fault"))")
    if !isWhole || coverage.undecided > 0 {
      whole.problem = .error
      whole.kind = isWhole ? "undecided" : "partial"
      whole.message = sentence
      whole.text = isWhole ? "" : resumeCommand
    } else if coverage.violations > 0, !areAllKnown {
      whole.problem = .failure
      whole.kind = "violations"
      whole.message = sentence
      whole.text = "Each plan that fails while no part of it does is a case of its own."
    }
    return [whole]
      + findings.map { finding in
        let faults = finding.verdict.plan.entries.map { "\($0.choose) at \($0.at)" }
        let name = faults.isEmpty ? "\(subject): no faults" : "\(subject): \(faults.joined(separator: ", "))"
        return JUnitReport.Case(finding, name: name, text: story(finding))
      }
  }
}
