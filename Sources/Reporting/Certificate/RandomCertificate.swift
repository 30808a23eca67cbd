// What a random search says about one agent in one scenario, for people and for programs.

import Exploration
import Faultline
import Primitives

/// The result of `faultline explore --runs` or `--time` for one scenario: how much was tried, and what fails.
public struct RandomCertificate: Certificate {
  public var record: SearchRecord
  public var coverage: RandomCoverage

  public init(_ record: SearchRecord, coverage: RandomCoverage) {
    self.record = record
    self.coverage = coverage
  }

  public var subject: String { "random runs of at most \(Words.count(record.maxFaults, "fault"))\(record.team)" }
  public var violationCount: Int { coverage.failed }
  public var undecidedCount: Int { coverage.inconclusive }
  public var missing: [String] { record.isWhole ? coverage.missing(of: record.scenario) : [] }
  public var areAllListed: Bool { record.failures.count == coverage.failed + coverage.inconclusive }

  /// `10,000 runs, 0 violations, 0 undecided, on average 1.90 faults a run took effect`
  public var sentence: String {
    var parts = [Words.count(coverage.runs, "run")]
    if !record.isWhole {
      parts[0] = "PARTIAL: \(parts[0]) so far"
      if record.units.recorded < record.units.all {
        parts.append("\(Words.grouped(record.units.recorded)) of \(Words.count(record.units.all, "unit"))")
      }
    }
    parts.append(Words.count(violationCount, "violation") + (areAllKnown ? " (all known)" : ""))
    parts.append("\(Words.grouped(undecidedCount)) undecided")
    if coverage.runs > 0 { parts.append(CampaignReport.average(coverage)) }
    return parts.joined(separator: ", ")
  }

  public static func total(_ certificates: [RandomCertificate]) -> String {
    guard var total = certificates.first else { return "nothing was searched" }
    total.record.add(certificates.dropFirst().map(\.record))
    for certificate in certificates.dropFirst() { total.coverage.merge(certificate.coverage) }
    return total.sentence
  }

  public func text(_ style: Style, exit: Int32) -> String {
    var report = CampaignReport(
      title: record.scenario.name.text, path: record.scenario.path, agent: record.agent, without: record.without,
      coverage: coverage, options: "", elapsed: record.played.nanoseconds, isPartial: !record.isWhole)
    report.played = record.played.runs
    let blocks = [
      headline(style), remarks(style), failureText(style), report.counts(style), report.numbers(), report.faults(style),
      report.marks(style), ending(style, exit: exit, digest: coverage.digest),
    ]
    return blocks.filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  // MARK: For programs

  public static let schema = "faultline.random/1"

  public var json: String {
    JSON.object([
      "schema": .text(Self.schema),
      "scenario": .text(record.scenario.name.text),
      "agent": .text(record.agent.text),
      "without": .texts(record.without.map(\.text)),
      "max_faults": .int(record.maxFaults),
      "seed": .unsigned(record.seed),
      "runs": .int(coverage.runs),
      "passed": .int(coverage.passed),
      "violations": .int(coverage.failed),
      "undecided": .int(coverage.inconclusive),
      "stuck": .int(coverage.stuck),
      "oracles": .array(coverage.violations.map { Self.count($0) }),
      "endings": .array(coverage.endings.map { Self.count($0) }),
      "faults": .array(
        coverage.faults.map {
          .object(["name": .text($0.name), "injected": .int($0.injected), "took_effect": .int($0.tookEffect)])
        }),
      "marks": .array(coverage.marks.map { Self.count($0) }),
      "missing_marks": .texts(missing),
      "effective_faults": .int(coverage.effectiveFaults),
      "mean_recovery_ms": coverage.meanRecoveryMilliseconds.map { .int($0) } ?? .null,
      "events": .int(coverage.events),
      "failures": .array(record.failures.map(plan)),
      "seconds": .thousandths(record.milliseconds),
      "runs_per_second": .int(record.runsPerSecond),
      "digest": .text(coverage.digest.hexadecimal),
      "partial": .bool(!record.isWhole),
      "units": .int(record.units.all),
      "units_recorded": .int(record.units.recorded),
      "units_resumed": .int(record.resumedUnits),
      "rechecked": .int(coverage.rechecked),
      "earlier_failures": earlierJSON,
      "stale_known_failures": .texts(record.stale),
      "faultline": .text(FaultlineVersion.current),
    ]).line
  }

  private static func count(_ count: RandomCoverage.Count) -> JSON {
    .object(["name": .text(count.name), "runs": .int(count.count)])
  }
}
