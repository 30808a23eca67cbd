// The parts of a certificate that read the same for every search: its head, its remarks and its failures.

import Faultline
import Primitives
import Simulation

extension Certificate {
  /// One line for each scenario and a total.
  public static func table(_ certificates: [Self], _ style: Style) -> String {
    var table = TextTable([.init("", limit: 28), .init("", limit: 24), .init("", fillsRest: true)])
    for certificate in certificates {
      let record = certificate.record
      table.add([
        .init(record.scenario.name.text), .init(Words.agent(record.agent, without: record.without)),
        .init(certificate.sentence, certificate.isGood ? .good : .bad),
      ])
    }
    table.add([.init("total", .strong), .init(""), .init(total(certificates), .strong)])
    return table.text(style, hasTitles: false)
  }

  /// What failed and what is to be said about it, without the figures; empty where nothing is.
  public func complaints(_ style: Style) -> String {
    let blocks = [remarks(style), failureText(style)].filter { !$0.isEmpty }
    return blocks.isEmpty ? "" : ([headline(style)] + blocks).joined(separator: "\n\n")
  }

  func headline(_ style: Style) -> String {
    let word = isGood ? style.paint("PASS", .good) : style.paint(record.isWhole ? "FAIL" : "PART", .bad)
    let agent = Words.agent(record.agent, without: record.without)
    return "\(word)  \(style.paint(record.scenario.name.text, .strong))   \(agent)   \(subject)"
  }

  func remarks(_ style: Style) -> String {
    var lines: [String] = []
    let earlier = record.earlier
    if earlier.count + record.refound > 0 {
      let what = Words.count(earlier.count + record.refound, "earlier failure")
      let parts = [
        (earlier.failing.count + record.refound, "still failing"), (earlier.passing, "passing now"),
        (earlier.unmet, "not possible any more"),
      ]
      let counts = parts.filter { $0.0 > 0 }.map { "\(Words.grouped($0.0)) \($0.1)" }
      lines.append("\(what) played first: \(Words.list(counts))")
    }
    if record.resumedUnits > 0 {
      lines.append("went on with an unfinished search: \(Words.grouped(record.resumedUnits)) of "
        + "\(Words.count(record.units.all, "unit")) were on file")
    }
    if !record.isWhole {
      let warning = "Stopped early: this says nothing about the plans that were not played. Go on with:"
      lines.append(style.paint(warning, .warning))
      lines.append("  \(record.resumeCommand)")
    }
    lines += (insistence?.wrapped(to: style.width) ?? []).map { style.paint($0, .bad) }
    lines += record.stale.flatMap { Words.printable($0).wrapped(to: style.width) }.map { style.paint($0, .warning) }
    return lines.joined(separator: "\n")
  }

  func ending(_ style: Style, exit: Int32, digest: UInt64) -> String {
    "exit \(exit)".padded(to: 15) + "digest \(digest.hexadecimal)\n" + style.paint(sentence, isGood ? .good : .bad)
  }

  // MARK: Failures

  /// Failures of one kind that are shown; the others are counted.
  private var shown: Int { 2 }

  /// The failures by the oracles that found them.
  func failureText(_ style: Style) -> String {
    var groups: [(kind: String, findings: [Finding])] = []
    for finding in record.findings {
      let kind = finding.knownReason.map { "\(finding.kind) (known: \($0))" } ?? finding.kind
      if let index = groups.firstIndex(where: { $0.kind == kind }) {
        groups[index].findings.append(finding)
      } else {
        groups.append((kind, [finding]))
      }
    }
    return groups.map { group -> String in
      let tone: Style.Tone = group.findings[0].knownReason == nil ? .bad : .warning
      var lines = Words.printable(group.kind).wrapped(to: style.width).map { style.paint($0, tone) }
      for (offset, finding) in group.findings.prefix(shown).enumerated() {
        if offset == 0 { lines += finding.message.wrapped(to: style.width - 2).map { "  " + $0 } }
        let faults = finding.verdict.plan.entries.map(\.brief)
        lines += (faults.isEmpty ? ["without any fault"] : faults).flatMap { $0.wrapped(to: style.width - 4) }
          .map { "    " + $0 }
        if !finding.explanation.isEmpty {
          var inner = style
          inner.width -= 2
          lines.append(InvestigationText.block(finding.explanation, inner).indented(by: 2))
        }
        lines.append("  \(finding.command)")
      }
      let rest = group.findings.count - shown
      if rest > 0 { lines.append("  and \(rest) more; --format json lists them") }
      return lines.joined(separator: "\n")
    }
    .joined(separator: "\n\n")
  }
}
