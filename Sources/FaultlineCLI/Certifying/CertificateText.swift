// A certificate for people: the verdict, the reasons, and every figure with its denominator.

import Certification
import Faultline
import Reporting

/// The report of a campaign.
struct CertificateText {
  let certificate: ModelCertificate
  let record: CampaignRecord
  let path: String

  init(_ certificate: ModelCertificate, record: CampaignRecord, path: String) {
    self.certificate = certificate
    self.record = record
    self.path = path
  }

  private var body: CertificateBody { certificate.body }
  private var results: ExamResults { body.results }

  func text(_ style: Style) -> String {
    var blocks = [head(style), checks(style)]
    if body.subject.kind == .decider {
      blocks.append(competence(style))
      if !results.classes.isEmpty { blocks.append(classes(style)) }
      if results.calibration != nil { blocks.append(reliability(style)) }
    }
    blocks.append(operations(style))
    if let comparison = results.baseline { blocks.append(baseline(comparison, style)) }
    blocks.append(rest(style))
    return blocks.joined(separator: "\n\n")
  }

  private func percent(_ part: Double) -> String {
    "\(Int((part * 1000).rounded()) / 10).\(Int((part * 1000).rounded()) % 10) %"
  }
  private func range(_ interval: Interval) -> String { "\(percent(interval.lower)) to \(percent(interval.upper))" }

  private func head(_ style: Style) -> String {
    let word = body.isCertified ? style.paint("CERTIFIED", .good) : style.paint("REFUSED", .bad)
    let draft = certificate.isDraft ? "   " + style.paint("DRAFT: nobody has signed it", .warning) : ""
    let suite = "suite \(body.suite.name)@\(body.suite.version)"
    let reasons = body.reasons.map { "\n  - " + $0.wrapped(to: 94).joined(separator: "\n    ") }.joined()
    switch body.subject.kind {
    case .decider:
      let prompt = body.subject.parts.first { $0.name.hasPrefix("prompt:") }?.name ?? "no prompt"
      return "\(word)  \(body.subject.model.text)   \(prompt)   \(suite)\(draft)\(reasons)"
    case .agent:
      let parts = "consists of " + body.subject.parts.map(\.name).joined(separator: ", ")
      return "\(word)  \(suite)\(draft)\n" + paragraph(body.subject.model.text, style) + "\n"
        + paragraph(parts, style) + reasons
    }
  }

  private func checks(_ style: Style) -> String {
    var table = TextTable([.init("check"), .init(""), .init("what was found", fillsRest: true)])
    for check in results.checks {
      table.add([.init(check.name), check.passes ? .init("ok", .good) : .init("no", .bad), .init(check.text)])
    }
    if let claim = body.exhaustive {
      table.add([
        "exhaustive", claim.isWhole ? .init("ok", .good) : .init("no", .bad),
        .init(
          claim.sentence
            ?? "\(claim.violations) of \(claim.schedules) schedules do harm, \(claim.undecided) undecided"),
      ])
    }
    return table.text(style)
  }

