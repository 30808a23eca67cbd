// The certificate as a person reads it: what fails and how to see it, how it was counted, and the sentence.

import Exploration
import Faultline
import Primitives
import Simulation

extension CoverageCertificate {
  /// The report on one scenario, without a newline at its end; the sentence is its last line.
  ///
  /// - Parameter exit: the status that the command will end with.
  public func text(_ style: Style, exit: Int32) -> String {
    let ending = "exit \(exit)".padded(to: 15) + "digest \(coverage.digest.hexadecimal)\n"
      + style.paint(sentence, isGood ? .good : .bad)
    return [headline(style), remarks(style), failureText(style), numbers(style), counting(style), ending]
      .filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  /// One line for each scenario and a total.
  public static func table(_ certificates: [CoverageCertificate], _ style: Style) -> String {
    var table = TextTable([.init("", limit: 28), .init("", limit: 24), .init("", fillsRest: true)])
    for certificate in certificates {
      table.add([
        .init(certificate.scenario.name.text), .init(Words.agent(certificate.agent, without: certificate.without)),
        .init(certificate.sentence, certificate.isGood ? .good : .bad),
      ])
    }
    table.add([.init("total", .strong), .init(""), .init(total(certificates), .strong)])
    return table.text(style, hasTitles: false)
  }

  /// The sentence over several scenarios.
  public static func total(_ certificates: [CoverageCertificate]) -> String {
    var sum = Coverage()
    for certificate in certificates { sum.merge(certificate.coverage) }
    guard let first = certificates.first else { return "nothing was searched" }
    var total = first
    total.coverage = sum
    total.failures = certificates.flatMap(\.failures)
    total.units = certificates.reduce(into: (0, 0)) { $0 = ($0.0 + $1.units.recorded, $0.1 + $1.units.all) }
    return total.sentence
  }

  // MARK: Blocks

  /// What failed and what is to be said about it, without the figures; empty where nothing is.
  public func complaints(_ style: Style) -> String {
    let blocks = [remarks(style), failureText(style)].filter { !$0.isEmpty }
    return blocks.isEmpty ? "" : ([headline(style)] + blocks).joined(separator: "\n\n")
  }

  private func headline(_ style: Style) -> String {
    let word = isGood ? style.paint("PASS", .good) : style.paint(isWhole ? "FAIL" : "PART", .bad)
    let subject = Words.agent(agent, without: without)
    let after = origin.isEmpty ? "" : " after \(Words.count(origin.entries.count, "given one"))"
    return "\(word)  \(style.paint(scenario.name.text, .strong))   \(subject)   "
      + "every plan of at most \(Words.count(maxFaults, "fault"))\(after)"
  }

  private func remarks(_ style: Style) -> String {
    var lines: [String] = []
    if earlier.count + refound > 0 {
      let what = Words.count(earlier.count + refound, "earlier failure")
      let parts = [
        (earlier.failing.count + refound, "still failing"), (earlier.passing, "passing now"),
        (earlier.unmet, "not possible any more"),
      ]
      let counts = parts.filter { $0.0 > 0 }.map { "\(Words.grouped($0.0)) \($0.1)" }
      lines.append("\(what) played first: \(Words.list(counts))")
    }
    if resumedUnits > 0 {
      lines.append("went on with an unfinished search: \(Words.grouped(resumedUnits)) of "
        + "\(Words.count(units.all, "unit")) were on file")
    }
    if !isWhole {
      lines.append(
        style.paint("Stopped early: this says nothing about the plans that were not played. Go on with:", .warning))
      lines.append("  \(resumeCommand)")
    }
    lines += stale.flatMap { Words.printable($0).wrapped(to: style.width) }.map { style.paint($0, .warning) }
    return lines.joined(separator: "\n")
  }

  private func numbers(_ style: Style) -> String {
    var lines = [
      "\(Words.count(coverage.sites, "site")), \(Words.count(coverage.explored, "plan")) played, "
        + "\(Words.grouped(coverage.pruned)) pruned"
        + (coverage.pruneHits > 0 ? " at \(Words.count(coverage.pruneHits, "state")) finished before" : "")
    ]
    lines.append(
      coverage.forks > 0
        ? "\(Words.count(coverage.forks, "fork")) saved \(Words.grouped(coverage.eventsSaved)) of "
          + "\(Words.count(coverage.eventsSaved + coverage.eventsPlayed, "event"))"
        : "\(Words.count(coverage.eventsPlayed, "event")), each plan from its start: this agent can't be forked")
    if played.runs > 0 {
      lines.append(
        "\(Words.grouped(runsPerSecond)) runs a second, \(Words.seconds(.milliseconds(milliseconds)))")
    }
    if rechecked > 0 {
      lines.append("\(Words.count(rechecked, "run")) played a second time, all with the same hash")
    }
    return lines.joined(separator: "\n")
  }

  private func counting(_ style: Style) -> String {
    let text =
      "A plan is at most \(Words.count(maxFaults, "answer")) other than the default, each met, in order, in the run of "
      + "those before it. Each plan counts once; an answer that can change nothing at its site is not offered."
    return text.wrapped(to: style.width).map { style.paint($0, .quiet) }.joined(separator: "\n")
  }

  // MARK: Failures

  /// Plans of one kind that are shown; the others are counted.
  private static let shown = 2

  private func failureText(_ style: Style) -> String {
    var groups: [(kind: String, findings: [Finding])] = []
    for finding in findings {
      let kind = finding.knownReason.map { "\(finding.kind) (known: \($0))" } ?? finding.kind
      if let index = groups.firstIndex(where: { $0.kind == kind }) {
        groups[index].findings.append(finding)
      } else {
        groups.append((kind, [finding]))
      }
    }
    var blocks = groups.map { group -> String in
      let isKnown = group.findings[0].knownReason != nil
      var lines = Words.printable(group.kind).wrapped(to: style.width).map { style.paint($0, isKnown ? .warning : .bad) }
      for (offset, finding) in group.findings.prefix(Self.shown).enumerated() {
        if offset == 0 { lines += finding.message.wrapped(to: style.width - 2).map { "  " + $0 } }
        let faults = finding.verdict.plan.entries.map(\.brief)
        lines += (faults.isEmpty ? ["without any fault"] : faults).flatMap { $0.wrapped(to: style.width - 4) }
          .map { "    " + $0 }
        lines.append("  \(finding.command)")
      }
      let rest = group.findings.count - Self.shown
      if rest > 0 { lines.append("  and \(Words.count(rest, "more minimal plan")); --format json lists them") }
      return lines.joined(separator: "\n")
    }
    if failures.count == Coverage.kept {
      blocks.append("The first \(Coverage.kept) minimal plans are listed, no more.")
    }
    blocks += [("undecided", coverage.undecidedPlans), ("unfair", coverage.unfairPlans)].compactMap { kind, plans in
      guard let first = plans.first else { return nil }
      let faults = first.plan.entries.map { "    \($0.brief)" }
      return ([style.paint("\(kind), for instance", .warning)] + faults).joined(separator: "\n")
    }
    return blocks.joined(separator: "\n\n")
  }
}
