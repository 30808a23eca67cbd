// What every search says of one agent in one scenario, however its plans were chosen.

import Exploration
import Faultline
import Primitives
import Simulation

/// What was searched, what fails, and how far it came.
public struct SearchRecord: Sendable {
  public var scenario: Scenario
  public var agent: Name
  public var without: [Name]
  public var maxFaults: Int
  /// Where draws come from; of a random search the first seed.
  public var seed: UInt64
  /// The failures that are listed, in the order of the search.
  public var failures: [Finding] = []
  public var earlier = EarlierFailures()
  /// How many earlier failures still fail and are among ``failures``.
  public var refound = 0
  /// Known failures that did not happen any more, or whose time is over; one sentence each.
  public var stale: [String] = []
  /// Whether all was played that was asked for.
  public var isWhole = false
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

  public init(scenario: Scenario, agent: Name, without: [Name], maxFaults: Int, seed: UInt64) {
    self.scenario = scenario
    self.agent = agent
    self.without = without
    self.maxFaults = maxFaults
    self.seed = seed
  }

  /// All that fails: what did before, then what was found.
  public var findings: [Finding] { earlier.failing + failures }

  /// ` with 2 replicas, 3 workflows at once`; nothing for one of each.
  var team: String {
    let (count, workflows) = (scenario.rollout.count, scenario.rollout.workflows ?? 1)
    return (count > 1 ? " with \(count) replicas" : "") + (workflows > 1 ? ", \(workflows) workflows at once" : "")
  }

  /// Thousandths of a second that this process played.
  var milliseconds: Int64 { played.nanoseconds / 1_000_000 }

  var runsPerSecond: Int {
    played.nanoseconds > 0 ? Int(Int64(played.runs) * 1_000_000_000 / played.nanoseconds) : 0
  }

  /// Adds what the searches of other scenarios did, for a total.
  mutating func add(_ others: some Sequence<SearchRecord>) {
    for other in others {
      failures += other.failures
      isWhole = isWhole && other.isWhole
      units = (units.recorded + other.units.recorded, units.all + other.units.all)
    }
  }
}

/// The result of a search of one scenario, for people and for programs.
public protocol Certificate: Sendable {
  var record: SearchRecord { get set }
  /// What was searched: `every plan of at most 2 faults`.
  var subject: String { get }
  /// Plans or runs that fail, listed or not.
  var violationCount: Int { get }
  /// Plans or runs of which nothing can be said.
  var undecidedCount: Int { get }
  /// Whether the listed failures are all there are.
  var areAllListed: Bool { get }
  /// What the scenario wants to see touched and a whole search did not touch.
  var missing: [String] { get }
  /// The result with its numbers in one line.
  var sentence: String { get }
  /// One object on one line, without a newline at its end.
  var json: String { get }
  /// The report, without a newline at its end; the sentence is its last line.
  ///
  /// - Parameter exit: the status that the command will end with.
  func text(_ style: Style, exit: Int32) -> String
  /// The sentence over several scenarios.
  static func total(_ certificates: [Self]) -> String
}

extension Certificate {
  public var missing: [String] { [] }

  /// What is missing, in words; nil where nothing is.
  public var insistence: String? {
    missing.isEmpty ? nil : "\(CampaignReport.insistence) \(missing.joined(separator: ", "))"
  }

  var areAllKnown: Bool {
    violationCount > 0 && areAllListed && record.failures.allSatisfy { $0.knownReason != nil }
  }

  /// Whether nothing speaks against the agent: the search is whole and touched what it had to, nothing is undecided,
  /// and nothing fails but what is known.
  public var isGood: Bool {
    record.isWhole && missing.isEmpty && undecidedCount == 0 && (violationCount == 0 || areAllKnown)
      && record.earlier.failing.allSatisfy { $0.knownReason != nil }
  }

  /// A case for the search as a whole, and one for each failure that is listed.
  ///
  /// - Parameter story: what to show of a failure, besides its plan and command.
  public func cases(story: (Finding) -> String) -> [JUnitReport.Case] {
    let agent = Words.agent(record.agent, without: record.without)
    var whole = JUnitReport.Case(scenario: record.scenario.name, name: "\(agent): \(subject)")
    if !record.isWhole || undecidedCount > 0 {
      whole.problem = .error
      whole.kind = record.isWhole ? "undecided" : "partial"
      whole.message = sentence
      whole.text = record.isWhole ? "" : record.resumeCommand
    } else if violationCount > 0, !areAllKnown {
      whole.problem = .failure
      whole.kind = "violations"
      whole.message = sentence
      whole.text = "Each failure that is listed is a case of its own."
    } else if let insistence {
      whole.problem = .failure
      whole.kind = "untouched"
      whole.message = insistence
    }
    return [whole]
      + record.findings.map { finding in
        let faults = finding.verdict.plan.entries.map { "\($0.choose) at \($0.at)" }
        let name = faults.isEmpty ? "\(agent): no faults" : "\(agent): \(faults.joined(separator: ", "))"
        return JUnitReport.Case(finding, name: name, text: story(finding))
      }
  }

  // MARK: For programs

  func plan(_ finding: Finding) -> JSON {
    .object([
      "plan": .array(finding.verdict.plan.entries.map(VerdictJSON.entry)),
      "seed": .unsigned(finding.verdict.seed),
      "outcome": .text(finding.verdict.outcome?.rawValue),
      "oracles": .texts(Set(finding.verdict.violations.map(\.oracle)).sorted().map(\.text)),
      "message": .text(finding.message),
      "command": .text(finding.command),
      "known": .text(finding.knownReason),
      "shape": VerdictJSON.shape(finding.verdict.shape),
      "explanation": finding.investigation.map(InvestigationJSON.value) ?? .null,
      "trace_hash": .text(finding.verdict.traceHash.hexadecimal),
    ])
  }

  var earlierJSON: JSON {
    .object([
      "played": .int(record.earlier.count + record.refound), "found_again": .int(record.refound),
      "failing": .array(record.earlier.failing.map(plan)), "passing": .int(record.earlier.passing),
      "unmet": .int(record.earlier.unmet),
    ])
  }
}