  private func competence(_ style: Style) -> String {
    var table = TextTable([.init("competence"), .init("value", rightAligned: true), .init("over", fillsRest: true)])
    let success = results.success
    if let sequence = results.sequence {
      table.add([
        "success", .init(percent(sequence.estimate)), .init("\(range(sequence)) at all times (confidence sequence)"),
      ])
    } else {
      table.add([
        "success", .init(percent(success.rate)),
        .init("\(success.successes) of \(success.cases) cases, \(range(success.interval)) (Clopper-Pearson)"),
      ])
      if record.trials > 1, let repeated = results.repeated {
        table.add([
          "over repeats", .init(percent(repeated.estimate)),
          .init("\(range(repeated)) (cases drawn anew, \(record.trials) trials)"),
        ])
      }
    }
    for (index, value) in results.repeatedSuccess.enumerated() where index > 0 {
      table.add(["right \(index + 1) times", .init(percent(value)), "pass^\(index + 1)"])
    }
    table.add([
      "right escalations", .init(percent(results.rightEscalations.rate)),
      "\(results.rightEscalations.successes) of \(results.rightEscalations.cases) that are for people",
    ])
    table.add([
      "needless escalations", .init(percent(results.needless.rate)),
      "\(results.needless.successes) of \(results.needless.cases) that are not",
    ])
    table.add([
      "no decision", "\(results.noDecisions)",
      "timeouts, refusals, malformed answers and provider errors; counted as failures",
    ])
    if let agreement = results.selfAgreement {
      table.add(["agrees with itself", .init(percent(agreement)), "pairs of trials of a case"])
    }
    if let agreement = results.paraphraseAgreement {
      table.add(["other words", .init(percent(agreement)), "same answer as to the first wording"])
    }
    if let agreement = results.orderAgreement {
      table.add(["other order", .init(percent(agreement)), "same answer with the options reversed"])
    }
    let cost =
      results.costMicros.map { micros in
        "   cost \(micros / 1_000_000).\(String(1_000_000 + micros % 1_000_000).dropFirst()) \(results.currency ?? "")"
      } ?? ""
    table.add([
      "asked", "\(results.usage.calls)",
      .init(
        "calls, \(results.usage.inputTokens) tokens in, \(results.usage.outputTokens) out, "
          + "median \(results.medianMilliseconds) ms, slowest \(results.slowestMilliseconds) ms\(cost)"),
    ])
    return table.text(style)
  }

  private func classes(_ style: Style) -> String {
    var table = TextTable([
      .init("class"), .init("right", rightAligned: true), .init("95 %", rightAligned: true),
      .init("floor", rightAligned: true),
      .init("p (Holm)", rightAligned: true),
    ])
    for result in results.classes {
      table.add([
        .init(result.kind.rawValue), "\(result.success.successes) of \(result.success.cases)",
        .init(range(result.success.interval)),
        .init(result.floor.map(percent) ?? ""), .init(result.adjusted.map { "\($0)" } ?? ""),
      ])
    }
    return table.text(style)
  }

  private func reliability(_ style: Style) -> String {
    guard let error = results.calibration else { return "" }
    var table = TextTable([
      .init("says"), .init("n", rightAligned: true), .init("is right", rightAligned: true), .init(""),
    ])
    for bin in results.reliability where bin.count > 0 {
      let bar = String(repeating: "#", count: Int((bin.accuracy * 40).rounded()))
      table.add([
        "\(Int(bin.lower * 100)) to \(Int(bin.upper * 100)) %", "\(bin.count)", .init(percent(bin.accuracy)),
        .init(bar),
      ])
    }
    return
      "calibration error \(percent(error.interval.estimate)) (\(range(error.interval)), "
      + "n = \(error.forecasts) of \(error.cases) cases)"
      + "   Brier \(results.brier)\n" + table.text(style)
  }

  private func operations(_ style: Style) -> String {
    let recovery = results.recoveryMilliseconds.map { "\($0) ms to recover, " } ?? ""
    return paragraph(
      "workflows \(results.workflows.successes) of \(results.workflows.cases) scenarios right (\(results.runs) runs), "
        + "\(recovery)per run \(results.escalationsPerRun) escalations, \(results.rollbacksPerRun) rollbacks, "
        + "\(results.auditFindingsPerRun) audit findings", style)
  }

  private func paragraph(_ text: String, _ style: Style) -> String {
    text.wrapped(to: style.width - 2).joined(separator: "\n  ")
  }

