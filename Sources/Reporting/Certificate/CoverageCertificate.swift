// What an exhaustive search says about one agent in one scenario, for people and for programs.

import Exploration
import Faultline
import Primitives
import Simulation

/// The result of `faultline explore` for one scenario: a number with its denominator, and every plan that fails.
///
/// The record's failures are a finding for each of the coverage's minimal plans, in their order.
public struct CoverageCertificate: Certificate {
  public var record: SearchRecord
  /// The answers that every plan begins with.
  public var origin: Plan
  public var coverage: Coverage
  /// Runs that were played again from their plans, all with the same hash.
  public var rechecked: Int

  public init(_ record: SearchRecord, origin: Plan, coverage: Coverage, rechecked: Int) {
    self.record = record
    self.origin = origin
    self.coverage = coverage
    self.rechecked = rechecked
  }

  public var subject: String {
    let after = origin.isEmpty ? "" : " after \(Words.count(origin.entries.count, "given one"))"
    return "every plan of at most \(Words.count(record.maxFaults, "fault"))\(record.team)\(after)"
  }

  public var violationCount: Int { coverage.violations }
  public var undecidedCount: Int { coverage.undecided }
  public var areAllListed: Bool { record.failures.count < Coverage.kept }

  // MARK: Words

  /// `754 of 754 plans, 0 violations, 0 undecided`
  public var sentence: String {
    let counted = coverage.explored + coverage.pruned
    var parts =
      record.isWhole
      ? ["\(Words.grouped(counted)) of \(Words.count(coverage.schedules, "plan"))"]
      : [
        "PARTIAL: \(Words.count(counted, "plan")) so far, "
          + "\(Words.grouped(record.units.recorded)) of \(Words.count(record.units.all, "unit"))"
      ]
    parts.append(Words.count(coverage.violations, "violation") + (areAllKnown ? " (all known)" : ""))
    parts.append("\(Words.grouped(coverage.undecided)) undecided")
    if coverage.unfair > 0 { parts.append("\(Words.grouped(coverage.unfair)) unfair") }
    return parts.joined(separator: ", ")
  }

  public static func total(_ certificates: [CoverageCertificate]) -> String {
    guard var total = certificates.first else { return "nothing was searched" }
    total.record.add(certificates.dropFirst().map(\.record))
    for certificate in certificates.dropFirst() { total.coverage.merge(certificate.coverage) }
    return total.sentence
  }
}

// MARK: - For programs

extension CoverageCertificate {
  public static let schema = "faultline.coverage/1"

  /// One object on one line, without a newline at its end.
  public var json: String {
    JSON.object([
      "schema": .text(Self.schema),
      "scenario": .text(record.scenario.name.text),
      "agent": .text(record.agent.text),
      "without": .texts(record.without.map(\.text)),
      "max_faults": .int(record.maxFaults),
      "sites": .int(coverage.sites),
      "schedules": .int(coverage.schedules),
      "explored": .int(coverage.explored),
      "pruned": .int(coverage.pruned),
      "undecided": .int(coverage.undecided),
      "unfair": .int(coverage.unfair),
      "violations": .int(coverage.violations),
      "minimal_plans": .array(record.failures.map(plan)),
      "runs": .int(coverage.explored),
      "seconds": .thousandths(record.milliseconds),
      "runs_per_second": .int(record.runsPerSecond),
      "digest": .text(coverage.digest.hexadecimal),
      "seed": .unsigned(record.seed),
      "from_plan": .array(origin.entries.map(VerdictJSON.entry)),
      "partial": .bool(!record.isWhole),
      "units": .int(record.units.all),
      "units_recorded": .int(record.units.recorded),
      "units_resumed": .int(record.resumedUnits),
      "forks": .int(coverage.forks),
      "events_played": .int(coverage.eventsPlayed),
      "events_saved": .int(coverage.eventsSaved),
      "prune_hits": .int(coverage.pruneHits),
      "rechecked": .int(rechecked),
      "undecided_plans": .array(coverage.undecidedPlans.map(listed)),
      "unfair_plans": .array(coverage.unfairPlans.map(listed)),
      "earlier_failures": earlierJSON,
      "stale_known_failures": .texts(record.stale),
      "replicas": .int(record.scenario.rollout.count),
      "faultline": .text(FaultlineVersion.current),
    ]).line
  }

  private func listed(_ finding: Coverage.Finding) -> JSON {
    .object([
      "plan": .array(finding.plan.entries.map(VerdictJSON.entry)), "seed": .unsigned(finding.seed),
      "outcome": .text(finding.outcome?.rawValue), "oracles": .texts(finding.oracles.map(\.text)),
    ])
  }
}
