// Many runs: the table over scenarios and agents, and campaigns of random runs.

import Exploration
import Faultline
import Foundation
import Primitives
import Reporting
import Simulation

extension RunCommand {
  var workers: Int { jobs ?? Machine.cores }

  private func sweep(_ assignment: Assignment) -> Sweep {
    let seed = firstSeed(of: assignment)
    return Sweep(
      search: assignment.search(maxFaults: maxFaults, rechecksAll: verifyReplay), seeds: seed..<(seed + UInt64(runs)),
      jobs: workers)
  }

  // MARK: Table

  /// Plays every assignment with every seed; the table shows the first seed that went wrong, else the first.
  func playTable(_ assignments: [Assignment], _ files: TelemetryFiles) async throws -> ExitStatus {
    let interrupt = Interrupt()
    if runs > 1 { try CampaignNote.write(self, assignments) }
    var progress = Progress()
    var rows: [SummaryTable.Row] = []
    var lines: [String] = []
    var cases: [JUnitReport.Case] = []
    var found: [Finding] = []
    var isPartial = false
    var isCovered = true
    for assignment in assignments {
      guard !interrupt.isRaised else {
        isPartial = true
        break
      }
      var shown: SummaryTable.Row?
      let coverage = try await sweep(assignment).play(until: interrupt) { verdict in
        let isAsExpected = assignment.isAsExpected(verdict)
        progress.update("\(rows.count) of \(assignments.count): \(assignment.scenario.name), seed \(verdict.seed)")
        if output.format == .json { lines.append(VerdictJSON.line(verdict)) }
        if output.format == .junit {
          cases.append(.init(verdict: verdict, isAsExpected: isAsExpected, text: try receipt(verdict, assignment)))
        }
        if [.github, .sarif].contains(output.format), !isAsExpected {
          found.append(finding(try assignment.replay(verdict), of: assignment))
        }
        if save != nil || !isAsExpected { _ = try keep(verdict, of: assignment) }
        try files.add(verdict, of: assignment)
        if shown == nil || (shown?.isAsExpected == true && !isAsExpected) {
          shown = row(verdict, of: assignment)
        }
      }
      if let shown { rows.append(shown) }
      if coverage.runs < runs { isPartial = true }
      let missing = missing(of: coverage, assignment)
      if !missing.isEmpty {
        isCovered = false
        progress.finish()
        Console.complain(
          "\(assignment.path): \(CampaignReport.insistence) \(missing.joined(separator: ", "))")
      }
    }
    progress.finish()
    switch output.format {
    case .json: try output.deliver(lines.joined(separator: "\n"))
    case .junit: try output.deliver(JUnitReport(cases).xml())
    case .github, .sarif:
      try output.deliver(findings(found, summary: SummaryTable(rows).summary, isWhole: !isPartial))
    case .text:
      var table = SummaryTable(rows)
      table.isPartial = isPartial
      let first = assignments.first.map(firstSeed) ?? 1
      let seeds = runs > 1 ? "\nEach with \(runs) seeds from \(first) on." : ""
      try output.deliver(table.text(output.style) + seeds)
    }
    if isPartial { return .interrupted }
    return isCovered && rows.allSatisfy(\.isAsExpected) ? .asExpected : .notAsExpected
  }

  /// What the scenario wants to see touched and no run of a whole random campaign did; a part of one may yet do so.
  private func missing(of coverage: RandomCoverage, _ assignment: Assignment) -> [String] {
    maxFaults == nil || runs == 1 || coverage.runs < runs ? [] : coverage.missing(of: assignment.scenario)
  }

  func row(_ verdict: Verdict, of assignment: Assignment) -> SummaryTable.Row {
    SummaryTable.Row(
      title: assignment.scenario.title, path: assignment.path, verdict: verdict,
      isAsExpected: assignment.isAsExpected(verdict))
  }

  // MARK: Findings

  func finding(_ record: RunRecord, of assignment: Assignment) -> Finding {
    let commands = Offers.commands(for: record.verdict, path: assignment.path, saved: nil, shape: shape)
    return assignment.finding(record, command: commands.run ?? "")
  }

  /// Annotations or SARIF, as the user asked.
  func findings(_ findings: [Finding], summary: String, isWhole: Bool = true) -> String {
    output.format == .sarif
      ? SARIFReport(findings, isWhole: isWhole).line : GitHubAnnotations.text(findings, summary: summary)
  }

  // MARK: Receipts

  /// What a CI server shows of a failed case: the story, with the command that tells it again.
  private func receipt(_ verdict: Verdict, _ assignment: Assignment) throws -> String {
    guard !assignment.isAsExpected(verdict) else { return "" }
    let record = try assignment.replay(verdict)
    var report = RunReport(record, of: assignment.scenario, catalogue: assignment.setup.catalogue)
    report.investigation = try assignment.investigate(verdict)
    report.commands = Offers.commands(for: verdict, path: assignment.scenario.path, saved: nil, shape: shape)
    return report.text(.plain)
  }

  // MARK: Campaigns

  /// Judges one agent over many seeds and sums up.
  func playCampaigns(_ assignments: [Assignment], _ files: TelemetryFiles) async throws -> ExitStatus {
    let interrupt = Interrupt()
    try CampaignNote.write(self, assignments)
    var texts: [String] = []
    var isGood = true
    var isPartial = false
    for assignment in assignments where !interrupt.isRaised {
      var progress = Progress()
      var played = 0
      var failures = 0
      let coverage = try await sweep(assignment).play(until: interrupt) { verdict in
        played += 1
        if verdict.result != .pass { failures += 1 }
        progress.update("\(played) of \(runs) runs, \(failures) did not pass")
        if save != nil || (verdict.result != .pass && failures <= RandomCoverage.failureLimit) {
          _ = try keep(verdict, of: assignment)
        }
        try files.add(verdict, of: assignment)
      }
      progress.finish()
      let missing = missing(of: coverage, assignment)
      if !coverage.isGood || !missing.isEmpty { isGood = false }
      let isWhole = coverage.runs == runs
      if !isWhole { isPartial = true }
      let agent = assignment.agent
      let without = agent.without.isEmpty ? "" : " without \(agent.without.map(\.text).joined(separator: ", "))"
      texts.append(
        CampaignReport(
          title: "\(assignment.scenario.name)   \(agent.name)\(without)", path: assignment.path, agent: agent.name,
          without: agent.without, coverage: coverage, missing: missing, options: reproducing, elapsed: progress.elapsed,
          isPartial: !isWhole
        ).text(output.style))
    }
    try output.deliver(texts.joined(separator: "\n\n"))
    if isPartial { return .interrupted }
    return isGood ? .asExpected : .notAsExpected
  }
}