  private func baseline(_ comparison: PairedComparison, _ style: Style) -> String {
    let summary =
      "baseline \(percent(abs(comparison.difference.estimate))) "
      + "\(comparison.difference.estimate < 0 ? "worse" : "better") over \(comparison.cases) cases; "
      + "only this one right in \(comparison.onlyNew), only the old one in \(comparison.onlyOld) "
      + "(McNemar p = \(comparison.mcNemar))"
    var text = paragraph(summary, style)
    for item in results.regressions.prefix(10) {
      func said(_ asks: [CampaignRecord.Ask]) -> String {
        asks.first { $0.item == item && $0.variant == .base }.map {
          "\($0.answer) \($0.confidence.map { "\($0) %" } ?? $0.failure ?? "")  \($0.reason)"
        } ?? ""
      }
      text +=
        "\n  \(item)\n    then  \(said(record.baseline?.asks ?? []).prefix(90))"
        + "\n    now   \(said(record.asks).prefix(90))"
    }
    if results.regressions.count > 10 { text += "\n  and \(results.regressions.count - 10) more, in the record" }
    return text
  }

  private func rest(_ style: Style) -> String {
    var lines: [String] = []
    if let sealed = results.sealed {
      lines.append(
        "private suite \(sealed.successes) of \(sealed.cases) right (\(percent(sealed.rate))); "
          + "the public one \(percent(results.success.rate))"
      )
    }
    let history =
      body.history.total.map { "\($0) campaigns before, \(body.history.unfinished ?? 0) unfinished" }
      ?? "how many campaigns before: unknown"
    lines.append("evidence \(body.evidence.rawValue), seed \(body.seed), \(history)")
    lines.append("not tested: " + body.notTested.joined(separator: "; "))
    if !body.exclusions.isEmpty { lines.append("excluded: \(body.exclusions.count), listed in the certificate") }
    lines.append("wrote \(path) and \(Certifying.recordPath(of: path)), valid until \(body.validUntil)")
    return lines.map { $0.wrapped(to: style.width).joined(separator: "\n  ") }.joined(separator: "\n")
  }
}

/// The report of the gate.
struct GateText {
  let report: GateReport
  let drift: Rerun?
  let isOpen: Bool
  let path: String

  init(_ report: GateReport, drift: Rerun?, isOpen: Bool, path: String) {
    self.report = report
    self.drift = drift
    self.isOpen = isOpen
    self.path = path
  }

  func text(_ style: Style) -> String {
    var table = TextTable([.init("check"), .init(""), .init("why", fillsRest: true)])
    // What is wrong comes first: that is what a person came for.
    for line in report.lines.sorted(by: { rank($0) < rank($1) }) {
      let state: TextTable.Cell =
        line.passes ? .init("ok", .good) : line.waivedBy != nil ? .init("waived", .warning) : .init("NO", .bad)
      table.add([
        .init(line.check.rawValue), state, .init(line.text + (line.waivedBy.map { "; waived by \($0)" } ?? "")),
      ])
    }
    var blocks = ["\(isOpen ? style.paint("OPEN", .good) : style.paint("CLOSED", .bad))  \(path)", table.text(style)]
    for waiver in report.expiredWaivers {
      blocks.append("The waiver of '\(waiver.check.rawValue)' by \(waiver.approver) ended on \(waiver.until).")
    }
    if let drift {
      func lines(_ found: [Rerun.Difference]) -> String { found.map { "\n  \($0.item): \($0.now)" }.joined() }
      if drift.differences.isEmpty, drift.unanswered.isEmpty {
        blocks.append("Canary cases: \(drift.asked) of \(drift.asked) answered rightly.")
      }
      if !drift.differences.isEmpty {
        blocks.append("Canary cases: DRIFT, the certificate is withdrawn." + lines(drift.differences))
      }
      if !drift.unanswered.isEmpty {
        blocks.append("Canary cases without an answer; ask again before you deploy." + lines(drift.unanswered))
      }
    }
    return blocks.joined(separator: "\n\n")
  }

  private func rank(_ line: GateReport.Line) -> Int { line.passes ? 2 : line.waivedBy == nil ? 0 : 1 }
}
